"""What a file takes in, what it calls its values, and what it calls."""

import re
from typing import TYPE_CHECKING

from judgegate.model.facts import LONGEST_NAME, ImportedName, Signature, UnitKind
from judgegate.sources.grammar import Taken
from judgegate.sources.syntax_form import FormWalk
from judgegate.sources.syntax_outline import Outline
from judgegate.sources.syntax_signatures import is_public
from judgegate.sources.syntax_tree import Frame
from judgegate.sources.syntax_units import first_argument, first_literal, part_of

if TYPE_CHECKING:
    from ast_grep_py import SgNode

    from judgegate.sources.syntax_names import SyntaxScope

_NAME = re.compile(r"[\w$@]+")
_DOTTED = re.compile(r"[\w$@]+(?:\.[\w$@#]+)*")
_MODULE = re.compile(
    r"(?!\d|(?:true|false|null|nil|undefined|NULL|nullptr)\Z)[\w$@./:#-]*[\w$@#]"
)
"""A dotted name, or the path of a module, and no literal."""
_GIVES = frozenset({"=", ":="})
_QUOTES = "'\"`"


class Uses:
    """Imports, aliases and calls, noted in the scope and unit that the walk is in."""

    def __init__(self, walk: FormWalk, outline: Outline) -> None:
        self.imports: list[ImportedName] = []
        self.has_star = False
        self._walk = walk
        self._outline = outline
        self._grammar = walk.grammar
        self._assigned: set[tuple[str, SyntaxScope]] = set()

    def leave_import(self, frame: Frame) -> None:
        """An import, in any language."""
        line = self._walk.line_of(frame)
        for taken in self._grammar.imports[frame.kind](frame.node):
            self._take(taken, line)

    def leave_assignment(self, frame: Frame) -> None:
        """A name gets a value."""
        words = [word for word in frame.words or () if word != ";"]
        gives = _GIVES.intersection(words)
        value = words[-1] if gives else ""
        left = part_of(frame.node, self._grammar.assignments[frame.kind])
        if left is None:
            return
        target = left.text()
        if _NAME.fullmatch(target):
            self._bind(target, value)
            self._publish(target, frame)
        elif _DOTTED.fullmatch(target):
            self._assigned.add((target.partition(".")[0], self._outline.scope))
            self._outline.note_bound(target)
        else:
            self._take_apart(left, value)

    def leave_call(self, frame: Frame) -> None:
        """A call."""
        callee = frame.name.removesuffix("()")
        receiver, _, method = callee.rpartition(".")
        if method in self._grammar.invoking:
            callee, frame.name = receiver, f"{receiver}()"
        self._outline.note_call(frame, callee)
        if callee in self._grammar.loaders:
            self._load(frame)
        elif method in self._grammar.binding:
            frame.name = receiver
        elif method in self._grammar.wrapping:
            frame.name = first_argument(frame.node, self._grammar) or frame.name

    def _load(self, frame: Frame) -> None:
        """A call that gives the module which its first argument names."""
        literal = first_literal(frame.node, self._grammar)
        if literal is not None:
            module = literal.text().strip(_QUOTES)[:LONGEST_NAME]
            frame.name = module.removeprefix("node:")
            self.imports.append(ImportedName(module, self._walk.line_of(frame)))

    def dynamic(self) -> tuple[str, ...]:
        """Why names cannot be relied upon. The walk is over."""
        found = ["star import"] if self.has_star else []
        if any(scope.is_taken(name) for name, scope in self._assigned):
            found.insert(0, "module attribute")
        return tuple(found)

    def _take(self, taken: Taken, line: int) -> None:
        one = ImportedName(taken.full[:LONGEST_NAME], line, taken.typing_only)
        if one not in self.imports[-1:]:
            self.imports.append(one)
        self.has_star |= taken.everything
        if taken.local is not None:
            meaning = taken.full if taken.meaning is None else taken.meaning
            self._outline.scope.take(taken.local, meaning)
            self._outline.note_import(taken.local)
            self._outline.note_bound(taken.local)

    def _bind(self, target: str, value: str) -> None:
        """Let a name mean what its value means, if that is a name."""
        scope = self._outline.scope
        self._outline.note_bound(target)
        if target != value and _MODULE.fullmatch(value):
            scope.alias(target, value)
        else:
            scope.declare(target)

    def _take_apart(self, left: "SgNode", value: str) -> None:
        """Bind the names of a pattern, or of a list."""
        grammar = self._grammar
        named = _MODULE.fullmatch(value) is not None
        for child in left.children():
            key, target = child.field("key") or child, child.field("value") or child
            name = target.text()
            if not _NAME.fullmatch(name):
                continue
            if named and child.kind() in grammar.patterns:
                self._bind(name, f"{value}.{key.text()}")
            else:
                self._bind(name, "")

    def _publish(self, name: str, frame: Frame) -> None:
        """Note a variable that others can use."""
        draft = self._outline.draft
        publicity = self._grammar.publicity
        if (
            draft is None
            or publicity is None
            or self._outline.functions
            or draft.home is not None
        ):
            return
        words = self._outline.public.words_before(draft, frame.first_part)
        if draft.kind is not UnitKind.STATEMENT:
            return
        if self._outline.public.is_exported(name) or is_public(
            words, name, publicity, is_member=False
        ):
            line = self._walk.line_of(frame)
            self._outline.public.signatures.append(
                Signature(name[:LONGEST_NAME], draft.kind, line)
            )
