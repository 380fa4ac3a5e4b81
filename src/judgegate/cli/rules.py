"""`judgegate rules`: the catalogue, and each rule's page."""

import difflib
import re
from collections.abc import Iterable, Mapping

import click

from judgegate.cli.inputs import complete_rules
from judgegate.cli.streams import print_text, terminal_layout
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.rules import RuleSpec


@click.command("rules")
@click.argument("rule", required=False, shell_complete=complete_rules)
def command(rule: str | None) -> None:
    """List the rules, or show one rule's page: what it looks for, why, how to fix it, how to tune it."""
    from judgegate.report.rule_pages import (
        render_rule_list,
        render_rule_text,
        shipped_rules,
    )

    layout, rules = terminal_layout(), shipped_rules()
    text = (
        render_rule_list(rules.values(), layout)
        if rule is None
        else render_rule_text(_find(rule, rules), layout)
    )
    print_text(text, colour=layout.colour)


def _find(rule: str, rules: Mapping[str, RuleSpec]) -> RuleSpec:
    if rule in rules:
        return rules[rule]
    if owner := _owner_of(rule.upper(), rules.values()):
        raise UsageError(
            f"{rule.upper()} is a code of {owner}, not a rule.",
            f"Its page: judgegate rules {owner}",
        )
    near = difflib.get_close_matches(rule, rules, n=1, cutoff=0.4)
    raise UsageError(
        f"There is no rule {rule!r}.",
        f"Did you mean {near[0]}?" if near else "List them with: judgegate rules",
    )


def _owner_of(code: str, rows: Iterable[RuleSpec]) -> str | None:
    """The rule whose findings carry such a code.

    The codes that have remedies show what a rule's codes look like.
    """
    shape = _shape_of(code)
    for row in rows:
        if shape in map(_shape_of, row.remedies or {}):
            return row.id
    return None


def _shape_of(code: str) -> str:
    """The code with every digit alike."""
    return re.sub(r"[0-9]", "0", code)
