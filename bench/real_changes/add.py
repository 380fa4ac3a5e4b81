"""Add up sheets that people filled in: for each code how many findings are right, harmless, wrong."""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from bench.real_changes.problems import Problem
from bench.real_changes.sheet import JUDGEMENTS, Judged, read_sheet


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("sheets", nargs="+", type=Path, metavar="SHEET")


def run(options: argparse.Namespace) -> int:
    """Print the sums."""
    judged = [one for path in options.sheets for one in read_sheet(path)]
    require_once(judged)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for one in judged:
        counts[one.code][one.judgement] += 1
    print(
        f"{'':40}{''.join(f'{word:>10}' for word in JUDGEMENTS)}{'in all':>10}{'right':>8}"
    )
    for code, words in sorted(counts.items()):
        print_row(code, words)
    print_row("all", Counter(one.judgement for one in judged))
    return 0


def require_once(judged: Iterable[Judged]) -> None:
    """See that no finding counts twice.

    Raises:
        Problem: one stands in two sheets, or twice in one.
    """
    places: dict[str, str] = {}
    for one in judged:
        if first := places.get(one.finding):
            raise Problem(f"{one.place}: this finding was judged at {first} already")
        places[one.finding] = one.place


def print_row(name: str, words: Mapping[str, int]) -> None:
    """One line of the table."""
    numbers = [words.get(word, 0) for word in JUDGEMENTS]
    share = f"{numbers[0] / sum(numbers):.0%}"
    print(
        f"{name:40}{''.join(f'{number:>10}' for number in [*numbers, sum(numbers)])}{share:>8}"
    )
