"""A YAML file as a tree of nodes that know their places, read strictly.

Only what YAML 1.1 and 1.2 read alike gets through: one document of mappings, lists and scalars,
without anchors, aliases, tags, merge keys, directives or duplicate keys. Scalars stay text here;
what a text may mean is decided where a value of a known type is expected.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, NoReturn

from msgspec import Struct, field

from judgegate.policy.problems import Place, Problems, printable, quoted

LARGEST_FILE = 256 * 1024
DEEPEST_NESTING = 20
MOST_NODES = 20_000

# Controls but tab and line feed (a carriage return only before one), other line breaks, what turns
# the direction of text, and what YAML cannot contain.
FORBIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ufeff\ufffe\uffff\ud800-\udfff]|\r(?!\n)"
)


class Scalar(Struct, frozen=True, array_like=True, tag=True):
    """A text as it is written.

    `plain`: without quotes and not a block, so that other readers of YAML may take it for something
    else.
    """

    place: Place
    text: str
    plain: bool
    broken: bool = False
    """A problem is noted for it already, so that nothing more is said of it."""


class Sequence(Struct, frozen=True, array_like=True, tag=True):
    """A list."""

    place: Place
    items: "tuple[Node, ...]"


class Mapping(Struct, frozen=True, array_like=True, tag=True):
    """A mapping; keys are distinct scalars, in the order of the file."""

    place: Place
    entries: "tuple[tuple[Scalar, Node], ...]"


Node = Scalar | Sequence | Mapping


class UnreadableDocument(Exception):  # noqa: N818 - a signal inside this module: its problem is noted already
    """The file cannot be read on."""


def read_document(
    content: bytes, file: str, problems: Problems, *, what: str = "a policy"
) -> Mapping | None:
    """The file's mapping, or None where a problem keeps it from being read.

    Problems are noted; `what` is what they call the file.
    """
    try:
        text = _decode(content, file, problems, what)
        return _StrictComposer(text, file, problems, what).document()
    except UnreadableDocument:
        return None


def _decode(content: bytes, file: str, problems: Problems, what: str) -> str:
    """The text, without a byte order mark.

    Raises:
        UnreadableDocument: it is too large, is no UTF-8, or has a forbidden character.
    """
    if len(content) > LARGEST_FILE:
        problems.add_file(
            file, f"the file is too large: {what} can have at most {LARGEST_FILE} bytes"
        )
        raise UnreadableDocument
    text = content.decode("utf-8", "backslashreplace").removeprefix("\ufeff")
    problems.lines[file] = text.split("\n")
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        problems.add(
            _place_at(before, len(before), file, 4),
            f"expected UTF-8, found the byte 0x{content[error.start]:02x}",
        )
        raise UnreadableDocument from None
    if match := FORBIDDEN.search(text):
        problems.lines[file] = [_visible(line) for line in problems.lines[file]]
        place = _place_at(text, match.start(), file)
        column = len(_visible(text[: match.start()].rpartition("\n")[2])) + 1
        shown = Place(file, place.line, column, len(_visible(match[0])))
        problems.add(
            shown, f"the character U+{ord(match[0][0]):04X} is not allowed in {what}"
        )
        raise UnreadableDocument
    return text


def _place_at(text: str, offset: int, file: str, width: int = 1) -> Place:
    """The place of an offset in the text."""
    return Place(
        file, text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset), width
    )


def _visible(text: str) -> str:
    """The text with escapes for forbidden characters."""
    return FORBIDDEN.sub(lambda match: ascii(match[0])[1:-1], text.rstrip("\r"))


class _Open(Struct):
    """A collection whose end has not come yet; `weight` counts the values in it, itself included."""

    place: Place
    is_mapping: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    weight: int = 1


class Composer(ABC):
    """Builds nodes from the parser's events, without recursion, so that no nesting can exhaust a stack.

    What a file may contain is for a subclass to say: each of its methods gets an event or a node, and
    may raise or note a problem.
    """

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        self.file = file
        self.root: Node | None = None
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.stack: list[_Open] = []

    @abstractmethod
    def check_document(self, event: Any, count: int) -> None:
        """A document starts, the first one or a later one."""

    @abstractmethod
    def check_properties(self, event: Any) -> None:
        """A node starts that may have an anchor or a tag."""

    @abstractmethod
    def check_start(self, place: Place, depth: int) -> None:
        """A collection or a scalar starts; `depth` counts the collections that are open."""

    @abstractmethod
    def check_weight(self, node: Node, weight: int) -> None:
        """A node is complete; `weight` counts the values in it, those that aliases refer to each time."""

    @abstractmethod
    def follow_alias(self, event: Any) -> tuple[Node, int]:
        """The node that an alias refers to, and its weight."""

    @abstractmethod
    def is_new_key(self, key: Node, seen: dict[str, Scalar]) -> bool:
        """Whether the mapping takes the key; `seen` are those before it."""

    @abstractmethod
    def refuse_yaml(self, place: Place | None, error: Exception) -> NoReturn:
        """The text is not YAML."""

    def compose(self) -> Node | None:
        """The document's node."""
        documents = 0
        for event in self._events():
            match type(event).__name__:
                case "DocumentStartEvent":
                    documents += 1
                    self.check_document(event, documents)
                case "SequenceStartEvent" | "MappingStartEvent" as kind:
                    self._open(event, is_mapping=kind == "MappingStartEvent")
                case "SequenceEndEvent" | "MappingEndEvent":
                    opened = self.stack.pop()
                    self._keep(self._close(opened), opened.weight, opened.anchor)
                case "ScalarEvent":
                    self.check_properties(event)
                    scalar = Scalar(
                        self.place(event), event.value, plain=event.style in {None, ""}
                    )
                    self.check_start(scalar.place, 0)
                    self._keep(scalar, 1, event.anchor)
                case "AliasEvent":
                    self._keep(*self.follow_alias(event), None)
        return self.root

    def _events(self) -> Iterator[Any]:
        """The parser's events; what it cannot read is refused."""
        import yaml  # heavy, and only who reads YAML pays for it

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            yield from yaml.parse(self.text, Loader=loader)
        except yaml.YAMLError as error:
            self.refuse_yaml(self._mark_of(error), error)

    def _mark_of(self, error: Exception) -> Place | None:
        """The place that the parser blames, if it names one."""
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        return None if mark is None else self._place_of(mark.line, mark.column, 1)

    def _open(self, event: Any, *, is_mapping: bool) -> None:
        """Start a list or a mapping."""
        self.check_properties(event)
        opened = _Open(self.place(event), is_mapping, event.anchor)
        self.stack.append(opened)
        self.check_start(opened.place, len(self.stack))

    def _keep(self, node: Node, weight: int, anchor: str | None) -> None:
        """Put a node that is complete into the collection that is open, or make it the root."""
        self.check_weight(node, weight)
        if anchor is not None:
            self.anchors[anchor] = (node, weight)
        if self.stack:
            self.stack[-1].items.append(node)
            self.stack[-1].weight += weight
        else:
            self.root = node

    def _close(self, opened: _Open) -> Node:
        """The list or the mapping that a collection has become."""
        if not opened.is_mapping:
            return Sequence(opened.place, tuple(opened.items))
        entries: list[tuple[Scalar, Node]] = []
        seen: dict[str, Scalar] = {}
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if self.is_new_key(key, seen) and isinstance(key, Scalar):
                seen[key.text] = key
                entries.append((key, value))
        return Mapping(opened.place, tuple(entries))

    def place(self, event: Any) -> Place:
        """The place of an event, as wide as it is or as its line."""
        start, end = event.start_mark, event.end_mark
        width = end.column - start.column if end.line == start.line else None
        return self._place_of(start.line, start.column, width)

    def _place_of(self, line: int, column: int, width: int | None) -> Place:
        """A place from the parser's numbers, which count from 0.

        Without a width it goes on to the line's end.
        """
        rest = len(self.lines[min(line, len(self.lines) - 1)].rstrip()) - column
        return Place(
            self.file, line + 1, column + 1, max(1, rest if width is None else width)
        )


