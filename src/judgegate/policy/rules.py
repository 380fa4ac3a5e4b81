"""Rules: what a file says of one rule, and its cases; the whole file, and where it applies."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.model.levels import Action, EditedAs, FailOn, Family, Severity
from judgegate.model.own_rules import Search
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import Standing
from judgegate.policy.block_fields import laid_over
from judgegate.policy.condition_text import condition
from judgegate.policy.conditions import Condition
from judgegate.policy.exemptions import Exemption
from judgegate.policy.oversight import FLOORED
from judgegate.policy.own_rule_kinds import KINDS, OWN_ID, limits_of, provisional_row
from judgegate.policy.problems import Place, Placed, Problems, listed, quoted, value_or
from judgegate.policy.provenance import NO_PROVENANCE, ProvenanceBlock
from judgegate.policy.reader import (
    Field,
    FieldReader,
    Read,
    Shape,
    list_of,
    one_of,
    placed,
    present,
    refuse,
    table,
    truth,
    whole_number,
    word,
)
from judgegate.policy.resource_limits import NO_LIMITS, LimitsBlock
from judgegate.policy.review import NO_REVIEW, ReviewBlock, review_block
from judgegate.policy.schema_shapes import Schema, described, some, table_schema, words
from judgegate.policy.waivers import Waiver
from judgegate.policy.yaml_document import Node, Scalar


class Overlay(Struct, frozen=True):
    """What a rule or one of its cases sets."""

    action: Placed[Action] | None = None
    severity: Placed[Severity] | None = None
    options: Mapping[str, Placed[int]] = field(default_factory=dict)
    review: ReviewBlock = NO_REVIEW
    message: Placed[str] | None = None
    why: Placed[str] | None = None

    @property
    def leads_to(self) -> Action:
        """The action; `off` where none is set."""
        return value_or(self.action, Action.OFF)

    @property
    def limits(self) -> dict[str, int]:
        """The options that are set, by their names."""
        return {name: placed.value for name, placed in self.options.items()}

    def under(self, upper: "Overlay") -> "Overlay":
        """The upper overlay's fields where it sets them, else the ones of this one.

        Options and review terms are laid over one by one.
        """
        return replace(
            laid_over(self, upper),
            options={**self.options, **upper.options},
            review=laid_over(self.review, upper.review),
        )


def stacked(overlays: Iterable[Overlay]) -> Overlay:
    """The overlays over one another, the lowest first."""
    result = Overlay()
    for overlay in overlays:
        result = result.under(overlay)
    return result


class RuleCase(Struct, frozen=True):
    """An overlay for where a condition is true."""

    place: Place
    when: Condition
    sets: Overlay


class RuleBlock(Struct, frozen=True):
    """What one file says of one rule. `looks_for` is what a team's own rule looks for."""

    id: str
    place: Place
    sets: Overlay = Overlay()
    when: Placed[Condition] | None = None
    cases: Placed[tuple[RuleCase, ...]] | None = None
    non_negotiable: Placed[bool] | None = None
    looks_for: Placed[Search] | None = None

    @property
    def overlays(self) -> list[Overlay]:
        """What it sets itself, and what its cases set."""
        return [self.sets, *(case.sets for case in value_or(self.cases, ()))]


def _overlay_fields(row: RuleSpec) -> tuple[Field, ...]:
    """What a rule, or a case of it, may set."""
    return (
        Field("action", placed(_action(row)), "What a finding leads to."),
        Field(
            "severity",
            placed(one_of(Severity)),
            "Replaces the severity that the check gives.",
        ),
        Field("with", _options(row), name="options"),
        Field("review", review_block),
        Field("message", placed(word), "The message that your team sees."),
        Field("why", placed(word), "The reason that your team sees."),
    )


def _action(row: RuleSpec) -> Shape[Action]:
    """An action, but none below `review` for a rule that no policy may switch off."""
    action = one_of(Action)
    if row.id not in FLOORED:
        return action

    def read(node: Node, problems: Problems) -> Action | None:
        found = action(node, problems)
        if found is not None and found < Action.REVIEW:
            return refuse(
                node, problems, f"review or block ({row.id} is never below review)"
            )
        return found

    return Shape(read, words(Action, but=(Action.OFF, Action.WARN)))


