"""The frames of a Python file, and what changes the names of each.

A frame is what runs as one: the body of a function, lambda or class, or the file. Comprehensions
belong to the frame around them. A frame is read when a name in it is asked for the first time.
"""

import ast
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from judgegate.flow.aliases import Alias, FrameAliases, aliases_in
from judgegate.flow.arguments import (
    RECEIVER,
    hands_over,
    slots_of,
    values_besides,
)
from judgegate.flow.changes import (
    ALL_ATTRIBUTES,
    BINDERS,
    ChangeKind,
    NameChange,
    Position,
    changes_of,
    end_of,
    home_around,
    position_of,
)
from judgegate.flow.known_calls import is_harmless
from judgegate.flow.scope_tables import ScopeTables, frame_scope
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walk import Walk

LoopingNode = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


class CodeFrame:
    """What is bound and changed in a frame.

    `by_name` holds what is done to the names that belong to it, and what is stored in it to those
    of others.
    """

    def __init__(self, scope: Scope, node: Any) -> None:
        self.scope = scope
        self.node = node
        self.by_name: dict[str, list[NameChange]] = defaultdict(list)
        self._asked: dict[tuple[str, str], tuple[NameChange, ...]] = {}
        self._own: dict[tuple[str, str], dict[ast.AST, list[NameChange]]] = {}
        self._bound_at: dict[str, list[Position]] = {}

    def changes(self, name: str, attr: str) -> tuple[NameChange, ...]:
        """What changes a name, or an attribute of it, in the order of the file.

        What is stored in another name counts, where both may stand for the same.
        """
        key = (name, attr)
        if key not in self._asked:
            # A name may be reached by several of its attributes, so each change is kept once.
            found = dict.fromkeys(self._concerning(name, attr))
            for (other, part), only_deep in self._aliases.of(name, attr).items():
                changes = self._concerning(other, part)
                found.update(
                    (one, None) for one in changes if one.fills(only_deep=only_deep)
                )
            self._asked[key] = tuple(sorted(found, key=lambda one: one.order))
        return self._asked[key]

    def _concerning(self, name: str, attr: str) -> list[NameChange]:
        """What changes a name, or an attribute of it, by that name."""
        return [one for one in self.by_name.get(name, ()) if one.concerns(attr)]

    def changed_attributes(self, name: str) -> set[str]:
        """The attributes of a name in which something may change; the empty one stands for all."""
        changed = {change.attr for change in self.by_name.get(name, ())}
        changed.update(self._aliases.shared_attributes(name))
        return {"" if attr == ALL_ATTRIBUTES else attr for attr in changed}

    def own_changes(self, home: ast.AST, name: str, attr: str) -> Sequence[NameChange]:
        """Those of the changes that stand in a statement's own words, as they happen."""
        key = (name, attr)
        if key not in self._own:
            by_home: dict[ast.AST, list[NameChange]] = defaultdict(list)
            self._own[key] = by_home
            for change in self.changes(name, attr):
                by_home[change.home].append(change)
        return self._own[key].get(home, ())

    def shared_names(self) -> Iterable[str]:
        """The names that share what they stand for with another."""
        return self._aliases.names

    def binds_between(self, name: str, first: Position, last: Position) -> bool:
        """Whether a statement that stands between two places binds a name anew."""
        positions = self._bound_at.get(name)
        if positions is None:
            bindings = (one for one in self.by_name.get(name, ()) if not one.is_store)
            positions = sorted(position_of(one.home) for one in bindings)
            self._bound_at[name] = positions
        return bisect_right(positions, first) < bisect_left(positions, last)

    def is_cut(self, name: str, attr: str) -> bool:
        """Whether a name may share what it stands for with more names than are followed."""
        return self._aliases.is_cut(name, attr)

    @cached_property
    def _aliases(self) -> FrameAliases:
        """Which names may share what they stand for."""
        return FrameAliases(self.by_name)


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
        """What functions inside of a frame, or of the file, change of a name that belongs to it.

        They are read for this, all at once.
        """
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
        self._keep_shared(frame)

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
                home=home_around(walrus),
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
        """Write down what is stored in a name, which may belong to several frames.

        The frame in which it happens keeps it, too, for what it reads of the name afterwards.
        """
        for owner in self._tables.owners(change.name, change.scope):
            # What others do to what an import brings is not read.
            if not self._tables.bound(change.name, owner).is_imported:
                self._keep(frame, owner, change)
                if owner is not frame.scope:
                    frame.by_name[change.name].append(change)

    def _keep_shared(self, frame: CodeFrame) -> None:
        """Write down what is stored in the names of others by a name of this frame.

        What is stored in what an import brings is not read.

        def fill(value):
            jobs = JOBS
            jobs.append(value)    # changes JOBS
        """
        for name in frame.shared_names():
            is_own = frame.scope.binds(name)
            owners = () if is_own else self._tables.owners(name, frame.scope)
            for owner in owners:
                changes = frame.changes(name, "")
                if not self._tables.bound(name, owner).is_imported:
                    self._elsewhere[owner, name] += [
                        one for one in changes if one.name != name
                    ]

    def _taken(self, call: ast.Call, scope: Scope, home: Any) -> Iterator[NameChange]:
        """What a call may change: the object that its method belongs to, and its arguments."""
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if is_harmless(name, call) and not self._tables.owners(name, scope):
            return
        end = self._end_of(call, scope)
        for alias, slot, is_whole in self._handed_out(call, scope):
            more = values_besides(call, slot) if hands_over(call, home, slot) else ()
            yield NameChange(
                name=alias.name,
                attr=alias.attr,
                kind=ChangeKind.CALL,
                home=home,
                scope=scope,
                node=call,
                slot=slot,
                values=more,
                is_certain=False,
                is_store=True,
                is_deep=not is_whole,
                end=end,
            )

    def _handed_out(
        self, call: ast.Call, scope: Scope
    ) -> Iterator[tuple[Alias, str, bool]]:
        """The names that a call gets, each once, with the slot.

        Also whether it is the object of a method, and not a part of it or what it holds.
        """
        owner = self._object_of(scope)
        known: set[tuple[str, str]] = set()
        for slot, value in slots_of(call):
            is_whole = slot == RECEIVER and isinstance(value, ast.Name)
            for alias in self._seen_from(scope, value):
                key = (alias.name, alias.attr)
                is_called = key == (owner, "") and slot == RECEIVER
                if key not in known and not is_called:
                    known.add(key)
                    yield alias, slot, is_whole

    def _object_of(self, scope: Scope) -> str | None:
        """The object that a method belongs to.

        What its other methods do to it is read attribute by attribute.
        """
        method = scope.method()
        return method.receiver if method is not None else None

    def _end_of(self, node: ast.expr, scope: Scope) -> Position:
        """Where an expression comes to its end.

        In a comprehension that is where the whole of it does: what stands in front in the text may
        come later.
        """
        done: Any = node
        while scope.kind is ScopeKind.COMPREHENSION and scope.outer is not None:
            done = self._tables.nodes[scope]
            scope = scope.outer
        return end_of(done)

    def _seen_from(self, scope: Scope, expression: ast.expr) -> Iterator[Alias]:
        """The names that an expression hands out. For that of a comprehension stands what it runs over.

        [job.append(a) for job in jobs]      # changes what is in jobs
        """
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
        return [loop.iter for loop in node.generators if name in _names_in(loop.target)]


def _names_in(target: ast.expr) -> set[str]:
    """The names in a target."""
    return {part.id for part in ast.walk(target) if isinstance(part, ast.Name)}
