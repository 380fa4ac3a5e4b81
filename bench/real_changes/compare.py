"""Compare the verdicts of two versions: each difference with its reason and where to look.

A finding that both have, at another line or with another action, is one that changed; what has no
counterpart was gained or lost. Existing findings are compared too. Prints the differences of each
change, then how many there are of each kind; `--table` writes the same as a table of tabs. The exit
code is 1 if there is a difference.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path

from bench.real_changes.differences import Difference, find_differences, write_table
from bench.real_changes.problems import Problem
from bench.real_changes.verdicts import KeptVerdict, read_verdicts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("old", type=Path, metavar="OLD")
    parser.add_argument("new", type=Path, metavar="NEW")
    parser.add_argument("--table", type=Path, metavar="FILE")


def run(options: argparse.Namespace) -> int:
    """Print the differences, and write them if that is asked for."""
    old, new = read_verdicts(options.old), read_verdicts(options.new)
    both = sorted(old.keys() & new.keys())
    if not both:
        raise Problem(f"{options.old} and {options.new} have no change in common")
    found = sorted(
        difference for name in both for difference in find_differences(old[name], new[name])
    )
    if options.table:
        options.table.write_text(write_table(found), encoding="utf-8")
    for line in (*tell_changes(found), *count(found), *tell_missing(old, new)):
        print(line)
    print(f"{len(both)} changes compared, {len({one.change for one in found})} differ")
    return int(bool(found))


def tell_changes(found: list[Difference]) -> Iterator[str]:
    """The differences of each change, one a line."""
    for change, differences in groupby(found, key=lambda one: one.change):
        repository, commits = change.split(" ")
        yield change
        # With three dots, as GitHub shows what the head brings to the base.
        yield f"  https://github.com/{repository}/compare/{commits.replace('..', '...')}"
        yield from (f"  {difference}" for difference in differences)
        yield ""


def count(found: list[Difference]) -> Iterator[str]:
    """How many differences of each kind there are, by what they are about."""
    counts = Counter((one.kind, one.topic) for one in found)
    for (kind, topic), number in sorted(counts.items()):
        yield f"{number:6}  {kind:8} {topic}"


def tell_missing(
    old: Mapping[str, KeptVerdict], new: Mapping[str, KeptVerdict]
) -> Iterator[str]:
    """The changes that only one of the two has judged."""
    for where, names in (
        ("OLD", old.keys() - new.keys()),
        ("NEW", new.keys() - old.keys()),
    ):
        if names:
            yield f"{len(names)} changes are only in {where}, the first of them {min(names)}"
