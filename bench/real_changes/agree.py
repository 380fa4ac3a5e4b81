"""Judge changes of any repositories, and hold the verdicts against plain git, bandit and radon.

Of each repository (bare ones too) up to `--changes` merges are judged. For each: the gate completes
with an exit code of 0, 1 or 3, its files are those of `git diff-tree` and its three counts add up
to them, its lines are those of `git diff --numstat` in total and for each file, and its report
keeps to the schema; every tenth one is judged twice and must give the same bytes. For `--engines`
of them the security observations and the complexities are compared with those of the bandit and
radon commands, path by path.

Prints each difference as it is found, then a table; exits with 1 if there was one.
"""

import argparse
import json
import secrets
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
from msgspec import Struct, field

from bench.agreement import Agreement, compare
from bench.history import Pair, find_pairs, inventory, line_counts, name_of
from bench.plain_engines import SCRIPTS
from judgegate.workers.pool import Pool

TWICE_EVERY = 10


class Row(Struct):
    """One repository's line of the table."""

    name: str
    outcomes: Counter[str] = field(default_factory=Counter)
    states: Counter[str] = field(default_factory=Counter)
    lines: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    differences: int = 0
    agreements: list[Agreement] = field(default_factory=list)


class Answer(Struct, frozen=True):
    """All that one run of the gate gave: its exit code, both reports, and what it wrote to standard error."""

    code: int
    report: bytes
    text: bytes
    errors: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument(
        "--changes",
        type=int,
        default=60,
        metavar="N",
        help="how many changes of each repository",
    )
    parser.add_argument(
        "--engines",
        type=int,
        default=10,
        metavar="N",
        help="how many of them to compare with bandit and radon",
    )
    parser.add_argument("repositories", nargs="+", type=Path, metavar="REPOSITORY")


def run(options: argparse.Namespace) -> int:
    """Check every repository, print the table, and return the exit code."""
    rows = [
        check_repository(folder, options.changes, options.engines)
        for folder in options.repositories
    ]
    print_table(rows)
    return int(any(row.differences for row in rows))


def check_repository(folder: Path, changes: int, engines: int) -> Row:
    """Judge the repository's changes, then compare some of them with the engines."""
    row = Row(name_of(folder))
    pairs = find_pairs(folder, changes)
    for number, pair in enumerate(pairs):
        tell(row, pair, check_gate(pair, row, twice=number % TWICE_EVERY == 0))
    with Pool(2, secrets.token_bytes(16)) as pool:
        for pair in list(filter(is_comparable, pairs))[:engines]:
            agreement = compare(pair, pool)
            row.agreements.append(agreement)
            tell(row, pair, agreement.differences)
            for remark in agreement.remarks:
                print(f"  {pair}: {remark}", flush=True)
    return row


def is_comparable(pair: Pair) -> bool:
    """Whether there is Python in it, and one merge base to compare with."""
    return len(pair.merge_bases) == 1 and any(
        path.endswith(".py") for path in inventory(pair)
    )


def tell(row: Row, pair: Pair, differences: tuple[str, ...]) -> None:
    """Print what differs in a change, and count it."""
    row.differences += len(differences)
    for difference in differences:
        print(f"DIFFERENCE {pair}: {difference}", flush=True)


def check_gate(pair: Pair, row: Row, *, twice: bool) -> tuple[str, ...]:
    """Judge one change and say what is wrong with the answer."""
    begun = time.perf_counter()
    done = run_gate(pair)
    spent = time.perf_counter() - begun
    row.seconds, row.slowest = row.seconds + spent, max(row.slowest, spent)
    if done.code not in {0, 1, 3} or done.errors:
        return (f"exit code {done.code}: {done.errors}",)
    report = json.loads(done.report)
    change = report["change"]
    row.outcomes[report["outcome"]] += 1
    row.states.update(file["state"] for file in change["files"])
    row.lines += change["added_lines"] + change["removed_lines"]
    again = (
        ("judged twice, it says something else",)
        if twice and run_gate(pair) != done
        else ()
    )
    return (*check_counts(pair, change), *check_schema(report), *again)


