"""What a statement outside of every function is called, by the tables of its grammar."""

import re
from typing import TYPE_CHECKING

from judgegate.model.facts import ANYTHING
from judgegate.sources.calls_as_names import called
from judgegate.sources.grammar import Grammar
from judgegate.sources.syntax_tree import Frame
from judgegate.sources.syntax_units import Draft, call_of, dotted, part_of, qualified

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ast_grep_py import SgNode

_FARTHEST = 50
"""How many nodes are followed to a name."""

_WORD = re.compile(r"[^\W\d]\w{0,49}")
_ENDING = re.compile(
    r"_(?:clause|command|declaration|definition|directive|expression|item|statement)\Z"
)


class StatementNames:
    """Names statements while a walk leaves them."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar
        passing = dict.fromkeys(grammar.passing | grammar.bare, "")
        mentions = dict.fromkeys(grammar.mentions, "name")
        self._binders: Mapping[str, str] = {
            **passing,
            **mentions,
            **grammar.carriers,
            **grammar.assignments,
            **grammar.naming,
        }
        self._leading = self._binders.keys() | grammar.imports.keys()

    def note_call(self, frame: Frame, draft: Draft) -> None:
        """Keep a call with a statement that is nothing but this call."""
        if draft.is_definition or not self._is_all_of(frame, draft):
            return
        name = call_of(frame, self._grammar)
        if not name.startswith(ANYTHING):
            draft.called = name if name.endswith(")") else called(name, "")

    def name(self, frame: Frame, draft: Draft) -> None:
        """Name a statement: by the first name that it binds, by what it calls, or by its kind."""
        name = self._bound(frame.node) or draft.called or _kind_name(frame.kind)
        draft.name = qualified(draft.prefix, name)

    def _is_all_of(self, frame: Frame, draft: Draft) -> bool:
        """Whether there is nothing in a statement but this expression."""
        for _ in range(_FARTHEST):
            if frame.draft is draft:
                return True
            around = frame.above
            if around is None or self._binders.get(around.kind) != "":
                return False
            frame = around
        return False

    def _bound(self, node: "SgNode") -> str:
        """The first name that a statement binds."""
        grammar = self._grammar
        for _ in range(_FARTHEST):
            kind = node.kind()
            if kind in grammar.imports:
                taken = (one.local for one in grammar.imports[kind](node))
                if name := next(filter(None, taken), ""):
                    return name
            target = part_of(node, self._binders.get(kind, ""))
            if target is not None:
                return self._first_name(target)
            inner = [one for one in node.children() if one.kind() in self._leading]
            if kind not in self._binders or not inner:
                return ""
            node = inner[0]
        return ""

    def _first_name(self, node: "SgNode") -> str:
        """The first name in a target; of what is set by a key, the name of what holds it."""
        for _ in range(_FARTHEST):
            name = dotted(node)
            if name:
                return name
            inner = [one for one in node.children() if one.is_named()]
            inner = [one for one in inner if one.kind() not in self._grammar.comments]
            if not inner:
                return ""
            node = inner[0]
        return ""


def name_of_token(kind: str, text: str) -> str:
    """The name of a statement that is a single token."""
    return text if _WORD.fullmatch(text) else _kind_name(kind)


def _kind_name(kind: str) -> str:
    """A kind without what grammars add to it: `if` for `if_statement`."""
    return _ENDING.sub("", kind)
