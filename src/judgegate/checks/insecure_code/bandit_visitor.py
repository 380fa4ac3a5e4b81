"""Bandit's visitor, driven over a tree that others share.

It is without the work that only bandit's own reports need.

What a test sees (`Context`) and the order in which nodes are visited are bandit's. Left out: the
context of nodes that no test looks at, operators and load/store marks, line ranges (the node has
them), scores, debug logging, and the look-up of `# nosec` for each test, which the gate ignores.
That halves the time; a contract test holds the result against the bandit command.
"""

import ast
import io
from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

from bandit.core import node_visitor, utils
from bandit.core.context import Context

from judgegate.checks.insecure_code.bandit_stand_ins import PluginCrashedError

_MARKS = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)


class BanditTester:
    """Stands in for bandit's tester: runs the tests on a node.

    Keeps what they report, each with the node it was found on.
    """

    def __init__(self, tests: dict[str, list[Any]]) -> None:
        self.tests = tests
        self.found: list[tuple[Any, ast.AST | None]] = []

    def run_tests(self, raw: dict[str, Any], kind: str) -> None:
        """Run the tests for this kind of node; the defaults for what a test leaves open are bandit's."""
        tests = self.tests.get(kind)
        if not tests:
            return
        context = Context(raw)
        for test in tests:
            settings = [test._config] if hasattr(test, "_config") else []  # noqa: SLF001 - bandit's protocol
            try:
                issue = test(context, *settings)
            except Exception as error:
                name = test._test_id  # noqa: SLF001 - bandit's protocol
                raise PluginCrashedError(name, raw["lineno"]) from error
            if issue is None:
                continue
            if issue.lineno is None:
                issue.lineno = raw["lineno"]
            if issue.test_id == "":
                issue.test_id = test._test_id  # noqa: SLF001 - bandit's protocol
            self.found.append((issue, raw.get("node")))


class Visitor(node_visitor.BanditNodeVisitor):  # type: ignore[misc] # bandit is not typed
    """Bandit's visitor with a leaner traversal."""

    def __init__(self, data: bytes, test_set: Any) -> None:
        self.namespace: str
        super().__init__("./source.py", io.BytesIO(data), None, test_set, False, {}, None)
        self.tester = BanditTester(test_set.tests)
        self._visited = frozenset(test_set.tests) | {
            "ClassDef",
            "FunctionDef",
            "Import",
            "ImportFrom",
            "Call",
        }

    def run(self, tree: ast.Module) -> list[tuple[Any, ast.AST | None]]:
        """All that bandit finds in the file, with the nodes; the file-level tests come last."""
        self.generic_visit(tree)
        self.tester.run_tests(
            {"file_data": self.fdata, "filename": self.fname, "lineno": 0, "col_offset": 0},
            "File",
        )
        return self.tester.found

    def generic_visit(self, node: ast.AST) -> None:
        """Visit the children, each with its parent and its next sibling, as bandit's tests expect them."""
        for child, sibling in _children(node):
            child._bandit_parent = node  # noqa: SLF001 - bandit's protocol
            child._bandit_sibling = sibling  # noqa: SLF001 - bandit's protocol
            kind = child.__class__.__name__
            if kind == "Constant":
                self._visit_constant(child)
            elif kind in self._visited:
                self.pre_visit(child)
                self.visit(child)
                self.generic_visit(child)
                self.post_visit(child)
            else:
                self.generic_visit(child)

    def _visit_constant(self, node: Any) -> None:
        """Visit text or bytes, unless they are a statement of their own, such as a docstring."""
        parent = node._bandit_parent  # noqa: SLF001 - bandit's protocol
        if isinstance(node.value, str | bytes) and not isinstance(parent, ast.Expr):
            kind = "Str" if isinstance(node.value, str) else "Bytes"
            self.pre_visit(node)
            self.context[kind.lower()] = node.value
            self.tester.run_tests(self.context, kind)

    def pre_visit(self, node: Any) -> None:
        """The context that bandit's tests read."""
        self.context = {
            "imports": self.imports,
            "import_aliases": self.import_aliases,
            "lineno": getattr(node, "lineno", 0),
            "col_offset": getattr(node, "col_offset", 0),
            "end_col_offset": getattr(node, "end_col_offset", 0),
            "node": node,
            "filename": self.fname,
            "file_data": self.fdata,
        }

    def post_visit(self, node: ast.AST) -> None:
        """Leave the namespace that a definition opened."""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            self.namespace = utils.namespace_path_split(self.namespace)[0]

    def update_scores(self, scores: None) -> None:
        """Bandit's totals serve its own report only."""


def _children(node: ast.AST) -> Iterator[tuple[Any, Any]]:
    """The children of a node, each with the one that follows it in the same list, if one does."""
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            for child, sibling in zip_longest(value, value[1:]):
                if isinstance(child, ast.AST) and not isinstance(child, _MARKS):
                    yield child, sibling
        elif isinstance(value, ast.AST) and not isinstance(value, _MARKS):
            yield value, None
