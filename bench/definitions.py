"""The map of definitions: what it says of real commits, and how its cost grows.

    python -m bench.definitions pairs REPOSITORY COMMIT [--all]
    python -m bench.definitions count REPOSITORY [--commits N]
    python -m bench.definitions growth [--sizes N,N...]

`pairs` prints what became of the units that a commit touches, so that a person can check it; statements
outside of functions only with `--all`. `count` counts the same over N commits that are spread evenly over
the history. `growth` prints what files of made-up functions cost, all of them edited: for each unit the
time and the comparisons, and the memory of the facts and of the map. It exits with 1 where the last
doubling made more than MOST times the comparisons, or where 20,000 units take more than MOST_MEMORY.
"""

import argparse
import gc
import sys
import time
import tracemalloc
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from bench.history import git
from judgegate.change.comparison import compare_trees
from judgegate.change.repository import Repository
from judgegate.matching.definitions import match_all, match_definitions
from judgegate.matching.matched import Matching
from judgegate.matching.result import map_of
from judgegate.matching.units import FilePair
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.definition_map import DefinitionMap, Equality, Pair, UnitPlace
from judgegate.model.facts import FileFacts, UnitKind
from judgegate.model.file_names import PYTHON, language_by_suffix
from judgegate.sources.grammars import GRAMMARS
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python
from judgegate.sources.syntax_facts import extract_facts
from judgegate.sources.text import Unreadable, read_code

SIZES = (5_000, 10_000, 20_000)
MOST = 2.2
"""How many times the comparisons twice the units may cost."""

MOST_MEMORY = 100
"""Mebibytes of the facts of 20,000 units and of their map."""

IN_A_FILE = 1_000
STATEMENTS = 8

_EQUAL = {
    Equality.BYTES: "untouched",
    Equality.FORM: "same form",
    Equality.BODY: "header edited",
    Equality.NONE: "edited",
}


class Growth(Struct, frozen=True):
    """What a size costs: seconds, comparisons, and mebibytes of the facts and of the map."""

    units: int
    seconds: float
    comparisons: int
    facts: float
    map: float


def map_of_commit(repository: Repository, commit: str) -> DefinitionMap:
    """The map of what a commit changes, against its first parent."""
    base, head = (repository.resolve(one) for one in (f"{commit}^", commit))
    return match_definitions(
        file_pairs(repository, compare_trees(repository, [base], head))
    )


def file_pairs(repository: Repository, files: Sequence[FileChange]) -> Iterator[FilePair]:
    """The files of a change with their facts, a renamed one as a single file."""
    by_path = {file.path: file for file in files}
    gone = {file.path for file in files if file.status is FileStatus.DELETED}
    renamed = {file.old_path for file in files if file.old_path in gone}
    for file in files:
        if file.old_path in renamed:
            old = by_path[file.old_path]
            yield FilePair(
                file.path,
                facts_of(repository, old.path, old.old),
                facts_of(repository, file.path, file.new),
                old.path,
            )
        elif file.path not in renamed:
            yield FilePair(
                file.path,
                facts_of(repository, file.path, file.old),
                facts_of(repository, file.path, file.new),
                added=file.added,
                removed=file.removed,
            )


def facts_of(repository: Repository, path: str, blob: Blob | None) -> FileFacts | None:
    """The facts of a content, None where it has none or cannot be read."""
    language = language_by_suffix(path)
    if blob is None or language is None or not blob.is_file:
        return None
    try:
        return facts_of_text(repository.read(blob.oid), language)
    except Unreadable:
        return None


def facts_of_text(data: bytes, language: str) -> FileFacts | None:
    """The same of bytes in a language.

    Raises:
        Unreadable: they are not valid in it.
    """
    if language == PYTHON:
        return extract_python(read_python(data))
    if language in GRAMMARS:
        return extract_facts(read_code(data).text, language, b"")
    return None


def words(pair: Pair) -> str:
    """What became of a unit."""
    found = [_EQUAL[pair.equal]]
    if pair.equal is Equality.NONE and pair.likeness:
        found[0] += f" {pair.likeness / 10:.0f} %"
    found += ["moved"] * pair.is_moved
    found += ["renamed"] * (not pair.same_name)
    found += ["other surroundings"] * (not pair.same_exposure)
    found += ["name taken"] * pair.taken
    return ", ".join(found)


def lines_of(result: DefinitionMap, *, whole: bool) -> Iterator[str]:
    """A map as text, without what is the same bytes under the same name."""
    for pair in result.pairs:
        if words(pair) != _EQUAL[Equality.BYTES] and _is_shown(pair.head, whole=whole):
            yield f"{show(pair.base)} -> {show(pair.head)}: {words(pair)}"
    for tie in result.ties:
        bases, heads = (", ".join(map(show, side)) for side in (tie.bases, tie.heads))
        yield f"{bases} -> one of {heads}"
    for share in result.shares:
        yield f"{show(share.base)} -> {show(share.head)}: a share of {share.thousandths / 10:.0f} %"
    for sign, places in (("+", result.added), ("-", result.removed)):
        yield from (f"{sign} {show(one)}" for one in places if _is_shown(one, whole=whole))
    if result.cut:
        yield "A bound was met: there is more than this."