def _options(row: RuleSpec) -> Shape[dict[str, Placed[int]]]:
    """The rule's options by their names, each within its own limits."""
    rows = [
        Field(
            option.name,
            placed(whole_number(option.minimum, option.maximum)),
            option.summary,
        )
        for option in row.options
    ]

    def read(node: Node, problems: Problems) -> dict[str, Placed[int]] | None:
        fields = table(node, problems, "options by their names")
        if fields is None:
            return None
        if not rows:
            problems.add(node.place, f"{row.id} has no options")
            return None
        values = fields.take_all(rows)
        fields.close(f"the options of {row.id}")
        return values

    return Shape(
        read, table_schema({option.key: option.schema for option in rows}, minProperties=0)
    )


def rule_blocks(rows: Mapping[str, RuleSpec]) -> Read[dict[str, RuleBlock]]:
    """The mapping under `rules`."""

    def read(node: Node, problems: Problems) -> dict[str, RuleBlock] | None:
        rules = table(node, problems, "rules by their ids")
        if rules is None:
            return None
        blocks = (
            _read_rule(key, value, rows, problems) for key, value in rules.node.entries
        )
        return {block.id: block for block in blocks if block is not None}

    return read


def _read_rule(
    key: Scalar, node: Node, rows: Mapping[str, RuleSpec], problems: Problems
) -> RuleBlock | None:
    """What the file says of one rule; its id is the key, whatever else is wrong."""
    fields = table(node, problems, "what the rule does")
    looks = [] if fields is None else [name for name in KINDS if fields.has(name)]
    # The id is wrong whatever is below it, so it is checked before a rule that cannot be read is left.
    _check_id(key, looks, rows, problems)
    if fields is None:
        return None
    row = rows.get(key.text) or provisional_row(key.text)
    overlay = Overlay(**fields.take_all(_overlay_fields(row)))
    when = fields.placed("when", condition)
    cases = fields.placed("cases", list_of(_case(row), "a list of cases"))
    non_negotiable = fields.placed("non_negotiable", truth)
    looks_for = _looks_for(fields, looks, problems)
    # The limits of a `size` are options, which `with` can set as well: what `with` says comes first.
    if "size" in looks:
        options = {**limits_of(fields.node_of("size")), **overlay.options}
        overlay = replace(overlay, options=options)
    if when is not None and row.id in FLOORED:
        problems.add(
            when.place,
            f"{row.id} applies everywhere: use `cases` to require more for some files",
        )
    fields.close("a rule")
    if not fields.node.entries:
        problems.add(key.place, "this rule is empty: give it an action, or remove it")
    return RuleBlock(key.text, key.place, overlay, when, cases, non_negotiable, looks_for)


def _check_id(
    key: Scalar, looks: Sequence[str], rows: Mapping[str, RuleSpec], problems: Problems
) -> None:
    """Note what is wrong with a rule's id.

    A rule that looks for something needs an id of its own that no check has. Any other id must be
    known: by a check, or because some layer says what the rule looks for.
    """
    # Which rules the layers bring is known when all of them are read, so the id is only remembered.
    if not looks:
        problems.mention(key.place, key.text)
        return
    problems.brought.add(key.text)
    if key.text in rows:
        problems.add(
            key.place,
            f"{key.text} already has a check: give a rule that looks for something else a different id",
        )
    elif not OWN_ID.fullmatch(key.text):
        families = listed([family.value for family in Family])
        problems.add(
            key.place,
            f'expected an id such as "reliability/no-print", with the family {families}, '
            f"found {quoted(key.text)}",
        )


def _looks_for(
    fields: FieldReader, looks: Sequence[str], problems: Problems
) -> Placed[Search] | None:
    """What a team's own rule looks for: the value of the one kind that it has."""
    if len(looks) > 1:
        problems.add(
            fields.node.place,
            f"a rule looks for exactly one of {listed(KINDS)}, found {listed(looks, 'and')}",
        )
    # Every kind is taken, also after the first one, so that no key of theirs counts as unknown.
    found = present(fields.take(name, kind.shape) for name, kind in KINDS.items())
    return found[0] if found else None


def _case(row: RuleSpec) -> Read[RuleCase]:
    """A condition, and what it changes where it is true."""

    def read(node: Node, problems: Problems) -> RuleCase | None:
        fields = table(node, problems, "a case")
        if fields is None:
            return None
        when = fields.need(
            "when",
            condition,
            "give the case a condition, or set its fields in the rule itself",
        )
        overlay = Overlay(**fields.take_all(_overlay_fields(row)))
        fields.close("a case")
        if overlay == Overlay():
            problems.add(
                node.place,
                "this case changes nothing: give it an action, a severity, options or a review",
            )
        return None if when is None else RuleCase(node.place, when, overlay)

    return read