class _StrictComposer(Composer):
    """Notes what no policy may contain, and reads on where that makes sense."""

    def __init__(self, text: str, file: str, problems: Problems, what: str) -> None:
        super().__init__(text, file)
        self.what = what
        self.problems = problems
        self.nodes = 0

    def document(self) -> Mapping | None:
        """The document, if it is a mapping."""
        root = self.compose()
        if root is None or (isinstance(root, Scalar) and root.plain and not root.text):
            self.problems.add_file(
                self.file, f"the file is empty; {self.what} must start with `version: 1`"
            )
            return None
        if not isinstance(root, Mapping):
            self.problems.add(
                root.place, f"expected a mapping: {self.what} must start with `version: 1`"
            )
            return None
        return root

    def check_document(self, event: Any, count: int) -> None:
        """Refuse directives, and every document after the first."""
        if event.version or event.tags:
            self._refuse(
                self.place(event),
                f"directives (%YAML, %TAG) are not allowed in {self.what}",
            )
        if count > 1:
            self._refuse(
                self.place(event),
                f"{self.what} must be one document, and a second one starts here",
            )

    def check_properties(self, event: Any) -> None:
        """Note an anchor or a tag, and read on without it."""
        if event.anchor is not None:
            self.problems.add(
                self.place(event),
                f"anchors are not allowed in {self.what}: write the value of &{event.anchor[:20]} where it "
                "is used",
            )
        if event.tag is not None:
            self.problems.add(
                self.place(event),
                f"tags are not allowed in {self.what}: found {quoted(event.tag)}",
            )

    def check_start(self, place: Place, depth: int) -> None:
        """Refuse what is nested too deeply, or too long to be read by people."""
        self.nodes += 1
        if depth > DEEPEST_NESTING:
            self._refuse(place, f"nested too deeply: at most {DEEPEST_NESTING} levels")
        if self.nodes > MOST_NODES:
            self._refuse(
                place, f"too many values: {self.what} can have at most {MOST_NODES}"
            )

    def check_weight(self, node: Node, weight: int) -> None:
        """Values were counted when they started."""

    def follow_alias(self, event: Any) -> tuple[Node, int]:
        """Note the alias; a broken scalar takes its place, so that it is reported once."""
        place = self.place(event)
        self.problems.add(
            place,
            f"aliases are not allowed in {self.what}: write the value of *{event.anchor[:20]} here",
        )
        return Scalar(place, "", plain=False, broken=True), 1

    def is_new_key(self, key: Node, seen: dict[str, Scalar]) -> bool:
        """Note a key that YAML's readers take in different ways, or that is there already."""
        if not isinstance(key, Scalar):
            self.problems.add(key.place, "expected a word as the key")
            return False
        if key.broken:
            return False
        if key.plain and key.text == "<<":
            self.problems.add(
                key.place,
                f"merge keys are not allowed in {self.what}: write the merged keys here",
            )
            return False
        if key.text in seen:
            line = seen[key.text].place.line
            self.problems.add(
                key.place, f"duplicate key {quoted(key.text)}: it is already in line {line}"
            )
            return False
        return True

    def refuse_yaml(self, place: Place | None, error: Exception) -> NoReturn:
        """Refuse the file, in the parser's own words."""
        self._refuse(
            place or self._place_of(0, 0, 1), f"this is not YAML: {_reason(error)}"
        )

    def _refuse(self, place: Place, message: str) -> NoReturn:
        """Note a problem after which nothing more can be read."""
        self.problems.add(place, message)
        raise UnreadableDocument


_REMEDIES = {
    "found character '@'": "put quotes around a text that starts with @",
    "found character '`'": "put quotes around a text that starts with `",
    "found character '%'": "put quotes around a text that starts with %",
    "found character that cannot start any token": (
        "put quotes around a text that starts with @, ` or %, and indent with spaces, not tabs"
    ),
    "found a tab character": "indent with spaces, not tabs",
    "mapping values are not allowed": "put quotes around a text that contains a colon and a space",
}


def _reason(error: Exception) -> str:
    """What the parser says, in one line, with what to do about it if that is known."""
    said = getattr(error, "problem", None) or getattr(error, "reason", None)
    problem = str(said or "unreadable")
    shown = printable(problem[:200])
    for start, remedy in _REMEDIES.items():
        if problem.startswith(start):
            return f"{shown}; {remedy}"
    return shown
