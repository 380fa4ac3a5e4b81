"""The rules' documentation on a terminal: wrapped, without the marks of Markdown, code indented."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from types import MappingProxyType

from msgspec.structs import replace

from judgegate.checks.registry import QUESTIONS, RULEBOOK
from judgegate.model.own_rules import Pattern
from judgegate.model.rules import Option, RuleSpec, Stricter
from judgegate.policy.loading import load_pack
from judgegate.policy.policy import Policy
from judgegate.report.text_layout import UNWRAPPED, Span, Style, TextLayout

DIRECTIONS = {
    Stricter.SMALLER: "smaller is stricter",
    Stricter.LARGER: "larger is stricter",
    Stricter.INCOMPARABLE: "neither direction is stricter",
}


def render_rule_page(spec: RuleSpec) -> str:
    """The rule's page. The pages of the documentation are the same text."""
    return "\n\n".join(_parts(spec)) + "\n"


def _parts(spec: RuleSpec) -> Iterator[str]:
    page = spec.page
    yield f"# {spec.id}"
    yield spec.summary
    yield f"Severity, unless a check or the policy sets another one: **{spec.severity.value}**."
    yield f"## What it looks for\n\n{page.what}"
    yield f"## Why\n\n{page.why}"
    yield f"## How to fix it\n\n{page.fix}"
    if page.before:
        yield f"Before:\n\n```{page.language}\n{page.before.strip()}\n```"
    if page.after:
        yield f"After:\n\n```{page.language}\n{page.after.strip()}\n```"
    if spec.options:
        yield "## Options\n\n" + "\n".join(
            [
                "| option | meaning | default | range | direction |",
                "|---|---|---|---|---|",
                *map(_row, spec.options),
            ]
        )
    yield f"## How to tune it\n\n{page.tune}"


def _row(option: Option) -> str:
    limits = f"{option.minimum} to {option.maximum}"
    direction = DIRECTIONS[option.stricter]
    return f"| `{option.name}` | {option.summary} | {option.default} | {limits} | {direction} |"


FENCE = re.compile(r"^```[^\n]*\n(.*?)^```[ ]*$", re.MULTILINE | re.DOTALL)
ITEM = re.compile(r"^(?:[-*]|\d+\.) ", re.MULTILINE)
BOLD = re.compile(r"\*\*(.+?)\*\*", re.DOTALL)
LINK = re.compile(r"\[([^\[\]\n]*)\]\(([^)\s]*)\)")

NARROWEST_COLUMN = 40
"""Columns: where a summary has less beside its rule, it is put below it."""


def render_rule_list(specs: Iterable[RuleSpec], layout: TextLayout) -> str:
    """All rules in the order of their ids, each with its severity and its summary."""
    rows = sorted(specs, key=lambda spec: spec.id)
    width = max((len(spec.id) for spec in rows), default=0)
    grades = max((len(spec.severity.value) for spec in rows), default=0)
    lines: list[str] = []
    for spec in rows:
        label = f"{spec.id:<{width}}  {spec.severity.value:<{grades}}  "
        if layout.width - len(label) < NARROWEST_COLUMN:
            lines += [
                *layout.flow(f"{spec.id} ({spec.severity.value})"),
                *layout.flow(spec.summary, indent=2),
            ]
        else:
            first, *others = layout.flow(spec.summary, indent=len(label))
            lines += [label + first[len(label) :], *others]
    return "\n".join(lines) + "\n"


def render_rule_text(spec: RuleSpec, layout: TextLayout) -> str:
    """One rule's page: what `render_rule_page` has as Markdown."""
    return (
        "\n\n".join("\n".join(paragraph) for paragraph in _paragraphs(spec, layout)) + "\n"
    )


def _paragraphs(spec: RuleSpec, layout: TextLayout) -> Iterator[list[str]]:
    page = spec.page
    yield list(layout.flow(Span(spec.id, Style.BOLD)))
    yield list(layout.flow(spec.summary))
    yield list(
        layout.flow(
            f"Severity, unless a check or the policy sets another one: {spec.severity.value}."
        )
    )
    yield from _section("What it looks for", page.what, layout)
    yield from _section("Why", page.why, layout)
    yield from _section("How to fix it", page.fix, layout)
    yield from _example("Before:", page.before, layout)
    yield from _example("After:", page.after, layout)
    if spec.options:
        options = (
            line
            for option in spec.options
            for line in layout.flow(*_describe_option(option), indent=2, hang=2)
        )
        yield [*layout.flow(Span("Options", Style.BOLD)), *options]
    yield from _section("How to tune it", page.tune, layout)


