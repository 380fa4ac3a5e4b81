"""How long `judgegate check` takes, against its two engines run one after the other on the same files.

    python -m bench.speed [--runs N] [--case NAME]...

Whole processes, in turns (judgegate, engines, judgegate ...), so that a busy machine slows both;
what counts is the ratio of the medians, held against a budget. Each case is a repository of its own
in a temporary folder:

    modified   ten files of the standard library, ten lines changed in each: the gate looks at both
    sides, the engines at the head's added      the same files, all new small      fourteen small
    files of 300 lines in all, all new

Prints a table, and exits with 1 if a budget was not kept. Memory is the largest of any single process.
"""

import argparse
import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.history import git
from bench.plain_engines import SCRIPTS

STDLIB = (
    "argparse",
    "ast",
    "bdb",
    "calendar",
    "cmd",
    "codecs",
    "configparser",
    "copy",
    "csv",
    "difflib",
)
CHANGED_LINES = 10
SMALL_FILES, SMALL_LINES = 14, 300
_PERSON = (
    "-c",
    "user.name=Alice",
    "-c",
    "user.email=alice@example.com",
    "-c",
    "commit.gpgsign=false",
)


class Case(Struct, frozen=True):
    """What is measured: the files before (`old`) and after, and the ratio that the gate must keep."""

    name: str
    budget: float
    old: dict[str, str]
    new: dict[str, str]


class Cost(Struct, frozen=True):
    """What one turn took.

    Seconds by the clock, seconds of CPU time of all its processes, mebibytes of the largest one.
    """

    clock: float
    cpu: float
    memory: float


def stdlib_case(name: str, budget: float, change: Callable[[str], str] | None) -> Case:
    """The files of the standard library, changed by `change`, or new."""
    folder = Path(sysconfig.get_path("stdlib"))
    texts = {
        f"{module}.py": (folder / f"{module}.py").read_text(encoding="utf-8")
        for module in STDLIB
    }
    new = {path: change(text) for path, text in texts.items()} if change else texts
    return Case(name, budget, texts if change else {}, new)


def change_lines(text: str) -> str:
    """Put a comment behind ten lines, spread over the file, that open a block or look like it."""
    lines = text.split("\n")
    openers = [number for number, line in enumerate(lines) if line.endswith(":")]
    step = len(openers) / CHANGED_LINES
    for number in {openers[int(step * index)] for index in range(CHANGED_LINES)}:
        lines[number] += "  # changed"
    changed = "\n".join(lines)
    compile(changed, "changed", "exec", dont_inherit=True)
    return changed


def small_case() -> Case:
    """Small modules, such as an ordinary pull request brings."""
    texts = {
        f"package/part_{number}.py": _small_module(number) for number in range(SMALL_FILES)
    }
    return Case("small", 1.3, {}, texts)


def _small_module(number: int) -> str:
    lines = SMALL_LINES * (number + 1) // SMALL_FILES - SMALL_LINES * number // SMALL_FILES
    head = [
        "import subprocess",
        "",
        "",
        f"def run_{number}(words, limit=3):",
        "    found = []",
        "    for word in words:",
    ]
    body = [
        f"        if len(word) > limit + {index}:\n            found.append(word)"
        for index in range((lines - 8) // 2)
    ]
    tail = [
        "    return subprocess.run(found, check=True)",
        *["# the end"] * ((lines - 8) % 2 + 1),
    ]
    return "\n".join([*head, *body, *tail]) + "\n"


CASES: dict[str, Callable[[], Case]] = {
    "modified": lambda: stdlib_case("modified", 1.0, change_lines),
    "added": lambda: stdlib_case("added", 0.7, None),
    "small": small_case,
}


def main(arguments: list[str]) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="speed",
        description="Measure judgegate against bandit and radon on the same files.",
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=5,
        metavar="N",
        help="how many pairs of runs the medians are of",
    )
    parser.add_argument(
        "--case",
        action="append",
        choices=list(CASES),
        metavar="NAME",
        help=f"one of {', '.join(CASES)}; repeatable",
    )
    options = parser.parse_args(arguments)
    print(
        f"{'':10}{'lines':>7}{'judgegate':>11}{'engines':>9}{'ratio':>7}{'budget':>8}{'':8}{'CPU':>13}{'memory':>13}"
    )
    kept = [measure(CASES[name](), options.runs) for name in options.case or CASES]
    return int(not all(kept))


