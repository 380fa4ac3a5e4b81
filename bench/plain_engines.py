"""What plain bandit and plain radon say of files that were written out of git."""

import ast
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

SCRIPTS = Path(sys.executable).parent

# Explicitly named files would be left out if their path held one of bandit's default exclusions
# (`.git` is in `.github`).
_BANDIT = ("bandit", "--quiet", "--ignore-nosec", "--format", "json", "--exclude", "")
_RADON = ("radon", "cc", "--show-closures", "--json")


class Issue(Struct, frozen=True):
    """One result of bandit.

    `key` says when two are the same: test, enclosing definition, and the flagged lines, stripped.

    The flagged lines are those of the node that bandit names by its columns: its line number may be
    an argument's, its range is the parent's if the node is a text, and takes in the body if it is a
    definition.
    """

    path: str
    code: str
    grades: tuple[str, str]
    line: int
    key: tuple[str, ...]


class Block(Struct, frozen=True):
    """A function or method that radon counts, by the line of its `def`.

    Several may stand on one line, hence the column.
    """

    path: str
    line: int
    column: int
    complexity: int


class Seen(Struct, frozen=True):
    """All that the two say of one side of a change.

    `unread` are the files that each could not read, with its reason.
    """

    issues: tuple[Issue, ...]
    blocks: tuple[Block, ...]
    bandit_unread: Mapping[str, str]
    radon_unread: Mapping[str, str]


def look(contents: Mapping[str, bytes], folder: Path) -> Seen:
    """Write the files into the folder and run both commands there.

    A file without the suffix `.py` gets it, as radon insists.
    """
    places = {path if path.endswith(".py") else f"{path}.py": path for path in contents}
    for place, path in places.items():
        file = folder / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(contents[path])
    if not places:
        return Seen((), (), {}, {})
    bandit, radon = _run(_BANDIT, list(places), folder), _run(_RADON, list(places), folder)
    forms = {path: Form(data) for path, data in contents.items()}
    unread = {
        places[os.path.normpath(error["filename"])]: error["reason"]
        for error in bandit["errors"]
    }
    broken = {
        places[os.path.normpath(place)]: found["error"]
        for place, found in radon.items()
        if isinstance(found, dict)
    }
    issues = (_issue(result, places, forms) for result in bandit["results"])
    blocks = [
        *_blocks(radon, places),
        *(
            block
            for path in contents
            if path not in broken
            for block in forms[path].hidden_blocks(path)
        ),
    ]
    return Seen(tuple(issues), tuple(blocks), unread, broken)


def _run(command: tuple[str, ...], places: list[str], folder: Path) -> Any:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONUTF8": "1",
        "RADONFILESENCODING": "utf-8",
        "HOME": str(folder),
    }
    files = [os.path.join(".", place) for place in places]  # noqa: PTH118 - the dot keeps a name like -x from being an option
    done = subprocess.run(
        [str(SCRIPTS / command[0]), *command[1:], *files],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
    )
    if done.returncode > 1:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.decode(errors='replace')}")
    return json.loads(done.stdout)


def _issue(
    result: dict[str, Any], places: Mapping[str, str], forms: "Mapping[str, Form]"
) -> Issue:
    path, code = places[os.path.normpath(result["filename"])], result["test_id"]
    lines: list[int] = result["line_range"] or [result["line_number"]]
    found = forms[path].find_node(
        [lines[0], result["line_number"]], result["col_offset"], result["end_col_offset"]
    )
    start, end = found or (result["line_number"], max(lines[-1], result["line_number"]))
    return Issue(
        path,
        code,
        (result["issue_severity"], result["issue_confidence"]),
        start,
        (code, *forms[path].identify(start, end)),
    )


def _blocks(radon: dict[str, Any], places: Mapping[str, str]) -> Iterator[Block]:
    for place, found in radon.items():
        if isinstance(found, list):
            path = places[os.path.normpath(place)]
            listed = {
                (block["lineno"], block["col_offset"]): block["complexity"]
                for block in found
                if block["type"] != "class"
            }
            for (line, column), complexity in listed.items():
                yield Block(path, line, column, complexity)


class Form:
    """The definitions of one file, as far as its text can be parsed."""

    def __init__(self, data: bytes) -> None:
        self._lines = data.decode("utf-8-sig", "replace").split("\n")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._tree: ast.Module | None = ast.parse(data)
        except (SyntaxError, ValueError):
            self._tree = None
        self._definitions = list(_definitions(self._tree, "")) if self._tree else []
        self._ends = dict(_extents(self._tree)) if self._tree else {}

    def find_node(
        self, lines: list[int], column: int, end_column: int
    ) -> tuple[int, int] | None:
        """The first and last line of the node with these columns that starts on one of the lines."""
        return next(
            (
                (line, end)
                for line in lines
                if (end := self._ends.get((line, column, end_column)))
            ),
            None,
        )

    def identify(self, start: int, end: int) -> tuple[str, ...]:
        """The name of the enclosing definition, and its lines, stripped, without blank ones."""
        enclosing = [
            (node, name)
            for node, name in self._definitions
            if _first_line(node) <= start <= (node.end_lineno or start)
        ]
        last = min(
            [
                end,
                *(
                    _header_end(node)
                    for node, _ in self._definitions
                    if node.lineno == start and node.end_lineno == end
                ),
            ]
        )
        return (
            enclosing[-1][1] if enclosing else "",
            *(line.strip() for line in self._lines[start - 1 : last] if line.strip()),
        )

    def hidden_blocks(self, path: str) -> Iterator[Block]:
        """The functions that the command leaves out: those of classes inside functions."""
        from radon.complexity import (  # the commands need no radon in this process
            add_inner_blocks,
            cc_visit_ast,
        )

        kinds = {id(node): isinstance(node, ast.ClassDef) for node, _ in self._definitions}
        for node, _ in self._definitions:
            for child in _nearest_definitions(node):
                if not kinds[id(node)] and kinds[id(child)]:
                    module = ast.Module([child], [])
                    found = add_inner_blocks(cc_visit_ast(module))
                    listed = {
                        (block.lineno, block.col_offset): block.complexity
                        for block in found
                        if hasattr(block, "closures")
                    }
                    yield from (
                        Block(path, line, column, complexity)
                        for (line, column), complexity in listed.items()
                    )


Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _nearest_definitions(node: ast.AST) -> Iterator[Definition]:
    """The definitions inside the node that no other definition inside it holds."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, Definition):
            yield child
        else:
            yield from _nearest_definitions(child)


def _definitions(node: ast.AST, outer: str) -> Iterator[tuple[Definition, str]]:
    for child in _nearest_definitions(node):
        name = f"{outer}.{child.name}" if outer else child.name
        yield child, name
        yield from _definitions(child, name)


def _extents(tree: ast.Module) -> Iterator[tuple[tuple[int, int, int], int]]:
    """Where each node starts and which column it ends in, with its last line."""
    for node in ast.walk(tree):
        if isinstance(
            node,
            ast.expr | ast.stmt | ast.excepthandler | ast.alias | ast.arg | ast.keyword,
        ):
            yield (
                (node.lineno, node.col_offset, node.end_col_offset or 0),
                node.end_lineno or node.lineno,
            )


def _first_line(node: Definition) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _header_end(node: Definition) -> int:
    first = node.body[0]
    start = _first_line(first) if isinstance(first, Definition) else first.lineno
    return max(node.lineno, start - 1)