def _section(title: str, text: str, layout: TextLayout) -> Iterator[list[str]]:
    first, *others = [*_show_markdown(text, layout)] or [[]]
    yield [*layout.flow(Span(title, Style.BOLD)), *first]
    yield from others


def _example(title: str, code: str, layout: TextLayout) -> Iterator[list[str]]:
    if code:
        yield list(layout.flow(title, indent=2))
        yield _show_code(code, layout)


def _describe_option(option: Option) -> tuple[Span | str, ...]:
    """What the option means, and what it can be set to."""
    limits = (
        f"{option.default} unless set, {option.minimum} to {option.maximum}, "
        f"{DIRECTIONS[option.stricter]}"
    )
    return (
        Span(option.name, Style.CYAN),
        f": {option.summary.removesuffix('.')} ({limits})",
    )


def _show_markdown(text: str, layout: TextLayout) -> Iterator[list[str]]:
    """The paragraphs, lists and fenced code of a page; other marks of Markdown do not occur in one."""
    for number, piece in enumerate(FENCE.split(text)):
        # `split` puts what the group of the pattern matched, here the code, at the odd places.
        if number % 2:
            yield _show_code(piece, layout)
            continue
        for paragraph in filter(None, map(str.strip, piece.split("\n\n"))):
            yield _show_paragraph(paragraph, layout)


def _show_paragraph(paragraph: str, layout: TextLayout) -> list[str]:
    """The lines of a paragraph, or of a list: its items have no blank line between them."""
    starts = [match.start() for match in ITEM.finditer(paragraph)]
    edges = sorted({0, *starts, len(paragraph)})
    lines: list[str] = []
    for start, end in pairwise(edges):
        piece = paragraph[start:end]
        hang = 2 if ITEM.match(piece) else 0
        lines += layout.flow(*_words(piece), indent=2, hang=hang)
    return lines


def _words(text: str) -> Iterator[str]:
    """The words one by one: the layout cuts a single long value, and a paragraph may be long."""
    for word in BOLD.sub(r"\1", LINK.sub(r"\1 (\2)", text)).split():
        yield f"{word} "


def _show_code(code: str, layout: TextLayout) -> list[str]:
    """Indented, and neither wrapped nor cut: code is there to be copied."""
    line = TextLayout(UNWRAPPED, layout.colour)
    return [
        line.row(Span(text.rstrip(" "), Style.CYAN), indent=4)
        for text in code.strip("\n").split("\n")
    ]


FULLEST_PACK = "strict"
"""It brings every pattern that any of the packs does."""


def shipped_rules() -> Mapping[str, RuleSpec]:
    """The rulebook, and the patterns that come with the packs, each with the severity that they give it."""
    policy = load_pack(RULEBOOK.values(), FULLEST_PACK)
    rows = dict(RULEBOOK)
    for rule, search in policy.searches().items():
        if isinstance(search, Pattern):
            rows[rule] = _as_the_packs_have_it(rule, search, policy)
    return MappingProxyType(rows)


def _as_the_packs_have_it(rule: str, search: Pattern, policy: Policy) -> RuleSpec:
    """A pattern's row with the severity that the packs give it, and with a page."""
    spec, severity = policy.rows[rule], policy.merged(rule).plain.severity
    what = (
        f"A code pattern in {', '.join(search.languages)}. "
        f"`judgegate policy explain {rule}` shows what your policy does with it."
    )
    page = replace(spec.page, what=what, tune=_TUNE)
    return replace(
        spec,
        severity=severity.value if severity else spec.severity,
        own_page=page,
        question=QUESTIONS.get(rule, ""),
    )


_TUNE = """\
The pack `default` has this rule, and so have the packs that extend it. A policy that extends one \
of them can
set the rule's action, severity, `when` and `cases`, or switch it off with `action: off`."""
