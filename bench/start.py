"""What it costs to start: the CPU time of short runs, what they import, and what a rule adds.

    python -m bench.start [--runs N]

Whole processes with all that they start, in turns (bare, check, version, help, bare ...), so that a
busy machine slows all; what counts are the ratios of medians, held against budgets. `check -q`
judges a change of two lines of Python. A rule's cost is what an interpreter that has imported
judgegate's values takes to import the table of rules, by the number of rules.

Prints a table, and exits with 1 if a budget was not kept.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.changes import Change, build
from bench.plain_engines import SCRIPTS
from bench.processes import measure_process
from judgegate.checks.registry import RULEBOOK

BARE = [sys.executable, "-I", "-S", "-c", "pass"]
JUDGEGATE = str(SCRIPTS / "judgegate")
CHANGE = Change(
    old={"app.py": "def add(a, b):\n    return a + b\n"},
    new={"app.py": "def add(a, b, c=0):\n    return a + b + c\n"},
)
BUDGETS = {"check -q": 20.0, "--version": 5.0, "--help": 5.0}
"""Starts of a bare interpreter."""

MOST_MODULES = 130
MOST_FOR_A_RULE = 0.3
"""Milliseconds of CPU time."""

_COUNT = "import sys; sys.argv[1:] = ['check', '-q']; import judgegate.cli.app as app; app.run(); "
_COUNT += "print(sum(name.partition('.')[0] == 'judgegate' for name in sys.modules))"
_TIME = "import time, judgegate.checks.check_types, judgegate.model.rules; "
_TIME += "start = time.process_time(); "
_TIME += "import judgegate.checks.registry; print(time.process_time() - start)"


def main(arguments: list[str]) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="start", description="Measure what it costs to start."
    )
    parser.add_argument(
        "--runs", type=int, default=11, metavar="N", help="how many runs the medians are of"
    )
    runs = parser.parse_args(arguments).runs
    with tempfile.TemporaryDirectory(prefix="start-") as folder:
        place = Path(folder)
        build(place, CHANGE)
        kept = [
            *measure_commands(place, runs),
            count_modules(place),
            time_rules(place, runs),
        ]
    return int(not all(kept))


def measure_commands(place: Path, runs: int) -> list[bool]:
    """Print a line for each command; whether each keeps its budget."""
    commands = {"bare": BARE} | {name: [JUDGEGATE, *name.split()] for name in BUDGETS}
    for command in commands.values():
        measure_process(command, place)  # the first run compiles
    turns = [
        {name: measure_process(command, place).cpu for name, command in commands.items()}
        for _ in range(runs)
    ]
    medians = {name: median(turn[name] for turn in turns) for name in commands}
    print(f"{'':14}{'CPU':>9}{'ratio':>8}{'budget':>8}")
    print(f"{'bare':14}{1000 * medians['bare']:>7.1f}ms")
    return [
        show(name, medians[name], medians["bare"], budget)
        for name, budget in BUDGETS.items()
    ]


def show(name: str, cpu: float, bare: float, budget: float) -> bool:
    """Print one command's line; whether its budget was kept."""
    ratio = cpu / bare
    print(
        f"{name:14}{1000 * cpu:>7.1f}ms{ratio:>8.1f}{budget:>8.1f}  {'kept' if ratio <= budget else 'MISSED'}"
    )
    return ratio <= budget


def count_modules(place: Path) -> bool:
    """Print how many modules of judgegate `check -q` imports; whether that is few enough."""
    command = [sys.executable, "-c", _COUNT]
    printed = subprocess.run(
        command, cwd=place, capture_output=True, check=True, text=True
    ).stdout
    count = int(printed.split()[-1])
    print(f"modules of judgegate in check -q: {count} (at most {MOST_MODULES})")
    return count <= MOST_MODULES


def time_rules(place: Path, runs: int) -> bool:
    """Print what a rule's row costs; whether that is little enough."""
    command = [sys.executable, "-c", _TIME]
    times = [
        float(
            subprocess.run(
                command, cwd=place, capture_output=True, check=True, text=True
            ).stdout
        )
        for _ in range(runs)
    ]
    each = 1000 * median(times) / len(RULEBOOK)
    print(f"a rule's row: {each:.2f} ms of CPU time (at most {MOST_FOR_A_RULE})")
    return each <= MOST_FOR_A_RULE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
