"""What somebody meant who typed something else."""

import difflib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NoReturn

import click

from judgegate.pipeline.request import Request
from judgegate.report.formats import FORMATS


class ChangeCommand(click.Command):
    """A command that reads a change, and takes options only."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.allow_extra_args = True
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            form = error.option_name.lstrip("-")
            if form in FORMATS:
                raise click.UsageError(
                    f"There is no option {error.option_name}. For that report: -f {form}", ctx
                ) from error
            raise
        if rest:
            refuse_words(rest, ctx)
        return rest


def refuse_words(words: Sequence[str], ctx: click.Context) -> NoReturn:
    """Say how what stands where no option takes it is said: a base, a range, or files.

    Raises:
        click.UsageError: always.
    """
    word = words[0]
    base, dots, head = word.partition("..")
    head = head.removeprefix(".")
    if Path(word).exists():
        raise click.UsageError(
            f"{word!r} is a path, and a change is judged whole. Without it, what HEAD brings is judged; with --worktree, what is not "
            "committed too; --repo DIR names another repository.",
            ctx,
        )
    if dots and base:
        raise click.UsageError(
            f"{word!r} is no option. To judge {head or 'HEAD'} against {base}: --base {base} --head {head or 'HEAD'}",
            ctx,
        )
    raise click.UsageError(f"{word!r} is no option. To judge against {word}: --base {word}", ctx)


def refuse_command(name: str, known: Collection[str], ctx: click.Context) -> NoReturn:
    """Name the nearest command.

    Raises:
        click.UsageError: always.
    """
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(known)}."
    raise click.UsageError(f"There is no command {name!r}. {hint}", ctx)


def check_files(request: Request) -> None:
    """Notice a word where the name of a file should be.

    Raises:
        click.UsageError: it is one.
    """
    if request.message is not None and not request.message.exists():
        raise click.UsageError(
            f"--message names a file that holds the message, and {str(request.message)!r} cannot be read: there is no such file."
        )
    for option, file in (("--policy", request.policy), ("--org-policy", request.org_policy)):
        if file is not None and not file.exists() and _is_pack(str(file)):
            raise click.UsageError(
                f"{file} is a pack, and {option} names a file. Write `version: 1` and `extends: [{file}]` in one."
            )


def _is_pack(name: str) -> bool:
    from judgegate.policy.packs import pack_names  # asked only of what is no file

    return name in pack_names()
