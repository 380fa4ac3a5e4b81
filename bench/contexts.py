"""The evidence contexts of bandit's findings in real files, in words, for a person to read.

    python -m bench.contexts PATH... [--code CODE]... [--most N] [--seed N]

Each PATH is a file, or a folder with files of Python. Of every code at most N findings are shown, chosen
by the seed: the flagged lines, what is called, what flows in and through which calls, the guards with the
lines that they stand on, and what encloses it.
"""

import argparse
import random
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from judgegate.checks.insecure_code.bandit_contexts import context_of
from judgegate.checks.insecure_code.scan import find_issues
from judgegate.evidence.contexts import Contexts, built_by
from judgegate.model.evidence_context import Callee, EvidenceContext, Root
from judgegate.sources.python import PythonSource, read_python
from judgegate.sources.text import Unreadable

LARGEST = 1_000_000
"""Bytes of a file that a worker would read."""


class Place(Struct, frozen=True):
    """A finding, and where it is."""

    path: Path
    number: int
    code: str


def main(arguments: list[str]) -> int:
    """Show the findings, and return the exit code."""
    parser = argparse.ArgumentParser(prog="contexts", description=__doc__.split("\n")[0])
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    parser.add_argument("--code", action="append", metavar="CODE", help="only these codes")
    parser.add_argument("--most", type=int, default=20, help="findings of each code")
    parser.add_argument("--seed", type=int, default=1, help="decides which ones")
    options = parser.parse_args(arguments)
    for path in options.paths:
        if not path.exists():
            parser.error(f"there is no {path}")
    # What is nested deeply is read in a worker with a large stack.
    sys.setrecursionlimit(5_000)
    chosen = choose(places_in(options.paths, options.code), options.most, options.seed)
    for number, place in enumerate(chosen, start=1):
        print(f"[{number}] ", end="")
        show(place)
    return 0


def choose(places: Iterable[Place], most: int, seed: int) -> list[Place]:
    """As many places of each code, in the order of the codes."""
    by_code: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        by_code[place.code].append(place)
    chance = random.Random(seed)  # noqa: S311 - no secret
    chosen = []
    for _, every in sorted(by_code.items()):
        chosen += chance.sample(every, min(most, len(every)))
    return chosen


def places_in(paths: Iterable[Path], codes: Sequence[str] | None) -> Iterator[Place]:
    """Every finding about a node in the files that can be read."""
    for path in _files_in(paths):
        source = _read(path)
        for number, (issue, node) in enumerate(find_issues(source) if source else ()):
            if node is not None and (codes is None or issue.test_id in codes):
                yield Place(path, number, issue.test_id)


def _files_in(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        yield from sorted(path.rglob("*.py")) if path.is_dir() else [path]


def _read(path: Path) -> PythonSource | None:
    data = path.read_bytes()
    try:
        return read_python(data) if len(data) <= LARGEST else None
    except Unreadable:
        return None


def show(place: Place) -> None:
    """Print a finding with its context."""
    source = _read(place.path)
    if source is None:
        return
    issue, node = find_issues(source)[place.number]
    contexts = Contexts(source.walk)
    context = context_of(issue.test_id, node, contexts)
    if context is None:
        return
    print(f"{issue.test_id} {place.path}:{node.lineno}")
    print(_lines(source, node, most=8, mark="  >"))
    for part, texts in _parts(context):
        print(f"  {part:9} {' ; '.join(texts)}")
    sink = built_by(node) if issue.test_id == "B608" else node
    passed = contexts.passed.get(sink)
    for found, guard in zip(passed.guards if passed else (), context.guards, strict=True):
        way = "" if found.holds else "not "
        of = f" of {', '.join(sorted(found.values.names))}" if found.values else ""
        print(f"  guard     {guard.form.value} {way}({', '.join(guard.names)}){of}")
        print(_lines(source, found.node, most=2, mark="           "))
    print()


def _parts(context: EvidenceContext) -> Iterator[tuple[str, Sequence[str]]]:
    """The parts of a context that have something to say, in words."""
    parts = {
        "calls": [_callee(one) for one in context.meanings],
        "root": [_root(one) for one in context.roots],
        "constants": [one.slot or "-" for one in context.constants],
        "keywords": [f"{one.name}={one.value[:12]}" for one in context.keywords],
        "exposure": [f"{one.what} {one.name}".strip() for one in context.exposure],
        "doubts": context.doubts,
        "rest": [context.rest] if context.rest else [],
    }
    for name, texts in parts.items():
        if texts:
            yield name, texts


def _callee(callee: Callee) -> str:
    return f"{callee.name} (of this file)" if callee.body else callee.name


def _root(root: Root) -> str:
    through = "".join(f" > {_callee(one)}" for one in root.through)
    return f"{root.slot or '-'}: {root.kind.value} {root.name}{through}"


def _lines(source: PythonSource, node: Any, *, most: int, mark: str) -> str:
    """The first lines of a node, with their numbers."""
    # A case has no place of its own.
    place = node if hasattr(node, "lineno") else node.pattern
    lines = source.range_of(place.lineno, place.end_lineno or place.lineno)
    texts = source.texts_of(lines)[:most]
    return "\n".join(
        f"{mark} {number:5} {text}" for number, text in enumerate(texts, start=lines.start)
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
