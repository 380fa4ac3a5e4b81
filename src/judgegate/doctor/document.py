"""A workflow's YAML as nodes with their lines. As much as GitHub takes is read: anchors and aliases too, within limits."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from judgegate.policy.problems import Place
from judgegate.policy.yaml_document import Mapping, Node, Scalar, Sequence

LARGEST_FILE = 512 * 1024
"""Bytes: far more than any workflow has."""
DEEPEST_NESTING = 50
MOST_NODES = 50_000
"""Values of one file, those that aliases stand for counted each time."""


class UnreadableWorkflowError(Exception):
    """The file cannot be read; `line` is 0 where it is the file as a whole. Never leaves the room."""

    def __init__(self, why: str, line: int = 0) -> None:
        super().__init__(why)
        self.why = why
        self.line = line


def read_nodes(content: bytes, file: str) -> Mapping:
    """The file's mapping.

    Raises:
        UnreadableWorkflowError: there is none.
    """
    if len(content) > LARGEST_FILE:
        raise UnreadableWorkflowError(f"it is larger than {LARGEST_FILE >> 10} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableWorkflowError("it is not UTF-8", content.count(b"\n", 0, error.start) + 1) from None
    root = _Composer(file).compose(text)
    if not isinstance(root, Mapping):
        raise UnreadableWorkflowError("it is no mapping")
    return root


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet; `weight` counts the values in it, itself included."""

    place: Place
    keys: bool
    anchor: str | None
    items: list[Node] = field(default_factory=list)
    weight: int = 1


class _Composer:
    """Builds nodes from the parser's events, without recursion, so that no nesting can exhaust a stack."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.root: Node | None = None
        self.total = 0

    def compose(self, text: str) -> Node | None:
        documents = 0
        for event in _events(text):
            kind = type(event).__name__
            documents += kind == "DocumentStartEvent"
            if documents > 1:
                raise UnreadableWorkflowError("it holds more than one document", event.start_mark.line + 1)
            if kind in {"SequenceStartEvent", "MappingStartEvent"}:
                self._open(event, keys=kind == "MappingStartEvent")
            elif kind in {"SequenceEndEvent", "MappingEndEvent"}:
                opened = self.stack.pop()
                self._keep(self._close(opened), opened.weight, opened.anchor)
            elif kind == "ScalarEvent":
                self._keep(
                    Scalar(self._place(event), event.value, plain=event.style in {None, ""}), 1, event.anchor
                )
            elif kind == "AliasEvent":
                self._follow(event)
        return self.root

    def _open(self, event: Any, *, keys: bool) -> None:
        if len(self.stack) >= DEEPEST_NESTING:
            raise UnreadableWorkflowError("it is nested too deeply", event.start_mark.line + 1)
        self.stack.append(_Open(self._place(event), keys, event.anchor))

    def _follow(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise UnreadableWorkflowError(
                "an alias stands for nothing that is complete before it", event.start_mark.line + 1
            )
        node, weight = self.anchors[event.anchor]
        self._keep(node, weight, None)

    def _keep(self, node: Node, weight: int, anchor: str | None) -> None:
        self.total += 1
        if weight > MOST_NODES or self.total > MOST_NODES:
            raise UnreadableWorkflowError("it holds too many values", node.place.line)
        if anchor is not None:
            self.anchors[anchor] = (node, weight)
        if self.stack:
            self.stack[-1].items.append(node)
            self.stack[-1].weight += weight
        else:
            self.root = node

    def _close(self, opened: _Open) -> Node:
        if not opened.keys:
            return Sequence(opened.place, tuple(opened.items))
        entries: list[tuple[Scalar, Node]] = []
        seen: set[str] = set()
        for key, value in zip(opened.items[::2], opened.items[1::2], strict=True):
            if not isinstance(key, Scalar):
                raise UnreadableWorkflowError("a key is no word", key.place.line)
            if key.text in seen:
                raise UnreadableWorkflowError("a key stands twice in one mapping", key.place.line)
            if key.plain and key.text == "<<":
                raise UnreadableWorkflowError("GitHub knows no merge keys", key.place.line)
            seen.add(key.text)
            entries.append((key, value))
        return Mapping(opened.place, tuple(entries))

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)


def _events(text: str) -> Iterator[Any]:
    import yaml  # heavy, and only who reads a workflow pays for it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        yield from yaml.parse(text, Loader=loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableWorkflowError("it is not YAML", mark.line + 1 if mark is not None else 0) from None


def find(node: Node | None, key: str) -> Node | None:
    """The value at a key; None if there is none, or nothing stands there, or the node is no mapping."""
    if not isinstance(node, Mapping):
        return None
    value = next((value for name, value in node.entries if name.text == key), None)
    return None if isinstance(value, Scalar) and value.plain and value.text in {"", "~", "null"} else value


def entries_of(node: Node | None) -> tuple[tuple[Scalar, Node], ...]:
    """The entries of a mapping, and none of anything else."""
    return node.entries if isinstance(node, Mapping) else ()


def scalar_at(node: Node | None, key: str) -> Scalar | None:
    """The single value at a key."""
    value = find(node, key)
    return value if isinstance(value, Scalar) else None


def text_at(node: Node | None, key: str) -> str:
    """The same as text, empty where there is none."""
    value = scalar_at(node, key)
    return value.text if value is not None else ""


def scalars_of(node: Node | None) -> tuple[Scalar, ...]:
    """The values of a list; of a single value, that one."""
    if isinstance(node, Scalar):
        return (node,)
    return (
        tuple(item for item in node.items if isinstance(item, Scalar)) if isinstance(node, Sequence) else ()
    )
