"""A rule's page in Markdown."""

from collections.abc import Iterator

from judgegate.model.rules import Option, RuleSpec, Stricter

DIRECTIONS = {
    Stricter.SMALLER: "smaller is stricter",
    Stricter.LARGER: "larger is stricter",
    Stricter.INCOMPARABLE: "neither direction is stricter",
}


def tell_rule(spec: RuleSpec) -> str:
    """The rule's page. The pages of the documentation are the same text."""
    return "\n\n".join(_parts(spec)) + "\n"


def _parts(spec: RuleSpec) -> Iterator[str]:
    page = spec.page
    yield f"# {spec.id}"
    yield spec.summary
    yield f"Severity unless a check or the policy says otherwise: **{spec.severity.value}**."
    yield f"## What it looks for\n\n{page.what}"
    yield f"## Why\n\n{page.why}"
    yield f"## How to mend it\n\n{page.mend}"
    if page.before:
        yield f"Before:\n\n```{page.language}\n{page.before.strip()}\n```"
    if page.after:
        yield f"After:\n\n```{page.language}\n{page.after.strip()}\n```"
    if spec.options:
        yield "## Options\n\n" + "\n".join(
            ["| option | meaning | default | range | direction |", "|---|---|---|---|---|", *map(_row, spec.options)]
        )
    yield f"## How to tune it\n\n{page.tune}"


def _row(option: Option) -> str:
    limits = f"{option.minimum} to {option.maximum}"
    return f"| `{option.name}` | {option.summary} | {option.default} | {limits} | {DIRECTIONS[option.stricter]} |"
