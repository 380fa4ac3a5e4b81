"""What a statement outside of every function is called, by the tables of its grammar."""

import re
from typing import TYPE_CHECKING

from judgegate.model.facts import ANYTHING
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
        self._binders: Mapping[str, str] = {
            **dict.fromkeys(grammar.passing | grammar.bare, ""),
            **dict.fromkeys(grammar.mentions, "name"),
            **grammar.carriers,
            **grammar.assignments,
            **grammar.naming,
        }

    def note_import(self, name: str, draft: Draft | None) -> None:
        """Keep the first name that an import binds with its statement."""
        if draft is not None and not draft.given_name:
            draft.given_name = name

    def note_call(self, frame: Frame, draft: Draft) -> None:
        """Keep a call with a statement that is nothing but this call."""
        if draft.is_definition or not self._is_all_of(frame, draft):
            return
        name = call_of(frame, self._grammar)
        if not name.startswith(ANYTHING):
            draft.given_name = name

    def name(self, frame: Frame, draft: Draft) -> None:
        """Name a statement: by the first name that it binds, by what it calls, or by its kind."""
        bound = self._bound(frame.node) if frame.kind in self._binders else ""
        name = bound or draft.given_name or _kind_name(frame.kind)
        draft.name = qualified(draft.prefix, name)

    def _is_all_of(self, frame: Frame, draft: Draft) -> bool:
        """Whether there is nothing in a statement but this expression."""
        around: Frame | None = frame
        for _ in range(_FARTHEST):
            if around is None or around.draft is draft:
                break
            above = around.above
            around = above if above and self._binders.get(above.kind) == "" else None
        return around is not None

    def _bound(self, node: "SgNode") -> str:
        """The first name that a statement binds which may bind one."""
        for _ in range(_FARTHEST):
            target = part_of(node, self._binders[node.kind()])
            if target is not None:
                return self._first_name(target)
            inner = [one for one in node.children() if one.kind() in self._binders]
            if not inner:
                break
            node = inner[0]
        return ""

    def _first_name(self, node: "SgNode") -> str:
        """The first name in a target; of what is set by a key, the name of what holds it."""
        name = dotted(node)
        for _ in range(_FARTHEST):
            inner = [one for one in node.children() if self._may_be_name(one)]
            if name or not inner:
                break
            node = inner[0]
            name = dotted(node)
        return name

    def _may_be_name(self, node: "SgNode") -> bool:
        return node.is_named() and node.kind() not in self._grammar.comments


def name_of_token(kind: str, text: str) -> str:
    """The name of a statement that is a single token."""
    return text if _WORD.fullmatch(text) else _kind_name(kind)


def _kind_name(kind: str) -> str:
    """A kind without what grammars add to it: `if` for `if_statement`."""
    return _ENDING.sub("", kind)
