"""The effective policy, each value with the place that set it, and the differences of two."""

from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from judgegate.model.levels import Authorship
from judgegate.policy.block_fields import Difference, Direction
from judgegate.policy.condition_text import describe_condition
from judgegate.policy.conditions import Facts
from judgegate.policy.effective_rules import MERGED_BLOCKS, EffectiveRule, MergedRule
from judgegate.policy.policy import Policy
from judgegate.policy.problems import Placed
from judgegate.policy.review import describe_standings
from judgegate.policy.rules import Overlay, PolicyFile, RuleCase
from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout

if TYPE_CHECKING:
    from judgegate.policy.problems import Place


BUILT_IN = "built in"


class Setting(Struct, frozen=True):
    """One line of the overview: how deep it is, what is set, and where."""

    depth: int
    text: str
    place: str = ""


def overview(
    policy: Policy, path: str | None = None, provenance: Authorship | None = None
) -> Iterator[Setting]:
    """The policy's blocks, then its rules.

    With a path, the rules as they are there; with both facts, what they come to as well.
    """
    yield Setting(0, f"policy {policy.source.source}", policy.source.digest)
    yield from _blocks(policy)
    yield Setting(0, "rules")
    for rule in sorted(policy.rows):
        yield from _rule(policy, rule, path, provenance)
    yield from _lists(policy)


def _blocks(policy: Policy) -> Iterator[Setting]:
    """The terms of each block, with the places that set them."""
    for name in ("fail_on", "provenance", "review", "limits", "override"):
        terms = getattr(policy, name)
        places = _places(policy.layers, name)
        if name == "fail_on":
            yield Setting(0, f"fail_on: {terms.value}", places.get("value", BUILT_IN))
            continue
        yield Setting(0, name)
        for field in terms.__struct_fields__:
            text = f"{_key(field)}: {_word(getattr(terms, field))}"
            yield Setting(1, text, places.get(field, BUILT_IN))


def _key(field: str) -> str:
    """What a policy calls the field: `from` is a word of Python, so that no field can have it."""
    return "from" if field == "standings" else field


def _places(layers: tuple[PolicyFile, ...], name: str) -> dict[str, str]:
    """The place of each field that a layer sets, the highest layer's."""
    found: dict[str, str] = {}
    for file in layers:
        # What belongs to a folder alone is left to `--path`.
        if file.folder:
            continue
        for part, place in MERGED_BLOCKS[name].parts(getattr(file, name)):
            found |= dict.fromkeys(_set_fields(part), str(place))
    return found


def _set_fields(part: Struct) -> list[str]:
    """The names of the terms that a part of a block sets."""
    # A block that is a single value is one field of its terms: `value`, or `standings` of `override`.
    if isinstance(part, Placed):
        return ["value", "standings"]
    return [name for name in part.__struct_fields__ if getattr(part, name)]


def _rule(
    policy: Policy, rule: str, path: str | None, provenance: Authorship | None
) -> Iterator[Setting]:
    """A rule with everything that is set for it."""
    merged = policy.merged(rule, path)
    yield Setting(1, rule, f"non-negotiable since {merged.sealed}" if merged.sealed else "")
    if provenance is not None or path is not None:
        yield from _effective(policy, rule, path, provenance or Authorship.UNMARKED)
    yield from _purpose(merged)
    yield from render_overlay(merged.plain, 2)
    yield from _defaults(merged)
    for case in merged.cases:
        yield from render_case(case, 2)
    for overlay in merged.raised:
        yield Setting(2, "and at least:")
        yield from render_overlay(overlay, 3)


def _purpose(merged: MergedRule) -> Iterator[Setting]:
    """Where the rule applies, and what it looks for if the policy says so."""
    if merged.when is not None:
        text = f"when: {{{describe_condition(merged.when.value)}}}"
        yield Setting(2, text, str(merged.when.place))
    if merged.looks_for is not None:
        kind = type(merged.looks_for.value).__name__.lower()
        yield Setting(2, f"looks for: {kind}", str(merged.looks_for.place))


