"""What a call may have stored in a name that it got, by what the name stands for at that point.

Text and numbers never change. What was made in the same function, such as a list, is there to be
filled: any call may have done so. What comes from elsewhere is mostly text or an object that is
only asked. It counts as filled by a call that surely fills it, or that stands for itself and gets
something else besides, as `fill(cmd, request)` does. A question such as `if allowed(cmd, user)`
fills nothing.
"""

import ast
from collections.abc import Callable, Iterable
from enum import Enum

from judgegate.flow.arguments import RECEIVER
from judgegate.flow.changes import ChangeKind, NameChange
from judgegate.flow.known_calls import CallEffects
from judgegate.flow.points import Point, Reached, Start, State
from judgegate.sources.python_scopes import Scope

_MOST_POINTS = 64
"""So many points are looked at to see what a name stands for."""

_TEXT = (ast.Constant, ast.JoinedStr, ast.Compare)
_MAKING = (
    ast.List,
    ast.Dict,
    ast.Set,
    ast.ListComp,
    ast.DictComp,
    ast.SetComp,
)

Before = Callable[[Point], Iterable[Reached]]
"""The points that a point reads."""


class Content(Enum):
    """What a name stands for."""

    TEXT = "text"
    MADE = "made"
    """At least on one way it was made in this function."""
    GIVEN = "given"


_WEIGHTS = [Content.TEXT, Content.GIVEN, Content.MADE]
"""What counts of several, the last first."""


class Contents:
    """Answers what calls may have stored in what they got.

    Args:
        effects_of: what is known of a call in a scope.
    """

    def __init__(self, effects_of: Callable[[ast.Call, Scope], CallEffects]) -> None:
        self._effects_of = effects_of

    def may_fill(self, state: State, before: Before) -> bool:
        """Whether the call behind which a name is in this state may have filled what it stands for."""
        content = self._content_before(state, before)
        if content is Content.GIVEN:
            return self.may_fill_given(state.change)
        return content is Content.MADE

    def may_fill_given(self, change: NameChange) -> bool:
        """Whether a change may have filled something that comes from elsewhere, as a parameter does."""
        is_handed = change.slot != RECEIVER and change.values
        return bool(is_handed) or self.surely_fills(change)

    def surely_fills(self, change: NameChange) -> bool:
        """Whether a change is no call, or a call that is known to fill something, or that can be read."""
        if change.kind is not ChangeKind.CALL:
            return True
        effects = self._effects_of(change.node, change.scope)
        return effects.is_own or effects.filled != ""

    def _content_before(self, state: State, before: Before) -> Content:
        """What a name stands for before a call gets it.

        Where there are several ways, a single one on which it was made here is enough. So it is
        where there are too many points to look at.
        """
        found = Content.TEXT
        seen: set[Point] = {state}
        pending: list[Point] = [state]
        while pending:
            for point, _ in before(pending.pop()):
                if point in seen:
                    continue
                content = self._content_at(point)
                if content is Content.MADE or len(seen) > _MOST_POINTS:
                    return Content.MADE
                if content is Content.GIVEN:
                    found = content
                seen.add(point)
                pending.append(point)
        return found

    def _content_at(self, point: Point) -> Content:
        """What a name stands for by one point; one that binds nothing says nothing against text."""
        if isinstance(point, Start):
            return Content.GIVEN
        if not isinstance(point, State):
            return Content.TEXT
        change = point.change
        if change.kind is ChangeKind.CALL:
            return Content.TEXT
        if change.is_store or not change.has_values:
            return Content.GIVEN
        contents = {self._content_of(value, change) for value in change.values}
        return max(contents, key=_WEIGHTS.index)

    def _content_of(self, value: ast.expr, change: NameChange) -> Content:
        """What a value is."""

        def effects_of(call: ast.Call) -> CallEffects:
            return self._effects_of(call, change.scope)

        if _is_text(value, effects_of):
            return Content.TEXT
        return Content.MADE if _is_made(value, effects_of) else Content.GIVEN


def _is_text(node: ast.expr, effects_of: Callable[[ast.Call], CallEffects]) -> bool:
    """Whether nothing can change the value of an expression: it is text, a number or a path.

    cmd = "ls " + path
    cmd = root / "bin" / name
    cmd = f"ls {path}" if path else "ls"
    """
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, ast.Call):
            if not effects_of(one).gives_text:
                return False
        elif not isinstance(one, _TEXT):
            parts = _deciding_parts(one)
            if not parts:
                return False
            pending += parts
    return True


def _is_made(node: ast.expr, effects_of: Callable[[ast.Call], CallEffects]) -> bool:
    """Whether a value is, at least in one of two cases, a container or object that is new.

    cmd = ["ls"] + options
    cmd = options or []
    cmd = Command()
    """
    pending = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, _MAKING):
            return True
        if isinstance(one, ast.Call):
            if effects_of(one).makes_new:
                return True
        elif isinstance(one, ast.BinOp):
            pending += [one.left, one.right]
        else:
            pending += _deciding_parts(one)
    return False


def _deciding_parts(node: ast.expr) -> list[ast.expr]:
    """The parts that must be text for an expression to be text, none where it cannot be seen from them."""
    parts: list[ast.expr] = []
    match node:
        case ast.BinOp(op=ast.Add(), left=left, right=right):
            # Text is added to text only.
            parts = [right if isinstance(right, _TEXT) else left]
        case ast.BinOp(op=ast.Div(), left=left, right=right):
            # Nothing but a path is divided by text.
            parts = list(filter(_may_be_of_path, (right, left)))[:1]
        case ast.BinOp(op=ast.Mod(), left=value) | ast.NamedExpr(value=value):
            parts = [value]
        case ast.UnaryOp(operand=operand):
            parts = [operand]
        case ast.IfExp(body=body, orelse=orelse):
            parts = [body, orelse]
        case ast.BoolOp(values=values):
            parts = values
    return parts


def _may_be_of_path(node: ast.expr) -> bool:
    """Whether an expression is text and no number, or may be shown to be a path by what it is made of."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str)
    return isinstance(node, ast.JoinedStr | ast.BinOp | ast.Call)
