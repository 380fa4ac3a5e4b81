"""`judgegate demo`: a verdict with no set-up."""

import tempfile
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from judgegate.change.git import GitRunner, find_git, take_inherited
from judgegate.cli.outputs import Output, terminal_width, wants_colour, write_outputs
from judgegate.pipeline.request import Request
from judgegate.report.options import ReportOptions

BASE = "main"
BRANCH = "monthly-reports"


@dataclass(frozen=True, slots=True)
class DemoCommit:
    """A commit of the demo: the folder under `demo_files` whose files it writes, and what is said about it."""

    folder: str
    branch: str
    person: str
    date: str
    message: str


STEPS = (
    DemoCommit("1-base", BASE, "alice", "2026-01-05T09:00:00Z", "Sell things\n"),
    DemoCommit("2-person", BRANCH, "alice", "2026-01-06T09:00:00Z", "Raise the price of shipping\n"),
    DemoCommit(
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
    git = GitRunner(find_git(), directory)
    data = files("judgegate.cli") / "demo_files"
    git.run("init", "--quiet", "--template=", "--object-format=sha1", f"--initial-branch={BASE}")
    for step in STEPS:
        if step.branch != BASE:
            git.run("switch", "--quiet", "--force-create", step.branch)
        _write(data / step.folder, directory)
        git.run("add", "--all")
        git.with_environment(_identity(step)).run(
            "commit", "--quiet", "--cleanup=verbatim", f"--message={step.message}"
        )


def _write(source: Traversable, directory: Path) -> None:
    """Copy a folder of data. Its files end in `.txt`, so that no tool takes the demo's faults for ours; the copies do not."""
    for entry in source.iterdir():
        if entry.is_dir():
            (directory / entry.name).mkdir(exist_ok=True)
            _write(entry, directory / entry.name)
        else:
            (directory / entry.name.removesuffix(".txt")).write_bytes(entry.read_bytes())


def _identity(step: DemoCommit) -> dict[str, str]:
    """Who commits, and when: never what the machine would say."""
    person = {"NAME": step.person.title(), "EMAIL": f"{step.person}@example.com", "DATE": step.date}
    return {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in person.items()}


NEXT_STEPS = """\
Try next:
  judgegate check                     in a repository of yours, on a branch: what it brings, judged
  judgegate rules                     what is looked for, why, and how to mend it
  judgegate policy init               a policy of your own, to tune
"""


@click.command("demo")
def command() -> None:
    """Show a verdict on a small repository, with no set-up.

    It is built in a temporary folder and removed at the end. An AI-assisted commit in it brings a command injection, a password and a
    function that grew too complex, and moves old code about.
    """
    from judgegate.pipeline.run import run  # everything heavy hangs on it

    with tempfile.TemporaryDirectory(prefix="judgegate-demo-") as folder:
        repository = Path(folder)
        build_demo(repository)
        verdict = run(Request(directory=repository))
    outputs = (Output("text", None),)
    write_outputs(outputs, verdict, ReportOptions(colour=wants_colour(outputs), width=terminal_width()))
    click.echo("\n" + NEXT_STEPS, nl=False)
