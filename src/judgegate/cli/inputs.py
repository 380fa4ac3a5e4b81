"""The options that say what is judged, the same for every command that reads a change."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, NoReturn, ParamSpec, TypeVar

import click
from click.core import ParameterSource

from judgegate.model.change import ChangeSource
from judgegate.pipeline.request import Request
from judgegate.report.formats import FORMATS

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

P = ParamSpec("P")
R = TypeVar("R")

FILE = click.Path(path_type=Path)

PUSHED = ("PRE_COMMIT_LOCAL_BRANCH", "PRE_COMMIT_TO_REF")
"""What pre-commit says of a push: the branch, and its tip.

It leaves the tip out where a first commit is among what is pushed.
"""

_OPTIONS = (
    click.option(
        "--base",
        metavar="REV",
        help="The branch that the change wants to join. [default: JUDGEGATE_BASE, origin/HEAD, main ...]",
    ),
    click.option(
        "--head", metavar="REV", envvar=PUSHED, help="The commit to judge. [default: HEAD]"
    ),
    click.option(
        "--staged",
        is_flag=True,
        help="Judge the index against HEAD, as a pre-commit hook does.",
    ),
    click.option(
        "--worktree",
        is_flag=True,
        help="Judge the commits and all uncommitted changes, including untracked files; with --base HEAD "
        "only the uncommitted changes.",
    ),
    click.option(
        "--patch",
        type=FILE,
        metavar="FILE",
        help="Judge a unified diff; - reads it from standard input.",
    ),
    click.option(
        "--repo",
        type=FILE,
        default=Path(),
        metavar="DIR",
        help="The repository. [default: the one that you are in]",
    ),
    click.option(
        "--policy",
        type=FILE,
        metavar="FILE",
        help="Use this policy instead of the base's .judgegate.yml.",
    ),
    click.option(
        "--org-policy",
        type=FILE,
        metavar="FILE",
        help="The organisation's policy, the layer below the repository's.",
    ),
    click.option(
        "--pull-request",
        type=FILE,
        metavar="FILE",
        help="The pull request's fields, in the JSON of the forge.",
    ),
    click.option(
        "--branch",
        metavar="NAME",
        help="The name of the change's branch, if git does not know it.",
    ),
    click.option(
        "--message",
        type=FILE,
        metavar="FILE",
        help="The commit message that is being written, for --staged and --worktree.",
    ),
    click.option(
        "--assume-ai",
        is_flag=True,
        help="Treat the change as AI-assisted.",
    ),
    click.option(
        "--approvals",
        type=FILE,
        metavar="FILE",
        help="The approvals, as JSON (see: judgegate schema approvals).",
    ),
    click.option(
        "--previous-report",
        type=FILE,
        multiple=True,
        metavar="FILE",
        help="A JSON report of an earlier head. Its evidence counts too. Repeatable.",
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


def output_format(
    *others: str, hint: str = ""
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The option that chooses between text, JSON and `others`; `hint` is a clause for its help."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(["text", "json", *others]),
        default="text",
        help=f"The output's format; {hint}." if hint else "The output's format.",
    )


def complete_rules(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> list[str]:
    """The ids of the rules that the shell can complete to."""
    # Only a shell that completes asks for it.
    from judgegate.report.rule_pages import shipped_rules

    return sorted(rule for rule in shipped_rules() if rule.startswith(incomplete))


def complete_policies(
    _ctx: click.Context, _param: click.Parameter, incomplete: str
) -> "list[CompletionItem]":
    """The packs' names, and files."""
    # Only a shell that completes asks for it.
    from click.shell_completion import CompletionItem

    from judgegate.policy.layers import pack_names

    packs = [
        CompletionItem(name, help="a pack")
        for name in pack_names()
        if name.startswith(incomplete)
    ]
    return [*packs, CompletionItem(incomplete, type="file")]


def judges_a_push() -> bool:
    """Whether the commits that are judged are those that pre-commit says are being pushed."""
    context = click.get_current_context()
    if any(context.params[name] for name in ("staged", "worktree", "patch")):
        return False
    # Only pre-commit's variable gives the head by the environment.
    return context.get_parameter_source("head") is ParameterSource.ENVIRONMENT


def _request(values: dict[str, Any]) -> Request:
    """What the options ask for. Each is taken out of `values`, so that the command's own ones are left.

    Raises:
        click.UsageError: two of them contradict each other.
    """
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
    """The head, for commits.

    With another source it is a contradiction on the command line, and none in a hook's environment.
    """
    head: str | None = values.pop("head")
    if source is ChangeSource.COMMITS:
        return head
    given = click.get_current_context().get_parameter_source("head")
    if head is not None and given is ParameterSource.COMMANDLINE:
        raise click.UsageError(
            "--head cannot be used with --staged, --worktree or --patch: each of them already says what is "
            "judged."
        )
    return None


