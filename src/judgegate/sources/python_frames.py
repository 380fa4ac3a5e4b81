"""The frames of a Python file, and what changes the names of each.

A frame is what runs as one: the body of a function, lambda or class, or the file. Comprehensions belong
to the frame around them. A frame is read when a name in it is asked for the first time.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from judgegate.sources.known_calls import is_harmless
from judgegate.sources.python_aliases import Alias, aliases_in
from judgegate.sources.python_arguments import slots_of
from judgegate.sources.python_changes import (
    BINDERS,
    ChangeKind,
    NameChange,
    Position,
    changes_of,
    end_of,
)
from judgegate.sources.python_scope_tables import ScopeTables, frame_scope
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk

MOST_ALIASES = 64
"""So many names that may share what they stand for are followed."""

LoopingNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class CodeFrame:
    """What is bound and changed in a frame.

    `by_name` holds what is done to the names that belong to it, and what is stored in it to those of others.
    """

    def __init__(self, scope: Scope, node: Any) -> None:
        self.scope = scope
        self.node = node
        self.by_name: dict[str, list[NameChange]] = defaultdict(list)
        self._asked: dict[tuple[str, str], tuple[NameChange, ...]] = {}
        self._own: dict[tuple[str, str], dict[ast.AST, list[NameChange]]] = {}

    def changes(self, name: str, attr: str) -> tuple[NameChange, ...]:
        """What changes a name, or an attribute of it, in the order of the file.

        What is stored in another name counts, where both may stand for the same.
        """
        key = (name, attr)
        if key not in self._asked:
            found = [one for one in self.by_name.get(name, ()) if one.concerns(attr)]
            for other in self._aliases_of(name):
                found += [one for one in self.by_name[other] if _is_stored(one)]
            self._asked[key] = tuple(sorted(found, key=lambda one: one.order))
        return self._asked[key]

    def own_changes(self, home: ast.AST, name: str, attr: str) -> Sequence[NameChange]:
        """Those of the changes that stand in a statement's own words, as they happen."""
        key = (name, attr)
        if key not in self._own:
            by_home: dict[ast.AST, list[NameChange]] = defaultdict(list)
            self._own[key] = by_home
            for change in self.changes(name, attr):
                by_home[change.home].append(change)
        return self._own[key].get(home, ())

    def is_cut(self, name: str) -> bool:
        """Whether a name may share what it stands for with more names than are followed."""
        return len(self._aliases_of(name)) > MOST_ALIASES

    def _aliases_of(self, name: str) -> list[str]:
        """The other names by which the object of a name, or a part of it, may be changed."""
        found = {name: None}
        pending = [name]
        while pending and len(found) <= MOST_ALIASES + 1:
            for other in self._reached_by.get(pending.pop(), ()):
                if other not in found:
                    found[other] = None
                    pending.append(other)
        return list(found)[1:]

    @cached_property
    def _reached_by(self) -> dict[str, list[str]]:
        """For each name those that stand for the same, or for a part of it."""
        found: dict[str, list[str]] = defaultdict(list)
        for name, value in self._assigned():
            for alias in aliases_in(value):
                if alias.name in self.by_name:
                    found[alias.name].append(name)
                    if alias.is_same:
                        found[name].append(alias.name)
        return found

    def _assigned(self) -> Iterator[tuple[str, ast.expr]]:
        """Each name with the values whose objects it may stand for."""
        for name, changes in self.by_name.items():
            for change in changes:
                if change.kind is ChangeKind.VALUE:
                    yield from ((name, value) for value in change.values)


def _is_stored(change: NameChange) -> bool:
    """Whether a change leaves the name bound to what it was bound to."""
    return change.is_store or not change.is_certain


