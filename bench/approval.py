"""How long `judgegate github` takes after an approval, with the analysis cached, against a bare interpreter.

    python -m bench.approval [--runs N] [--case small|large]...

Whole processes, in turns (bare, kept, looking, bare ...), so that a busy machine slows all; what
counts is the ratio of the medians of `kept` and `bare`, held against a budget. GitHub is the fake
of the tests, in a process of its own on this machine. It answers at once, where the real one takes
some tenth of a second for each call, and checks nothing here of what it is asked.

    small      a new file of two lines, by an agent, which a person has approved
    large      ten files of the standard library, ten lines changed in each

Prints a table, and exits with 1 if a budget was not kept.
"""

import argparse
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from msgspec import Struct

from bench.changes import CHANGES
from bench.plain_engines import SCRIPTS
from bench.processes import Cost, measure_process

BUDGET = 30.0
"""Starts of a bare interpreter."""
BARE = [sys.executable, "-c", "pass"]
GATE = [str(SCRIPTS / "judgegate"), "github"]
CASES = ("small", "large")


class Scene(Struct, frozen=True):
    """A fake GitHub that runs: what a runner would set, and the line to the process that it is."""

    variables: dict[str, str]
    line: Connection

    def forget_status(self) -> None:
        """Let the pull request be as it was before it was judged: approved, and not green."""
        self.line.send("again")
        self.line.recv()


def main(arguments: list[str]) -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="approval",
        description="Measure the run after an approval against a bare interpreter.",
    )
    parser.add_argument(
        "--runs",
        type=int,
        default=9,
        metavar="N",
        help="how many runs of each kind the medians are of",
    )
    parser.add_argument(
        "--case",
        action="append",
        choices=CASES,
        metavar="NAME",
        help=f"one of {', '.join(CASES)}; repeatable",
    )
    options = parser.parse_args(arguments)
    print(
        f"{'':10}{'bare':>9}{'kept':>9}{'looking':>9}{'ratio':>7}{'budget':>8}{'':8}{'CPU of kept':>13}"
    )
    kept = [measure(case, options.runs) for case in options.case or CASES]
    return int(not all(kept))


def measure(case: str, runs: int) -> bool:
    """Print the case's line of the table; whether it keeps its budget."""
    with (
        tempfile.TemporaryDirectory(prefix="approval-") as folder,
        staged(case, Path(folder)) as scene,
    ):
        cache = {"JUDGEGATE_CACHE": str(Path(folder) / "cache")}
        for more in (cache, cache, {}):
            judge(scene, more)  # the first runs compile, and keep what the later ones find
        turns = [
            (measure_process(BARE, Path(folder)), judge(scene, cache), judge(scene, {}))
            for _ in range(runs)
        ]
    bare, kept, looking = ([turn[kind] for turn in turns] for kind in range(3))
    return tell(case, bare, kept, looking)


def judge(scene: Scene, more: dict[str, str]) -> Cost:
    """One run of the whole process.

    Raises:
        RuntimeError: it failed.
    """
    scene.forget_status()
    return measure_process(
        GATE, Path(scene.variables["RUNNER_TEMP"]), {**scene.variables, **more}
    )


def tell(
    case: str, bare: Sequence[Cost], kept: Sequence[Cost], looking: Sequence[Cost]
) -> bool:
    """Print one line; whether the budget was kept."""
    clocks = [median(cost.clock for cost in costs) for costs in (bare, kept, looking)]
    ratio = clocks[1] / clocks[0]
    is_kept = ratio <= BUDGET
    times = "".join(f"{1000 * clock:>7.1f}ms" for clock in clocks)
    cpu = 1000 * median(cost.cpu for cost in kept)
    print(
        f"{case:10}{times}{ratio:>7.1f}{BUDGET:>8.1f}  {'kept' if is_kept else 'MISSED':6}{cpu:>11.1f}ms",
        flush=True,
    )
    return is_kept


@contextmanager
def staged(case: str, place: Path) -> Iterator[Scene]:
    """The fake in a process of its own, which ends with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(case, place, theirs))
    process.start()
    theirs.close()  # so that the end of the other process ends the waiting here
    try:
        yield Scene(ours.recv(), ours)
    finally:
        with suppress(BrokenPipeError):
            ours.send("end")
        process.join()


def serve(case: str, place: Path, line: Connection) -> None:
    """Be GitHub: tell what a runner would set, and forget the statuses whenever that is asked for."""
    from tests.github.fake.server import FakeGitHub  # only this process is the fake
    from tests.github.fake.world import BOB, COPILOT
    from tests.github.scenes import BY_COPILOT, open_by_agent
    from tests.github.stage import Stage

    class Unchecked:
        """In the place of the description of GitHub's interface."""

        def check_request(self, *_: object) -> None: ...

        def check_response(self, *_: object) -> None: ...

    fake = FakeGitHub(place / "server")
    fake.contract = Unchecked()  # type: ignore[assignment]  # it is asked for nothing else
    change = CHANGES["modified"]() if case == "large" else None
    for path, text in (
        change.old if change else {"app.py": "def add(a, b):\n    return a + b\n"}
    ).items():
        fake.world.git.write(path, text)
    fake.world.git.commit("Start")
    with fake.running():
        open_by_agent(fake)
        if change is not None:
            for path, text in change.new.items():
                fake.world.git.write(path, text)
            fake.world.git.commit("Change lines", author=BY_COPILOT)
            fake.world.push("copilot/fix", COPILOT)
        fake.world.review(BOB)
        stage = Stage(fake, place / "runs")
        line.send(
            stage.variables("pull_request_review", stage.payload("pull_request_review"))
        )
        while line.recv() == "again":
            fake.world.statuses.clear()
            line.send("done")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
