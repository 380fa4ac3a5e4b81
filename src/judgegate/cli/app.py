"""The command group, and the one place where an error becomes a message and an exit code."""

import gc
import io
import os
import sys
from collections.abc import Collection
from importlib import import_module
from typing import NoReturn

import click

from judgegate import __version__
from judgegate.cli.streams import forget_output
from judgegate.model.errors_and_exit_codes import ExitCode, JudgegateError
from judgegate.report.escape import disarm, escape

COMMAND_GROUPS = {
    "Judge a change": {
        "check": "Judge a change and report whether it may merge.",
        "provenance": "Show who wrote a change, with the evidence.",
    },
    "Policy, rules and formats": {
        "policy": "Write, check and compare policies.",
        "waivers": "List the waivers with their owners and expiry dates.",
        "rules": "List the rules, or show one rule's page.",
        "schema": "Print the JSON Schema of a format.",
    },
    "On this machine": {
        "cache": "Show or clear what check keeps between runs.",
    },
    "GitHub": {
        "github": "Judge a workflow's pull request and publish the verdict.",
        "doctor": "Report what would let a change bypass the gate.",
    },
    "Try it": {
        "demo": "Show a verdict on a small example repository.",
    },
}
COMMANDS = {
    name: summary for group in COMMAND_GROUPS.values() for name, summary in group.items()
}
"""Each command with its summary. Its module is imported when it is asked for, since `--help` must be fast."""


class LazyGroup(click.Group):
    """Commands by name, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"judgegate.cli.{cmd_name}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command; a word that is none is refused with a better message than click's."""
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            refuse_command(args[0], COMMANDS, ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the commands in groups."""
        # click aligns each list by itself: with names of one length they all line up.
        longest = max(map(len, COMMANDS))
        for title, commands in COMMAND_GROUPS.items():
            with formatter.section(title):
                formatter.write_dl(
                    [(name.ljust(longest), summary) for name, summary in commands.items()]
                )


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="%(prog)s %(version)s")
def group() -> None:
    """A merge gate for AI-written code.

    judgegate reads a change, finds out how much of it an AI helped to write, and checks it against the
    team's policy. Then it gives one of three answers: the change may merge, a human must judge it first, or
    it must not merge.
    """


_NEW_OBJECTS = 100_000
"""After how many new objects Python looks for cycles among them."""


def main() -> NoReturn:
    """Run the command line and end the process with DESIGN's exit codes: 0, 1, 2, 3, 4 or 130."""
    # A path may have bytes that are no text in the terminal's encoding, and printing must not fail for it.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    # What is made here is kept to the end and has few cycles: to look through it at Python's usual pace
    # takes a fifth of a large run.
    gc.set_threshold(_NEW_OBJECTS)
    _leave(run())


def run() -> int:
    """Run the command that the arguments name, say what went wrong, and return the exit code."""
    try:
        done = group.main(standalone_mode=False, prog_name="judgegate")
        sys.stdout.flush()
        code = done if isinstance(done, int) else int(ExitCode.PASS)
    except click.exceptions.Exit as ended:
        code = ended.exit_code
    except click.ClickException as error:
        error.show()
        code = ExitCode.USAGE
    except JudgegateError as error:
        _say(f"Error: {error}")
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("Interrupted.")
        code = ExitCode.INTERRUPTED
    except BrokenPipeError:
        forget_output()
        code = ExitCode.INCOMPLETE
    except Exception:  # noqa: BLE001 - the last resort: a bug must not look like a verdict
        import traceback  # only a bug needs it

        _say(traceback.format_exc() + "This is a bug in judgegate: nothing was judged.")
        code = ExitCode.INCOMPLETE
    return code


def _leave(code: int) -> NoReturn:
    """End at once.

    Every file is closed and every child ended by now, and to take all modules apart takes a tenth
    of a short run.

    Python also ends by the signal itself, whatever is asked of it, if an interrupt came while it
    ran generated code (https://github.com/python/cpython/blob/v3.11.7/Python/pythonrun.c,
    run_eval_code_obj).
    """
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            forget_output()
            code = code or ExitCode.INCOMPLETE
    os._exit(code)


def _say(message: str) -> None:
    """Print to standard error, if it is there."""
    # A message quotes the change, so each line is escaped; the line breaks are ours.
    lines = [disarm(escape(line)) for line in message.split("\n")]
    try:
        click.echo("\n".join(lines), err=True)
    except OSError:
        forget_output()


def refuse_command(name: str, known: Collection[str], ctx: click.Context) -> NoReturn:
    """Name the nearest command.

    Raises:
        click.UsageError: always.
    """
    import difflib  # for a mistake only

    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"The commands are: {', '.join(known)}."
    raise click.UsageError(f"There is no command {name!r}. {hint}", ctx)