class Frames:
    """The frames of a file.

    Args:
        walk: what the walk over its tree has written down.
        tables: what it has written down, by scopes.
    """

    def __init__(self, walk: Walk, tables: ScopeTables) -> None:
        self._walk = walk
        self._tables = tables
        self._frames: dict[Scope, CodeFrame] = {}
        self._elsewhere: dict[tuple[Scope, str], list[NameChange]] = defaultdict(list)

    def of(self, scope: Scope) -> CodeFrame:
        """The frame that a scope belongs to."""
        scope = frame_scope(scope)
        frame = self._frames.get(scope)
        if frame is None:
            frame = self._frames[scope] = CodeFrame(scope, self._tables.nodes[scope])
            self._fill(frame)
        return frame

    def elsewhere(self, owner: Scope, name: str) -> list[NameChange]:
        """What functions inside of a frame, or of the file, change of a name that belongs to it."""
        for scope in self._tables.inner_frames.get(owner, ()):
            self.of(scope)
        return self._elsewhere.get((owner, name), [])

    @cached_property
    def _binding(self) -> dict[Scope, list[Any]]:
        """The statements of each frame that bind something or store it."""
        found: dict[Scope, list[Any]] = defaultdict(list)
        for kind in BINDERS:
            for node, scope in self._walk.statements.get(kind, ()):
                found[scope].append(node)
        return found

    @cached_property
    def _definitions(self) -> dict[Scope, list[Any]]:
        """The functions and classes by the scope around them."""
        found: dict[Scope, list[Any]] = defaultdict(list)
        for walked in self._walk.definitions:
            found[walked.scope.outer or walked.scope].append(walked.node)
        return found

    @cached_property
    def _walruses(self) -> dict[Scope, list[tuple[ast.NamedExpr, Scope]]]:
        """The assignment expressions by the frame that they bind a name of."""
        found: dict[Scope, list[tuple[ast.NamedExpr, Scope]]] = defaultdict(list)
        for node, scope in self._walk.walruses:
            found[frame_scope(scope)].append((node, scope))
        return found

    def _fill(self, frame: CodeFrame) -> None:
        """Write down what is changed in a frame, each with the frame that the name belongs to."""
        scope = frame.scope
        for change in self._bound_in(scope):
            if change.is_store:
                self._keep_store(frame, change)
            else:
                self._keep(frame, scope.elsewhere.get(change.name, scope), change)
        for call, place, home in self._tables.calls_in(scope):
            for change in self._taken(call, place, home):
                self._keep_store(frame, change)

    def _bound_in(self, scope: Scope) -> Iterator[NameChange]:
        """What is bound or stored in a frame, but for what its calls do."""
        for node in self._binding.get(scope, ()):
            yield from changes_of(node, scope)
        for node in self._definitions.get(scope, ()):
            yield NameChange(
                name=node.name,
                kind=ChangeKind.DEFINITION,
                home=node,
                scope=scope,
                node=node,
            )
        for walrus, place in self._walruses.get(scope, ()):
            yield NameChange(
                name=walrus.target.id,
                kind=ChangeKind.VALUE,
                home=_home_of(walrus),
                scope=place,
                values=(walrus.value,),
                is_certain=False,
                end=self._end_of(walrus, place),
            )

    def _keep(self, frame: CodeFrame, owner: Scope, change: NameChange) -> None:
        """Write a change down where its name belongs."""
        if owner is frame.scope:
            frame.by_name[change.name].append(change)
        else:
            self._elsewhere[owner, change.name].append(change)

    def _keep_store(self, frame: CodeFrame, change: NameChange) -> None:
        """Write down what is stored in a name, which may belong to several frames."""
        for owner in self._tables.owners(change.name, change.scope):
            # What others do to what an import brings is not read.
            if not self._tables.bound(change.name, owner).is_imported:
                self._keep(frame, owner, change)
                if owner is not frame.scope:
                    frame.by_name[change.name].append(change)

    def _taken(self, call: ast.Call, scope: Scope, home: Any) -> Iterator[NameChange]:
        """What a call may change: the object that its method belongs to, and its arguments."""
        func = call.func
        name = func.id if isinstance(func, ast.Name) else ""
        if is_harmless(name, call) and not self._tables.owners(name, scope):
            return
        method = scope.method()
        receiver = method.receiver if method is not None else None
        if isinstance(func, ast.Name) and func.id == "setattr":
            receiver = None
        taken: dict[tuple[str, str], str] = {}
        for slot, value in slots_of(call):
            for alias in self._seen_from(scope, value):
                taken.setdefault((alias.name, alias.attr), slot)
        for (name, attr), slot in taken.items():
            # What a method does to its own object is read attribute by attribute.
            if attr or name != receiver:
                yield NameChange(
                    name=name,
                    attr=attr,
                    kind=ChangeKind.CALL,
                    home=home,
                    scope=scope,
                    node=call,
                    slot=slot,
                    is_certain=False,
                    is_store=True,
                    end=self._end_of(call, scope),
                )

    def _end_of(self, node: ast.expr, scope: Scope) -> Position:
        """Where an expression comes to its end: in a comprehension only where all of that does."""
        done: Any = node
        while scope.kind is ScopeKind.COMPREHENSION and scope.outer is not None:
            done = self._tables.nodes[scope]
            scope = scope.outer
        return end_of(done)

    def _seen_from(self, scope: Scope, expression: ast.expr) -> Iterator[Alias]:
        """The names that an expression hands out. For that of a comprehension stands what it runs over."""
        pending = [expression]
        known: set[tuple[Scope, str]] = set()
        while pending:
            for alias in aliases_in(pending.pop()):
                owner = self._tables.owner(alias.name, scope)
                if owner is None or owner.kind is not ScopeKind.COMPREHENSION:
                    yield alias
                elif (owner, alias.name) not in known:
                    known.add((owner, alias.name))
                    pending += self.run_over(owner, alias.name)

    def run_over(self, scope: Scope, name: str) -> list[ast.expr]:
        """What a comprehension runs over to bind a name."""
        node: LoopingNode = self._tables.nodes[scope]
        return [
            loop.iter
            for loop in node.generators
            if any(
                isinstance(part, ast.Name) and part.id == name
                for part in ast.walk(loop.target)
            )
        ]


def _home_of(node: Any) -> Any:
    """The statement, handler or case in whose own words an expression stands."""
    while not isinstance(node, ast.stmt | ast.ExceptHandler | ast.match_case):
        node = node._bandit_parent  # noqa: SLF001 - the walk has put it there
    return node
