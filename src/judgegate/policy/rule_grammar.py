"""How rules are written: what a file says of one rule, and its cases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from judgegate.model.rules import RuleSpec
from judgegate.model.scales import Action, Family, Severity
from judgegate.model.searches import Search
from judgegate.policy.condition_text import condition
from judgegate.policy.model import Overlay, RuleBlock, RuleCase
from judgegate.policy.oversight import FLOORED
from judgegate.policy.own_rule_kinds import KINDS, limits_of, readers
from judgegate.policy.own_rules import OWN_ID, provisional_row
from judgegate.policy.problems import Problems, listed, quoted
from judgegate.policy.reader import (
    FieldReader,
    Placed,
    Read,
    list_of,
    one_of,
    refuse,
    table,
    truth,
    whole_number,
    word,
)
from judgegate.policy.review_grammar import review_of
from judgegate.policy.yaml_document import Node, Scalar


def rule_blocks(rows: Mapping[str, RuleSpec], folder: str) -> Read[dict[str, RuleBlock]]:
    """The mapping under `rules`."""

    def read(node: Node, problems: Problems) -> dict[str, RuleBlock] | None:
        rules = table(node, problems, "rules by their ids")
        if rules is None:
            return None
        blocks = (_rule(key, value, rows, folder, problems) for key, value in rules.node.entries)
        return {block.id: block for block in blocks if block is not None}

    return read


def _rule(
    key: Scalar, node: Node, rows: Mapping[str, RuleSpec], folder: str, problems: Problems
) -> RuleBlock | None:
    fields = table(node, problems, "what the rule does")
    looks = [] if fields is None else [name for name in KINDS if fields.node_of(name) is not None]
    _check_id(key, looks, rows, problems)
    if fields is None:
        return None
    row = rows.get(key.text) or provisional_row(key.text)
    block = RuleBlock(
        id=key.text,
        place=key.place,
        sets=_overlay(fields, row),
        when=fields.placed("when", condition),
        cases=fields.placed("cases", list_of(_case(row), "a list of cases")),
        non_negotiable=fields.placed("non_negotiable", truth),
        looks_for=_looks_for(fields, looks, folder, problems),
    )
    if "size" in looks:
        block = replace(
            block,
            sets=replace(block.sets, options=limits_of(fields.node_of("size")) | dict(block.sets.options)),
        )
    if block.when is not None and row.id in FLOORED:
        problems.add(block.when.place, f"{row.id} holds everywhere: use `cases` to ask for more somewhere")
    fields.close("a rule")
    if not fields.node.entries:
        problems.add(key.place, "this rule says nothing: give it an action, or leave it out")
    return block


def _check_id(key: Scalar, looks: Sequence[str], rows: Mapping[str, RuleSpec], problems: Problems) -> None:
    """Whether a rule of this name may look for something, and must: a lower layer may have said already what it looks for."""
    if not looks:
        problems.mention(key.place, key.text)
        return
    problems.brought.add(key.text)
    if key.text in rows:
        problems.add(
            key.place,
            f"{key.text} has a check of its own: give a rule that looks for something else an id of its own",
        )
    elif not OWN_ID.fullmatch(key.text):
        families = listed([family.value for family in Family])
        problems.add(
            key.place,
            f'expected an id as "reliability/no-print", its family {families}, found {quoted(key.text)}',
        )


def _looks_for(
    fields: FieldReader, looks: Sequence[str], folder: str, problems: Problems
) -> Placed[Search] | None:
    """What a team's own rule looks for: the value of the one kind that it holds."""
    if len(looks) > 1:
        problems.add(
            fields.node.place,
            f"a rule looks for exactly one of {listed(KINDS)}, found {listed(looks, 'and')}",
        )
    held = [fields.take(name, read) for name, read in readers(folder).items()]
    return next((search for search in held if search is not None), None)


def _overlay(fields: FieldReader, row: RuleSpec) -> Overlay:
    return Overlay(
        action=fields.placed("action", _action(row)),
        severity=fields.placed("severity", one_of(Severity)),
        options=fields.take("with", _options(row)) or {},
        review=review_of(fields),
        message=fields.placed("message", word),
        why=fields.placed("why", word),
    )


def _action(row: RuleSpec) -> Read[Action]:
    if row.id not in FLOORED:
        return one_of(Action)

    def read(node: Node, problems: Problems) -> Action | None:
        action = one_of(Action)(node, problems)
        if action is not None and action < Action.REVIEW:
            return refuse(node, problems, f"review or block ({row.id} is never below review)")
        return action

    return read


def _case(row: RuleSpec) -> Read[RuleCase]:
    def read(node: Node, problems: Problems) -> RuleCase | None:
        fields = table(node, problems, "a case")
        if fields is None:
            return None
        when = fields.need("when", condition, "a case without a condition is the rule itself")
        overlay = _overlay(fields, row)
        fields.close("a case")
        if overlay == Overlay():
            problems.add(
                node.place, "this case changes nothing: give it an action, a severity, options or a review"
            )
        return None if when is None else RuleCase(node.place, when, overlay)

    return read


def _options(row: RuleSpec) -> Read[dict[str, Placed[int]]]:
    def read(node: Node, problems: Problems) -> dict[str, Placed[int]] | None:
        fields = table(node, problems, "options by their names")
        if fields is None:
            return None
        if not row.options:
            problems.add(node.place, f"{row.id} has no options")
            return None
        values = {
            option.name: fields.placed(option.name, whole_number(option.minimum, option.maximum))
            for option in row.options
        }
        fields.close(f"the options of {row.id}")
        return {name: value for name, value in values.items() if value is not None}

    return read
