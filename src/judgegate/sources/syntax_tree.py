"""A text as ast-grep's tree, and the nodes that a walk over it is in."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from judgegate.model.facts import ANYTHING
from judgegate.sources.text import Unreadable

if TYPE_CHECKING:
    from ast_grep_py import SgNode

LONGEST_REASON = 200

_RESERVED = re.compile(r"[\x00-\x07]")
"""Characters by which a form tells its own signs from a text's."""


class Frame:
    """An inner node between the root and where the walk is.

    `first_part` and `first_token` are where it starts in the form; `hidden` is how many of its tokens
    stand in blocks. `words` are the names of its children where these make its own `name`.
    """

    __slots__ = (
        "above", "body_of", "condition", "decorations", "defines", "digest", "draft", "first_part",
        "first_token", "held", "hidden", "is_block", "is_listed", "is_statement", "kind", "leaves", "name",
        "node", "pending", "piece", "statements", "words",
    )  # fmt: skip

    def __init__(self, kind: str, node: "SgNode", above: "Frame | None") -> None:
        self.kind = kind
        self.node = node
        self.above = above
        self.name = ANYTHING
        self.words: list[str] | None = None
        self.held = -1
        """How many definitions or values it holds, once somebody has counted."""
        self.hidden = 0
        self.digest = ""
        self.is_block = False
        self.is_listed = False
        self.is_statement = False
        self.body_of: Any = None
        self.decorations: list[tuple[str, int]] = []
        self.defines: Any = None
        self.statements = 0
        self.leaves = False
        self.condition = ""
        self.draft: Any = None
        self.piece: Any = None
        self.pending: Iterator[SgNode] = iter(())
        self.first_part = 0
        self.first_token = 0


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
