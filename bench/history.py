"""Real changes to judge, taken from any repository, and what plain git says of them."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

_FACTS = ("diff-tree", "-r", "-z", "--no-renames")
_DIFF = (
    "diff",
    "--no-renames",
    "--text",
    "--no-ext-diff",
    "--no-textconv",
    "--ignore-submodules=none",
)


class Pair(Struct, frozen=True):
    """A base and a head, as commit ids, with the best common ancestors of the two."""

    repository: Path
    base: str
    head: str
    merge_bases: tuple[str, ...]

    def __str__(self) -> str:
        return f"{name_of(self.repository)} {self.base[:12]} {self.head[:12]}"


def name_of(repository: Path) -> str:
    """What the table calls a repository: its folder, or the one above where that only says that it is one."""
    folder = repository.resolve()
    return (
        folder.parent.name if folder.name in {"repo", "repo.git", ".git"} else folder.name
    )


def git(repository: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    """What git writes, without the user's and the machine's settings.

    Raises:
        subprocess.CalledProcessError: git failed.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith("GIT_")
    }
    environment = kept | {
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "LC_ALL": "C",
    }
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(
        command, check=True, capture_output=True, env=environment, input=stdin
    ).stdout


def find_pairs(repository: Path, count: int) -> list[Pair]:
    """At most `count` real changes, spread evenly over the history.

    Merges come first (base: the first parent, head: the second one). Where a project squashes and
    has too few of them, the heads of pull requests follow, if the repository holds them (base: its
    `HEAD`), and then single commits of its main line.
    """
    chosen: list[Pair] = []
    for source in (_merges, _pull_heads, _main_line):
        if len(chosen) < count:
            chosen += _take(repository, source(repository), count - len(chosen))
    return chosen


def find_pair(repository: Path, base: str, head: str) -> Pair | None:
    """The two as a change, or None where they are none.

    No change: the two have nothing in common, there is nothing new, or not all of it is here.
    """
    merge_bases = _merge_bases(repository, base, head)
    if not merge_bases or head in merge_bases or not _is_whole(repository, base, head):
        return None
    return Pair(repository, base, head, merge_bases)


def inventory(pair: Pair) -> set[str]:
    """The paths that differ between the merge base and the head; odd bytes stand as lone surrogates."""
    fields = _fields(git(pair.repository, *_FACTS, pair.merge_bases[0], pair.head))
    return set(fields[1::2])


def line_counts(pair: Pair) -> dict[str, tuple[int, int]]:
    """How many lines of each path were added and removed, as `git diff --numstat` counts them.

    It counts no lines of a binary file, `--text` or not; those are counted in the patch itself,
    where `--text` holds.
    """
    counts: dict[str, tuple[int, int]] = {}
    for field in _fields(
        git(pair.repository, *_DIFF, "--numstat", "-z", pair.merge_bases[0], pair.head)
    ):
        added, removed, path = field.split("\t", 2)
        counts[path] = (
            _count_in_patch(pair, path) if added == "-" else (int(added), int(removed))
        )
    return counts


def _count_in_patch(pair: Pair, path: str) -> tuple[int, int]:
    patch = git(
        pair.repository,
        *_DIFF,
        "-U0",
        pair.merge_bases[0],
        pair.head,
        "--",
        f":(top,literal){path}",
    )
    _, _, hunks = patch.partition(b"\n@@ ")
    lines = hunks.split(b"\n")[1:]
    return sum(line.startswith(b"+") for line in lines), sum(
        line.startswith(b"-") for line in lines
    )


def _fields(output: bytes) -> list[str]:
    return output.decode("utf-8", "surrogateescape").split("\0")[:-1]


def _take(
    repository: Path, candidates: Sequence[tuple[str, str]], count: int
) -> list[Pair]:
    """Every n-th candidate; where it is no change, another one near it."""
    step = max(1, len(candidates) // count)
    ordered = [candidate for start in range(step) for candidate in candidates[start::step]]
    pairs: list[Pair] = []
    for base, head in ordered:
        if len(pairs) == count:
            break
        if pair := find_pair(repository, base, head):
            pairs.append(pair)
    return pairs


def _merge_bases(repository: Path, base: str, head: str) -> tuple[str, ...]:
    try:
        return tuple(git(repository, "merge-base", "--all", base, head).decode().split())
    except subprocess.CalledProcessError:
        return ()


def _is_whole(repository: Path, base: str, head: str) -> bool:
    """Whether the repository has every object that the head brings: judgegate fetches nothing."""
    return b"\n?" not in b"\n" + git(
        repository, "rev-list", "--objects", "--missing=print", head, "--not", base
    )


def _merges(repository: Path) -> list[tuple[str, str]]:
    return [
        (parents[0], parents[1])
        for parents in _parents(repository, "--merges")
        if len(parents) == 2  # noqa: PLR2004 - a merge of two
    ]


def _main_line(repository: Path) -> list[tuple[str, str]]:
    listing = (
        git(repository, "rev-list", "--first-parent", "--parents", "--no-merges", "HEAD")
        .decode()
        .splitlines()
    )
    return [(parents[0], commit) for commit, *parents in map(str.split, listing) if parents]


def _pull_heads(repository: Path) -> list[tuple[str, str]]:
    head = git(repository, "rev-parse", "HEAD").decode().strip()
    listing = (
        git(repository, "for-each-ref", "--format=%(objectname)", "refs/pull/*/head")
        .decode()
        .split()
    )
    return [(head, pull) for pull in listing]


def _parents(repository: Path, *limits: str) -> Iterator[list[str]]:
    for line in (
        git(repository, "rev-list", *limits, "--parents", "HEAD").decode().splitlines()
    ):
        yield line.split()[1:]
