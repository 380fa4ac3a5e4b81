"""What each commit of a change did to which files and lines, as git reports it.

One process for all commits; content is only compared.
"""

import re
from bisect import bisect_right
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import accumulate, count

from msgspec import Struct

from judgegate.change.hunk_headers import HunkBody, HunkHeader, read_hunk_header
from judgegate.change.paths import as_argument, decode_path, unquote
from judgegate.change.repository import Repository
from judgegate.model.change import Commit
from judgegate.model.ranges import LineRange

BLAMED = re.compile(rb"([0-9a-f]{40,64}) ([0-9]+) ([0-9]+) ([0-9]+)\n")
OID = re.compile(rb"[0-9a-f]{40,64}\n")
SILENT = re.compile(rb"[^A-Za-z0-9\x80-\xff]")
SIGNIFICANT = re.compile(rb"(?:[A-Za-z0-9\x80-\xff][^A-Za-z0-9\x80-\xff]*){3}")
LONGEST = 1 << 16
"""Bytes of a line that are compared."""

PATCH = (
    "-p",
    "-U0",
    "-w",
    "--text",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--inter-hunk-context=0",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--ignore-submodules=all",
)


class Touch(Struct, frozen=True):
    """A commit's part in a path. `old` is the path's name before it, if it was renamed."""

    commit: str
    path: str
    old: str | None = None


class Blamed(Struct, frozen=True):
    """Lines of a file as a revision has them, and the commit that wrote them last, white space apart."""

    commit: str
    path: str
    first_then: int
    lines: LineRange


class Lost(Struct, frozen=True):
    """A line that a marked commit wrote into a file and that is gone from there.

    `marks` are the places of the evidence that marks the commit.
    """

    path: str
    marks: tuple[int, ...]


def touches(repository: Repository, commits: Iterable[Commit]) -> Iterator[Touch]:
    """Which paths each commit touched, in the order given.

    A merge touched what differs from every parent.

    Args:
        repository: where the commits are.
        commits: those that are asked for, at least one.
    """
    ordered = list(commits)
    parents = {commit.oid: max(len(commit.parents), 1) for commit in ordered}
    request = "".join(f"{commit.oid}\n" for commit in ordered).encode()
    seen: Counter[Touch] = Counter()
    listing = repository.run(
        "diff-tree",
        "--stdin",
        "-r",
        "-z",
        "-m",
        "-M",
        "-l2000",
        "--root",
        "--name-status",
        "--no-ext-diff",
        stdin=request,
    )
    for touch in _parse_touches(listing):
        # A merge is listed once for each parent; what differs from some of them only was brought in
        # and not written.
        key = Touch(touch.commit, touch.path)
        seen[key] += 1
        if seen[key] == parents[touch.commit]:
            yield touch


def _parse_touches(listing: bytes) -> Iterator[Touch]:
    """What each commit differs in from one of its parents, as git lists it."""
    fields = iter(listing.split(b"\0"))
    commit = ""
    for field in fields:
        # The list ends with an empty field.
        if not field:
            continue
        if OID.fullmatch(field + b"\n"):
            commit = field.decode("ascii")
        elif field.startswith((b"R", b"C")):
            # A rename or a copy is followed by two names, everything else by one.
            old, new = next(fields), next(fields)
            yield Touch(commit, decode_path(new), decode_path(old))
        else:
            yield Touch(commit, decode_path(next(fields)))


def blame(
    repository: Repository, tip: str, without: Iterable[str], path: str
) -> Iterator[Blamed]:
    """Who wrote each line of a file as the commit `tip` has it, white space apart.

    Lines from before `without` belong to a commit there.

    Args:
        repository: where the commits are.
        tip: the commit whose lines are asked for.
        without: commits whose history is not searched.
        path: the file's, as `tip` has it.
    """
    limits = [f"^{oid}" for oid in without]
    arguments = (
        "blame",
        "--incremental",
        "-w",
        "--no-textconv",
        "--ignore-revs-file=",
        tip,
        *limits,
        "--",
        as_argument(path),
    )
    entry: re.Match[bytes] | None = None
    for line in repository.stream(*arguments):
        if match := BLAMED.fullmatch(line):
            entry = match
        # An entry ends with the name of the file.
        elif entry and line.startswith(b"filename "):
            then, now, count = (int(number) for number in entry.groups()[1:])
            yield Blamed(
                entry[1].decode("ascii"),
                read_path(line[9:].rstrip(b"\n")),
                then,
                LineRange(now, now + count - 1),
            )


def hunks_between(
    repository: Repository, old: str, new: str, path: str
) -> list[HunkHeader]:
    """Where a path differs between two trees or commits, white space apart.

    Args:
        repository: where both are.
        old: the id of a tree or a commit.
        new: the same, of the later side.
        path: the file's, which must have this name on both sides.
    """
    pattern = ":(top,literal)" + as_argument(path)
    pieces = repository.stream(
        "diff-tree", "-r", *PATCH, "--no-renames", old, new, "--", pattern, longest=LONGEST
    )
    headers = (
        read_hunk_header(line) for line, in_hunk in _split_patch(pieces) if not in_hunk
    )
    return [header for header in headers if header is not None]


