"""The definitions of a file, drafted while a walk is in them."""

import re
import sys
from typing import TYPE_CHECKING

from judgegate.model.facts import LONGEST_NAME, Parameter, UnitKind
from judgegate.sources.calls_as_names import called, is_plain
from judgegate.sources.grammar import Grammar
from judgegate.sources.syntax_names import SyntaxScope
from judgegate.sources.syntax_tree import Frame
from judgegate.sources.syntax_words import name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ast_grep_py import SgNode

NAMELESS = "<function>"

_MOST_ARGUMENTS = 20
_NAMING = frozenset({"=", ":"})
_FARTHEST = 50
"""How many nodes around a definition are asked for its name."""

_DOTTED = re.compile(r"[A-Za-z_$][\w$]*(?:\.[\w$]+)*")
_WRITTEN_NAME = re.compile(r"(?!\d)[\w$@#?!]+(?:\.[\w$@#?!]+)*")
_GENERIC = re.compile(r"<.*", re.DOTALL)
_PREFIX = re.compile(r"\A[^'\"`]*['\"`]+")
_KEY = re.compile(r"[^\W\d][\w$]*")
_QUOTED = re.compile(r"""(["'`])((?:(?!\1).)*)\1?""", re.DOTALL)
_ESCAPE = re.compile(r"\\u(?:([0-9A-Fa-f]{4})|\{([0-9A-Fa-f]{1,6})\})")
_MARKED = re.compile(r"\A(?:r#|@)(?=\w)")
"""What marks a word as a name in Rust and C#, and is no part of it."""
_BETWEEN_NAMES = re.compile(r"\s*(?:::|->|\.|\\)\s*")


class Piece:
    """A statement or definition, as what stands around others.

    `branch` counts the blocks that the walk has met in it, so that what stands under `else` is not
    taken for what stands under `if`. `place` is the branch of the piece around it that it stands in.
    """

    __slots__ = ("above", "branch", "exposure", "header", "place")

    def __init__(self, above: "Piece | None") -> None:
        self.above = above
        self.branch: int = 0
        self.place: int = above.branch if above else 0
        self.header = ""
        self.exposure = ""


class Draft:
    """A unit that the walk is in. `prefix` is the qualified name that units in it begin with."""

    __slots__ = (
        "above", "binds", "body", "body_place", "body_span", "calls", "decorations", "first_part",
        "first_statement", "given_name", "header", "home", "inner", "is_begun", "kind",
        "last_statement", "name", "name_span", "owner", "parameters", "piece", "prefix", "public",
        "scope", "span", "tokens",
    )  # fmt: skip

    inner: Frame
    """The definition itself, without what is around it."""
    scope: SyntaxScope
    """The scope that the definition stands in."""

    def __init__(self, piece: Piece, above: "Draft | None") -> None:
        self.kind = UnitKind.STATEMENT
        self.piece = piece
        self.above = above
        self.prefix: str = above.prefix if above else ""
        self.name = self.prefix
        self.owner: Draft | None = above.home if above else None
        """The definition around it."""
        self.home: Draft | None = self.owner
        """The definition around it, or the definition that it is."""
        self.given_name = ""
        """What it takes in or calls, if it is a statement and nothing else."""
        self.calls: dict[tuple[str, SyntaxScope], None] = {}
        """What it calls as it is written, and in which scopes; each once, in the order of the file."""
        self.binds: list[str] = []
        """The names that it binds, with all that encloses them."""
        self.header = self.body = ""
        self.decorations: list[str] = []
        self.parameters: tuple[Parameter, ...] = ()
        self.first_part = 0
        self.first_statement = self.last_statement = 0
        self.body_place = -1
        self.body_span = self.name_span = (-1, -1)
        self.is_begun = False
        """Whether the walk has come to its body."""
        self.public = False
        self.span = (0, 0)
        self.tokens = 0

    @property
    def is_definition(self) -> bool:
        """Whether it is more than a statement."""
        return self.kind is not UnitKind.STATEMENT

    @property
    def is_function(self) -> bool:
        """Whether it has a scope of its own."""
        return self.kind in (UnitKind.FUNCTION, UnitKind.METHOD)


def qualified(prefix: str, name: str) -> str:
    """A name with what encloses it."""
    return f"{prefix}.{name}"[:LONGEST_NAME] if prefix else name[:LONGEST_NAME]


def name_node(node: "SgNode", grammar: Grammar) -> "SgNode | None":
    """The node that is a definition's own name."""
    if node.kind() in grammar.anonymous:
        return None
    declarator = None
    for inner in declarators(node, grammar):
        declarator = inner
    if declarator is not None:
        return declarator
    found = next(
        (found for one in grammar.name_fields if (found := part_of(node, one))), None
    )
    return found or next(
        (one for one in node.children() if one.kind() in grammar.name_kinds), None
    )


def part_of(node: "SgNode", name: str) -> "SgNode | None":
    """The child in a field of that name, or else the first one of that kind."""
    if not name:
        return None
    found = node.field(name)
    return found or next((one for one in node.children() if one.kind() == name), None)


def declarators(node: "SgNode", grammar: Grammar) -> "Iterator[SgNode]":
    """The nodes in which C and its like wrap a name, from the outside."""
    for _ in range(_FARTHEST if grammar.declarator else 0):
        inner = node.field(grammar.declarator)
        if inner is None:
            return
        yield inner
        node = inner


