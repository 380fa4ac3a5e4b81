"""`judgegate policy`: the tools for tuning the policy."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from judgegate.cli.inputs import (
    FILE,
    GroupedCommand,
    change_inputs,
    complete_policies,
    complete_rules,
    output_format,
)
from judgegate.cli.streams import print_lines, print_text, progress, terminal_layout
from judgegate.model.errors_and_exit_codes import ExitCode, UsageError
from judgegate.pipeline.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from judgegate.tuning.overview import Setting

FINGERPRINT = re.compile(r"1:[0-9a-f]{16}")
POLICY = click.option(
    "--policy",
    type=FILE,
    metavar="FILE",
    help="The policy. [default: .judgegate.yml, else the pack default]",
)
ORGANISATION = click.option(
    "--org-policy",
    type=FILE,
    metavar="FILE",
    help="The organisation's policy, the layer below it.",
)
REPOSITORY = click.option(
    "--repo",
    type=FILE,
    default=Path(),
    metavar="DIR",
    help="The repository. [default: the one that you are in]",
)


@click.group("policy")
def command() -> None:
    """Write, check and compare policies."""


@command.command("init")
@REPOSITORY
def init(repo: Path) -> None:
    """Write a first policy for this repository, with comments, to .judgegate.yml.

    An existing policy is never overwritten. The content depends on the layout, the languages, CODEOWNERS and
    the number of people who commit. The schema for editors is written to .judgegate/policy.schema.json.
    After an upgrade, write it again: judgegate schema policy > .judgegate/policy.schema.json
    """
    from judgegate.change.repository import Repository  # everything heavy hangs on it
    from judgegate.cli.schema import SCHEMAS
    from judgegate.tuning.starter import profile_repository, write_starter

    with Repository.open(repo) as repository:
        if repository.work_tree is None:
            raise UsageError(
                "This repository has no work tree to write a policy to.",
                "Run this in a clone that has one.",
            )
        written = write_starter(
            Path(repository.work_tree), profile_repository(repository), SCHEMAS["policy"]()
        )
    for file in written:
        print_lines(
            terminal_layout().flow(f"Wrote {file.relative_to(repository.work_tree)}")
        )
    print_lines(
        terminal_layout().flow(
            "Next: run judgegate check --policy .judgegate.yml, then commit the file on your main branch."
        )
    )


@command.command("validate")
@click.argument("file", type=FILE, required=False)
@ORGANISATION
@output_format(hint="json is for editors")
def validate(file: Path | None, org_policy: Path | None, *, form: str) -> int:
    """Check whether a policy loads, and show every problem with its place.

    The default for FILE is .judgegate.yml. The exit code is 0 if the policy loads, and 2 if not.
    """
    from judgegate.policy.loading import load_policy_file  # everything heavy hangs on it
    from judgegate.policy.policy_file import POLICY_NAME
    from judgegate.policy.problems import PolicyError
    from judgegate.report.json_values import serialise
    from judgegate.tuning.policies import (
        RULES,
        describe_policy,
        invalid_document,
        load_organisation_file,
        valid_document,
    )

    try:
        policy = load_policy_file(
            RULES,
            file or Path(POLICY_NAME),
            organisation=load_organisation_file(org_policy),
        )
    except PolicyError as error:
        # As a text the message of the error is the answer; an editor needs the problems on standard output.
        if form == "text":
            raise
        print_text(serialise(invalid_document(error)), colour=False)
        return ExitCode.USAGE
    if form == "json":
        print_text(serialise(valid_document(policy)), colour=False)
    else:
        print_lines(terminal_layout().flow(describe_policy(policy)))
    return ExitCode.PASS


@command.command("show")
@POLICY
@ORGANISATION
@click.option("--path", metavar="PATH", help="Show the policy as it applies to this path.")
@click.option(
    "--provenance",
    type=click.Choice(["ai", "unmarked"]),
    help="Show the policy as it applies to lines of this provenance.",
)
def show(
    policy: Path | None, org_policy: Path | None, path: str | None, provenance: str | None
) -> None:
    """Show the effective policy, each value with the file, line and column that set it."""
    from judgegate.model.levels import Authorship  # everything heavy hangs on it
    from judgegate.tuning.overview import overview, render_settings
    from judgegate.tuning.policies import load_named

    settings = overview(
        load_named(policy, org_policy), path, Authorship(provenance) if provenance else None
    )
    print_lines(render_settings(settings, terminal_layout()))


@command.command("explain", cls=GroupedCommand)
@change_inputs
@click.argument("what", metavar="RULE | FINGERPRINT", shell_complete=complete_rules)
@click.option(
    "--path", metavar="PATH", help="For a rule: show it as it applies to this path."
)
@click.option(
    "--provenance",
    type=click.Choice(["ai", "unmarked"]),
    help="For a rule: show it as it applies to lines of this provenance.",
)
def explain(
    request: Request, *, what: str, path: str | None, provenance: str | None
) -> None:
    """Explain what a rule looks for and what it leads to, or how a finding of the change was judged.

    The rule is that of --policy, by default .judgegate.yml. A fingerprint is in the JSON report (judgegate
    check -f json). To find it, judgegate judges the change again, so use the same options.
    """
    from judgegate.tuning.explanation import explain_rule  # everything heavy hangs on it
    from judgegate.tuning.overview import render_settings

    today = datetime.now(UTC).date()
    if FINGERPRINT.fullmatch(what):
        print_lines(
            render_settings(_explain_finding(request, what, today), terminal_layout())
        )
        return
    from judgegate.model.levels import Authorship
    from judgegate.tuning.policies import load_named

    found = load_named(request.policy, request.org_policy)
    written_by = Authorship(provenance) if provenance else None
    print_lines(
        render_settings(
            explain_rule(found, what, path, written_by, today), terminal_layout()
        )
    )


def _explain_finding(
    request: Request, fingerprint: str, today: date
) -> "Iterator[Setting]":
    """How a finding of the change was judged. For that the change is judged again."""
    from judgegate.pipeline.evaluate import evaluate
    from judgegate.pipeline.pool_scaling import ScalingPool
    from judgegate.tuning.explanation import explain_seen, find_seen

    with ScalingPool(request.directory) as pool, progress("Judging") as advance:
        evaluation = evaluate(request, pool, today, advance)
    for seen in find_seen(evaluation, fingerprint):
        yield from explain_seen(evaluation, seen, today)


@command.command("diff")
@click.argument("old", shell_complete=complete_policies)
@click.argument("new", shell_complete=complete_policies)
@ORGANISATION
@REPOSITORY
@output_format()
def diff(old: str, new: str, org_policy: Path | None, repo: Path, *, form: str) -> None:
    """Show what became weaker from OLD to NEW, what became tighter, and what only changed its wording.

    OLD and NEW are each a file, a revision (its .judgegate.yml is used), REV:path, or a pack's name.
    "unclear" means that judgegate cannot say which it is: treat it as a weakening.
    """
    from judgegate.policy.compare import compare_policies  # everything heavy hangs on it
    from judgegate.report.json_values import serialise
    from judgegate.tuning.overview import difference_document, render_differences
    from judgegate.tuning.policies import load_version

    found = compare_policies(
        load_version(old, repo, org_policy), load_version(new, repo, org_policy)
    )
    if form == "json":
        print_text(serialise(difference_document(found)), colour=False)
    else:
        print_lines(render_differences(found, terminal_layout()))


@command.command("test")
@click.argument("folder", type=FILE, required=False, metavar="[DIR]")
@click.option(
    "--policy",
    type=FILE,
    metavar="FILE",
    help="The policy. [default: the nearest .judgegate.yml in DIR or above it]",
)
@ORGANISATION
@click.option("-v", "--verbose", is_flag=True, help="Show what was found in each case.")
def test(
    folder: Path | None, policy: Path | None, org_policy: Path | None, *, verbose: bool
) -> int:
    """Try the policy on small changes, and show where the gate differs from what was expected.

    Cases are YAML files in DIR, by default .judgegate/tests. The exit code is 1 if a case fails, and 2 if a
    file cannot be understood.
    """
    from judgegate.tuning.case_runner import (  # everything heavy hangs on it
        HOME,
        read_suite,
        render_sum,
        render_tried,
        try_cases,
    )

    suite = read_suite(folder or HOME, policy)
    tried = []
    # Each case takes some time, so its result is printed before the next one is tried.
    for one in try_cases(suite.cases, suite.policy, org_policy):
        tried.append(one)
        print_lines(render_tried(one, terminal_layout(), verbose=verbose))
    print_lines(render_sum(tried, suite.policy.name, terminal_layout()))
    return ExitCode.BLOCK if any(one.discrepancies for one in tried) else ExitCode.PASS