class LineMap:
    """Where the lines of an old side stand on a new one. `hunks` are all that differs, in rising order."""

    def __init__(self, hunks: Iterable[HunkHeader]) -> None:
        # A hunk that removes nothing names the line before it.
        self._hunks = [(hunk.old_start + (hunk.old == 0), hunk) for hunk in hunks]
        self._firsts = [first for first, _ in self._hunks]
        self._ends = [first + hunk.old for first, hunk in self._hunks]
        grown = (hunk.new - hunk.old for _, hunk in self._hunks)
        self._shifts = list(accumulate(grown, initial=0))

    def carry(self, lines: LineRange) -> Iterator[LineRange]:
        """Where neighbours on the old side stand on the new side, as far as they are still there."""
        # The hunks that end above the lines only shift them.
        passed = bisect_right(self._ends, lines.start)
        start, shift = lines.start, self._shifts[passed]
        for first, hunk in self._hunks[passed : bisect_right(self._firsts, lines.end)]:
            if start < first:
                yield LineRange(start + shift, first - 1 + shift)
            start = max(start, first + hunk.old)
            shift += hunk.new - hunk.old
        if start <= lines.end:
            yield LineRange(start + shift, lines.end + shift)


def lost_lines(
    repository: Repository, commits: Iterable[Commit], marked: Mapping[str, tuple[int, ...]]
) -> dict[bytes, list[Lost]]:
    """Lines that marked commits added and that some commit removed again, by their text without white space.

    Args:
        repository: where the commits are.
        commits: the change's without its merges, the oldest first.
        marked: the evidence of each marked commit.
    """
    added: dict[bytes, list[Lost]] = {}
    removed: Counter[bytes] = Counter()
    for commit, path, sign, text in _lines_of(
        repository, [commit.oid for commit in commits]
    ):
        if sign == b"+" and commit in marked:
            added.setdefault(text, []).append(Lost(path, marked[commit]))
        # The oldest commits come first, so a line that is known here was added before it was removed.
        elif sign == b"-" and text in added:
            removed[text] += 1
    # Which of several equal lines were removed cannot be seen; as many as were, the oldest, are taken.
    return {text: lost[: removed[text]] for text, lost in added.items() if removed[text]}


class LostLines:
    """Lines that were lost, by their text without white space. Each is found once."""

    def __init__(self, lost: Mapping[bytes, Iterable[Lost]]) -> None:
        self._taken: set[int] = set()
        self._marks = {
            text: Counter(one.marks for one in same) for text, same in lost.items()
        }
        # One list of all lines with a text, and one for each file. A line that is taken from one of
        # them is passed over in the other.
        self._left: dict[Hashable, deque[tuple[int, Lost]]] = defaultdict(deque)
        numbers = count()
        for text, same in lost.items():
            for one in same:
                numbered = (next(numbers), one)
                self._left[text].append(numbered)
                self._left[text, one.path].append(numbered)

    def says_more(self, text: bytes, known: set[int]) -> bool:
        """Whether one of the lines with this text says more than what is known already.

        One that does not would be taken from where it does.
        """
        return any(not known.issuperset(marks) for marks in self._marks.get(text, ()))

    def has(self, text: bytes, names: Iterable[str]) -> bool:
        """Whether one of the lines with this text was lost from a file with one of these names."""
        return any(self._first((text, name)) is not None for name in names)

    def take(self, text: bytes, names: Iterable[str]) -> Lost | None:
        """Take a line out: the first from a file with one of these names, or else the first."""
        named = [self._first((text, name)) for name in names]
        first = min(filter(None, named), default=self._first(text))
        if first is None:
            return None
        number, chosen = first
        self._taken.add(number)
        self._marks[text][chosen.marks] -= 1
        if not self._marks[text][chosen.marks]:
            del self._marks[text][chosen.marks]
        return chosen

    def _first(self, key: Hashable) -> tuple[int, Lost] | None:
        """The first line in a list that is left."""
        waiting = self._left.get(key, deque())
        while waiting and waiting[0][0] in self._taken:
            waiting.popleft()
        return waiting[0] if waiting else None


def _lines_of(
    repository: Repository, oids: list[str]
) -> Iterator[tuple[str, str, bytes, bytes]]:
    """Each line that a commit added or removed.

    With the commit, the path after it, the sign, and the text without white space.
    """
    commit, path = "", ""
    request = "".join(f"{oid}\n" for oid in oids).encode()
    pieces = repository.stream(
        "diff-tree", "--stdin", "-r", "-M", "--root", *PATCH, stdin=request, longest=LONGEST
    )
    for line, in_hunk in _split_patch(pieces):
        if in_hunk:
            if text := significant(line[1:]):
                yield commit, path, line[:1], text
        elif line.startswith(b"+++ "):
            path = read_path(line[4:].rstrip(b"\t\n")).removeprefix("b/")
        elif OID.fullmatch(line):
            commit = line.strip().decode("ascii")


def _split_patch(pieces: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Each line of git's own patch, as far as it is compared, and whether it is in a hunk.

    The lines of a hunk are counted, so that content in the form of a header is content.
    """
    body: HunkBody | None = None
    begins = True
    for piece in pieces:
        is_rest, begins = not begins, piece.endswith(b"\n")
        # What begins with a backslash only says that the line before it has no newline.
        if is_rest or piece.startswith(b"\\"):
            continue
        in_hunk = body is not None and body.is_open
        if body is not None and in_hunk:
            body.step(piece[:1])
        elif header := read_hunk_header(piece):
            body = HunkBody(header)
        yield piece, in_hunk


def read_path(path: bytes) -> str:
    """A path as git prints it: in double quotes with escapes if it is unusual."""
    is_quoted = len(path) > 1 and path[:1] == path[-1:] == b'"'
    return decode_path(unquote(path) if is_quoted else path)


def weight(text: bytes) -> int:
    """How much a line says: its letters and digits."""
    return len(text) - len(SILENT.findall(text))


def significant(line: bytes) -> bytes:
    """A line without white space; empty if it holds fewer than three letters or digits."""
    text = b"".join(line[:LONGEST].split())
    return text if SIGNIFICANT.search(text) else b""
