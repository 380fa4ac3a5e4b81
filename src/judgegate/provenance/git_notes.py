"""Notes that git-ai keeps beside commits: which lines of a commit an AI wrote.

So says the author of the note, who may be anybody.

The format is git-ai's standard 3.0.0, read as its own repository deviates from it: keys of other
lengths, old keys, empty attestations. A note alone says nothing; only a line that it gives to an AI
does.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange

NOTES_REF = "refs/notes/ai"
OLDER_REFS = "refs/ai/authorship/"
LARGEST_NOTE = 5_000_000
"""Bytes of a note that are read; the largest of 10,685 seen has 0.4 million."""

ENTRY = re.compile(r"[ \t]+(?!h_)(\S+)[ \t]+(\S.*)")
"""A key and its lines. Keys that begin with `h_` are people's."""
RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
NOT_FETCHED = Notice(
    "notes-not-fetched",
    f"The notes of git-ai ({NOTES_REF}) are not in this clone, so they were not read. "
    "If your team writes them, fetch them: "
    f"git fetch origin {NOTES_REF}:{NOTES_REF}",
)


class NoteClaim(Struct, frozen=True):
    """A note's word that an AI wrote lines of a file as its commit has it.

    `agent` is the tool's name, or the key where it is not given.
    """

    path: str
    lines: LineRange
    agent: str
    key: str


class Note(Struct, frozen=True):
    """What stands beside one commit.

    `older`: it is of the time before the standard and speaks of the commit as a whole.
    """

    commit: str
    claims: tuple[NoteClaim, ...] = ()
    older: str = ""

    @property
    def names_ai(self) -> bool:
        """Whether it says that an AI wrote something."""
        return bool(self.claims or self.older)


def read_notes(
    repository: Repository, commits: Iterable[str]
) -> tuple[list[Note], list[Notice]]:
    """The notes of these commits that name AI lines, and what there is to say about reading them.

    Args:
        repository: where the notes are, if they were fetched.
        commits: the ids of those that are asked for.
    """
    standard, older = _standard_notes(repository), _older_notes(repository)
    found = {commit: (standard.get(commit), older.get(commit)) for commit in commits}
    readable = _readable(repository, filter(None, chain.from_iterable(found.values())))
    notes: list[Note] = []
    notices = _notices_of_missing_notes(repository)
    for commit, oids in found.items():
        if not any(oids):
            continue
        note = _read_note(repository, readable, commit, *oids)
        if note is None:
            notices.append(_explain_unread(commit))
        elif note.names_ai:
            notes.append(note)
    return notes, notices


def _read_note(
    repository: Repository,
    readable: frozenset[str],
    commit: str,
    oid: str | None,
    older_oid: str | None,
) -> Note | None:
    """The commit's note; None if none of its notes can be read."""
    # The older note is read only in the other's place: it speaks of the commit as a whole, the
    # standard's of lines.
    if oid in readable:
        return Note(commit, tuple(parse_note(repository.read(oid))))
    if older_oid in readable:
        return Note(commit, older=parse_older_note(repository.read(older_oid)))
    return None


def _notices_of_missing_notes(repository: Repository) -> list[Notice]:
    """What to say where the notes may be somewhere else."""
    # A repository without a remote has all the notes that there are.
    if NOTES_REF in repository.refs or not repository.has_remote:
        return []
    return [NOT_FETCHED]


def _standard_notes(repository: Repository) -> dict[str, str]:
    """The note of each commit that has one where the standard puts them."""
    ref = repository.refs.get(NOTES_REF)
    return dict(_places(repository, ref.oid)) if ref is not None else {}


def _older_notes(repository: Repository) -> dict[str, str]:
    """The note of each commit that has one from before the standard.

    Then every note had a ref of its own.
    """
    return {
        name.removeprefix(OLDER_REFS): ref.oid
        for name, ref in repository.refs.items()
        if name.startswith(OLDER_REFS)
    }


def _readable(repository: Repository, oids: Iterable[str]) -> frozenset[str]:
    """The notes that are here, not empty, and small enough to be read."""
    # Sizes are asked first, so that no note fills the memory.
    sizes = repository.sizes(oids)
    return frozenset(oid for oid, size in sizes.items() if _is_readable(size))


