"""What a decision rests on besides the analysis."""

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.model.analysis import Analysis
from judgegate.model.approvals import Approvals, PullRequest
from judgegate.model.change import Change
from judgegate.model.levels import Authorship
from judgegate.model.notices import Notice
from judgegate.model.verdict import PolicySource
from judgegate.policy.condition_kinds import UNKNOWN, Unknown
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Policy
from judgegate.review.owners import CodeOwners


class PolicyInForce(Struct, frozen=True):
    """The policy that judges, and what is known of policies around it.

    `touched` are the paths of the change that decide how changes are judged, each with what it is;
    `brought` is the head's policy, where the change touches it and it loads. `fallback` says why
    `policy` stands in for one that did not load, and `broken_head` why the head's own policy does
    not load: their problems, a line each. `errors` give both in full.
    """

    policy: Policy
    source: PolicySource
    touched: tuple[tuple[str, str], ...] = ()
    brought: Policy | None = None
    fallback: tuple[str, ...] = ()
    broken_head: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    errors: tuple[Notice, ...] = ()


class Agreement(Struct, frozen=True):
    """What is known of who agreed.

    `approvals` is None where nothing could say; `owners` are the base's code owners. `agents` are
    the logins around the change that are an AI's although the forge calls them users.
    """

    approvals: Approvals | None = None
    owners: CodeOwners = field(default_factory=CodeOwners)
    agents: frozenset[str] = frozenset()


NOBODY_ASKED = Agreement()


def known_facts(
    change: Change,
    analysis: Analysis,
    pull_request: PullRequest | None,
    approvals: Approvals | None,
) -> Facts:
    """The facts that are the same for every finding.

    Path, provenance and what the tool says are filled in for each.
    """
    languages = {file.language for file in analysis.files}
    common = Facts(
        path=None,
        provenance=Authorship.UNMARKED,
        added_lines=change.added_lines,
        languages=frozenset(language for language in languages if language is not None),
        dependency_update=_is_dependency_update(change, approvals),
    )
    if pull_request is None:
        return common
    branch, author = pull_request.target_branch, pull_request.author
    return replace(
        common,
        target_branch=UNKNOWN if branch is None else branch,
        author=UNKNOWN if author is None else author,
        labels=frozenset(pull_request.labels),
    )


def _is_dependency_update(change: Change, approvals: Approvals | None) -> bool | Unknown:
    if approvals is None:
        return UNKNOWN
    # Imported here, because only a run that asked a forge needs it.
    from judgegate.decision.dependency_updates import is_dependency_update

    return is_dependency_update(change, approvals)
