"""Judge the changes of a list and keep what each run gave, so that two versions can be compared.

Each run is a process of its own that knows nothing of the user and the machine: an empty home, no
variable of a CI, an empty folder to stand in. For each change a folder is written in `--out`, with
the report, what was written to standard error, and the exit code. It appears when the run has ended;
what is there already is not judged again.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct

from bench.plain_engines import SCRIPTS
from bench.real_changes.change_list import (
    ListedChange,
    choose_rows,
    read_list,
    repository_folder,
)
from bench.real_changes.fetch import is_here
from bench.real_changes.problems import Problem
from bench.real_changes.verdicts import EXIT_CODE, REPORT, STDERR, VERSION

KEPT, MISSING, TIMEOUT = "kept before", "missing in its repository", "not judged in time"
VERDICTS = {KEPT, "exit code 0", "exit code 1", "exit code 3"}
PROGRESS_EVERY = 25

_KEPT = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TMPDIR")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("list", type=Path, metavar="LIST")
    parser.add_argument("--repositories", type=Path, required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument(
        "--exe",
        default=str(SCRIPTS / "judgegate"),
        metavar="FILE",
        help="the judgegate to use [default: this environment's]",
    )
    parser.add_argument(
        "--policy",
        type=Path,
        metavar="FILE",
        help="judge by this policy [default: the base's, else the pack default]",
    )
    parser.add_argument("--rows", metavar="1,5,9-20", help="only these changes of the list")
    parser.add_argument(
        "--only",
        action="append",
        metavar="OWNER/NAME",
        help="only the changes of this repository; repeatable",
    )
    parser.add_argument(
        "--each", type=int, metavar="N", help="only the first N changes of each repository"
    )
    parser.add_argument("--jobs", type=int, default=2, metavar="N")
    parser.add_argument(
        "--timeout", type=float, default=900.0, metavar="S", help="seconds for one change"
    )


def run(options: argparse.Namespace) -> int:
    """Judge, tell how the runs ended, and fail if one of them gave no verdict."""
    changes = choose_changes(options)
    judge = start(options)
    ends: Counter[str] = Counter()
    with ThreadPoolExecutor(options.jobs) as pool:
        for change, end in zip(changes, pool.map(judge.keep, changes), strict=True):
            ends[end] += 1
            if end not in VERDICTS:
                print(f"{change.name}: {end}", file=sys.stderr, flush=True)
            if ends.total() % PROGRESS_EVERY == 0:
                print(f"{ends.total()} of {len(changes)}", flush=True)
    print(", ".join(f"{end}: {count}" for end, count in sorted(ends.items())))
    return int(not ends.keys() <= VERDICTS)


def choose_changes(options: argparse.Namespace) -> list[ListedChange]:
    """The changes of the list that the options name.

    Raises:
        Problem: there is none.
    """
    of_repositories: dict[str, list[ListedChange]] = defaultdict(list)
    for change in choose_rows(read_list(options.list), options.rows):
        of_repositories[change.repository].append(change)
    chosen = [
        change
        for name in options.only or of_repositories
        for change in of_repositories[name][: options.each]
    ]
    if not chosen:
        raise Problem(f"{options.list} has no such change")
    return chosen


class Judge(Struct, frozen=True):
    """A command, and where it reads and writes."""

    check: tuple[str, ...]
    repositories: Path
    out: Path
    timeout: float

    def keep(self, change: ListedChange) -> str:
        """Judge a change, unless its verdict is there already, and say how that ended."""
        target = self.out / change.repository / change.commits
        if target.is_dir():
            return KEPT
        if not is_here(change, self.repositories):
            return MISSING
        partial = target.with_name(f".partial-{target.name}")
        shutil.rmtree(partial, ignore_errors=True)  # what an interrupted run left
        partial.mkdir(parents=True)
        code = self._judge(change, partial)
        if code is None:
            shutil.rmtree(partial)
            return TIMEOUT
        (partial / EXIT_CODE).write_text(f"{code}\n", encoding="ascii")
        partial.rename(target)
        return f"exit code {code}"

    def _judge(self, change: ListedChange, folder: Path) -> int | None:
        """The exit code, or None where it took too long."""
        place = repository_folder(self.repositories, change.repository).resolve()
        which = ["--repo", str(place), "--base", change.base, "--head", change.head]
        with (
            (folder / REPORT).open("wb") as report,
            (folder / STDERR).open("wb") as errors,
            tempfile.TemporaryDirectory(prefix="home-") as home,
        ):
            try:
                return subprocess.run(
                    [*self.check, *which],
                    cwd=home,
                    env=clean_environment(home),
                    stdin=subprocess.DEVNULL,
                    stdout=report,
                    stderr=errors,
                    timeout=self.timeout,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                return None


def start(options: argparse.Namespace) -> Judge:
    """Find the executable, and note in the folder of verdicts which one it is.

    Raises:
        Problem: it does not start, or the verdicts there are those of another one.
    """
    found = shutil.which(options.exe)
    if found is None:
        raise Problem(f"--exe {options.exe}: no such executable")
    command = str(Path(found).absolute())
    policy = read_policy(options.policy)
    version = f"{_ask(command, '--version')}{command}\n{policy}"
    options.out.mkdir(parents=True, exist_ok=True)
    kept = options.out / VERSION
    if not kept.exists():
        kept.write_text(version, encoding="utf-8")
    if kept.read_text(encoding="utf-8") != version:
        raise Problem(
            f"{options.out} holds verdicts of another judgegate or policy: see {kept}"
        )
    # Versions that kept nothing anyway do not know the option.
    cold = ["--no-cache"] if "--no-cache" in _ask(command, "check", "--help") else []
    by = ["--policy", str(options.policy.absolute())] if options.policy else []
    check = (command, "check", "--all", "-f", "json", *cold, *by)
    return Judge(check, options.repositories, options.out, options.timeout)


def read_policy(path: Path | None) -> str:
    """The text of the policy, which is noted with the version.

    Raises:
        Problem: it cannot be read.
    """
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"--policy {path} cannot be read: {error}") from error


def clean_environment(home: str) -> dict[str, str]:
    """What a process needs to run, and nothing of who runs it."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"HOME": home, "LC_ALL": "C.UTF-8", "TZ": "UTC", "TERM": "dumb"}


def _ask(command: str, *arguments: str) -> str:
    with tempfile.TemporaryDirectory(prefix="home-") as home:
        done = subprocess.run(
            [command, *arguments],
            cwd=home,
            env=clean_environment(home),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Problem(f"{command} {' '.join(arguments)} failed: {done.stderr.strip()}")
    return done.stdout
