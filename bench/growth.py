"""How the time of `judgegate check` grows with the size of a change.

    python -m bench.growth [--case NAME]... [--sizes N,N...]

Each case is a change that can be made in any size. It is judged at one size after the other, each
twice the one before, as a whole process with every report format. What counts is the last column:
how many times the CPU time the gate took as for half of the change. Work that is in proportion to the
change doubles it; a loop over all lines for each line makes it four.

Prints a table, and exits with 1 where the last doubling took more than MOST times as long.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from bench.history import git
from bench.plain_engines import SCRIPTS
from bench.processes import Cost, measure_process

SIZES = (2_000, 4_000, 8_000, 16_000)
MOST = 2.6
"""What a doubling may cost: twice, and room for sorting and for a machine that others use too."""

FORMATS = ("text", "json", "markdown", "sarif")
_AGENT = "\n\nCo-authored-by: Claude <noreply@anthropic.com>"


class Commit(NamedTuple):
    """Files by path, None for one that goes, and the message of the commit that brings them."""

    files: Mapping[str, str | None]
    message: str = "Change"


class Growing(NamedTuple):
    """A case: its commits on the branch `main`, and those on the branch that is judged."""

    before: Sequence[Commit]
    after: Sequence[Commit]


def scattered(size: int, new: str = "value_{0} = {0} + 1") -> Growing:
    """A file in which every second line changes: as many hunks as changed lines."""
    return Growing(
        [Commit({"app.py": _alternating("value_{0} = {0}", size)})],
        [Commit({"app.py": _alternating(new, size)})],
    )


def flagged(size: int) -> Growing:
    """The same, with a finding on each changed line."""
    return scattered(size, "subprocess.call(command_{0}, shell=True)")


def flagged_before(size: int) -> Growing:
    """A finding on each changed line, on both sides."""
    one, other = (
        _alternating(f"subprocess.call(command_{{0}}, {extra}shell=True)", size)
        for extra in ("", "timeout=1, ")
    )
    return Growing([Commit({"app.py": one})], [Commit({"app.py": other})])


def functions(size: int) -> Growing:
    """A file of functions of three lines, each of which is edited and has a finding."""
    one, other = (
        "import os\n\n\n" + "".join(_function(number, word) for number in range(size // 4))
        for word in ("run", "start")
    )
    return Growing([Commit({"app.py": one})], [Commit({"app.py": other})])


def files(size: int) -> Growing:
    """Many small new files."""
    return Growing(
        [Commit({"README.md": "Measured.\n"})],
        [
            Commit(
                {
                    f"part_{number}/app.py": _function(number, "run")
                    for number in range(size // 10)
                }
            )
        ],
    )


def renamed(size: int) -> Growing:
    """Many files that get another name and another line."""
    old: dict[str, str | None] = {}
    new: dict[str, str | None] = {}
    for number in range(size // 20):
        text = "".join(_function(line, "run") for line in range(4))
        old[f"old/part_{number}.py"] = text + f"# part {number}\n"
        new[f"old/part_{number}.py"] = None
        new[f"new/part_{number}.py"] = text + f"# part {number}, moved\n"
    return Growing([Commit(old)], [Commit(new)])


def assisted(size: int) -> Growing:
    """Every second line changes, in two commits of which an agent helped with one.

    So who wrote each line is asked of `git blame`.
    """
    by_hand = _alternating(
        "value_{0} = {0} + 1", size, changed=lambda number: number % 4 == 1
    )
    return Growing(
        [Commit({"app.py": _alternating("value_{0} = {0}", size)})],
        [
            Commit({"app.py": by_hand}),
            Commit(
                {"app.py": _alternating("value_{0} = {0} + 1", size)}, "Change" + _AGENT
            ),
        ],
    )


def ruled(size: int) -> Growing:
    """Findings of a team's own rules: a regular expression on added lines, and an import contract."""
    lines = [f"from app.data import value_{number}" for number in range(size)]
    before = "\n".join(f"{line}\n# kept" for line in lines) + "\n"
    after = "\n".join(f"{line}  # TODO\n# kept" for line in lines) + "\n"
    return Growing(
        [Commit({".judgegate.yml": _POLICY, "app/web.py": before})],
        [Commit({"app/web.py": after})],
    )


