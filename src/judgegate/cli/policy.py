"""`judgegate policy`: the tools of whoever tunes the policy."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from judgegate.cli.inputs import FILE
from judgegate.cli.outputs import print_text, wants_colour_on_stdout
from judgegate.model.errors import ExitCode

if TYPE_CHECKING:
    from judgegate.report.terminal import Sheet

POLICY = click.option("--policy", type=FILE, metavar="FILE", help="The policy. [default: .judgegate.yml, else the pack default]")
ORGANISATION = click.option("--org-policy", type=FILE, metavar="FILE", help="The organisation's policy, which lies below it.")
REPOSITORY = click.option("--repo", type=FILE, default=Path(), metavar="DIR", help="The repository. [default: where you are]")


@click.group("policy")
def command() -> None:
    """Write, check and compare policies."""


@command.command("test")
@click.argument("folder", type=FILE, required=False, metavar="[DIR]")
@click.option("--policy", type=FILE, metavar="FILE", help="The policy. [default: the nearest .judgegate.yml in DIR or above it]")
@ORGANISATION
@click.option("-v", "--verbose", is_flag=True, help="Say of each case what was found.")
def test(folder: Path | None, policy: Path | None, org_policy: Path | None, *, verbose: bool) -> int:
    """Try the policy on small changes, and say where the gate differs from what was expected.

    Cases are YAML files in DIR, .judgegate/tests if you name none. Exit code 1 if one fails, 2 if a file cannot be understood.
    """
    from judgegate.tuning.suite import HOME, read_suite  # noqa: PLC0415 - everything heavy hangs on it
    from judgegate.tuning.trial import try_cases  # noqa: PLC0415 - as above
    from judgegate.tuning.trial_text import tell_sum, tell_tried  # noqa: PLC0415 - as above

    suite = read_suite(folder or HOME, policy)
    tried = []
    for one in try_cases(suite.cases, suite.policy, org_policy):
        tried.append(one)
        _print(tell_tried(one, _sheet(), verbose=verbose))
    _print(tell_sum(tried, suite.policy.name, _sheet()))
    return ExitCode.BLOCK if any(one.discrepancies for one in tried) else ExitCode.PASS


def _sheet() -> "Sheet":
    from judgegate.report.terminal import Sheet  # noqa: PLC0415 - only who prints text needs it

    return Sheet.of(shutil.get_terminal_size().columns if sys.stdout.isatty() else 100, colour=wants_colour_on_stdout())


def _print(lines: Iterable[str]) -> None:
    print_text("".join(f"{line}\n" for line in lines), colour=wants_colour_on_stdout())