def _is_shown(place: UnitPlace, *, whole: bool) -> bool:
    return whole or place.kind is not UnitKind.STATEMENT


def show(place: UnitPlace) -> str:
    """A unit with its place."""
    return f"{place.path}:{place.lines.start} {place.name}"


def print_pairs(folder: Path, commit: str, *, whole: bool) -> int:
    """Print the map of a commit."""
    with Repository.open(folder) as repository:
        for line in lines_of(map_of_commit(repository, commit), whole=whole):
            print(line)
    return 0


def print_counts(folder: Path, count: int) -> int:
    """Print how many units became what, over some commits."""
    commits = git(folder, "rev-list", "--no-merges", "--min-parents=1", "HEAD").split()
    step = max(len(commits) // count, 1)
    found: Counter[str] = Counter()
    with Repository.open(folder) as repository:
        for commit in commits[::step][:count]:
            found.update(counts_of(map_of_commit(repository, commit.decode())))
    for name, number in sorted(found.items()):
        print(f"{number:>8}  {name}")
    return 0


def counts_of(result: DefinitionMap) -> Mapping[str, int]:
    """How many units became what."""
    found: Counter[str] = Counter()
    for pair in result.pairs:
        kind = "statement" if pair.head.kind is UnitKind.STATEMENT else "definition"
        what = words(pair).partition(f" {pair.likeness / 10:.0f} %")
        found[f"{kind} {what[0]}{what[2]}"] += 1
    for name, places in (("added", result.added), ("removed", result.removed)):
        for place in places:
            kind = "statement" if place.kind is UnitKind.STATEMENT else "definition"
            found[f"{kind} {name}"] += 1
    found["tie"] += len(result.ties)
    found["share"] += len(result.shares)
    return found


def print_growth(sizes: Sequence[int]) -> int:
    """Print what each size costs; 1 where it grows faster than it may, or takes too much memory."""
    print(f"{'units':>8}{'us a unit':>11}{'comparisons':>13}{'facts':>10}{'map':>10}")
    costs = []
    for size in sizes:
        cost = measure(size)
        costs.append(cost)
        each = 1_000_000 * cost.seconds / size
        print(
            f"{size:>8}{each:>11.1f}{cost.comparisons / size:>13.2f}"
            f"{cost.facts:>7.1f}MiB{cost.map:>7.1f}MiB",
            flush=True,
        )
    growth = costs[-1].comparisons / costs[-2].comparisons
    memory = 20_000 * (costs[-1].facts + costs[-1].map) / costs[-1].units
    kept = growth <= MOST and memory <= MOST_MEMORY
    print(
        f"last doubling {growth:.2f}, 20,000 units {memory:.0f} MiB  {'kept' if kept else 'MISSED'}"
    )
    return int(not kept)


def measure(size: int) -> Growth:
    """What units cost of which half are in the base, and the other half are what they became."""
    tracemalloc.start()
    files = list(made_up(size // 2))
    gc.collect()  # the trees are cyclic
    facts = tracemalloc.get_traced_memory()[0]
    tracemalloc.reset_peak()
    match_definitions(files)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    start = time.process_time()
    matching = Matching(files)
    match_all(matching)
    map_of(matching)
    seconds = time.process_time() - start
    return Growth(
        size, seconds, matching.comparisons, facts / 2**20, (peak - facts) / 2**20
    )


def made_up(size: int) -> Iterator[FilePair]:
    """Files of functions that all got another name and another statement."""
    for start in range(0, size, IN_A_FILE):
        numbers = range(start, min(start + IN_A_FILE, size))
        base, head = (
            "".join(_function(number, side) for number in numbers)
            for side in ("old", "new")
        )
        path = f"part_{start}.py"
        yield FilePair(
            path,
            facts_of_text(base.encode(), PYTHON),
            facts_of_text(head.encode(), PYTHON),
        )


def _function(number: int, side: str) -> str:
    body = "".join(
        f"    value_{line} = read_{line}(words, {number})\n" for line in range(STATEMENTS)
    )
    return f"def {side}_{number}(words):\n{body}    return {side}(words)\n"


def main(arguments: list[str]) -> int:
    """Do what is asked, and return the exit code."""
    parser = argparse.ArgumentParser(prog="definitions", description="Look at the map.")
    commands = parser.add_subparsers(dest="command", required=True)
    pairs = commands.add_parser("pairs", help="print what became of the units of a commit")
    pairs.add_argument("repository", type=Path)
    pairs.add_argument("commit")
    pairs.add_argument("--all", action="store_true", help="statements, too")
    count = commands.add_parser("count", help="count what became of the units of commits")
    count.add_argument("repository", type=Path)
    count.add_argument("--commits", type=int, default=50)
    growth = commands.add_parser("growth", help="measure how the cost grows")
    growth.add_argument(
        "--sizes", type=lambda text: [int(one) for one in text.split(",")], default=SIZES
    )
    options = parser.parse_args(arguments)
    match options.command:
        case "pairs":
            return print_pairs(options.repository, options.commit, whole=options.all)
        case "count":
            return print_counts(options.repository, options.commits)
        case _:
            return print_growth(options.sizes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
