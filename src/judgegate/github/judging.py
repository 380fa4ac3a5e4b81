"""Judge a pull request as it is now: its objects from git, its people from GitHub."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from judgegate.change import Repository
from judgegate.gate.errands import Errand
from judgegate.gate.judge import judge
from judgegate.gate.request import Request
from judgegate.github.comments import find_own_comments, read_earlier
from judgegate.github.inputs import Inputs
from judgegate.github.objects import fetched
from judgegate.github.people import Forge, Past, ask_past, ask_people
from judgegate.github.pull import Pull
from judgegate.github.runner import Runner
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.verdict import Verdict

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, with what GitHub said of the pull request and its people."""

    verdict: Verdict
    past: Past
    approvals: Approvals


def judge_pull(runner: Runner, forge: Forge, inputs: Inputs, pull: Pull, advance: Advance) -> Judged:
    """The verdict on the pull request's head, against the base's branch as it is now.

    Raises:
        JudgegateError: there is no verdict.
    """
    past = Errand(lambda: ask_past(forge, pull))
    try:
        with fetched(runner, pull) as repository:
            remembered = past.result()
            request = Request(
                directory=repository,
                base=f"origin/{pull.base_branch}",
                head=pull.head,
                pull_request=pull.described,
                org_policy=forge.org_policy,
                earlier=read_earlier(find_own_comments(remembered.timeline, inputs.acts_as)),
                cache=inputs.cache,
            )
            people: list[Approvals] = []

            def ask(found: Repository, change: Change, _record: ProvenanceRecord) -> Approvals:
                people.append(ask_people(forge, pull, remembered, found, change))
                return people[-1]

            verdict = judge(request, advance, ask)
            return Judged(verdict, remembered, people[-1])
    finally:
        # Whatever ended this, nothing goes on asking behind its back.
        with suppress(Exception):
            past.result()