def _effective(
    policy: Policy, rule: str, path: str | None, provenance: Authorship
) -> Iterator[Setting]:
    """What the rule comes to under these facts."""
    effective = policy.resolve(rule, Facts(path=path, provenance=provenance))
    asked = (
        f"{path or 'any path'}, provenance {provenance.value} and the rule's own severity"
    )
    action = effective.action.value
    yield Setting(2, f"=> {action} for {asked}", place_of_decision(effective))
    if effective.unknown:
        unknown = ", ".join(effective.unknown)
        yield Setting(3, f"not known here, so the stricter applies: {unknown}")


def place_of_decision(effective: EffectiveRule) -> str:
    """The place that set the action, or that it is built in."""
    return str(effective.decided_by) if effective.decided_by else BUILT_IN


def _defaults(merged: MergedRule) -> Iterator[Setting]:
    """The options that no layer sets."""
    for option in merged.row.options:
        if option.name not in merged.plain.options:
            yield Setting(2, f"with.{option.name}: {option.default}", BUILT_IN)


def render_overlay(overlay: Overlay, depth: int) -> Iterator[Setting]:
    """What an overlay sets, a line each."""
    for name, placed in _overlay_fields(overlay):
        if placed is not None:
            yield Setting(depth, f"{name}: {_word(placed.value)}", str(placed.place))


def _overlay_fields(overlay: Overlay) -> Iterator[tuple[str, Placed[Any] | None]]:
    """The fields of an overlay as a policy calls them, with what is set."""
    yield "action", overlay.action
    yield "severity", overlay.severity
    for name, option in sorted(overlay.options.items()):
        yield f"with.{name}", option
    for field in overlay.review.__struct_fields__:
        yield f"review.{_key(field)}", getattr(overlay.review, field)
    yield "message", overlay.message
    yield "why", overlay.why


def render_case(case: RuleCase, depth: int) -> Iterator[Setting]:
    """A case: its condition, and below it what it sets."""
    yield Setting(depth, f"case {{{describe_condition(case.when)}}}", str(case.place))
    yield from render_overlay(case.sets, depth + 1)


def _lists(policy: Policy) -> Iterator[Setting]:
    """What adds up over the layers: exemptions, waivers and sealed blocks."""
    yield from _list_exemptions(policy)
    yield from _list_waivers(policy)
    # A seal counts from the first layer that has it, so the lower layer's place stays.
    sealed: dict[str, Place] = {}
    for file in policy.layers:
        sealed = {**file.sealed, **sealed}
    for name, place in sealed.items():
        yield Setting(0, f"non_negotiable: {name}", str(place))


def _list_exemptions(policy: Policy) -> Iterator[Setting]:
    """The exemptions of all layers, the lowest layer's first."""
    entries = [entry for file in policy.layers for entry in file.exempt]
    if entries:
        yield Setting(0, "exempt")
    for entry in entries:
        named = (*entry.paths, *sorted(entry.suffixes))
        what = ", ".join(named) if named else "removes the entry with this name"
        name = f"{entry.name} (never)" if entry.never else entry.name
        yield Setting(1, f"{name}: {what}", str(entry.place))


def _list_waivers(policy: Policy) -> Iterator[Setting]:
    """The waivers of all layers."""
    if policy.waivers:
        yield Setting(0, "waivers")
    for waiver in policy.waivers:
        until = f"{waiver.expires.isoformat()}: {waiver.owner}"
        what = f"{waiver.rule} in {waiver.where} until {until}"
        yield Setting(1, what, str(waiver.place))


def _word(value: object) -> str:
    """A value as a policy writes it."""
    match value:
        case Enum():
            return str(value.value)
        case frozenset():
            return f"[{', '.join(sorted(map(_word, value)))}]"
        case tuple():
            return describe_standings(value)
        case _:
            return str(value)


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
        yield from layout.flow(
            Span(setting.text, style), *place, indent=2 * setting.depth, hang=4
        )


def render_differences(found: Sequence[Difference], layout: TextLayout) -> Iterator[str]:
    """A line for each difference, the weaker ones first."""
    if not found:
        yield from layout.flow("Both policies mean the same.")
    for one in found:
        yield from layout.flow(
            Span(f"{one.direction.value}:", _STYLES[one.direction]),
            Span(f" {one.message}"),
            hang=2,
        )


def difference_document(found: Sequence[Difference]) -> Json:
    """The differences for a program."""
    documents: list[Json] = [
        {"direction": one.direction.value, "subject": one.subject, "message": one.message}
        for one in found
    ]
    return {"version": 1, "differences": documents}