def measure(case: Case, runs: int) -> bool:
    """Print the case's line of the table; whether it keeps its budget."""
    with tempfile.TemporaryDirectory(prefix="speed-") as folder:
        repository = Path(folder)
        build(repository, case)
        gate = [[str(SCRIPTS / "judgegate"), "check", "--base", "main"]]
        engines = [
            [str(SCRIPTS / "bandit"), "-q", "-f", "json", *case.new],
            [str(SCRIPTS / "radon"), "cc", "-j", *case.new],
        ]
        for commands in (gate, engines):
            run(
                commands, repository
            )  # the first run compiles and reads what the later ones find ready
        turns = [(run(gate, repository), run(engines, repository)) for _ in range(runs)]
    ours, theirs = ([turn[side] for turn in turns] for side in (0, 1))
    return tell(case, ours, theirs)


def build(repository: Path, case: Case) -> None:
    """A repository whose branch `topic` is checked out and brings the case's change."""
    git(repository, "init", "--quiet", "--initial-branch=main")
    for branch, files in (
        ("main", {"README.md": "Measured.\n"} | case.old),
        ("topic", case.new),
    ):
        for path, text in files.items():
            (repository / path).parent.mkdir(exist_ok=True)
            (repository / path).write_text(text, encoding="utf-8", newline="\n")
        git(repository, "checkout", "--quiet", "-B", branch)
        git(repository, "add", "--all")
        git(repository, *_PERSON, "commit", "--quiet", "--message", "Change")


def run(commands: Sequence[Sequence[str]], folder: Path) -> Cost:
    """Run the commands one after the other. Bytecode is cached, as after an installation.

    Raises:
        RuntimeError: one of them failed; findings (1) and a review that is due (3) are no failure.
    """
    costs = [measure_process(command, folder) for command in commands]
    return Cost(
        sum(cost.clock for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.memory for cost in costs),
    )


def measure_process(
    command: Sequence[str], folder: Path, variables: Mapping[str, str] | None = None
) -> Cost:
    """Run a command, with variables beside those that there are.

    Raises:
        RuntimeError: as in `run`.
    """
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTHON") or name == "PYTHONPATH"
    }
    environment |= variables or {}
    begun = time.perf_counter()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    clock = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1, 3}:
        raise RuntimeError(f"{command[0]} ended with {process.returncode}")
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def tell(case: Case, ours: Sequence[Cost], theirs: Sequence[Cost]) -> bool:
    """Print one line; whether the budget was kept."""
    clocks = [median(cost.clock for cost in costs) for costs in (ours, theirs)]
    cpu = [median(cost.cpu for cost in costs) for costs in (ours, theirs)]
    memory = [max(cost.memory for cost in costs) for costs in (ours, theirs)]
    ratio = clocks[0] / clocks[1]
    kept = ratio <= case.budget
    lines = sum(text.count("\n") for text in case.new.values())
    times = f"{clocks[0]:>10.2f}s{clocks[1]:>8.2f}s{ratio:>7.2f}{case.budget:>8.2f}"
    times += f"  {'kept' if kept else 'MISSED':6}"
    print(
        f"{case.name:10}{lines:>7}{times}{cpu[0]:>6.2f}/{cpu[1]:.2f}s{memory[0]:>6.0f}/{memory[1]:.0f}MiB",
        flush=True,
    )
    return kept


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
