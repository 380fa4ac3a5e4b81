"""`judgegate schema`: the JSON Schema of a format."""

from collections.abc import Callable

import click


def _report() -> str:
    from judgegate.report import read_schema  # noqa: PLC0415 - read on use

    return read_schema()


def _approvals() -> str:
    from judgegate.review import approvals_schema  # noqa: PLC0415 - read on use

    return approvals_schema()


SCHEMAS: dict[str, Callable[[], str]] = {"report": _report, "approvals": _approvals}


@click.command("schema")
@click.argument("name", type=click.Choice(list(SCHEMAS)))
def command(name: str) -> None:
    """Print the JSON Schema of a format."""
    click.echo(SCHEMAS[name](), nl=False)