def run_gate(pair: Pair) -> Answer:
    """The command as a user runs it, from a folder that has nothing to do with the repository."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        text = Path(folder, "text")
        where = [
            "--repo",
            str(pair.repository.resolve()),
            "--base",
            pair.base,
            "--head",
            pair.head,
        ]
        command = [
            str(SCRIPTS / "judgegate"),
            "check",
            *where,
            "-f",
            "json",
            "-f",
            f"text={text}",
            "--all",
            "--no-cache",
        ]
        done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
        return Answer(
            done.returncode,
            done.stdout,
            text.read_bytes() if text.exists() else b"",
            done.stderr.decode(errors="replace"),
        )


def check_counts(pair: Pair, change: dict[str, Any]) -> Iterator[str]:
    """The inventory and the lines, against plain git.

    With several merge bases the gate may know of more files than the first one shows.
    """
    files = {file["path"]: (file["added"], file["removed"]) for file in change["files"]}
    wanted = {spell(path) for path in inventory(pair)}
    if not wanted <= files.keys() or (
        len(pair.merge_bases) == 1 and wanted != files.keys()
    ):
        yield f"files: only git {sorted(wanted - files.keys())}, only gate {sorted(files.keys() - wanted)}"
    if not sum(change["counts"].values()) == len(files) == len(change["files"]):
        yield f"the counts {change['counts']} do not add up to {len(files)} files"
    lines = {spell(path): counts for path, counts in line_counts(pair).items()}
    for path, counts in files.items():
        if counts != lines.get(path, (0, 0)):
            yield f"lines of {path}: git {lines.get(path)}, gate {counts}"
    totals = [sum(counts[side] for counts in lines.values()) for side in (0, 1)]
    if totals != [change["added_lines"], change["removed_lines"]]:
        yield f"lines in all: git {totals}, gate {change['added_lines']}, {change['removed_lines']}"


def check_schema(report: dict[str, Any]) -> Iterator[str]:
    """The report against its schema."""
    return (
        f"report: {error.json_path}: {error.message}"
        for error in _validator().iter_errors(report)
    )


def spell(path: str) -> str:
    r"""A path as reports show it: `\xNN` for a byte that is not UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def print_table(rows: list[Row]) -> None:
    """One line for each repository, for the gate and then for the engines."""
    print()
    print_line(
        "gate",
        "changes",
        "pass",
        "review",
        "block",
        "files",
        "analysed",
        "exempt",
        "unanal.",
        "lines",
        "s each",
        "slowest",
    )
    for row in rows:
        count = row.outcomes.total()
        outcomes = [row.outcomes[name] for name in ("pass", "review", "block")]
        states = [
            row.states.total(),
            *(row.states[name] for name in ("analysed", "exempt", "unanalysed")),
        ]
        print_line(
            row.name,
            count,
            *outcomes,
            *states,
            row.lines,
            f"{row.seconds / max(count, 1):.2f}",
            f"{row.slowest:.2f}",
        )
    print()
    print_line(
        "engines", "changes", "files", "issues", "introd.", "moved", "blocks", "DIFFER"
    )
    for row in rows:
        sums = [
            sum(getattr(one, name) for one in row.agreements)
            for name in ("files", "issues", "introduced", "moved", "blocks")
        ]
        print_line(row.name, len(row.agreements), *sums, row.differences)


def print_line(name: str, *cells: object) -> None:
    """One line of a table."""
    print(f"{name:28}" + "".join(f"{cell!s:>9}" for cell in cells))


@cache
def _validator() -> Any:
    return jsonschema.Draft202012Validator(
        json.loads(subprocess.check_output([SCRIPTS / "judgegate", "schema", "report"]))
    )
