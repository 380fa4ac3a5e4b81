"""Draw a sample of findings into a sheet, which a person reads and fills in.

The findings are those of a folder of verdicts, or the differences in a table of `compare`. The same
seed draws the same ones on every machine. The sheet shows the code around each line, so it belongs
to its readers, and not into this repository.
"""

import argparse
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec.structs import asdict

from bench.real_changes.differences import read_table
from bench.real_changes.plain_text import one_line
from bench.real_changes.problems import Problem
from bench.real_changes.sheet import identify, write_sheet
from bench.real_changes.verdicts import read_verdicts

Entry = Mapping[str, str]
"""A finding or a difference: its fields as text, with its `change` and `repository`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("source", type=Path, metavar="VERDICTS|TABLE")
    parser.add_argument("--repositories", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--by",
        default="code",
        metavar="FIELD",
        help="what to draw from each of: code, rule, action, repository ...",
    )
    parser.add_argument(
        "--count", type=int, default=10, metavar="K", help="how many of each at most"
    )
    parser.add_argument("--seed", default="1", metavar="TEXT")
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="FIELD=VALUE",
        help="only those, such as origin=introduced or kind=gained; repeatable",
    )


def run(options: argparse.Namespace) -> int:
    """Print the sheet."""
    read = read_findings if options.source.is_dir() else read_differences
    entries = list(select(list(read(options.source)), options.where))
    drawn = draw(entries, options.by, options.count, options.seed)
    print(write_sheet(drawn, options.repositories), end="")
    return 0


def read_findings(folder: Path) -> Iterator[Entry]:
    """All findings of all verdicts."""
    for name, verdict in read_verdicts(folder).items():
        for finding in verdict.findings:
            fields = {field: one_line(value) for field, value in finding.items()}
            yield _entry({"change": name, "repository": verdict.repository, **fields})


def read_differences(table: Path) -> Iterator[Entry]:
    """The differences that are about a finding."""
    for difference in read_table(table):
        if difference.rule:
            fields = {field: str(value) for field, value in asdict(difference).items()}
            fields |= {"message": difference.reason, "end_line": ""}
            yield _entry({"repository": difference.change.split()[0], **fields})


def _entry(fields: dict[str, str]) -> Entry:
    """Where a rule has no codes, its own name is the code."""
    return fields | {"code": fields["code"] or fields["rule"]}


def select(entries: Sequence[Entry], conditions: Sequence[str]) -> Iterator[Entry]:
    """Those that meet every condition.

    Raises:
        Problem: a condition names no field.
    """
    wanted = [condition.partition("=")[::2] for condition in conditions]
    for field, _ in wanted:
        require_field(entries, field, "--where")
    return (
        entry for entry in entries if all(entry[field] == value for field, value in wanted)
    )


def draw(entries: Sequence[Entry], by: str, count: int, seed: str) -> list[Entry]:
    """At most `count` for each value of a field, in an order that only the seed decides.

    Raises:
        Problem: there is no such field.
    """
    require_field(entries, by, "--by")
    groups: dict[str, list[Entry]] = defaultdict(list)
    # Two of a kind in one line, as of two calls, are read once.
    different = {identify(entry): entry for entry in entries}.values()
    for entry in sorted(different, key=lambda entry: _place(entry, seed)):
        groups[entry[by]].append(entry)
    return [entry for _, group in sorted(groups.items()) for entry in group[:count]]


def require_field(entries: Sequence[Entry], field: str, option: str) -> None:
    """See that a name on the command line is a field's.

    Raises:
        Problem: it is not.
    """
    if entries and field not in entries[0]:
        raise Problem(f"{option} {field}: the fields are {', '.join(sorted(entries[0]))}")


def _place(entry: Entry, seed: str) -> bytes:
    """A random number that is the same wherever, and with whatever version, it is asked for."""
    return hashlib.sha256(f"{seed} {identify(entry)}".encode()).digest()
