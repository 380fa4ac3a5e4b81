"""Bandit's tests, run over what one walk of the tree has written down.

What a test sees (`Context`) is bandit's, but for the name of what is called: bandit has one name for
each word of a file, ours are all that it may be where it stands. So the gravest of what a test says of
any of them holds. A contract test says that nothing is missing that the bandit command finds.
"""

import ast
import io
from collections.abc import Collection, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import Any

from bandit.core.constants import RANKING
from bandit.core.context import Context

from judgegate.checks.insecure_code.bandit_questions import (
    CallTests,
    TextTests,
    decorating,
    handed_on,
    spelt_out,
    text_tests,
)
from judgegate.checks.insecure_code.bandit_stand_ins import PluginCrashedError
from judgegate.model.facts import ANYTHING
from judgegate.sources.python_scopes import Scope
from judgegate.sources.python_walk import Walk

Found = list[tuple[Any, ast.AST | None]]

_STATEMENTS = (ast.Assert, ast.ExceptHandler, ast.Import, ast.ImportFrom)
_INSTEAD = {"B604": ("B602",)}
"""Tests that speak of a call because its name is none that they know, and those that know it."""


class BanditTests:
    """Bandit's tests by what they look at. It is made once, and serves every file."""

    def __init__(self, test_set: Any) -> None:
        self._tests: dict[str, list[Any]] = test_set.tests
        self._calls = CallTests(self._tests.get("Call", ()))
        self._texts: dict[str, TextTests] = {}

    def run(self, walk: Walk, data: bytes) -> Found:
        """All issues of a file, each with its node; None is the node of the file as a whole.

        Raises:
            PluginCrashedError: one of bandit's tests did not come to its end. It has what the others
                found.
        """
        of_file = _FileRun(self, walk, data)
        found = of_file.run()
        if of_file.crash is not None:
            of_file.crash.found = found
            raise of_file.crash
        return found

    def of_kind(self, kind: str) -> Iterable[Any]:
        """The tests of a kind of node."""
        return self._tests.get(kind, ())

    def of_text(self, parent: str, text: str) -> list[Any]:
        """The tests that can speak of a text in a node of the kind `parent`."""
        known = self._texts.get(parent)
        if known is None:
            known = self._texts[parent] = text_tests(self.of_kind("Str"), parent)
        return [test for test, begins in known if text.startswith(begins)]

    def of_call(self, name: str) -> tuple[Any, ...]:
        """The tests that can speak of a call of this name."""
        return self._calls.named(name.rpartition(".")[2])

    def of_keywords(self, call: ast.Call) -> tuple[Any, ...]:
        """The tests that speak of any call with the keywords of this one."""
        return self._calls.with_keywords([keyword.arg for keyword in call.keywords])

    def known_names(self, name: str, modules: Collection[str]) -> list[str]:
        """The names that a test knows and that may be meant by a name with `ANYTHING` in it."""
        return self._calls.meant_by(name, modules)


