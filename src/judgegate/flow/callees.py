"""What the calls of a Python file call, by resolved names, and what such a call does with what it gets."""

import ast
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from judgegate.flow.definitions import Definitions, Meant
from judgegate.flow.dependencies import Dependencies
from judgegate.flow.doubts import MODULE_ATTRIBUTE, NameDoubts
from judgegate.flow.known_calls import (
    NO_EFFECTS,
    CallEffects,
    effects_of_function,
    effects_of_method,
)
from judgegate.flow.scope_tables import ScopeTables
from judgegate.model.evidence_context import UNKNOWN, Callee
from judgegate.sources.python_names import as_one_name, written
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk
from judgegate.sources.python_walked import FunctionNode


class Called(Struct, frozen=True, eq=False):
    """What a call calls.

    `functions` are those of this file that it may be. `makes_own`: it may make an object of a class
    of this file. `is_outside`: it may be something else, too. `is_value`: it is held by a variable,
    or comes out of an expression. `doubts` say why the names may be wrong.
    """

    callee: Callee
    effects: CallEffects
    functions: tuple[FunctionNode, ...]
    makes_own: bool
    is_outside: bool
    is_value: bool
    doubts: tuple[str, ...]


class Callees:
    """Answers what is called.

    Args:
        walk: what the walk over the tree has written down.
        tables: what it has written down, by scopes.
        definitions: those of the file.
        dependencies: the digests of these.
    """

    def __init__(
        self,
        walk: Walk,
        tables: ScopeTables,
        definitions: Definitions,
        dependencies: Dependencies,
    ) -> None:
        self._walk = walk
        self._tables = tables
        self._definitions = definitions
        self._dependencies = dependencies
        self._known: dict[ast.Call, Called] = {}
        self._bodies: dict[Meant, str] = {}
        self.doubts = NameDoubts(walk, tables, dependencies.of_statement)

    def of(self, call: ast.Call, scope: Scope) -> Called:
        """What a call in a scope calls."""
        known = self._known.get(call)
        if known is None:
            known = self._known[call] = self._resolve(call, scope)
        return known

    def body_of(self, meant: Meant) -> str:
        """One digest of all definitions that may be meant, empty where there are none."""
        known = self._bodies.get(meant)
        if known is None:
            known = self._bodies[meant] = self._dependencies.of_definitions(meant.nodes)
        return known

    def _resolve(self, call: ast.Call, scope: Scope) -> Called:
        """Find what is called, by its names and among the definitions of the file."""
        func = call.func
        meant = self._definitions.meant_by(func, scope)
        names = self._names_of(call, scope)
        doubts = list(self.doubts.about(_root(func), scope))
        patches = list(self.doubts.of_patches(names))
        doubts += patches
        if any(patch.startswith(MODULE_ATTRIBUTE) for patch in patches):
            names = [UNKNOWN]
        functions = [node for node in meant.nodes if isinstance(node, FunctionNode)]
        if isinstance(func, ast.Attribute) and not meant.is_sure:
            # It is not known whose method it is.
            functions = []
        body = self.body_of(meant)
        return Called(
            callee=Callee(as_one_name(names), body),
            effects=self._effects(call, scope, names, meant),
            functions=tuple(functions),
            makes_own=any(isinstance(node, ast.ClassDef) for node in meant.nodes),
            is_outside=not meant.is_sure,
            is_value=self._is_value(func, scope),
            doubts=tuple(sorted(set(doubts))),
        )

    def _effects(
        self, call: ast.Call, scope: Scope, names: list[str], meant: Meant
    ) -> CallEffects:
        """What a call does with what it gets."""
        known = NO_EFFECTS if meant.nodes else self._known_effects(call, scope, names)
        # A class is known by its name.
        is_class = all(name.rpartition(".")[2][:1].isupper() for name in names)
        return replace(
            known,
            is_own=meant.is_sure
            and not any(isinstance(one, ast.ClassDef) for one in meant.nodes),
            makes_new=known.makes_new or is_class,
        )

    def _known_effects(self, call: ast.Call, scope: Scope, names: list[str]) -> CallEffects:
        """What is known of a call of something that this file does not define.

        A method of a name that is imported is taken for a function, as `os.path.join` is.
        """
        func = call.func
        base = _root(func)
        is_imported = self._tables.is_imported(base, scope)
        if isinstance(func, ast.Attribute) and not is_imported:
            # Something known by several names is no object of Python's own.
            return effects_of_method(func.attr) if len(names) == 1 else NO_EFFECTS
        if not is_imported and self._tables.owners(base, scope):
            return NO_EFFECTS
        return effects_of_function(names, call)

    def _names_of(self, call: ast.Call, scope: Scope) -> list[str]:
        """The full names that what is called may have; a local variable has none."""
        names = self._named.get(call)
        if names is None:
            names = self._walk.names.of_callee(call.func, scope)
        plain = written(call.func)
        if plain is not None and self._tables.is_local(_root(call.func), scope):
            other = self._without_variable(plain, scope)
            names = tuple(other if name == plain else name for name in names)
        return sorted({name or UNKNOWN for name in names})

    def _without_variable(self, plain: str, scope: Scope) -> str:
        """What is called by a variable: a method of `self`, one of something, or what is not known.

        self.build(a)        # self.build
        data.args.get(a)     # .get
        callback(a)          # ?
        """
        base, _, rest = plain.partition(".")
        owner = self._tables.owner(base, scope)
        is_object = owner is not None and self._definitions.is_receiver(base, owner)
        if is_object and rest and "." not in rest:
            return f"self.{rest}"
        return f".{rest.rpartition('.')[2]}" if rest else UNKNOWN

    def _is_value(self, func: ast.expr, scope: Scope) -> bool:
        """Whether what is called is no function or method with a name."""
        if isinstance(func, ast.Name):
            return self._tables.is_variable(func.id, scope)
        return not isinstance(func, ast.Attribute)

    @cached_property
    def _named(self) -> dict[ast.Call, tuple[str, ...]]:
        """The names that the walk has resolved, by their calls."""
        return {call: names for call, _, names in self._walk.named_calls}


def _root(node: ast.expr) -> str:
    """The name that a dotted name begins with, empty where it is none."""
    return (written(node) or "").partition(".")[0]
