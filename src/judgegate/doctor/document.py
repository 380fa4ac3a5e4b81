"""A workflow's YAML as nodes with their lines.

As much as GitHub takes is read: anchors and aliases too, within limits.
"""

from typing import Any, NoReturn

from judgegate.policy.problems import Place
from judgegate.policy.yaml_document import Composer, Mapping, Node, Scalar, Sequence

LARGEST_FILE = 512 * 1024
"""Bytes: far more than any workflow has."""
DEEPEST_NESTING = 50
MOST_NODES = 50_000
"""Values of one file; what an alias refers to is counted at each alias."""


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
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableWorkflowError("it is not UTF-8", line) from None
    root = _WorkflowComposer(text, file).compose()
    if not isinstance(root, Mapping):
        raise UnreadableWorkflowError("it is not a mapping")
    return root


class _WorkflowComposer(Composer):
    """Takes what GitHub takes, and gives up at the first thing that it does not."""

    def __init__(self, text: str, file: str) -> None:
        super().__init__(text, file)
        self.total = 0

    def check_document(self, event: Any, count: int) -> None:
        """A second document would be another workflow, which GitHub does not run."""
        if count > 1:
            raise UnreadableWorkflowError(
                "it contains more than one document", self.place(event).line
            )

    def check_properties(self, event: Any) -> None:
        """Anchors may be everywhere, and a tag changes nothing that is read here."""

    def check_start(self, place: Place, depth: int) -> None:
        if depth > DEEPEST_NESTING:
            raise UnreadableWorkflowError("it is nested too deeply", place.line)

    def check_weight(self, node: Node, weight: int) -> None:
        """A few aliases of aliases refer to millions of values, so `weight` counts them too."""
        self.total += 1
        if weight > MOST_NODES or self.total > MOST_NODES:
            raise UnreadableWorkflowError("it contains too many values", node.place.line)

    def follow_alias(self, event: Any) -> tuple[Node, int]:
        """What the alias refers to, and its weight. A value cannot contain itself."""
        if event.anchor not in self.anchors:
            raise UnreadableWorkflowError(
                "an alias does not refer to a value that is complete before it",
                self.place(event).line,
            )
        return self.anchors[event.anchor]

    def is_new_key(self, key: Node, seen: dict[str, Scalar]) -> bool:
        """Always true: what is no new key makes the file unreadable."""
        if not isinstance(key, Scalar):
            raise UnreadableWorkflowError("a key is not a word", key.place.line)
        if key.text in seen:
            raise UnreadableWorkflowError(
                "one mapping contains a key twice", key.place.line
            )
        if key.plain and key.text == "<<":
            raise UnreadableWorkflowError(
                "GitHub does not support merge keys", key.place.line
            )
        return True

    def refuse_yaml(self, place: Place | None, error: Exception) -> NoReturn:
        raise UnreadableWorkflowError(
            "it is not YAML", place.line if place is not None else 0
        ) from error


def find(node: Node | None, key: str) -> Node | None:
    """The value at a key; None if there is none, or it is empty, or the node is no mapping."""
    if not isinstance(node, Mapping):
        return None
    value = next((value for name, value in node.entries if name.text == key), None)
    return None if _is_null(value) else value


def _is_null(node: Node | None) -> bool:
    """Whether YAML reads it as no value. In quotes it would be a text."""
    return isinstance(node, Scalar) and node.plain and node.text in {"", "~", "null"}


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
    # GitHub takes a single value wherever it takes a list.
    if isinstance(node, Scalar):
        return (node,)
    if not isinstance(node, Sequence):
        return ()
    return tuple(item for item in node.items if isinstance(item, Scalar))
