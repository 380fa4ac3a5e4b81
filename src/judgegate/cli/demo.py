"""`judgegate demo`: a verdict with no set-up."""

import tempfile
from datetime import datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import Struct

from judgegate.change.git import find_git, take_inherited
from judgegate.cli.outputs import Output, wants_colour, write_outputs
from judgegate.cli.streams import terminal_width
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.pipeline.request import Request
from judgegate.report.options import ReportOptions

if TYPE_CHECKING:
    from git import Repo

BASE = "main"
BRANCH = "monthly-reports"


class DemoCommit(Struct, frozen=True):
    """A commit of the demo.

    `folder` is the one under `demo_files` whose files it writes; the rest is what git notes of it.
    """

    folder: str
    branch: str
    person: str
    date: str
    message: str


STEPS = (
    DemoCommit("1-base", BASE, "alice", "2026-01-05T09:00:00Z", "Sell things\n"),
    DemoCommit(
        "2-person", BRANCH, "alice", "2026-01-06T09:00:00Z", "Raise the price of shipping\n"
    ),
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
    """Make the repository in a directory that exists and is empty.

    The branch is the current one, and `main` is its base.
    Names and clocks are fixed, so the object ids are the same each time. Commits are written by
    GitPython itself, so no setting of the user's (signing, hooks, line ends) plays a part.

    Raises:
        IncompleteError: git is missing or too old, or said no.
    """
    find_git()  # says more plainly than an import of GitPython what is missing
    take_inherited()  # the demo may be started from a hook, whose variables name another repository
    from git import GitError, Repo  # slow to import, and no other command needs it

    try:
        # GitPython calls a template unsafe because it may bring hooks. None at all keeps out those
        # of the user's own.
        with Repo.init(
            directory,
            allow_unsafe_options=True,
            template="",
            object_format="sha1",
            initial_branch=BASE,
        ) as repository:
            for step in STEPS:
                _commit(repository, step)
    except GitError as error:
        raise IncompleteError(
            f"The demo's repository cannot be created: {error}"
        ) from error


def _commit(repository: "Repo", step: DemoCommit) -> None:
    """Write the files of a step and commit all that is in the folder."""
    from git import Actor

    if step.branch not in {repository.active_branch.name, BASE}:
        repository.head.reference = repository.create_head(step.branch)
    directory = Path(repository.working_dir)
    _write(files("judgegate.cli") / "demo_files" / step.folder, directory)
    written = sorted(
        path.relative_to(directory).as_posix()
        for path in directory.rglob("*")
        if path.is_file()
    )
    repository.index.add([path for path in written if not path.startswith(".git/")])
    person = Actor(step.person.title(), f"{step.person}@example.com")
    when = datetime.fromisoformat(step.date)
    repository.index.commit(
        step.message, author=person, committer=person, author_date=when, commit_date=when
    )


def _write(source: Traversable, directory: Path) -> None:
    """Copy a folder of data.

    Its files end in `.txt`, so that no tool takes the demo's faults for ours; the copies do not.
    """
    for entry in source.iterdir():
        if entry.is_dir():
            (directory / entry.name).mkdir(exist_ok=True)
            _write(entry, directory / entry.name)
        else:
            (directory / entry.name.removesuffix(".txt")).write_bytes(entry.read_bytes())


NEXT_STEPS = """\
Try next:
  judgegate check                     judge a branch of your own repository
  judgegate rules                     show what the rules look for, why, and how to fix a finding
  judgegate policy init               write a first policy for your repository
"""


@click.command("demo")
def command() -> None:
    """Show a verdict on a small example repository.

    The repository is built in a temporary folder and removed at the end. One of its commits is AI-assisted.
    It adds a command injection and a password, makes a function too complex, and moves old code.
    """
    from judgegate.pipeline.run import run  # everything heavy hangs on it

    with tempfile.TemporaryDirectory(prefix="judgegate-demo-") as folder:
        repository = Path(folder)
        build_demo(repository)
        verdict = run(Request(directory=repository))
    outputs = (Output("text", None),)
    write_outputs(
        outputs,
        verdict,
        ReportOptions(colour=wants_colour(outputs), width=terminal_width()),
    )
    click.echo("\n" + NEXT_STEPS, nl=False)
