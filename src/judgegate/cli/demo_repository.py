"""The small repository that `judgegate demo` judges: a base with old debt, and a branch that an AI helped to write."""

import os
import subprocess
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from judgegate.model.errors import IncompleteError

BASE = "main"
BRANCH = "monthly-reports"


@dataclass(frozen=True, slots=True)
class Step:
    """A commit of the demo: the folder under `demo_files` whose files it writes, and what is said about it."""

    folder: str
    branch: str
    person: str
    date: str
    message: str


STEPS = (
    Step("1-base", BASE, "alice", "2026-01-05T09:00:00Z", "Sell things\n"),
    Step("2-person", BRANCH, "alice", "2026-01-06T09:00:00Z", "Raise the price of shipping\n"),
    Step(
        "3-assisted",
        BRANCH,
        "bob",
        "2026-01-06T10:00:00Z",
        "Report on each month\n"
        "\n"
        "The rows are the month's orders. Archiving moves to where storage belongs.\n"
        "\n"
        "🤖 Generated with [Claude Code](https://claude.com/claude-code)\n"
        "\n"
        "Co-Authored-By: Claude <noreply@anthropic.com>\n",
    ),
)


def build_demo(directory: Path) -> None:
    """Make the repository in a directory that exists and is empty; the branch is checked out, `main` is its base.

    Names and clocks are fixed, so the object ids are the same each time.

    Raises:
        IncompleteError: git is missing, or said no.
    """
    data = files("judgegate.cli") / "demo_files"
    _git(directory, "init", "--quiet", "--template=", "--object-format=sha1", f"--initial-branch={BASE}")
    for previous, step in zip((None, *STEPS), STEPS, strict=False):
        if previous and previous.branch != step.branch:
            _git(directory, "switch", "--quiet", "--create", step.branch)
        _write(data / step.folder, directory)
        _git(directory, "add", "--all")
        _git(directory, "commit", "--quiet", "--cleanup=verbatim", f"--message={step.message}", step=step)


def _write(source: Traversable, directory: Path) -> None:
    """Copy a folder of data. Its files end in `.txt`, so that no tool takes the demo's faults for ours; the copies do not."""
    for entry in source.iterdir():
        if entry.is_dir():
            (directory / entry.name).mkdir(exist_ok=True)
            _write(entry, directory / entry.name)
        else:
            (directory / entry.name.removesuffix(".txt")).write_bytes(entry.read_bytes())


def _git(directory: Path, *arguments: str, step: Step | None = None) -> None:
    command = ["git", *arguments]
    try:
        subprocess.run(command, cwd=directory, env=_environment(step), stdin=subprocess.DEVNULL, capture_output=True, check=True)
    except OSError as error:
        raise IncompleteError(f"The demo needs git: {error.strerror}.", "Install git, and see that it is on the PATH.") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip()
        raise IncompleteError(f"`git {arguments[0]}` could not build the demo: {said}", "judgegate needs git 2.34 or later.") from error


def _environment(step: Step | None) -> dict[str, str]:
    """No settings of the machine or the user, nothing of the hook or the repository that the demo may be started from."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    clean |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C"}
    if step:
        for role in ("AUTHOR", "COMMITTER"):
            clean |= {f"GIT_{role}_NAME": step.person.title(), f"GIT_{role}_EMAIL": f"{step.person}@example.com"}
            clean[f"GIT_{role}_DATE"] = step.date
    return clean
