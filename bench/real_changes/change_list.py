"""A list of real changes: repositories and commit ids, one change a line, and nothing of what they hold."""

import re
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from bench.real_changes.problems import Problem

COLUMNS = ("repository", "base", "head", "provenance")
PROVENANCES = AI, UNMARKED = ("ai", "unmarked")

_REPOSITORY = re.compile(r"[\w-]+/[\w.-]+", re.ASCII)
_COMMIT = re.compile("[0-9a-f]{40}")
_SHORT = 12


class ListedChange(Struct, frozen=True, order=True):
    """A change of a public repository (`owner/name`).

    `provenance` is what its commits showed when it was chosen. It says how the list is mixed, and
    decides nothing.
    """

    repository: str
    base: str
    head: str
    provenance: str

    @property
    def commits(self) -> str:
        """Its two commits in short, as its verdict's folder is called."""
        return f"{self.base[:_SHORT]}..{self.head[:_SHORT]}"

    @property
    def name(self) -> str:
        """What the change is called in tables and sheets."""
        return f"{self.repository} {self.commits}"


def read_list(path: Path) -> list[ListedChange]:
    """The changes of a list, in its order.

    Raises:
        Problem: it cannot be read, or a line is not what it should be.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    rows = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line and not line.startswith("#")
    ]
    if not rows or rows[0][1].split("\t") != list(COLUMNS):
        raise Problem(
            f"{path} is no list of changes: it must begin with {' '.join(COLUMNS)}"
        )
    return [_read_row(f"{path}:{number}", line.split("\t")) for number, line in rows[1:]]


def write_list(changes: Sequence[ListedChange], remarks: Sequence[str]) -> str:
    """The text of a list; the remarks come first."""
    rows = [(one.repository, one.base, one.head, one.provenance) for one in changes]
    lines = [*(f"# {remark}" for remark in remarks), *map("\t".join, [COLUMNS, *rows])]
    return "".join(f"{line}\n" for line in lines)


def place_of(repositories: Path, name: str) -> Path:
    """Where a repository is put when it is fetched."""
    return repositories / f"{name}.git"


def repository_folder(repositories: Path, name: str) -> Path:
    """Where a repository is, among those that were fetched.

    Raises:
        Problem: it is not there.
    """
    folder = place_of(repositories, name)
    if not folder.is_dir():
        raise Problem(f"{folder} is missing: use fetch, or clone {name} there")
    return folder


def choose_rows(changes: Sequence[ListedChange], rows: str | None) -> list[ListedChange]:
    """Those that `1,5,9-20` names, counted from 1; all of them if nothing is named.

    Raises:
        Problem: it is no such text, or names a row that is not there.
    """
    if rows is None:
        return list(changes)
    if not re.fullmatch(r"\d+(-\d+)?(,\d+(-\d+)?)*", rows):
        raise Problem(f"--rows {rows}: write numbers and ranges, such as 1,5,9-20")
    ends = [[int(end) for end in part.split("-")] for part in rows.split(",")]
    numbers = sorted({number for end in ends for number in range(end[0], end[-1] + 1)})
    if numbers and not 1 <= numbers[0] <= numbers[-1] <= len(changes):
        raise Problem(f"--rows {rows}: the list has the rows 1 to {len(changes)}")
    return [changes[number - 1] for number in numbers]


def _read_row(place: str, fields: Sequence[str]) -> ListedChange:
    if len(fields) != len(COLUMNS):
        raise Problem(f"{place}: {len(fields)} fields instead of {len(COLUMNS)}")
    repository, base, head, provenance = fields
    if not _REPOSITORY.fullmatch(repository) or ".." in repository:
        raise Problem(f"{place}: {repository!r} is not owner/name")
    for commit in (base, head):
        if not _COMMIT.fullmatch(commit):
            raise Problem(f"{place}: {commit!r} is no commit id of 40 digits")
    if provenance not in PROVENANCES:
        raise Problem(f"{place}: {provenance!r} is neither {' nor '.join(PROVENANCES)}")
    return ListedChange(repository, base, head, provenance)
