"""The structure of files that are no code: each value with the keys that lead to it."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from operator import attrgetter

from judgegate.model.facts import FORM_SIZE, LONGEST_NAME, MOST, FileFacts, StructureEntry
from judgegate.sources.structure_json import read_json
from judgegate.sources.structure_parts import PartKind, StructurePart
from judgegate.sources.structure_toml import read_toml
from judgegate.sources.structure_yaml import read_yaml
from judgegate.sources.text import Unreadable

READERS: Mapping[str, Callable[[str], Iterator[StructurePart]]] = {
    "json": read_json,
    "toml": read_toml,
    "yaml": read_yaml,
}

DEEPEST = 64
"""How deep a value may be nested. Real files stay below twenty."""


def extract_structure(text: str, language: str, salt: bytes) -> FileFacts:
    """The entries of a file.

    Args:
        text: the content, decoded.
        language: one of `READERS`.
        salt: the key of the digests.

    Raises:
        Unreadable: it is not valid, has a key twice, or is nested too deeply.
    """
    building = _Building(salt)
    for part in READERS[language](text):
        building.add(part)
    entries = building.entries()
    return FileFacts(
        language=language, entries=tuple(entries[:MOST]), cut=len(entries) > MOST
    )


class _Node:
    """A mapping or sequence that is not complete, or the file."""

    def __init__(self, part: StructurePart, path: tuple[str, ...], place: int) -> None:
        self.part = part
        self.path = path
        self.place = place
        self.keys: set[str] = set()
        self.key: str | None = None
        self.inside: list[str] = [part.kind.value, part.text]
        self.length = 0

    def step(self) -> tuple[str, ...]:
        """The path to the next value in it."""
        if self.key is not None:
            return (*self.path, self.key[:LONGEST_NAME])
        return (*self.path, f"[{self.length}]")

    def keep(self, digest: str) -> None:
        """Take in a value."""
        self.inside.append(digest)
        self.length += 1
        self.key = None


class _Building:
    """What is open while the parts come in."""

    def __init__(self, salt: bytes) -> None:
        self._salt = salt[:64]
        self._open: list[_Node] = []
        self._entries: list[StructureEntry | None] = []
        self._anchors: dict[str, str] = {}
        self._document: tuple[str, ...] = ()
        self._comments: list[StructurePart] = []

    def add(self, part: StructurePart) -> None:
        """The next part."""
        if part.kind is PartKind.DOCUMENT:
            self._document = (part.key,)
            self._anchors.clear()
        elif part.kind is PartKind.COMMENT:
            self._comments.append(part)
        elif part.kind is PartKind.END:
            self._close()
        elif self._expects_key():
            self._take_key(part)
        elif part.kind in (PartKind.MAPPING, PartKind.SEQUENCE):
            self._begin(part)
        else:
            self._keep(part, self._path(), self._digest_of(part), len(self._entries))

    def entries(self) -> list[StructureEntry]:
        """All entries in the order of the file, and then its comments."""
        placed = [entry for entry in self._entries if entry is not None]
        by_line = sorted(placed, key=attrgetter("line"))
        return [*placed, *(self._comment(part, by_line) for part in self._comments)]

    def _comment(
        self, part: StructurePart, by_line: Sequence[StructureEntry]
    ) -> StructureEntry:
        """A comment belongs to the value on its line, or to the last one before."""
        at = bisect_right(by_line, part.line, key=attrgetter("line"))
        path = (*by_line[at - 1].path, "#") if at else ("#",)
        return StructureEntry(path, part.kind.value, part.line, self._digest(part.text))

    def _expects_key(self) -> bool:
        node = self._open[-1] if self._open else None
        return node is not None and node.part.kind is PartKind.MAPPING and node.key is None

    def _take_key(self, part: StructurePart) -> None:
        node = self._open[-1]
        if part.kind is not PartKind.VALUE:
            raise Unreadable(
                f"line {part.line}: a key is no plain value there, as in a template"
            )
        if part.key in node.keys:
            raise Unreadable(f"line {part.line}: a key stands there for the second time")
        node.keys.add(part.key)
        node.key = part.key
        node.inside.append(self._digest(part.text or part.key))
        if part.anchor:
            self._anchors[part.anchor] = node.inside[-1]

    def _begin(self, part: StructurePart) -> None:
        if len(self._open) == DEEPEST:
            raise Unreadable(f"line {part.line}: it is nested too deeply")
        self._open.append(_Node(part, self._path(), len(self._entries)))
        self._anchors.pop(part.anchor, None)
        self._entries.append(None)

    def _close(self) -> None:
        node = self._open.pop()
        self._keep(node.part, node.path, self._digest("\n".join(node.inside)), node.place)

    def _keep(
        self, part: StructurePart, path: tuple[str, ...], digest: str, place: int
    ) -> None:
        if place == len(self._entries):
            self._entries.append(None)
        kind = PartKind.VALUE if part.kind is PartKind.ALIAS else part.kind
        self._entries[place] = StructureEntry(path, kind.value, part.line, digest)
        if part.anchor and part.kind is not PartKind.ALIAS:
            self._anchors[part.anchor] = digest
        if self._open:
            self._open[-1].keep(digest)

    def _path(self) -> tuple[str, ...]:
        return self._open[-1].step() if self._open else self._document

    def _digest_of(self, part: StructurePart) -> str:
        """The digest of a value, or of what an alias means."""
        if part.kind is not PartKind.ALIAS:
            return self._digest(part.text)
        meant = self._anchors.get(part.anchor)
        if meant is None:
            raise Unreadable(f"line {part.line}: an alias means what is not complete there")
        return self._digest(f"*{meant}")

    def _digest(self, text: str) -> str:
        data = text.encode("utf-8", "surrogatepass")
        return blake2b(data, digest_size=FORM_SIZE, key=self._salt).hexdigest()
