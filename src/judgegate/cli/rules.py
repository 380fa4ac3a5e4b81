"""`judgegate rules`: the catalogue, and each rule's page."""

import difflib

import click

from judgegate.model.errors import UsageError


@click.command("rules")
@click.argument("rule", required=False)
def command(rule: str | None) -> None:
    """List the rules, or show one rule's page: what it looks for, why, how to mend it, how to tune it."""
    from judgegate.gate.rulebook import RULEBOOK  # noqa: PLC0415 - the checks' rows hang on it
    from judgegate.report.rule_pages import tell_rule, tell_rules  # noqa: PLC0415 - as above

    if rule is None:
        click.echo(tell_rules(RULEBOOK.values()), nl=False)
        return
    if rule not in RULEBOOK:
        near = difflib.get_close_matches(rule, RULEBOOK, n=1, cutoff=0.4)
        raise UsageError(f"There is no rule {rule!r}.", f"Did you mean {near[0]}?" if near else "List them with: judgegate rules")
    click.echo(tell_rule(RULEBOOK[rule]), nl=False)
