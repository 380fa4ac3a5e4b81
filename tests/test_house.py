"""The house stays readable: short files, short import chains, one meaning for a name, the field's words."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from radon.complexity import cc_visit
from radon.visitors import Function

import judgegate
from judgegate.cli.app import COMMANDS

SOURCE = Path(judgegate.__file__).parent
TESTS = Path(__file__).parent

LONGEST_FILE = 400
LONGEST_TEST_FILE = 600
LONGEST_CHAIN = 18  # modules, the first importer and the last imported among them
MOST_SINGLE_IMPORTERS = 0.2  # of all modules
MOST_BRANCHES = 3.55  # in ten lines of a function, as radon counts them
LARGE_FUNCTION, MOST_LARGE_FUNCTIONS = 10, 30

TABLES = {
    "judgegate.checks.registry": "the rules and what looks for each",
    "judgegate.checks.own.registry": "the kinds of a team's own rules",
    "judgegate.report.formats": "the formats of a report",
    "judgegate.report.text.report": "the sections of the text",
    "judgegate.report.markdown.report": "the sections of the Markdown",
    "judgegate.doctor.run": "what doctor checks",
    "judgegate.matching.definitions": "the stages of the map of definitions",
    "judgegate.sources.structure": "the readers of files that are no code",
    "judgegate.sources.grammars": "the languages that ast-grep's trees are read of",
    "judgegate.sources.syntax_facts": "what reads facts on the walk over such a tree",
}
"""Modules that list others, one row each: what only a list imports is found by the list, and is right to stand alone.
"""

STARTED = {
    "judgegate.cli.app",
    "judgegate.workers.worker",
    *(f"judgegate.cli.{name}" for name in COMMANDS),
}
"""Where a process or a command starts."""

REPLACED = {
    "testimony",
    "testify",
    "errand",
    "errands",
    "proceedings",
    "chronicle",
    "hearing",
    "hearings",
    "mourn",
    "mourning",
    "stranger",
    "strangers",
    "recital",
    "recite",
    "confess",
    "inquiry",
    "attend",
    "attending",
    "heightened",
    "crew",
    "hall",
    "desk",
    "seat",
    "told",
    "telling",
}
"""Words that only insiders understood, for which the field has its own."""


@cache
def sources() -> Mapping[str, Path]:
    """The file of each module, by its dotted name."""
    return {_module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}


@cache
def tree(name: str) -> ast.Module:
    return ast.parse(sources()[name].read_bytes())


@cache
def imports() -> Mapping[str, frozenset[str]]:
    """The modules of judgegate that each one imports, at its top or inside a function."""
    return {name: frozenset(_imported(tree(name))) - {name} for name in sources()}


def longest_chain() -> tuple[str, ...]:
    @cache
    def chain(name: str) -> tuple[str, ...]:
        return (
            name,
            *max((chain(other) for other in imports()[name]), key=len, default=()),
        )

    return max(map(chain, sources()), key=len)


def single_importers() -> Iterator[str]:
    """Modules that exactly one other imports, and that no list names."""
    importers = defaultdict(set)
    for name, imported in imports().items():
        for other in imported:
            importers[other].add(name)
    for name, known in sorted(importers.items()):
        if len(known) == 1 and name not in STARTED and not known & TABLES.keys():
            yield f"{name}, imported by {min(known)}"


def words() -> Iterator[tuple[str, str]]:
    """Each word of each name that the code gives or uses, modules included, and where."""
    for module in sources():
        for name in (*module.split("."), *_names(tree(module))):
            for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name):
                yield word.lower(), f"{module}: {name}"


@cache
def functions() -> tuple[tuple[str, Function], ...]:
    """Every function and method as radon sees it, those inside others included, with its module."""
    found: dict[tuple[str, str, int], Function] = {}
    for module, path in sources().items():
        pending = [*cc_visit(path.read_text("utf-8"))]
        while pending:
            block = pending.pop()
            if isinstance(block, Function):
                found[module, block.name, block.lineno] = block
                pending.extend(block.closures)
            else:
                pending.extend([*block.methods, *block.inner_classes])
    return tuple((module, block) for (module, _, _), block in found.items())


def comprehensions() -> Iterator[tuple[str, ast.comprehension]]:
    """Each `for` of each comprehension, and where it is."""
    for name in sources():
        for node in ast.walk(tree(name)):
            if isinstance(node, ast.comprehension):
                yield f"{name}:{node.target.lineno}", node


def asks_several_things(loop: ast.comprehension) -> bool:
    """Whether its conditions are more than a single question."""
    return len(loop.ifs) > 1 or any(isinstance(one, ast.BoolOp) for one in loop.ifs)


def test_a_source_file_is_read_at_one_sitting() -> None:
    assert _longer_than(LONGEST_FILE, SOURCE) == []


def test_a_test_file_has_one_topic() -> None:
    assert _longer_than(LONGEST_TEST_FILE, TESTS) == []


def test_a_chain_of_imports_is_short() -> None:
    chain = longest_chain()
    assert len(chain) <= LONGEST_CHAIN, " > ".join(chain)


def test_few_modules_serve_one_other_only() -> None:
    alone = list(single_importers())
    assert len(alone) <= MOST_SINGLE_IMPORTERS * len(sources()), "\n".join(alone)


@pytest.mark.parametrize("table", TABLES)
def test_a_list_of_modules_is_one(table: str) -> None:
    assert len(imports()[table]) > 1


def test_a_class_name_stands_for_one_thing() -> None:
    classes = Counter(
        node.name
        for name in sources()
        for node in ast.walk(tree(name))
        if isinstance(node, ast.ClassDef)
    )
    assert [name for name, count in classes.items() if count > 1] == []


def test_names_are_the_words_of_the_field() -> None:
    assert sorted({place for word, place in words() if word in REPLACED}) == []


def _module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in sources())
        elif isinstance(node, ast.ImportFrom) and node.module in sources():
            inside = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name if name in sources() else str(node.module) for name in inside)


def _names(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        for field in ("id", "attr", "name", "arg", "asname"):
            name = getattr(node, field, None)
            if isinstance(name, str):
                yield name


def _longer_than(limit: int, folder: Path) -> list[str]:
    lengths = (
        (path, path.read_bytes().count(b"\n")) for path in sorted(folder.rglob("*.py"))
    )
    return [
        f"{path.relative_to(folder)}: {length} lines"
        for path, length in lengths
        if length > limit
    ]


def test_functions_are_not_dense() -> None:
    """Good codebases of this field have 1.6 to 2.3 branches in ten lines."""
    branches = sum(block.complexity for _, block in functions())
    lines = sum(block.endline - block.lineno + 1 for _, block in functions())
    assert 10 * branches / lines <= MOST_BRANCHES


def test_few_functions_have_many_branches() -> None:
    """The policy for our own changes asks for a human where one has more than fifteen."""
    large = [
        f"{name}: {block.name}"
        for name, block in functions()
        if block.complexity > LARGE_FUNCTION
    ]
    assert len(large) <= MOST_LARGE_FUNCTIONS, "\n".join(large)


def test_a_comprehension_asks_one_thing() -> None:
    assert [place for place, loop in comprehensions() if asks_several_things(loop)] == []


def test_no_conditional_expression_is_inside_another() -> None:
    nested = [
        f"{name}:{outer.lineno}"
        for name in sources()
        for outer in ast.walk(tree(name))
        if isinstance(outer, ast.IfExp)
        for inner in (outer.test, outer.body, outer.orelse)
        if isinstance(inner, ast.IfExp)
    ]
    assert nested == []
