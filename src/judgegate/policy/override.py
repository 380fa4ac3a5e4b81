"""The block `override`: who may override a verdict in an emergency."""

from collections.abc import Iterator

from msgspec import Struct

from judgegate.model.verdict import Standing
from judgegate.policy.block_fields import (
    Difference,
    Direction,
    LayeredBlock,
    compare_sets,
    single_value,
)
from judgegate.policy.problems import Problems, nearest
from judgegate.policy.reader import Shape, refuse, refuse_word, table
from judgegate.policy.review import standings, standings_schema
from judgegate.policy.schema_shapes import table_schema
from judgegate.policy.yaml_document import Node, Scalar


class OverrideTerms(Struct, frozen=True):
    """Who may override a verdict in an emergency; no one where `standings` is empty."""

    standings: tuple[Standing, ...] = ()

    def tightened(self, later: "OverrideTerms") -> "OverrideTerms":
        """Those of the later ones who may according to these terms, too."""
        return OverrideTerms(
            tuple(standing for standing in later.standings if standing in self.standings)
        )


def _read_override(node: Node, problems: Problems) -> tuple[Standing, ...] | None:
    """`never`, or who may."""
    if isinstance(node, Scalar):
        if node.text == "never":
            return ()
        hint = nearest(node.text, ["never"])
        return refuse_word(node, problems, "never, or {from: [{permission: admin}]}", hint)
    fields = table(node, problems, "who may override")
    if fields is None:
        return None
    whom = fields.need(
        "from", standings, "who may override a verdict, such as [{permission: admin}]"
    )
    fields.close("override")
    entries = fields.node_of("from")
    # Code owners answer for single files, and an override for everything in the change.
    if entries is not None and whom and Standing("code_owners") in whom:
        return refuse(
            entries,
            problems,
            "a permission, a team or a user: an override applies to the whole change",
        )
    return whom


override = Shape(
    _read_override,
    {
        "description": "Who may override a verdict in an emergency.",
        "anyOf": [
            {"const": "never"},
            table_schema({"from": standings_schema(owners=False)}, ["from"]),
        ],
    },
)

OVERRIDE = LayeredBlock(
    OverrideTerms(), single_value, lambda _, value: OverrideTerms(value.value)
)


def compare_overrides(old: OverrideTerms, new: OverrideTerms) -> Iterator[Difference]:
    """Who may, and who may no longer."""
    return compare_sets(
        "override", map(str, old.standings), map(str, new.standings), more=Direction.WEAKER
    )
