"""The options that say what is judged: the same for every command that reads a change."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from judgegate.cli.guidance import check_files
from judgegate.model.change import ChangeSource
from judgegate.pipeline.request import Request

P = ParamSpec("P")
R = TypeVar("R")

FILE = click.Path(path_type=Path)

PUSHED = ("PRE_COMMIT_LOCAL_BRANCH", "PRE_COMMIT_TO_REF")
"""What pre-commit says of a push: the branch, and its tip. It leaves the tip out where a first commit is among what is pushed."""

_OPTIONS = (
    click.option(
        "--base", metavar="REV", help="The branch to join. [default: JUDGEGATE_BASE, origin/HEAD, main ...]"
    ),
    click.option("--head", metavar="REV", envvar=PUSHED, help="The commit to judge. [default: HEAD]"),
    click.option("--staged", is_flag=True, help="Judge the index against HEAD, as a pre-commit hook does."),
    click.option(
        "--worktree",
        is_flag=True,
        help="Judge everything down to untracked files; with --base HEAD only what is uncommitted.",
    ),
    click.option(
        "--patch", type=FILE, metavar="FILE", help="Judge a unified diff; - reads it from standard input."
    ),
    click.option(
        "--repo", type=FILE, default=Path(), metavar="DIR", help="The repository. [default: where you are]"
    ),
    click.option(
        "--policy",
        type=FILE,
        metavar="FILE",
        help="Judge by this policy instead of the base's .judgegate.yml.",
    ),
    click.option(
        "--org-policy",
        type=FILE,
        metavar="FILE",
        help="The organisation's policy, which lies below the repository's.",
    ),
    click.option(
        "--pull-request",
        type=FILE,
        metavar="FILE",
        help="The pull request's fields, as the forge's JSON has them.",
    ),
    click.option(
        "--branch", metavar="NAME", help="The name of the change's branch, where git does not say it."
    ),
    click.option(
        "--message",
        type=FILE,
        metavar="FILE",
        help="The commit message that is being written, for --staged and --worktree.",
    ),
    click.option("--assume-ai", is_flag=True, help="Hold the change to the terms for AI-assisted changes."),
    click.option(
        "--approvals",
        type=FILE,
        metavar="FILE",
        help="Who approved, as JSON (see: judgegate schema approvals).",
    ),
    click.option(
        "--previous-report",
        type=FILE,
        multiple=True,
        metavar="FILE",
        help="A JSON report of an earlier head: its evidence still counts. Repeatable.",
    ),
)


def change_inputs(command: Callable[Concatenate[Request, P], R]) -> Callable[..., R]:
    """Give a command the options of a change; it receives them as one `Request`."""

    @wraps(command)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        values: dict[str, Any] = dict(kwargs)
        request = _request(values)
        return command(request, *args, **values)

    for option in reversed(_OPTIONS):
        wrapper = option(wrapper)
    return wrapper


def judges_a_push() -> bool:
    """Whether the commits that are judged are those that pre-commit says are being pushed."""
    context = click.get_current_context()
    return context.get_parameter_source("head") is ParameterSource.ENVIRONMENT and not any(
        context.params[name] for name in ("staged", "worktree", "patch")
    )


def _request(values: dict[str, Any]) -> Request:
    source = _source(values.pop("staged"), values.pop("worktree"), values["patch"])
    request = Request(
        directory=values.pop("repo"),
        source=source,
        base=values.pop("base"),
        head=_take_head(values, source),
        patch=values.pop("patch"),
        policy=values.pop("policy"),
        org_policy=values.pop("org_policy"),
        pull_request=values.pop("pull_request"),
        branch=values.pop("branch"),
        message=values.pop("message"),
        assume_ai=values.pop("assume_ai"),
        approvals=values.pop("approvals"),
        previous_reports=tuple(values.pop("previous_report")),
    )
    _check_combination(request)
    return request


def _take_head(values: dict[str, Any], source: ChangeSource) -> str | None:
    """The head, for commits. With another source it is a contradiction on the command line, and none in a hook's environment."""
    head: str | None = values.pop("head")
    if source is ChangeSource.COMMITS:
        return head
    given = click.get_current_context().get_parameter_source("head")
    if head is not None and given is ParameterSource.COMMANDLINE:
        raise click.UsageError(
            "--head does not go with --staged, --worktree or --patch: they say themselves what is judged."
        )
    return None


def _source(staged: bool, worktree: bool, patch: Path | None) -> ChangeSource:
    chosen = [
        source
        for source, given in (
            (ChangeSource.STAGED, staged),
            (ChangeSource.WORKTREE, worktree),
            (ChangeSource.PATCH, patch is not None),
        )
        if given
    ]
    if len(chosen) > 1:
        raise click.UsageError("--staged, --worktree and --patch each say what is judged: give one of them.")
    return chosen[0] if chosen else ChangeSource.COMMITS


def _check_combination(request: Request) -> None:
    committed = request.source is ChangeSource.COMMITS
    if request.message is not None and (committed or request.source is ChangeSource.PATCH):
        raise click.UsageError(
            "--message goes with --staged or --worktree: what is committed has its own message."
        )
    if request.base is not None and request.source is ChangeSource.STAGED:
        raise click.UsageError("--base does not go with --staged: what is staged is judged against HEAD.")
    check_files(request)
