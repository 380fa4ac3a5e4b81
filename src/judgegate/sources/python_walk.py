"""One walk over a Python tree, for everything that reads it.

What is asked most often is written down on the way: the parent of a node, the scope of a call, the
function that a branch counts for, the digests of a statement. Checks and facts read these tables, and
no tree is walked twice.
"""
# ruff: noqa: SLF001 - `_bandit_parent` is bandit's name for a node's parent

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from hashlib import blake2b
from typing import Any

from judgegate.model.facts import FORM_SIZE
from judgegate.sources.python_names import Names
from judgegate.sources.python_nodes import (
    MARK_NAMES,
    ROWS,
    Imported,
    NodeRow,
    bind_loop,
    bind_parameters,
    bind_statement,
    bind_walrus,
    constant_word,
    join_texts,
    opens_file,
)
from judgegate.sources.python_scopes import Scope, ScopeKind
from judgegate.sources.python_walked import (
    DefinitionNode,
    FreeStatement,
    FunctionNode,
    StatementForm,
    WalkedBlock,
    WalkedDefinition,
)

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_CAPTURES = (ast.MatchAs, ast.MatchStar, ast.MatchMapping)
_END = ")"
_BINDING = frozenset({"exec", "globals", "locals", "setattr", "vars"})
_END_WORD, _FIELD_WORD = "\0)", "\0:"

SHORTEST_BLOCK = 4
"""Statements in a row that are worth comparing with others."""


