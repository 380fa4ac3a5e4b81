"""A pull request is judged until what was judged is still what there is."""

from dataclasses import dataclass

from judgegate.github.inputs import Inputs
from judgegate.github.judging import PullVerdict, judge_pull
from judgegate.github.people.asking import Forge
from judgegate.github.pull import Pull
from judgegate.github.pulls import read_again
from judgegate.github.runner import RunnerContext
from judgegate.model.errors import IncompleteError
from judgegate.model.progress import Advance

MOST_ROUNDS = 3
"""How often a pull request is judged again because it was edited meanwhile."""


@dataclass(frozen=True, slots=True)
class RunContext:
    """Everything that a judgement needs besides the pull request."""

    runner: RunnerContext
    inputs: Inputs
    forge: Forge
    advance: Advance


@dataclass(frozen=True, slots=True)
class Attempt:
    """How it ended. `pull` is as it was last seen; `judged` is None where it is closed.

    `passed_by` says in a sentence why the verdict is of something that is no longer there, or is empty. `others` are the other open pull
    requests with the same head, `left` the branches that this one asked to join before.
    """

    pull: Pull
    judged: PullVerdict | None
    passed_by: str = ""
    others: tuple[Pull, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def siblings(self) -> tuple[int, ...]:
        """The numbers of those that ask to join the same branch, too: the status is theirs as well."""
        return tuple(one.number for one in self.others if one.base_branch == self.pull.base_branch)


def judge_until_it_holds(desk: RunContext, pull: Pull) -> Attempt:
    """The verdict on the pull request as it still is when the verdict is there.

    Raises:
        JudgegateError: there is no verdict.
    """
    left: list[str] = []
    for _ in range(MOST_ROUNDS):
        if not pull.is_open:
            return Attempt(pull, None, f"Pull request {pull.number} is closed: nothing to judge.")
        judged = judge_pull(desk.runner, desk.forge, desk.inputs, pull, desk.advance)
        now, others = read_again(desk.forge, pull)
        if now.head != pull.head:
            moved = f"The head is {now.head[:12]} by now, so {pull.head[:12]} gets no status; the run for the new head judges it."
            return Attempt(now, judged, moved)
        if now == pull:
            return Attempt(now, judged, others=others, left=tuple(left))
        left.append(pull.base_branch)
        pull = now
    raise IncompleteError(
        f"Pull request {pull.number} was edited again and again while it was judged.", "Judge it again."
    )
