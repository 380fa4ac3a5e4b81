"""A pull request is judged until what was judged is still what there is."""

from collections.abc import Callable
from typing import Generic, TypeVar

from msgspec import Struct

from judgegate.forge.pull import Pull
from judgegate.model.errors_and_exit_codes import IncompleteError

T = TypeVar("T")

MOST_ATTEMPTS = 3
"""How often a pull request is judged again because it was edited meanwhile."""


class Attempt(Struct, Generic[T], frozen=True):
    """How it ended. `pull` is as it was last seen; `judged` is None where it is closed.

    `superseded` says in a sentence why the verdict is of something that is no longer there, or is
    empty. `others` are the other open pull requests with the same head, `former_bases` the branches
    that this one asked to join before.
    """

    pull: Pull
    judged: T | None
    superseded: str = ""
    others: tuple[Pull, ...] = ()
    former_bases: tuple[str, ...] = ()

    @property
    def siblings(self) -> tuple[int, ...]:
        """The numbers of those that ask to join the same branch, too: the status is theirs as well."""
        return tuple(
            one.number for one in self.others if one.base_branch == self.pull.base_branch
        )


def judge_until_current(
    pull: Pull,
    judge: Callable[[Pull], T],
    read_again: Callable[[Pull], tuple[Pull, tuple[Pull, ...]]],
) -> Attempt[T]:
    """The verdict on the pull request as it still is when the verdict is there.

    Args:
        pull: as it was last seen.
        judge: gives the verdict on it.
        read_again: gives the pull request as it is now, and the other open ones with the head that it had.

    Raises:
        JudgegateError: there is no verdict.
    """
    former_bases: list[str] = []
    for _ in range(MOST_ATTEMPTS):
        if not pull.is_open:
            return Attempt(
                pull, None, f"Pull request {pull.number} is closed: nothing to judge."
            )
        judged = judge(pull)
        now, others = read_again(pull)
        if now.head != pull.head:
            # The push started a run of its own, which judges the new head.
            moved = (
                f"The head is now {now.head[:12]}, so {pull.head[:12]} gets no status; the run for the new "
                "head judges it."
            )
            return Attempt(now, judged, moved)
        if pull.is_judged_like(now):
            return Attempt(now, judged, others=others, former_bases=tuple(former_bases))
        former_bases.append(pull.base_branch)
        pull = now
    raise IncompleteError(
        f"Pull request {pull.number} was edited repeatedly while it was judged.",
        "Judge it again.",
    )