def rules_schema(rows: Iterable[RuleSpec]) -> Schema:
    """What a schema says of the mapping under `rules`."""
    return {
        "description": "What each rule leads to, by its id.",
        "type": "object",
        "propertyNames": {"pattern": f"^{OWN_ID.pattern}$"},
        "properties": {row.id: _rule_schema(row) for row in rows},
        "additionalProperties": _own_rule_schema(),
    }


def _rule_schema(row: RuleSpec) -> Schema:
    """The schema of a rule that a check brings. A floored one applies everywhere."""
    overlay = _overlay_schema(row)
    scope = {
        "when": described(
            "The rule applies only where this condition is true.", condition.schema
        )
    }
    fields = {
        **overlay,
        **({} if row.id in FLOORED else scope),
        "cases": some(_case_schema(overlay)),
        "non_negotiable": truth.schema,
    }
    return table_schema(fields, description=row.summary, minProperties=1)


def _own_rule_schema() -> Schema:
    """The schema of any other rule: one that the policy brings itself."""
    overlay = _overlay_schema(provisional_row(""))
    kinds = list(KINDS)
    # JSON Schema cannot say "at most one of these keys", so it forbids every two of them.
    pairs = [{"required": pair} for pair in map(list, combinations(kinds, 2))]
    fields = {
        **overlay,
        **{name: kind.shape.schema for name, kind in KINDS.items()},
        "when": condition.schema,
        "cases": some(_case_schema(overlay)),
        "non_negotiable": truth.schema,
    }
    about = (
        f"A rule of your own: it looks for exactly one of {', '.join(kinds)}, here or in the layer that "
        "defines the rule."
    )
    return table_schema(
        fields, description=about, minProperties=1, **{"not": {"anyOf": pairs}}
    )


def _overlay_schema(row: RuleSpec) -> Schema:
    """The keys of an overlay; `with` is for rules that have options only."""
    fields = {one.key: one.schema for one in _overlay_fields(row)}
    options = fields.pop("with")
    return fields | ({"with": options} if row.options else {})


def _case_schema(overlay: Schema) -> Schema:
    """A case must change something besides its condition."""
    about = "The first case whose condition is true overrides the rule's fields."
    return table_schema(
        {"when": condition.schema, **overlay}, ["when"], description=about, minProperties=2
    )


class PolicyFile(Struct, frozen=True):
    """One file. `folder` is empty, or the folder whose own policy this is, with a slash at its end."""

    file: str
    extends: tuple[Placed[str], ...] = ()
    fail_on: Placed[FailOn] | None = None
    edited: Placed[EditedAs] | None = None
    provenance: ProvenanceBlock = NO_PROVENANCE
    review: ReviewBlock = NO_REVIEW
    exempt: tuple[Exemption, ...] = ()
    rules: Mapping[str, RuleBlock] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    limits: LimitsBlock = NO_LIMITS
    override: Placed[tuple[Standing, ...]] | None = None
    sealed: Mapping[str, Place] = field(default_factory=dict)
    folder: str = ""

    def governs(self, path: str) -> bool:
        """Whether this is the own policy of a folder that the path is in."""
        return bool(self.folder) and path.startswith(self.folder)

    def search_of(self, rule: str) -> Placed[Search] | None:
        """What this file says that a rule looks for."""
        block = self.rules.get(rule)
        return None if block is None else block.looks_for


Scope = frozenset[int]
"""Of the folders' own policies those (by the layer's index) that apply in full."""
NOWHERE: Scope = frozenset()
"""Outside of all those folders."""


def scope_at(layers: Sequence[PolicyFile], path: str | None) -> Scope:
    """The folder layers that apply at a path; none for the change as a whole."""
    if path is None:
        return NOWHERE
    return frozenset(index for index, file in enumerate(layers) if file.governs(path))


def folders_of(layers: Sequence[PolicyFile]) -> list[str]:
    """The folders that have a policy of their own, in the order of the layers."""
    return list(dict.fromkeys(file.folder for file in layers if file.folder))


def all_scopes(layers: Sequence[PolicyFile]) -> list[Scope]:
    """Every scope that a path may lie in, the one outside all folders first."""
    scopes = [NOWHERE, *(scope_at(layers, folder) for folder in folders_of(layers))]
    return list(dict.fromkeys(scopes))


def is_inside(layers: Sequence[PolicyFile], index: int, scope: Scope) -> bool:
    """Whether a layer applies in the scope in full, and not only where it tightens."""
    return not layers[index].folder or index in scope