def guards(size: int) -> Growing:
    """A function that loses a guard in every second line."""
    old = "def run(user):\n" + "".join(
        f"    assert user.may_{number}\n    user.act({number})\n" for number in range(size)
    )
    new = "def run(user):\n" + "".join(
        f"    user.act({number})\n" for number in range(size)
    )
    return Growing([Commit({"app.py": old})], [Commit({"app.py": new})])


def secrets(size: int) -> Growing:
    """A password in every second line."""
    return scattered(size, 'password_{0} = "hunter{0}"')


_POLICY = """\
version: 1
rules:
  reliability/no-todo:
    message: Finish it.
    regex: TODO
    action: warn
  architecture/layers:
    message: The web asks the services.
    imports: {layers: [app.data, app.web]}
    action: review
"""

CASES: dict[str, Callable[[int], Growing]] = {
    "scattered": scattered,
    "flagged": flagged,
    "both sides": flagged_before,
    "functions": functions,
    "files": files,
    "renamed": renamed,
    "assisted": assisted,
    "own rules": ruled,
    "guards": guards,
    "secrets": secrets,
}


def _alternating(
    text: str, size: int, changed: Callable[[int], bool] = lambda _: True
) -> str:
    """`size` lines by a pattern, with an unchanged one behind each; else the plain one."""
    kept = "value_{0} = {0}"
    lines = (
        f"{(text if changed(number) else kept).format(number)}\n# {number}\n"
        for number in range(size)
    )
    return "import subprocess\n" + "".join(lines)


def _function(number: int, word: str) -> str:
    return f"def {word}_{number}(words):\n    os.system(words)\n    return {number}\n\n"


def main(arguments: list[str]) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="growth", description="Measure how the time grows with the size of a change."
    )
    parser.add_argument(
        "--case",
        action="append",
        choices=list(CASES),
        metavar="NAME",
        help=f"one of {', '.join(CASES)}; repeatable",
    )
    parser.add_argument(
        "--sizes",
        type=lambda text: [int(size) for size in text.split(",")],
        default=SIZES,
        metavar="N,N...",
        help="the sizes, in changed lines or so, each twice the one before",
    )
    options = parser.parse_args(arguments)
    print(
        f"{'':12}"
        + "".join(f"{size:>9}" for size in options.sizes)
        + "    clock  last doubling"
    )
    kept = [measure(name, options.sizes) for name in options.case or CASES]
    return int(not all(kept))


def measure(name: str, sizes: Sequence[int]) -> bool:
    """Print the case's line of the table; whether it grows no faster than it may."""
    costs = [_judge(CASES[name](size)) for size in sizes]
    growth = costs[-1].cpu / costs[-2].cpu
    kept = growth <= MOST
    times = "".join(f"{cost.cpu:>8.2f}s" for cost in costs)
    clock = f"{costs[-1].clock:>8.2f}s"
    print(
        f"{name:12}{times}{clock}{growth:>9.2f}  {'kept' if kept else 'MISSED'}", flush=True
    )
    return kept


def _judge(case: Growing) -> Cost:
    """What it costs to judge the case."""
    with tempfile.TemporaryDirectory(prefix="growth-") as folder:
        repository = Path(folder, "repository")
        build(repository, case)
        reports = [
            word for name in FORMATS for word in ("-f", f"{name}={folder}/report.{name}")
        ]
        command = [
            str(SCRIPTS / "judgegate"),
            "check",
            "--no-cache",
            "--base",
            "main",
            "--all",
            *reports,
        ]
        return measure_process(command, repository)


def build(repository: Path, case: Growing) -> None:
    """A repository whose branch `topic` is checked out and brings the case's change."""
    repository.mkdir()
    git(repository, "init", "--quiet", "--initial-branch=main")
    git(repository, "config", "user.name", "Alice")
    git(repository, "config", "user.email", "alice@example.com")
    for commit in case.before:
        _commit(repository, commit)
    git(repository, "checkout", "--quiet", "-b", "topic")
    for commit in case.after:
        _commit(repository, commit)


def _commit(repository: Path, commit: Commit) -> None:
    for path, text in commit.files.items():
        file = repository / path
        if text is None:
            file.unlink()
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")
    git(repository, "add", "--all")
    git(repository, "commit", "--quiet", "--message", commit.message)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
