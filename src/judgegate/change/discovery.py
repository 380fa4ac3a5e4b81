"""Which repository a directory is in, and what git says about it."""

import os
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.git import GitError, GitRunner
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError

ObjectFormat = Literal["sha1", "sha256"]

_QUESTIONS = (  # the git directory last: its path may hold a newline
    "--is-shallow-repository",
    "--show-object-format",
    "--is-bare-repository",
    "--is-inside-git-dir",
    "--absolute-git-dir",
)


class Location(Struct, frozen=True):
    """A repository that was found."""

    git_dir: Path
    work_tree: Path | None
    is_shallow: bool
    object_format: ObjectFormat


def discover(launcher: GitRunner) -> Location:
    """The repository that the launcher's directory belongs to.

    Raises:
        UsageError: there is none, or it belongs to somebody else, or it is a bare one hidden in
            another's work tree.
    """
    if not launcher.directory.is_dir():
        raise UsageError(
            f"{launcher.directory} is not a directory.", "Name the repository with --repo."
        )
    try:
        return _locate(launcher)
    except GitError as error:
        if "dubious ownership" in error.message:
            return _locate_as_trusted(launcher)
        if "safe.bareRepository" in error.message:
            return _locate_from_git_directory(launcher, _enclosing_git_directory(launcher))
        if "not a git repository" in error.message:
            raise UsageError(
                f"{launcher.directory} is not inside a git repository.",
                "Run judgegate in a repository, name one with --repo, or judge a patch with --patch.",
            ) from error
        raise


def _locate(launcher: GitRunner) -> Location:
    (shallow, object_format, bare, inside), git_dir, work_tree = _ask_where(launcher)
    if inside == "true" and launcher.git_dir is None:
        return _locate_from_git_directory(launcher, git_dir)
    if object_format not in ("sha1", "sha256"):
        raise IncompleteError(
            f"The repository's object format is unknown to judgegate: {object_format}."
        )
    if bare == "true" or launcher.git_dir:
        work_tree = None
    elif work_tree is None:
        work_tree = _find_work_tree(launcher)
    return Location(
        git_dir=git_dir,
        work_tree=work_tree,
        is_shallow=shallow == "true",
        object_format="sha256" if object_format == "sha256" else "sha1",
    )


def _ask_where(launcher: GitRunner) -> tuple[list[str], Path, Path | None]:
    """The answers to the yes-or-no questions, the git directory, and the work tree if git knows one.

    All are given by one git.
    """
    questions = _QUESTIONS if launcher.git_dir else (*_QUESTIONS, "--show-toplevel")
    try:
        printed, is_complete = (
            launcher.run("rev-parse", *questions),
            launcher.git_dir is None,
        )
    except GitError as error:
        # Without a work tree git refuses the last question alone.
        printed, is_complete = error.output, False
        if printed.count(b"\n") < len(_QUESTIONS):
            raise
    *answers, paths = (
        os.fsdecode(printed).removesuffix("\n").split("\n", len(_QUESTIONS) - 1)
    )
    if not is_complete:
        return answers, Path(paths), None
    git_dir, _, work_tree = paths.partition("\n")
    if (
        "\n" in work_tree
    ):  # a path holds a newline, and only git knows where the second one begins
        work_tree = str(_find_work_tree(launcher))
        git_dir = paths.removesuffix("\n" + work_tree)
    return answers, Path(git_dir), Path(work_tree)


def _find_work_tree(launcher: GitRunner) -> Path:
    return Path(
        os.fsdecode(launcher.run("rev-parse", "--show-toplevel")).removesuffix("\n")
    )


def _enclosing_git_directory(launcher: GitRunner) -> Path:
    """The git directory that the launcher's directory is, or is in.

    It is the nearest one, as far as git knows it when it is named.
    """
    directory = launcher.directory.resolve()
    for candidate in (directory, *directory.parents):
        try:
            launcher_there = replace(launcher, directory=candidate, git_dir=candidate)
            launcher_there.run("rev-parse", "--git-dir")
        except GitError:
            continue
        return candidate
    return directory


def _locate_from_git_directory(launcher: GitRunner, git_dir: Path) -> Location:
    """From inside a git directory: `.git` leads to the work tree that it stands in.

    No version of git goes there, and some refuse it.
    """
    if git_dir.name == ".git":
        return discover(replace(launcher, directory=git_dir.parent))
    return _locate_bare(launcher)


def _locate_as_trusted(launcher: GitRunner) -> Location:
    """Ask again with the user's own configuration.

    It is the only place where git accepts trust in another owner's repository.

    Of that configuration nothing but `safe.directory` bears on this question, and no later call reads it.
    """
    environment = {
        name: value
        for name, value in launcher.environment.items()
        if not name.startswith("GIT_CONFIG")
    }
    try:
        return _locate(replace(launcher, environment=environment))
    except GitError as error:
        if "dubious ownership" not in error.message:
            raise
        raise UsageError(
            f"The repository at {launcher.directory} belongs to another user, so git does not trust it.",
            f"If you trust it: git config --global --add safe.directory {launcher.directory}",
        ) from error


def _locate_bare(launcher: GitRunner) -> Location:
    """A bare repository is obeyed if it is named itself and stands alone.

    Inside another's work tree it may be part of a change.
    """
    directory = launcher.directory
    try:
        enclosing = discover(replace(launcher, directory=directory.parent))
    except UsageError:
        enclosing = None
    if enclosing is not None and enclosing.work_tree is not None:
        raise UsageError(
            f"{directory} is a repository without a work tree inside {enclosing.work_tree}; judgegate does "
            "not use it.",
            f"To judge the repository around it: --repo {enclosing.work_tree}",
        )
    try:
        return _locate(replace(launcher, git_dir=directory))
    except GitError as error:
        raise UsageError(
            f"{directory} is inside a bare repository.",
            "Name the bare repository itself with --repo.",
        ) from error