class _FileRun:
    """One file."""

    def __init__(self, tests: BanditTests, walk: Walk, data: bytes) -> None:
        self._tests = tests
        self._walk = walk
        self._data = data
        self._found: Found = []
        self.crash: PluginCrashedError | None = None
        """The first one."""
        self._meant: dict[str, list[str]] = {}
        self._shared = {
            "imports": walk.imported.names,
            "import_aliases": {},
            "filename": "./source.py",
            "file_data": io.BytesIO(data),
        }

    def run(self) -> Found:
        walk = self._walk
        for kind in _STATEMENTS:
            for node, _ in walk.statements.get(kind, ()):
                self._run_all(self._tests.of_kind(kind.__name__), node)
        for walked in walk.definitions:
            if isinstance(walked.node, ast.FunctionDef):
                self._run_all(self._tests.of_kind("FunctionDef"), walked.node)
        for text in walk.texts:
            self._run_text(text)
        for call, scope, names in walk.named_calls:
            self._run_call(call, scope, names)
        for decorator, scope, definition in walk.decorators:
            call = decorating(decorator, definition, definition.name)
            self._keep(self._issues_of(call, self._names_of(call, scope)), decorator)
        # The test of whole files looks for characters that ASCII does not have.
        if not self._data.isascii():
            self._run_all(self._tests.of_kind("File"), None)
        return self._found

    def _run_text(self, node: Any) -> None:
        if isinstance(node.value, bytes):
            self._run_all(self._tests.of_kind("Bytes"), node, bytes=node.value)
            return
        parent = node._bandit_parent.__class__.__name__  # noqa: SLF001 - bandit's protocol
        tests = self._tests.of_text(parent, node.value)
        if tests:
            self._run_all(tests, node, str=node.value)

    def _run_all(self, tests: Iterable[Any], node: Any, **more: object) -> None:
        self._found += [(issue, node) for issue in self._ask(tests, node, more)]

    def _run_call(self, call: ast.Call, scope: Scope, names: tuple[str, ...]) -> None:
        issues = self._issues_of(call, self._known(names))
        for handed in handed_on(call, names):
            issues += [
                issue
                for issue in self._issues_of(handed, self._names_of(handed, scope))
                # A function that is only known by its keywords may be no function at all.
                if issue.test_id not in _INSTEAD
            ]
        self._keep(issues, call)

    def _keep(self, issues: Iterable[Any], node: ast.AST) -> None:
        """Keep of each test what is gravest."""
        gravest: dict[str, Any] = {}
        for issue in issues:
            known = gravest.get(issue.test_id)
            if known is None or _grade(issue) > _grade(known):
                gravest[issue.test_id] = issue
        self._found += [(issue, node) for issue in gravest.values()]

    def _issues_of(self, call: ast.Call, names: tuple[str, ...]) -> list[Any]:
        """What the tests say of a call, under each name that it may have and in each form."""
        issues: list[Any] = []
        for form in _forms(call, names):
            for name in names:
                tests = self._tests.of_call(name)
                if tests:
                    issues += self._ask_of_call(tests, form, name)
            if form.keywords:
                known = {issue.test_id for issue in issues}
                issues += self._ask_of_keywords(form, names, known)
        return issues

    def _names_of(self, call: ast.Call, scope: Scope) -> tuple[str, ...]:
        return self._known(self._walk.names.of_callee(call.func, scope))

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """The names, and for one that may be anything all that a test or the file knows."""
        open_names = [name for name in names if ANYTHING in name]
        if not open_names:
            return names
        found = set(names)
        for name in open_names:
            if name not in self._meant:
                self._meant[name] = self._tests.known_names(
                    name, self._walk.imported.modules
                )
            found.update(self._meant[name])
        return tuple(sorted(found))

    def _ask_of_keywords(
        self, form: ast.Call, names: Iterable[str], known: AbstractSet[str]
    ) -> Iterator[Any]:
        """What tests say that speak of any call with a keyword, whatever its name.

        `known` are the tests that have spoken of the call by its name.
        """
        for test in self._tests.of_keywords(form):
            name = test._test_id  # noqa: SLF001 - bandit's protocol
            if known.isdisjoint(_INSTEAD.get(name, ())):
                answers = [self._ask_of_call([test], form, one) for one in names]
                yield from next(filter(None, answers), [])

    def _ask_of_call(self, tests: Iterable[Any], call: ast.Call, name: str) -> list[Any]:
        return self._ask(
            tests, call, {"call": call, "qualname": name, "name": name.rpartition(".")[2]}
        )

    def _ask(self, tests: Iterable[Any], node: Any, more: dict[str, Any]) -> list[Any]:
        """What tests say of a node; the defaults for what they leave open are bandit's."""
        line = getattr(node, "lineno", 0)
        context = Context(
            {
                **self._shared,
                "node": node,
                "lineno": line,
                "col_offset": getattr(node, "col_offset", 0),
                "end_col_offset": getattr(node, "end_col_offset", 0),
                **more,
            }
        )
        issues = []
        for test in tests:
            try:
                issue = _ask_one(test, context, line)
            except PluginCrashedError as crash:
                # The others can still find something, here and elsewhere.
                self.crash = self.crash or crash
                self.crash.tests |= crash.tests
                continue
            if issue is not None:
                issues.append(issue)
        return issues


def _ask_one(test: Any, context: Context, line: int) -> Any:
    """The issue that a test finds, or None.

    Raises:
        PluginCrashedError: it did not come to its end.
    """
    name = test._test_id  # noqa: SLF001 - bandit's protocol
    settings = [test._config] if hasattr(test, "_config") else []  # noqa: SLF001 - bandit's protocol
    try:
        issue = test(context, *settings)
    except Exception as error:
        raise PluginCrashedError(name, line) from error
    if issue is None:
        return None
    if issue.lineno is None:
        issue.lineno = line
    if issue.test_id == "":
        issue.test_id = name
    return issue


def _forms(call: ast.Call, names: Iterable[str]) -> list[ast.Call]:
    """The call as it is written, and, where that says more, with each flag under its name."""
    spelt = (spelt_out(call, name) for name in names)
    # Most names are spelt out in the same way.
    unlike = {ast.dump(form): form for form in spelt if form is not None}
    return [call, *unlike.values()]


def _grade(issue: Any) -> tuple[int, int]:
    return RANKING.index(issue.severity), RANKING.index(issue.confidence)
