"""A team's own rules as the layers bring them: their rows, and what is wrong with them.

The shipped rules' rows are beside their checks; an own rule's row is made of what the policy says.
"""

from collections.abc import Container, Iterator, Mapping, Sequence

from judgegate.model.own_rules import Search, Size
from judgegate.model.rules import RuleSpec
from judgegate.policy.own_rule_kinds import kind_of, own_row
from judgegate.policy.problems import Place, nearest, quoted, value_or
from judgegate.policy.rules import PolicyFile, RuleBlock, stacked

Mistake = tuple[Place, str]


def searches_of(layers: Sequence[PolicyFile]) -> dict[str, Search]:
    """What each own rule looks for: what the highest layer says that says it at all."""
    found = {
        id_: block.looks_for.value
        for file in layers
        for id_, block in file.rules.items()
        if block.looks_for is not None
    }
    return dict(sorted(found.items()))


def own_rows(layers: Sequence[PolicyFile]) -> dict[str, RuleSpec]:
    """The rows of the rules that the layers bring."""
    return {
        rule: _row(rule, search, layers) for rule, search in searches_of(layers).items()
    }


def _row(rule: str, search: Search, layers: Sequence[PolicyFile]) -> RuleSpec:
    """The row of one rule, with the texts of the highest layers that set them."""
    said = stacked(file.rules[rule].sets for file in layers if rule in file.rules)
    return own_row(rule, search, value_or(said.message, ""), value_or(said.why, ""))


def broken_searches(file: PolicyFile) -> Iterator[Mistake]:
    """What this file's own rules look for and no engine can, and what would be found anywhere.

    Engines are imported only where a policy has such rules. Shipped packs are tried by the tests,
    not on every run.
    """
    for block in file.rules.values():
        if block.looks_for is None:
            continue
        search = block.looks_for.value
        reason = kind_of(search).fault(search)
        if reason is not None:
            yield block.looks_for.place, reason


def unknown_rules(
    mentions: Sequence[tuple[Place, str]], rows: Mapping[str, RuleSpec]
) -> Iterator[Mistake]:
    """Ids that no row has and no layer brings."""
    for place, rule in mentions:
        if rule not in rows:
            yield place, f"unknown rule {quoted(rule)}{nearest_rule(rule, rows)}"


def unfit_options(layers: Sequence[PolicyFile]) -> Iterator[Mistake]:
    """Options that an own rule does not have.

    Its layers were read before it was known what it looks for.
    """
    own = {rule: _measures(layers, rule) for rule in searches_of(layers)}
    for file in layers:
        for rule, block in file.rules.items():
            # The options of a rule that a check brings were compared with its row when it was read.
            if rule in own:
                yield from _unknown_options(block, own[rule])


def _unknown_options(block: RuleBlock, known: Container[str]) -> Iterator[Mistake]:
    """Options of the block, or of one of its cases, that are not among the known ones."""
    for overlay in block.overlays:
        for name, placed in overlay.options.items():
            if name not in known:
                message = (
                    f"{block.id} has no option {quoted(name)}: the options of an own rule are the "
                    "limits in its `size`"
                )
                yield placed.place, message


def _measures(layers: Sequence[PolicyFile], rule: str) -> set[str]:
    """What any layer has the rule measure: a later one may have exchanged it."""
    found: set[str] = set()
    for file in layers:
        search = value_or(file.search_of(rule), None)
        if isinstance(search, Size):
            found.update(search.measures)
    return found


def foreign_searches(layers: Sequence[PolicyFile]) -> Iterator[Mistake]:
    """Searches of a folder's own policy that exchange what a rule of the repository looks for.

    It may bring rules for its folder.
    """
    brought: dict[str, Place] = {}
    for file in layers:
        for rule, block in file.rules.items():
            if block.looks_for is None:
                continue
            if file.folder and rule in brought:
                message = (
                    f"a folder's own policy may not change what {rule} looks for: {brought[rule]} "
                    "defines it"
                )
                yield block.looks_for.place, message
            brought.setdefault(rule, block.place)


def nearest_rule(text: str, rules: Mapping[str, object]) -> str:
    """The nearest right id behind a wrong one; a name without its family finds its id."""
    named = next((rule for rule in rules if rule.partition("/")[2] == text), text)
    return nearest(named, rules)
