"""The small repository that `judgegate demo` judges: a base with old debt, and a branch that an AI helped to write."""

from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from judgegate.change.environment import take_inherited
from judgegate.change.git import Launcher, find_git

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
        IncompleteError: git is missing or too old, or said no.
    """
    take_inherited()  # the demo may be started from a hook, whose variables name another repository
    git = Launcher(find_git(), directory)
    data = files("judgegate.cli") / "demo_files"
    git.run("init", "--quiet", "--template=", "--object-format=sha1", f"--initial-branch={BASE}")
    for step in STEPS:
        if step.branch != BASE:
            git.run("switch", "--quiet", "--force-create", step.branch)
        _write(data / step.folder, directory)
        git.run("add", "--all")
        git.with_environment(_identity(step)).run("commit", "--quiet", "--cleanup=verbatim", f"--message={step.message}")


def _write(source: Traversable, directory: Path) -> None:
    """Copy a folder of data. Its files end in `.txt`, so that no tool takes the demo's faults for ours; the copies do not."""
    for entry in source.iterdir():
        if entry.is_dir():
            (directory / entry.name).mkdir(exist_ok=True)
            _write(entry, directory / entry.name)
        else:
            (directory / entry.name.removesuffix(".txt")).write_bytes(entry.read_bytes())


def _identity(step: Step) -> dict[str, str]:
    """Who commits, and when: never what the machine would say."""
    person = {"NAME": step.person.title(), "EMAIL": f"{step.person}@example.com", "DATE": step.date}
    return {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in person.items()}