def _is_readable(size: int | None) -> bool:
    """Whether a note of so many bytes is read; None: it is missing."""
    return size is not None and 0 < size <= LARGEST_NOTE


def _explain_unread(commit: str) -> Notice:
    """What a reader should know about a note that was not read."""
    return Notice(
        "note-not-read",
        f"The note of commit {commit[:12]} is missing or too large and was not read.",
    )


def parse_note(raw: bytes) -> Iterator[NoteClaim]:
    """The AI's lines in a note, in its order.

    What does not fit the format is passed over, line by line: it is anybody's text.
    """
    attestation, rest = _divide(raw.decode("utf-8", "surrogateescape"))
    agents = _agents(rest)
    path = ""
    for line in attestation.split("\n"):
        # A line that is not indented names a file, and the entries below it are about that one.
        if line and not line[0].isspace():
            path = _path(line)
            continue
        entry = ENTRY.fullmatch(line.rstrip("\r"))
        if path and entry:
            yield from _claims_of(path, entry[1], entry[2], agents)


def _claims_of(
    path: str, key: str, ranges: str, agents: dict[str, str]
) -> Iterator[NoteClaim]:
    """What one entry claims."""
    # An agent is listed under the part of a key before `::`, or under the whole of it.
    agent = agents.get(key.partition("::")[0]) or agents.get(key) or key
    for lines in _ranges(ranges):
        yield NoteClaim(path, lines, agent, key)


def parse_older_note(raw: bytes) -> str:
    """The agent that a note from before the standard names; empty if it names none.

    Such a note is JSON as a whole, and has no lines. The first agent stands for the others.
    """
    return next(iter(_agents(raw).values()), "")


def _divide(text: str) -> tuple[str, str]:
    """The attestation, and the JSON behind the line of dashes."""
    if text.startswith("---\n"):
        return "", text[4:]
    divider = "\n---\n" if "\n---\n" in text else "\n---\r\n"
    attestation, _, rest = text.partition(divider)
    return attestation, rest


def _agents(text: str | bytes) -> dict[str, str]:
    """The tool behind each key of `sessions` and `prompts`; none where the text is no JSON."""
    try:
        document = _object(json.loads(text))
    except (ValueError, RecursionError):
        return {}
    found: dict[str, str] = {}
    # The later section wins where both name a tool for a key.
    for section in ("prompts", "sessions"):
        for key, entry in _object(document.get(section)).items():
            if tool := _tool_of(entry):
                found[key] = tool
    return found


def _tool_of(entry: object) -> str:
    """The tool's name in an entry; empty if it has none."""
    tool = _object(_object(entry).get("agent_id")).get("tool")
    return tool if isinstance(tool, str) else ""


def _object(value: object) -> dict[str, Any]:
    """A JSON object, empty where the value is none.

    Nothing in a note is sure to have the shape that the standard gives it.
    """
    return value if isinstance(value, dict) else {}


def _path(line: str) -> str:
    """The path in a line, which is in quotes if there is a blank in it."""
    line = line.rstrip("\r")
    is_quoted = len(line) > 1 and line[0] == line[-1] == '"'
    return line[1:-1] if is_quoted else line


def _ranges(text: str) -> Iterator[LineRange]:
    """The lines in a list such as `1,3-5`; what is no number of a line is passed over."""
    for item in text.replace(" ", "").split(","):
        match = RANGE.fullmatch(item)
        if match is None:
            continue
        start, end = int(match[1]), int(match[2] or match[1])
        if 1 <= start <= end:
            yield LineRange(start, end)


def _places(repository: Repository, notes: str) -> Iterator[tuple[str, str]]:
    """Each annotated object and its note. Git spreads them over directories when there are many."""
    for line in repository.stream("ls-tree", "-r", "--full-tree", notes):
        facts, _, path = line.rstrip(b"\n").partition(b"\t")
        yield (
            path.replace(b"/", b"").decode("ascii", "replace"),
            facts.split(b" ")[-1].decode("ascii"),
        )
