"""Judge a pull request as it is now: its objects from git, its people from GitHub."""

from contextlib import suppress
from dataclasses import dataclass, replace

from judgegate.change.repository import Repository
from judgegate.github.earlier_heads import read_earlier_heads
from judgegate.github.inputs import Inputs
from judgegate.github.objects import fetched
from judgegate.github.people.asking import Forge, Past, ask_past, ask_people
from judgegate.github.publishing.comments import find_own_comments, read_earlier
from judgegate.github.pull import Pull
from judgegate.github.runner import RunnerContext
from judgegate.model.approvals import Approvals
from judgegate.model.change import Change
from judgegate.model.progress import Advance
from judgegate.model.verdict import Verdict
from judgegate.pipeline.background import Background
from judgegate.pipeline.request import Request
from judgegate.pipeline.run import run
from judgegate.policy.policy import Policy


@dataclass(frozen=True, slots=True)
class PullVerdict:
    """A verdict, with what GitHub said of the pull request and its people."""

    verdict: Verdict
    past: Past
    approvals: Approvals


def judge_pull(
    runner: RunnerContext, forge: Forge, inputs: Inputs, pull: Pull, advance: Advance
) -> PullVerdict:
    """The verdict on the pull request's head, against the base's branch as it is now.

    Raises:
        JudgegateError: there is no verdict.
    """
    past = Background(lambda: ask_past(forge, pull))
    try:
        with fetched(runner, pull) as store:
            remembered = past.result()
            pushed_over = read_earlier_heads(store, pull, remembered)
            request = Request(
                directory=store.directory,
                base=f"origin/{pull.base_branch}",
                head=pull.head,
                pull_request=pull.described,
                org_policy=forge.org_policy,
                earlier=read_earlier(find_own_comments(remembered.timeline, inputs.acts_as)),
                earlier_commits=pushed_over.commits,
                cache=inputs.cache,
            )
            people: list[Approvals] = []

            def ask(found: Repository, change: Change, policy: Policy) -> Approvals:
                people.append(ask_people(forge, pull, remembered, found, change, policy=policy))
                return people[-1]

            verdict = run(request, advance, ask)
            told = replace(verdict, notices=(*verdict.notices, *pushed_over.notices))
            return PullVerdict(told, remembered, people[-1])
    except Exception:
        # Nothing goes on asking behind the back of what ended this; but who is told to stop waits for nothing.
        with suppress(Exception):
            past.result()
        raise
