"""Changes in which every finding is marked as old, edited or new, as they stand in `old_code/*.txt`.

A file holds cases like this one:

    === what the case shows
    --- a.py
     import os
    -def run(cmd):
    +def start(cmd):
         os.system(cmd)  #! old
    --- old.py -> new.py
    ...

A line begins with `-` if only the base has it, with `+` if only the head, else with a blank. A file whose lines all begin
with `-` was deleted, one whose lines all begin with `+` is new. `->` says that a file was renamed. A line of the head on
which something is found ends with `#! old`, `#! edited` or `#! new`.

`limits.txt` has changes that are not judged as they should be, with what comes out today.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from judgegate.checks.complex_function_scan import scan_complexity
from judgegate.checks.insecure_code.scan import scan_insecure_code
from judgegate.decision.pair_observations import pair
from judgegate.matching.definitions import match_definitions
from judgegate.matching.units import FilePair
from judgegate.model.analysis import AnalysedFile, Paired, PlacedObservation
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.file_names import PYTHON
from judgegate.model.levels import Origin
from judgegate.model.observation import Observation
from judgegate.sources.python import read_python
from tests.matching.tables import SALT, facts_of, hunks

FOLDER = Path(__file__).parent / "old_code"
LARGEST = 10
"""A function with a higher complexity is a finding."""

_PART = re.compile(
    r"^--- (?P<old>\S+?\.py)(?: -> (?P<new>\S+))?(?: \(outdated\))?\n", re.MULTILINE
)
_MARK = re.compile(r"  #! (?P<origin>old|edited|new)$", re.MULTILINE)
WORDS = {Origin.EXISTING: "old", Origin.EDITED: "edited", Origin.INTRODUCED: "new"}
_BLOB = Blob(0o100644, "a" * 40, 10)


class TextChange(NamedTuple):
    """A file on both sides, empty where it does not exist."""

    old_path: str
    path: str
    before: str
    after: str
    outdated: bool = False


class Case(NamedTuple):
    title: str
    files: tuple[TextChange, ...]
    expected: frozenset[tuple[str, int, str]]


def cases() -> Iterator[Case]:
    """All cases of all files."""
    for file in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^=== ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            title, _, rest = text.partition("\n")
            yield _read(f"{file.stem}: {title}", rest)


def _read(title: str, text: str) -> Case:
    parts = list(_PART.finditer(text))
    ends = [part.start() for part in parts[1:]]
    files, expected = [], set()
    for part, end in zip(parts, [*ends, len(text)], strict=True):
        lines = text[part.end() : end].rstrip("\n").split("\n")
        before = [line[1:] for line in lines if not line.startswith("+")]
        after = [line[1:] for line in lines if not line.startswith("-")]
        path = part["new"] or part["old"]
        for number, line in enumerate(after, start=1):
            if mark := _MARK.search(line):
                expected.add((path, number, mark["origin"]))
        outdated = "(outdated)" in part.group()
        files.append(TextChange(part["old"], path, _plain(before), _plain(after), outdated))
    return Case(title, tuple(files), frozenset(expected))


def _plain(lines: list[str]) -> str:
    text = "\n".join(lines) + "\n" if lines else ""
    return _MARK.sub("", text)


def origins_of(files: tuple[TextChange, ...]) -> set[tuple[str, int, str]]:
    """The path, line and origin of everything that is found in the head."""
    return {
        (one.now.path, one.now.seen.lines.start, WORDS[one.origin])
        for one in paired(files)
        if one.now.seen.measure is None or one.now.seen.measure > LARGEST
    }


def paired(files: tuple[TextChange, ...]) -> list[Paired]:
    """All observations of the head, paired with those of the base."""

    def never(_now: PlacedObservation, _was: PlacedObservation) -> bool:
        return False

    analysed = [one for file in files for one in _analysed(file)]
    return pair(analysed, 0, match_definitions(map(_matched, files)), never)


def _analysed(file: TextChange) -> Iterator[AnalysedFile]:
    before, after = _seen_in(file.before), _seen_in(file.after)
    added, removed = hunks(file.before, file.after)
    if file.old_path != file.path:
        gone = FileChange(file.old_path, FileStatus.DELETED, _BLOB, None)
        yield AnalysedFile(gone, PYTHON, before=(before,), outdated=file.outdated)
        new = FileChange(file.path, FileStatus.ADDED, None, _BLOB, old_path=file.old_path)
        yield AnalysedFile(new, PYTHON, after=after, before=((),))
        return
    status = FileStatus.MODIFIED
    if not file.before:
        status = FileStatus.ADDED
    elif not file.after:
        status = FileStatus.DELETED
    change = FileChange(file.path, status, _BLOB, _BLOB, added, removed)
    yield AnalysedFile(
        change, PYTHON, after=after, before=(before,), outdated=file.outdated
    )


def _seen_in(text: str) -> tuple[Observation, ...]:
    source = read_python(text.encode(), SALT)
    return (*scan_insecure_code(source), *scan_complexity(source))


def _matched(file: TextChange) -> FilePair:
    is_renamed = file.old_path != file.path
    added, removed = hunks(file.before, file.after)
    return FilePair(
        file.path,
        facts_of(file.old_path, file.before) if file.before else None,
        facts_of(file.path, file.after) if file.after else None,
        file.old_path if is_renamed else None,
        None if is_renamed else added,
        None if is_renamed else removed,
    )
