"""What is known of the change as a whole, for the conditions of a policy. What nobody said is unknown, never assumed."""

from dataclasses import replace

from judgegate.gate.analysis import Analysis
from judgegate.gate.judging.dependency_updates import is_dependency_update
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.pull_request import PullRequest
from judgegate.model.scales import Authorship
from judgegate.policy import UNKNOWN, Facts


def known_facts(change: Change, analysis: Analysis, pull_request: PullRequest | None, approvals: Approvals | None) -> Facts:
    """The facts that are the same for every finding; path, provenance and the tool's own are filled in for each."""
    common = Facts(
        path=None,
        provenance=Authorship.UNMARKED,
        added_lines=change.added_lines,
        languages=frozenset(file.language for file in analysis.files if file.language is not None),
        dependency_update=is_dependency_update(change, approvals),
    )
    if pull_request is None:
        return common
    return replace(
        common,
        target_branch=UNKNOWN if pull_request.target_branch is None else pull_request.target_branch,
        author=UNKNOWN if pull_request.author is None else pull_request.author,
        labels=frozenset(pull_request.labels),
    )
