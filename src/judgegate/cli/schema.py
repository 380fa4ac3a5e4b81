"""`judgegate schema`: the JSON Schema of a format."""

import json
from collections.abc import Callable
from typing import Any

import click


def _report() -> str:
    from judgegate.report.formats import read_schema  # read on use

    return read_schema()


def _approvals() -> str:
    from judgegate.review.approvals_file import approvals_schema  # read on use

    return approvals_schema()


def _policy() -> str:
    from judgegate.checks.registry import RULEBOOK  # the checks' rows hang on it
    from judgegate.policy.schema import policy_schema

    return _write(policy_schema(RULEBOOK.values()))


def _policy_test() -> str:
    from judgegate.tuning.case_schema import case_schema  # read on use

    return _write(case_schema())


def _write(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2) + "\n"


SCHEMAS: dict[str, Callable[[], str]] = {
    "report": _report,
    "policy": _policy,
    "policy-test": _policy_test,
    "approvals": _approvals,
}


@click.command("schema")
@click.argument("name", type=click.Choice(list(SCHEMAS)))
def command(name: str) -> None:
    """Print the JSON Schema of a format."""
    click.echo(SCHEMAS[name](), nl=False)
