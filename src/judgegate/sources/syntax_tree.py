"""A text as ast-grep's tree, and the nodes that a walk over it is in."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from judgegate.model.facts import ANYTHING
from judgegate.sources.text import Unreadable

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LONGEST_REASON = 200

_RESERVED = re.compile(r"[\x00-\x07]")
"""Characters by which a form tells its own signs from a text's."""


class Decoration(NamedTuple):
    """A decorator: the digest of its form, where it starts in the text, and its place in the form."""

    digest: str
    start: int
    place: int


class Frame:
    """An inner node between the root and where the walk is.

    There is one for every inner node, and most stay as they begin: so what they begin with belongs to
    the class.
    """

    name = ANYTHING
    """What the expression is called."""
    words: list[str] | None = None
    """The names of its children, where these make its own."""
    hidden = 0
    """How many of its tokens stand in blocks."""
    digest = ""
    is_block = False
    is_listed = False
    """Whether it is an element of a list that begins with a condition."""
    is_statement = False
    statements = 0
    held = -1
    """How many definitions or values it holds, once somebody has counted."""
    leaves = False
    condition = ""
    decorations: Sequence[Decoration] = ()
    draft: Any = None
    """The unit that it is all of."""
    defines: Any = None
    """The unit that it is the definition of."""
    body_of: Any = None
    piece: Any = None

    def __init__(
        self,
        kind: str,
        node: "SgNode",
        above: "Frame | None",
        first_part: int,
        first_token: int,
    ) -> None:
        self.kind = kind
        self.node = node
        self.above = above
        self.first_part = first_part
        self.first_token = first_token
        self.pending: Iterator[SgNode] = iter(())


def span_of(node: "SgNode") -> tuple[int, int]:
    """Where a node starts and ends, in characters of the text.

    `range()` counts the columns of the line anew for each node: quadratic for a long line.
    """
    edit = node.replace("")
    return edit.start_pos, edit.end_pos


@contextmanager
def engine_failures() -> Iterator[None]:
    """Turn what the engine raises into the reason why a file is not read."""
    try:
        yield
    except UnicodeEncodeError:
        raise Unreadable("it contains a part of a character") from None
    except BaseException as error:
        # Its own panic is no ordinary exception.
        if type(error).__name__ == "PanicException":
            raise Unreadable(f"its parser gave up: {error}"[:LONGEST_REASON]) from None
        raise


def parse(text: str, language: str) -> "SgNode":
    """The root of ast-grep's tree.

    Raises:
        Unreadable: the text is not in the language, or cannot be handed to the parser.
    """
    # It takes 15 ms to load, which only files of these languages have to wait for.
    from ast_grep_py import SgRoot

    if _RESERVED.search(text):
        raise Unreadable("it contains a control character")
    root = SgRoot(text, language).root()
    error = root.find(kind="ERROR")
    if error is not None or root.kind() == "ERROR":
        at = span_of(error)[0] if error is not None else 0
        raise Unreadable(f"line {text.count(chr(10), 0, at) + 1} is not valid {language}")
    return root