class Walk:
    """What one walk over a tree writes down.

    Every node gets its parent as `_bandit_parent`, the name by which bandit's tests ask for it.

    Args:
        tree: the file's.
        salt: keys the digests.

    `calls` come with their scope, `homes` are the statements, handlers or cases that they stand in, and
    `decorators` that are no calls come also with the definition. `texts` are the constants of text and
    bytes that are no statements of their own. `members` are the attributes that are set or deleted, and
    `__dict__`. `statements` are all that define nothing, by their kind, and `free` those in no function.
    `blocks` are the longer rows of statements, `branches` what counts for a function's complexity.
    `inner` are the scopes that definitions, lambdas and comprehensions open, `walruses` the assignment
    expressions and `yields` what yields, with their scopes.
    """

    def __init__(self, tree: ast.Module, salt: bytes = b"") -> None:
        self.calls: list[tuple[ast.Call, Scope]] = []
        self.homes: list[Any] = []
        self.decorators: list[tuple[ast.expr, Scope, DefinitionNode]] = []
        self.texts: list[ast.Constant] = []
        self.members: list[tuple[ast.Attribute, Scope]] = []
        self.statements: dict[type, list[tuple[Any, Scope]]] = defaultdict(list)
        self.definitions: list[WalkedDefinition] = []
        self.free: list[FreeStatement] = []
        self.blocks: list[WalkedBlock] = []
        self.branches: dict[ast.AST, list[ast.AST]] = {}
        self.forms: dict[ast.AST, StatementForm] = {}
        self.inner: dict[ast.AST, Scope] = {}
        self.walruses: list[tuple[ast.NamedExpr, Scope]] = []
        self.yields: list[tuple[ast.expr, Scope]] = []
        self.imported = Imported()
        self._salt = salt[:64]
        self._out: list[str] = []
        self._around: list[bytes] = []
        self._functions = 0
        self._counting: list[ast.AST] | None = None
        self._statement: Any = tree
        self._scope = Scope(ScopeKind.FILE, None, "")
        self.scopes = [self._scope]
        self._visitors = {
            ast.Name: self._visit_name,
            ast.Constant: self._visit_constant,
            ast.JoinedStr: self._visit_joined,
            ast.Attribute: self._visit_attribute,
            ast.Call: self._visit_call,
            ast.NamedExpr: self._visit_walrus,
            ast.Yield: self._visit_yield,
            ast.YieldFrom: self._visit_yield,
            ast.Lambda: self._visit_lambda,
            **dict.fromkeys(_CAPTURES, self._visit_capture),
            **dict.fromkeys(_COMPREHENSIONS, self._visit_comprehension),
            ast.comprehension: self._visit_loop,
        }
        self.form = self._walk_block(tree, tree.body)
        for scope in self.scopes:
            scope.settle_nonlocals()
        self.names = Names(
            self.scopes, self.imported.stars, is_dynamic=any(map(_may_bind, self.calls))
        )

    @cached_property
    def named_calls(self) -> list[tuple[ast.Call, Scope, tuple[str, ...]]]:
        """The calls, each with the names that what is called may have."""
        of_callee = self.names.of_callee
        return [(call, scope, of_callee(call.func, scope)) for call, scope in self.calls]

    def _walk_block(self, parent: ast.AST, statements: Sequence[Any]) -> bytes:
        """Walk statements in a row; the digest of them all."""
        for node in statements:
            node._bandit_parent = parent
            if isinstance(node, FunctionNode):
                self._walk_function(node)
            elif isinstance(node, ast.ClassDef):
                self._walk_class(node)
            else:
                self._walk_statement(node)
            if self._scope.is_opening and not opens_file(node):
                self._scope.is_opening = False
        forms = [self.forms[node] for node in statements]
        digest = self._digest(b"".join([form.whole for form in forms]))
        # Handlers and cases in a row are no statements.
        if len(forms) >= SHORTEST_BLOCK and isinstance(statements[0], ast.stmt):
            tokens = sum([form.all_tokens for form in forms])
            self.blocks.append(WalkedBlock(statements[0], statements[-1], digest, tokens))
        return digest

    def _walk_statement(self, node: Any) -> None:
        """Walk a statement that defines nothing, and then its blocks."""
        kind = node.__class__
        self.statements[kind].append((node, self._scope))
        row = ROWS[kind]
        counting = self._counting
        if row.counted and counting is not None:
            counting.append(node)
        bind_statement(node, self._scope, self.imported)
        self._statement = node
        if kind is ast.Assert:
            # Radon counts that something is asserted, and nothing in it.
            self._counting = None
        self._visit_fields(node, row)
        self._counting = counting
        own, tokens = self._take_words()
        if not self._functions and isinstance(node, ast.stmt):
            self.free.append(FreeStatement(node, self._scope, tuple(self._around)))
        self._finish(node, row.blocks, own, tokens)

    def _finish(
        self,
        node: Any,
        blocks: Iterable[str],
        own: bytes,
        tokens: int,
        *,
        surface: bytes = b"",
        name: str = "",
    ) -> None:
        """Walk the blocks of a statement, and keep its digests; `name` is what it defines."""
        body = b""
        every = tokens
        for block in blocks:
            children = getattr(node, block)
            if children:
                mark = block.encode()
                self._around.append(own + surface + mark)
                body += mark + self._walk_block(node, children)
                self._around.pop()
                every += sum([self.forms[child].all_tokens for child in children])
        whole = self._digest(own + surface + body + name.encode()) if body else own
        body = self._digest(body) if body else b""
        self.forms[node] = StatementForm(own, whole, body, tokens, every, surface)

    def _walk_function(self, node: FunctionNode) -> None:
        scope = self._enter(ScopeKind.FUNCTION, node.name, node)
        bind_parameters(node.args, scope)
        outer = scope.outer
        parameters = (*node.args.posonlyargs, *node.args.args)
        if parameters and outer is not None and outer.kind is ScopeKind.CLASS:
            scope.receiver = parameters[0].arg
        counting = self.branches.setdefault(node, [])
        self._functions += 1
        self._walk_definition(node, scope, counting, ("args", "returns", "type_params"))
        self._functions -= 1

    def _walk_class(self, node: ast.ClassDef) -> None:
        scope = self._enter(ScopeKind.CLASS, node.name, node)
        self._walk_definition(node, scope, None, ("type_params",))

    def _walk_definition(
        self,
        node: DefinitionNode,
        scope: Scope,
        counting: list[ast.AST] | None,
        header: Iterable[str],
    ) -> None:
        """Walk a definition: what is in front of its body belongs to the scope around it.

        `counting` takes what counts for its complexity; nothing in front of the body does.
        """
        outer_counting, self._counting = self._counting, None
        outer = self._scope
        outer.bind(node.name)
        self._statement = node
        self.definitions.append(
            WalkedDefinition(scope.name, node, tuple(self._around), scope)
        )
        self._visit_all(node.decorator_list, node)
        decorators, more_tokens = self._take_words()
        self._out.append(f"({node.__class__.__name__}")
        for name in ("bases", "keywords"):
            self._visit_field(node, name)
        # The kind of definition belongs to the header alone.
        bases = "\0".join(self._out[1:]).encode("utf-8", "surrogatepass")
        surface = self._digest(decorators + bases)
        for name in header:
            self._visit_field(node, name)
        for decorator in node.decorator_list:
            if not isinstance(decorator, ast.Call):
                self.decorators.append((decorator, outer, node))
        own, tokens = self._take_words()
        tokens += more_tokens
        self._scope, self._counting = scope, counting
        self._finish(node, ("body",), own, tokens, surface=surface, name=node.name)
        self._scope, self._counting = outer, outer_counting

    def _enter(self, kind: ScopeKind, name: str, node: ast.AST) -> Scope:
        """A new scope in the one that is walked."""
        outer = self._scope
        scope = Scope(
            kind,
            outer,
            f"{outer.name}.{name}" if outer.name and name else outer.name or name,
        )
        self.scopes.append(scope)
        self.inner[node] = scope
        return scope

    def _visit_field(self, node: Any, name: str) -> None:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for child in value:
                child._bandit_parent = node
                self._visit(child)
        elif value is not None:
            value._bandit_parent = node
            self._visit(value)
        self._out.append(_END)

    def _visit(self, node: Any) -> None:
        """Walk an expression, or another node in a statement's own words."""
        kind = node.__class__
        visitor = self._visitors.get(kind)
        if visitor is not None:
            visitor(node)
            return
        row = ROWS[kind]
        if row.counted and self._counting is not None:
            self._counting.append(node)
        self._visit_fields(node, row)

    def _visit_fields(self, node: Any, row: NodeRow) -> None:
        """Walk the fields with a node's own words; those that are empty leave no trace."""
        out = self._out
        out.append(row.tag)
        for name, mark in row.fields:
            value = getattr(node, name, None)
            if value is None:
                continue
            kind = value.__class__
            if kind is list:
                if value:
                    out.append(mark)
                    self._visit_all(value, node)
            elif kind in ROWS:
                out.append(mark)
                value._bandit_parent = node
                self._visit(value)
            else:
                out.append(MARK_NAMES.get(kind) or f"={mark}={value}")
        out.append(_END)

    def _visit_all(self, values: Iterable[Any], parent: ast.AST) -> None:
        """Walk a list in a node: nodes, operators, names, or None where there is nothing."""
        for value in values:
            kind = value.__class__
            if kind in ROWS:
                value._bandit_parent = parent
                self._visit(value)
            elif value is None:
                # Not as the constant None: a parameter without a default has none.
                self._out.append("-")
            else:
                self._out.append(MARK_NAMES.get(kind) or value)

    def _visit_name(self, node: ast.Name) -> None:
        self._out.append(node.id)
        if node.ctx.__class__ is not ast.Load:
            self._scope.bind(node.id)

    def _visit_constant(self, node: Any) -> None:
        value = node.value
        kind = value.__class__
        self._out.append(constant_word(value))
        if (kind is str or kind is bytes) and node._bandit_parent.__class__ is not ast.Expr:
            self.texts.append(node)

    def _visit_joined(self, node: ast.JoinedStr) -> None:
        join_texts(node)
        self._visit_fields(node, ROWS[ast.JoinedStr])

    def _visit_attribute(self, node: Any) -> None:
        if node.ctx.__class__ is not ast.Load or node.attr == "__dict__":
            self.members.append((node, self._scope))
        self._out.append("(.")
        node.value._bandit_parent = node
        self._visit(node.value)
        self._out.append(node.attr)

    def _visit_call(self, node: Any) -> None:
        self.calls.append((node, self._scope))
        self.homes.append(self._statement)
        self._visit_fields(node, ROWS[ast.Call])

    def _visit_walrus(self, node: ast.NamedExpr) -> None:
        bind_walrus(node, self._scope)
        self.walruses.append((node, self._scope))
        # The name is bound already, and not in a comprehension.
        node.target._bandit_parent = node  # type: ignore[attr-defined]
        self._out.extend(("(:=", node.target.id))
        node.value._bandit_parent = node  # type: ignore[attr-defined]
        self._visit(node.value)

    def _visit_yield(self, node: Any) -> None:
        self.yields.append((node, self._scope))
        self._visit_fields(node, ROWS[node.__class__])

    def _visit_lambda(self, node: Any) -> None:
        scope = self._enter(ScopeKind.FUNCTION, "", node)
        bind_parameters(node.args, scope)
        self._out.append("(Lambda")
        self._visit_field(node, "args")
        outer, self._scope = self._scope, scope
        self._visit_field(node, "body")
        self._scope = outer

    def _visit_comprehension(self, node: Any) -> None:
        outer = self._scope
        self._scope = self._enter(ScopeKind.COMPREHENSION, "", node)
        self._visit_fields(node, ROWS[node.__class__])
        self._scope = outer

    def _visit_loop(self, node: Any) -> None:
        bind_loop(node, self._scope)
        row = ROWS[ast.comprehension]
        if self._counting is not None:
            self._counting.append(node)
        self._visit_fields(node, row)

    def _visit_capture(self, node: Any) -> None:
        name = getattr(node, "name", None) or getattr(node, "rest", None)
        if name:
            self._scope.bind(name)
        self._visit_fields(node, ROWS[node.__class__])

    def _take_words(self) -> tuple[bytes, int]:
        """The digest of the words that were walked since the last time, and how many they are."""
        out = self._out
        words = "\0".join(out)
        # What only says where a node ends or which field follows is no token.
        tokens = len(out) - words.count(_END_WORD) - words.count(_FIELD_WORD)
        out.clear()
        return self._digest(words.encode("utf-8", "surrogatepass")), tokens

    def digest_all(self, *digests: bytes) -> bytes:
        """One digest of several."""
        return self._digest(b"".join(digests))

    def _digest(self, data: bytes) -> bytes:
        return blake2b(data, key=self._salt, digest_size=FORM_SIZE).digest()


def _may_bind(call: tuple[ast.Call, Scope]) -> bool:
    """Whether a call may bind names that nothing here sees."""
    callee = call[0].func
    return isinstance(callee, ast.Name) and callee.id in _BINDING
