"""How an effective policy, and the differences of two, are told."""

from collections.abc import Iterable, Iterator, Sequence

from judgegate.policy.differences import Difference, Direction
from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout
from judgegate.tuning.overview import Setting

_STYLES = {
    Direction.WEAKER: Style.RED,
    Direction.UNCLEAR: Style.YELLOW,
    Direction.TIGHTER: Style.GREEN,
    Direction.NEUTRAL: Style.DIM,
}


def render_settings(settings: Iterable[Setting], layout: TextLayout) -> Iterator[str]:
    """A line for each setting, with its place behind it, as a comment of YAML."""
    for setting in settings:
        place = (Span(f" # {setting.place}", Style.DIM),) if setting.place else ()
        style = Style.BOLD if setting.depth == 0 else Style.PLAIN
        yield from layout.flow(Span(setting.text, style), *place, indent=2 * setting.depth, hang=4)


def render_differences(found: Sequence[Difference], layout: TextLayout) -> Iterator[str]:
    """A line for each difference, the weaker ones first."""
    if not found:
        yield from layout.flow("Both policies mean the same.")
    for one in found:
        yield from layout.flow(
            Span(f"{one.direction.value}:", _STYLES[one.direction]), Span(f" {one.message}"), hang=2
        )


def difference_document(found: Sequence[Difference]) -> Json:
    """The differences for a program."""
    told: list[Json] = [
        {"direction": one.direction.value, "subject": one.subject, "message": one.message} for one in found
    ]
    return {"version": 1, "differences": told}
