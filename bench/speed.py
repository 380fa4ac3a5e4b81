"""How long `judgegate check` takes, against its two engines run one after the other on the same files.

    python -m bench.speed [--rules default|engines] [--runs N] [--case NAME]...

Whole processes, in turns (judgegate, engines, judgegate ...), so that a busy machine slows both;
what counts is the ratio of the medians, held against a budget. Each case is a repository of its own
in a temporary folder.

With `--rules default` the policy is the pack `default`. With `--rules engines` every rule is off but
the two that stand for the engines, so that both sides do the same work, whatever rules are added.

Prints a table, and exits with 1 if a budget was not kept. Memory is the largest of any single process.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.changes import CHANGES, Change, build
from bench.plain_engines import SCRIPTS
from bench.processes import Cost, measure_processes

JUDGEGATE = str(SCRIPTS / "judgegate")
ENGINE_RULES = {"security/insecure-code", "architecture/complex-function"}
ALWAYS_ON = {"oversight/unanalysed", "oversight/policy-change"}
"""No policy can switch these off."""


class Case(Struct, frozen=True):
    """One line of the table: a change, and what judging it may take.

    `budget` is in times of the engines, or in seconds. `warm`: a run before has filled the cache.
    """

    change: str
    budget: float
    in_seconds: bool = False
    warm: bool = False
    runs: int = 5


CASES: Mapping[str, Mapping[str, Case]] = {
    "default": {
        "modified": Case("modified", 1.0),
        "added": Case("added", 0.7),
        "small": Case("small", 1.3),
    },
    "engines": {
        "added": Case("added", 0.6),
        "modified": Case("modified", 0.95),
        "warm": Case("modified", 0.25, warm=True),
        "stdlib": Case("stdlib", 0.42, runs=3),
        "stdlib-warm": Case("stdlib", 0.05, warm=True, runs=3),
        "hunks": Case("hunks", 3.0, in_seconds=True, runs=3),
    },
}
"""By the rules that are on."""


def main(arguments: list[str]) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="speed",
        description="Measure judgegate against bandit and radon on the same files.",
    )
    parser.add_argument(
        "--rules",
        choices=list(CASES),
        default="default",
        help="the pack default, or only the rules that stand for bandit and radon",
    )
    parser.add_argument(
        "--runs", type=int, metavar="N", help="how many turns the medians are of"
    )
    parser.add_argument(
        "--case",
        action="append",
        metavar="NAME",
        help="; ".join(f"of {rules}: {', '.join(cases)}" for rules, cases in CASES.items()),
    )
    options = parser.parse_args(arguments)
    known = CASES[options.rules]
    if unknown := set(options.case or ()) - known.keys():
        parser.error(f"no case of {options.rules}: {', '.join(sorted(unknown))}")
    cases = {name: known[name] for name in options.case or known}
    print(
        f"{'':12}{'lines':>7}{'judgegate':>11}{'engines':>9}{'ratio':>7}{'budget':>8}{'':8}{'CPU':>13}{'memory':>13}"
    )
    kept = [
        measure(
            change,
            {name: case for name, case in cases.items() if case.change == change},
            choose_rules(options.rules),
            options.runs,
        )
        for change in dict.fromkeys(case.change for case in cases.values())
    ]
    return int(not all(kept))


def choose_rules(rules: str) -> str | None:
    """The text of the policy to judge by; none for what holds where a repository has no policy."""
    if rules == "default":
        return None
    listing = subprocess.check_output([JUDGEGATE, "rules"], text=True)
    known = {line.split()[0] for line in listing.splitlines() if line[:1].strip()}
    off = sorted(known - ENGINE_RULES - ALWAYS_ON)
    lines = ["version: 1", "extends: [default]", "rules:"]
    return "\n".join([*lines, *(f"  {rule}: {{action: off}}" for rule in off)]) + "\n"


def measure(
    name: str, cases: Mapping[str, Case], policy: str | None, runs: int | None
) -> bool:
    """Print the lines of the cases that share this change; whether all of them keep their budgets."""
    change = CHANGES[name]()
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        place = Path(folder)
        build(place / "repository", change)
        commands = {case: [gate(terms, place, policy)] for case, terms in cases.items()} | {
            "engines": engines(change)
        }
        turns = take_turns(
            commands,
            place / "repository",
            runs or min(case.runs for case in cases.values()),
        )
    kept = [
        show(case, terms, change.lines, turns[case], turns["engines"])
        for case, terms in cases.items()
    ]
    return all(kept)


def gate(case: Case, place: Path, policy: str | None) -> list[str]:
    """The command that judges the case's change; it and its cache are in this folder."""
    command = [JUDGEGATE, "check", "--base", "main"]
    if policy is not None:
        (place / "policy.yml").write_text(policy, encoding="utf-8")
        command += ["--policy", str(place / "policy.yml")]
    return [*command, "--cache", str(place / "cache")] if case.warm else command


def engines(change: Change) -> list[list[str]]:
    """The commands that read the same files."""
    return [
        [str(SCRIPTS / "bandit"), "-q", "-f", "json", *change.new],
        [str(SCRIPTS / "radon"), "cc", "-j", *change.new],
    ]


def take_turns(
    commands: Mapping[str, Sequence[Sequence[str]]], folder: Path, runs: int
) -> Mapping[str, Sequence[Cost]]:
    """What each side cost in each turn."""
    for side in commands.values():
        # The first run compiles, reads what the later ones find ready, and fills a cache.
        measure_processes(side, folder)
    turns = [
        {name: measure_processes(side, folder) for name, side in commands.items()}
        for _ in range(runs)
    ]
    return {name: [turn[name] for turn in turns] for name in commands}


def show(
    name: str, case: Case, lines: int, ours: Sequence[Cost], theirs: Sequence[Cost]
) -> bool:
    """Print one line; whether the budget was kept."""
    clocks = [median(cost.clock for cost in costs) for costs in (ours, theirs)]
    cpu = [median(cost.cpu for cost in costs) for costs in (ours, theirs)]
    memory = [max(cost.memory for cost in costs) for costs in (ours, theirs)]
    ratio = clocks[0] / clocks[1]
    kept = (clocks[0] if case.in_seconds else ratio) <= case.budget
    budget = f"{case.budget:.2f}{'s' if case.in_seconds else ' '}"
    times = f"{clocks[0]:>10.2f}s{clocks[1]:>8.2f}s{ratio:>7.2f}{budget:>9}"
    times += f" {'kept' if kept else 'MISSED':6}"
    print(
        f"{name:12}{lines:>7}{times}{cpu[0]:>7.2f}/{cpu[1]:.2f}s{memory[0]:>6.0f}/{memory[1]:.0f}MiB",
        flush=True,
    )
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
