"""Choose changes for a list: as many of each repository, half of them AI-assisted where there are enough.

A change is a commit of the main line: a merge of two (base: its first parent, head: its second one)
or a single commit (base: its parent). It counts as AI-assisted if a commit of it carries a marker
that is strong or certain. Which ones are taken depends on the seed and on their ids alone. They are
listed in the order that the seed gives, so that the first ones of a repository are a sample too.
"""

import argparse
import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from bench.history import find_pair, git, inventory
from bench.provenance_history import commits
from bench.real_changes.change_list import (
    AI,
    PROVENANCES,
    UNMARKED,
    ListedChange,
    repository_folder,
    write_list,
)
from bench.real_changes.problems import Problem
from judgegate.model.levels import Certainty
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_commit

MOST_FILES = 200
"""A change of more files is an import or a reformatting, and takes the time of fifty others."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("names", nargs="+", metavar="OWNER/NAME")
    parser.add_argument("--repositories", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--count", type=int, required=True, metavar="N", help="how many changes in all"
    )
    parser.add_argument("--seed", default="1", metavar="TEXT")
    parser.add_argument(
        "--since", default="2023-01-01", metavar="DAY", help="take none that is older"
    )


def run(options: argparse.Namespace) -> int:
    """Print the list, and before it how it was made."""
    how = f"choose --count {options.count} --seed {options.seed} --since {options.since}"
    chosen = [
        change
        for name, count in share_out(options.count, options.names).items()
        for change in Chooser(options, name).take(count)
    ]
    print(write_list(chosen, [f"{how} {' '.join(options.names)}"]), end="")
    return 0


def share_out(count: int, names: list[str]) -> dict[str, int]:
    """How many changes of each repository; the first ones get what is left over."""
    each, more = divmod(count, len(names))
    return {name: each + (number < more) for number, name in enumerate(names)}


class Chooser:
    """The changes of one repository, in the order that the seed gives.

    Raises:
        Problem: the repository is not there.
    """

    def __init__(self, options: argparse.Namespace, name: str) -> None:
        self.name = name
        self.folder = repository_folder(options.repositories, name)
        self._seed, self._since = options.seed, options.since
        self._marked = find_marked(self.folder)

    def take(self, count: int) -> list[ListedChange]:
        """So many changes, half of them AI-assisted if there are enough of either kind.

        Raises:
            Problem: there are too few.
        """
        candidates = sorted(self._candidates(), key=lambda one: self._place(one.head))
        kinds = {kind: self._of_kind(kind, candidates) for kind in PROVENANCES}
        taken = list(islice(kinds[AI], count // 2))
        for kind in (UNMARKED, AI):
            taken += islice(kinds[kind], count - len(taken))
        if len(taken) < count:
            raise Problem(
                f"{self.name} has {len(taken)} changes since {self._since}, not {count}"
            )
        return sorted(taken, key=lambda one: self._place(one.head))

    def _candidates(self) -> Iterator[ListedChange]:
        listing = git(
            self.folder,
            "rev-list",
            "--first-parent",
            "--parents",
            f"--since={self._since}",
            "HEAD",
        )
        for commit, *parents in map(str.split, listing.decode().splitlines()):
            match parents:
                case [base]:
                    yield self._listed(base, commit, [commit])
                case [base, head]:
                    brought = git(self.folder, "rev-list", head, "--not", base)
                    yield self._listed(base, head, brought.decode().split())

    def _listed(self, base: str, head: str, brought: Iterable[str]) -> ListedChange:
        kind = UNMARKED if self._marked.isdisjoint(brought) else AI
        return ListedChange(self.name, base, head, kind)

    def _of_kind(
        self, kind: str, candidates: Iterable[ListedChange]
    ) -> Iterator[ListedChange]:
        of_kind = (one for one in candidates if one.provenance == kind)
        return filter(self._fits, of_kind)

    def _fits(self, change: ListedChange) -> bool:
        """Whether it is a change, of a size that a person could read."""
        pair = find_pair(self.folder, change.base, change.head)
        return pair is not None and 0 < len(inventory(pair)) <= MOST_FILES

    def _place(self, head: str) -> bytes:
        """A random number that is the same wherever, and with whatever version, it is asked for."""
        return hashlib.sha256(f"{self._seed} {head}".encode()).digest()


def find_marked(folder: Path) -> frozenset[str]:
    """The ids of the commits with a marker that is strong or certain."""
    matcher = default_matcher()
    return frozenset(
        commit.oid
        for commit in commits(str(folder))
        if any(
            piece.confidence > Certainty.WEAK for piece in read_commit(commit, matcher)[0]
        )
    )
