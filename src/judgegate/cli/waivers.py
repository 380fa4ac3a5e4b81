"""`judgegate waivers`: the list of the waivers, with what each one still lifts."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from judgegate.cli.inputs import FILE, output_format
from judgegate.cli.policy import ORGANISATION, REPOSITORY
from judgegate.cli.streams import print_lines, print_text, progress, terminal_layout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from judgegate.policy.policy import Policy
    from judgegate.policy.waivers import Waiver
    from judgegate.tuning.waiver_ledger import Usage

    Used = Mapping[Waiver, Usage]


@click.command("waivers")
@click.option(
    "--base", metavar="REV", help="The commit whose waivers are listed. [default: HEAD]"
)
@click.option(
    "--policy",
    type=FILE,
    metavar="FILE",
    help="List the waivers of this policy instead of the commit's .judgegate.yml.",
)
@ORGANISATION
@REPOSITORY
@click.option(
    "--scan",
    is_flag=True,
    help="Check everything in the commit, and show which waivers are no longer used.",
)
@click.option(
    "--soon",
    type=click.IntRange(0, 3650),
    default=30,
    metavar="DAYS",
    help="How many days count as soon. [default: 30]",
)
@click.option(
    "--on",
    "today",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="Show the waivers as of this day. [default: today]",
)
@output_format()
def command(
    base: str | None,
    policy: Path | None,
    org_policy: Path | None,
    repo: Path,
    *,
    scan: bool,
    soon: int,
    today: datetime | None,
    form: str,
) -> None:
    """List the waivers with their owners and reasons, and show which have expired or expire soon."""
    from judgegate.report.json_values import serialise  # everything heavy hangs on it
    from judgegate.tuning.waiver_ledger import keep_ledger, ledger_document, render_ledger

    day = today.date() if today else datetime.now(UTC).date()
    found, used = _find_policy(base, policy, org_policy, repo, scan=scan)
    loans = keep_ledger(found, day, soon, used)
    if form == "json":
        print_text(serialise(ledger_document(loans)), colour=False)
    else:
        print_lines(render_ledger(loans, terminal_layout()))


def _find_policy(
    base: str | None,
    policy: Path | None,
    org_policy: Path | None,
    repo: Path,
    *,
    scan: bool,
) -> "tuple[Policy, Used | None]":
    """The policy, and what its waivers lift in the base if that is asked."""
    from judgegate.change.repository import Repository
    from judgegate.tuning.policies import load_at, load_named

    if policy is not None and not scan:
        return load_named(policy, org_policy), None
    with Repository.open(repo) as repository:
        from judgegate.tuning.waiver_ledger import revision_at, scan_base

        revision = revision_at(repository, base)
        found = (
            load_named(policy, org_policy)
            if policy
            else load_at(repository, revision.oid, org_policy)
        )
        if not scan:
            return found, None
        from judgegate.pipeline.pool_scaling import ScalingPool

        with ScalingPool(repo) as pool, progress("Looking") as advance:
            return found, scan_base(repository, revision, found, pool, advance)
