"""Notes that git-ai keeps beside commits: which lines of a commit an AI wrote, by the word of whoever wrote the note.

The format is git-ai's standard 3.0.0, read as its own repository deviates from it: keys of other
lengths, old keys, empty attestations. A note alone says nothing; only a line that it gives to an AI
does.
"""

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from judgegate.change.repository import Repository
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange

NOTES_REF = "refs/notes/ai"
OLDER_REFS = "refs/ai/authorship/"
LARGEST_NOTE = 5_000_000
"""Bytes of a note that are read; the largest of 10,685 seen has 0.4 million."""

ENTRY = re.compile(r"[ \t]+(\S+)[ \t]+(\S.*)")
RANGE = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")
HUMAN = "h_"
NOT_FETCHED = Notice(
    "notes-not-fetched",
    f"The notes of git-ai ({NOTES_REF}) are not in this clone, so they were not read. If your team writes "
    f"them, fetch them: git fetch origin {NOTES_REF}:{NOTES_REF}",
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
        return bool(self.claims or self.older)


def read_notes(
    repository: Repository, commits: Iterable[str]
) -> tuple[list[Note], list[Notice]]:
    """The notes of these commits that name AI lines, and what there is to say about reading them."""
    standard, older = _standard_notes(repository), _older_notes(repository)
    found = {commit: (standard.get(commit), older.get(commit)) for commit in commits}
    readable = _readable(
        repository, [oid for both in found.values() for oid in both if oid]
    )
    notes: list[Note] = []
    # A repository without a remote has all the notes that there are.
    is_incomplete = NOTES_REF not in repository.refs and repository.has_remote
    notices = [NOT_FETCHED] if is_incomplete else []
    for commit, (oid, older_oid) in found.items():
        # The older note is read only in the other's place: it speaks of the commit as a whole, the
        # standard's of lines.
        if oid in readable:
            notes.append(Note(commit, tuple(parse_note(repository.read(oid)))))
        elif older_oid in readable:
            notes.append(Note(commit, older=parse_older_note(repository.read(older_oid))))
        elif oid or older_oid:
            notices.append(_explain_unread(commit))
    return [note for note in notes if note.names_ai], notices


def _standard_notes(repository: Repository) -> dict[str, str]:
    """The note of each commit that has one where the standard puts them."""
    ref = repository.refs.get(NOTES_REF)
    return dict(_places(repository, ref.oid)) if ref is not None else {}


def _older_notes(repository: Repository) -> dict[str, str]:
    """The note of each commit that has one from before the standard, which gave every note a ref of its own."""
    return {
        name.removeprefix(OLDER_REFS): ref.oid
        for name, ref in repository.refs.items()
        if name.startswith(OLDER_REFS)
    }


def _readable(repository: Repository, oids: Iterable[str]) -> frozenset[str]:
    """The notes that are here, not empty, and small enough to be read: sizes are asked first, so that no note fills the memory."""
    sizes = repository.sizes(oids)
    return frozenset(oid for oid, size in sizes.items() if size and size <= LARGEST_NOTE)


def _explain_unread(commit: str) -> Notice:
    return Notice(
        "note-not-read",
        f"The note of commit {commit[:12]} is missing or too large and was not read.",
    )


def parse_note(raw: bytes) -> Iterator[NoteClaim]:
    """The AI's lines in a note. What does not fit the format is passed over, line by line."""
    attestation, _, rest = _divide(raw.decode("utf-8", "surrogateescape"))
    agents = _agents(rest)
    path = ""
    for line in attestation.split("\n"):
        if line and not line[0].isspace():
            path = _path(line)
        elif (
            path
            and (entry := ENTRY.fullmatch(line.rstrip("\r")))
            and not entry[1].startswith(HUMAN)
        ):
            key = entry[1].partition("::")[0]
            agent = agents.get(key) or agents.get(entry[1]) or entry[1]
            yield from (
                NoteClaim(path, lines, agent, entry[1]) for lines in _ranges(entry[2])
            )


def parse_older_note(raw: bytes) -> str:
    """The agent that a note from before the standard names; empty if it names none."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return ""
    return next(iter(_agents_of(document).values()), "")


def _divide(text: str) -> tuple[str, str, str]:
    if text.startswith("---\n"):
        return "", "---", text[4:]
    return text.partition("\n---\n") if "\n---\n" in text else text.partition("\n---\r\n")


def _agents(text: str) -> dict[str, str]:
    try:
        return _agents_of(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _agents_of(document: object) -> dict[str, str]:
    """The tool behind each key of `sessions` and `prompts`."""
    found: dict[str, str] = {}
    for section in ("prompts", "sessions"):
        entries = document.get(section) if isinstance(document, dict) else None
        for key, entry in entries.items() if isinstance(entries, dict) else ():
            if tool := _tool_of(entry):
                found[key] = tool
    return found


def _tool_of(entry: object) -> str:
    """The tool's name in an entry; empty if it has none.

    Nothing in a note is sure to have the shape that the standard gives it.
    """
    agent = entry.get("agent_id") if isinstance(entry, dict) else None
    tool = agent.get("tool") if isinstance(agent, dict) else None
    return tool if isinstance(tool, str) else ""


def _path(line: str) -> str:
    line = line.rstrip("\r")
    return line[1:-1] if len(line) > 1 and line[0] == line[-1] == '"' else line


def _ranges(text: str) -> Iterator[LineRange]:
    for item in text.replace(" ", "").split(","):
        if match := RANGE.fullmatch(item):
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