def _source(staged: bool, worktree: bool, patch: Path | None) -> ChangeSource:
    """Where the change is: in commits, unless an option says otherwise.

    Raises:
        click.UsageError: more than one option does.
    """
    given = {
        ChangeSource.STAGED: staged,
        ChangeSource.WORKTREE: worktree,
        ChangeSource.PATCH: patch is not None,
    }
    chosen = list(filter(given.get, given))
    if len(chosen) > 1:
        raise click.UsageError(
            "--staged, --worktree and --patch each say what is judged: use only one of them."
        )
    return chosen[0] if chosen else ChangeSource.COMMITS


def _check_combination(request: Request) -> None:
    """Refuse options that make no sense together.

    Raises:
        click.UsageError: there are such.
    """
    takes_message = request.source in {ChangeSource.STAGED, ChangeSource.WORKTREE}
    if request.message is not None and not takes_message:
        raise click.UsageError(
            "--message can only be used with --staged or --worktree: a commit has its own message."
        )
    if request.base is not None and request.source is ChangeSource.STAGED:
        raise click.UsageError(
            "--base cannot be used with --staged: what is staged is judged against HEAD."
        )
    _check_files(request)


OTHER_OPTIONS = "Other"

OPTION_GROUPS = {
    "base": "What is judged",
    "head": "What is judged",
    "staged": "What is judged",
    "worktree": "What is judged",
    "patch": "What is judged",
    "repo": "What is judged",
    "revisions": "What is judged",
    "policy": "Policy",
    "org_policy": "Policy",
    "pull_request": "Who wrote it",
    "branch": "Who wrote it",
    "message": "Who wrote it",
    "assume_ai": "Who wrote it",
    "previous_report": "Who wrote it",
    "approvals": "Who approved",
    "outputs": "Output",
    "form": "Output",
    "show_all": "Output",
    "print_trailers": "Output",
    "quiet": "Output",
    "verbose": "Output",
    "fail_on": "Exit code",
    "exit_zero": "Exit code",
    "cache": "Cache",
    "no_cache": "Cache",
}
"""The heading in `--help` above an option, by the name of its parameter; all others come last."""


class GroupedCommand(click.Command):
    """A command whose help lists the options in groups."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, each below its heading; without any, the heading is left out."""
        groups: dict[str, list[tuple[str, str]]] = {
            title: [] for title in (*OPTION_GROUPS.values(), OTHER_OPTIONS)
        }
        for parameter in self.get_params(ctx):
            if isinstance(parameter, click.Argument):  # the usage line shows it already
                continue
            record = parameter.get_help_record(ctx)
            if record is not None:
                title = OPTION_GROUPS.get(parameter.name or "", OTHER_OPTIONS)
                groups[title].append(record)
        for title, records in groups.items():
            if records:
                with formatter.section(title):
                    formatter.write_dl(records)


class ChangeCommand(GroupedCommand):
    """A command that reads a change, and takes options only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The same as click's, with more helpful messages for what is no option."""
        # Words that are left over are refused below, where it is known what they may have meant.
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            form = error.option_name.lstrip("-")
            if form in FORMATS:
                raise click.UsageError(
                    f"There is no option {error.option_name}. For that report, use -f {form}",
                    ctx,
                ) from error
            raise
        if rest:
            _refuse_words(rest, ctx)
        return rest


def _refuse_words(words: Sequence[str], ctx: click.Context) -> NoReturn:
    """Say which option a word needs that is a base, a range, or a file.

    Raises:
        click.UsageError: always.
    """
    word = words[0]
    base, dots, head = word.partition("..")
    head = head.removeprefix(".")
    if Path(word).exists():
        raise click.UsageError(
            f"{word!r} is a path, but judgegate always judges a whole change. Leave the path out to judge "
            "the commits of HEAD. Use --worktree to judge what is not committed, too, or --repo DIR to "
            "judge another repository.",
            ctx,
        )
    if dots and base:
        raise click.UsageError(
            f"{word!r} is not an option. To judge {head or 'HEAD'} against {base}: --base {base} --head "
            f"{head or 'HEAD'}",
            ctx,
        )
    raise click.UsageError(
        f"{word!r} is not an option. To judge against {word}: --base {word}", ctx
    )


def _check_files(request: Request) -> None:
    """Notice a word where the name of a file should be.

    Raises:
        click.UsageError: it is one.
    """
    if request.message is not None and not request.message.exists():
        raise click.UsageError(
            "--message takes a file that contains the message, and there is no file "
            f"{str(request.message)!r}."
        )
    for option, file in (
        ("--policy", request.policy),
        ("--org-policy", request.org_policy),
    ):
        if file is not None and not file.exists() and _is_pack(str(file)):
            raise click.UsageError(
                f"{file} is a pack, but {option} takes a file. Write a file with `version: 1` and `extends: "
                f"[{file}]`."
            )


def _is_pack(name: str) -> bool:
    """Whether a pack has this name."""
    from judgegate.policy.layers import pack_names  # asked only of what is no file

    return name in pack_names()