def body_node(node: "SgNode", grammar: Grammar) -> "SgNode | None":
    """The node that is a definition's body."""
    found = node.field("body")
    if found is not None:
        return found
    return next((one for one in node.children() if one.kind() in grammar.bodies), None)


def name_within(frame: Frame, own: str, grammar: Grammar) -> str:
    """The name of a definition with those of the values and calls that it is given to.

    Empty where neither it nor what it is given to has a name.
    """
    names = [own] if own else []
    around = frame.above
    for _ in range(_FARTHEST):
        if around is None or around.is_block:
            break
        if around.kind in grammar.carriers:
            names.append(name_text(part_of(around.node, grammar.carriers[around.kind])))
        elif around.kind in grammar.calls:
            names.append(call_of(around, grammar).removesuffix("()"))
        around = around.above
    return ".".join(name for name in reversed(names) if name)


def exported_names(root: "SgNode", grammar: Grammar) -> frozenset[str]:
    """The names that lists of exports name, wherever the lists stand."""
    found = [node for kind in grammar.exports for node in root.find_all(kind=kind)]
    return frozenset(name_text(node.field("name")) for node in found)


def receiver_of(node: "SgNode", grammar: Grammar) -> str:
    """The type that a method is declared for outside of the type's own definition."""
    receiver = node.field(grammar.receiver) if grammar.receiver else None
    found = (
        receiver.find(any=[{"kind": kind} for kind in sorted(grammar.types)])
        if receiver
        else None
    )
    return found.text() if found else ""


def first_literal(call: "SgNode", grammar: Grammar) -> "SgNode | None":
    """The first string among a call's arguments."""
    pending = [one for one in call.children() if one.kind() in grammar.arguments]
    while pending:
        one = pending.pop(0)
        if one.kind() in grammar.strings:
            return one
        if one.kind() in grammar.arguments:
            inner = one.children()[:_MOST_ARGUMENTS]
            # What is given by a name comes first by accident.
            if not any(child.kind() in _NAMING for child in inner):
                pending = [*inner, *pending]
    return None


def name_given(frame: Frame, outer: Frame, grammar: Grammar) -> "SgNode | None":
    """The node that names a definition without a name: what it is assigned to."""
    while frame is not outer and frame.above is not None:
        frame = frame.above
        named = part_of(frame.node, grammar.carriers.get(frame.kind, ""))
        if named is not None:
            return named
    return None


def first_argument(call: "SgNode", grammar: Grammar) -> str:
    """The first argument of a call, if it is a dotted name."""
    for child in call.children():
        if child.kind() in grammar.arguments:
            given = [one.text()[:LONGEST_NAME] for one in child.children()[1:2]]
            return given[0] if given and _DOTTED.fullmatch(given[0]) else ""
    return ""


def outermost(frame: Frame, grammar: Grammar) -> Frame:
    """The node that a definition is all of: `export`, decorators, or the name it is assigned to."""
    for _ in range(_FARTHEST):
        around = frame.above
        if around is None or not _carries(around, grammar):
            break
        frame = around
    return frame


def _carries(around: Frame, grammar: Grammar) -> bool:
    """Whether a node holds a single definition and nothing else."""
    if around.draft is not None and around.draft.kind is not UnitKind.STATEMENT:
        return False
    if around.kind in grammar.declarations:
        if around.held < 0:
            held = grammar.carriers.keys() | grammar.classes
            around.held = sum(child.kind() in held for child in around.node.children())
        return around.held == 1
    return around.kind in grammar.carriers


def call_of(call: Frame, grammar: Grammar) -> str:
    """A call as a name: what is called, and the first text that it gets."""
    callee = name_of(call, grammar).removesuffix("()")
    literal = first_literal(call.node, grammar)
    return called(callee, _inside(literal.text()) if literal else "")


def _inside(literal: str) -> str:
    """What stands between the quotes, whatever these are."""
    return _PREFIX.sub("", literal).rstrip("'\"`#")


def name_text(node: "SgNode | None") -> str:
    """A name as it is written, with dots for all that divides its parts; empty for several."""
    written = node.text()[:LONGEST_NAME] if node is not None else ""
    if "," in written and written[0] not in "'\"":
        return ""
    written = _MARKED.sub("", _QUOTED.sub(_plain, _ESCAPE.sub(_escaped, written)))
    return _BETWEEN_NAMES.sub(".", _GENERIC.sub("", written)).strip(".")


def dotted(node: "SgNode") -> str:
    """The text of a node as a dotted name; empty where it is more than that."""
    name = _BETWEEN_NAMES.sub(".", node.text()[:LONGEST_NAME]).strip(".")
    return name if _WRITTEN_NAME.fullmatch(name) else ""


def _plain(quoted: re.Match[str]) -> str:
    """A key between quotes, without what may be a secret; a word is the same without the quotes."""
    if not is_plain(quoted[2]):
        return quoted[1] * 2
    return quoted[2] if _KEY.fullmatch(quoted[2]) else quoted[0]


def _escaped(found: re.Match[str]) -> str:
    """A character that is written by its number, if it may stand in a name."""
    number = int(found[1] or found[2], 16)
    character = chr(min(number, sys.maxunicode))
    return character if f"_{character}".isidentifier() else found[0]
