"""The block `provenance`: what makes a change AI-assisted."""

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.evidence import SignalKind
from judgegate.model.levels import Certainty, Role, Scale
from judgegate.policy.block_fields import (
    Difference,
    Direction,
    LayeredBlock,
    Term,
    compare_sets,
    compare_terms,
    set_fields,
    tightened,
)
from judgegate.policy.problems import Place, Placed, Problems
from judgegate.policy.reader import (
    Field,
    Shape,
    fields_schema,
    is_complete,
    list_of,
    one_of,
    one_word,
    placed,
    table,
    word,
)
from judgegate.policy.yaml_document import Node


class GateOn(Scale):
    """The weakest confidence that makes a change AI-assisted. The laxer word is first."""

    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"
    ALWAYS = "always"

    @property
    def floor(self) -> Certainty | None:
        """The weakest evidence that gates, or None where every change counts as AI-assisted."""
        return None if self is GateOn.ALWAYS else Certainty(self.value)


class TeamSignal(Struct, frozen=True):
    """A team's own marker of AI work, in the catalogue's terms.

    `kind` is the place, `pattern` the text that is there, literally.
    """

    tool: str
    kind: str
    pattern: str
    confidence: Certainty = Certainty.STRONG
    role: Role = Role.AUTHORED


# The places that the catalogue of signals knows, but for files of tools' own formats.
_KINDS = tuple(
    kind.value for kind in SignalKind if kind not in {SignalKind.NOTE, SignalKind.TRACE}
)
_SIGNAL = (
    Field("tool", word, needed="which tool the marker is from"),
    Field(
        "kind",
        one_word(_KINDS),
        needed="the kind of place where the marker is, such as trailer",
    ),
    Field("pattern", word, needed="the text of the marker"),
    Field("confidence", one_of(Certainty)),
    Field("role", one_of(Role)),
)


def _read_signal(node: Node, problems: Problems) -> TeamSignal | None:
    """A marker of the team's own."""
    fields = table(node, problems, "a signal")
    if fields is None:
        return None
    values = fields.take_all(_SIGNAL)
    fields.close("a signal")
    return TeamSignal(**values) if is_complete(values, _SIGNAL) else None


_SIGNALS = (
    Field(
        "add",
        list_of(placed(Shape(_read_signal, fields_schema(_SIGNAL))), "a list of signals"),
        name="signals",
    ),
    Field("off", list_of(placed(word), "a list of tools", alone=True), name="signals_off"),
)


class ProvenanceBlock(Struct, frozen=True):
    """Provenance terms, as far as they are set."""

    gate_on: Placed[GateOn] | None = None
    roles: Placed[frozenset[Role]] | None = None
    signals: tuple[Placed[TeamSignal], ...] = ()
    signals_off: tuple[Placed[str], ...] = ()


NO_PROVENANCE = ProvenanceBlock()

_GATE_ON = Term(
    "gate_on", one_of(GateOn), "The weakest evidence that makes a change AI-assisted."
)
_ROLES = Term(
    "roles",
    list_of(one_of(Role), "a list of roles").then(frozenset),
    "Which roles of an AI count.",
    stricter=frozenset.union,
)


def _read_signals(node: Node, problems: Problems) -> dict[str, object] | None:
    """The markers that are added, and the tools whose markers are switched off."""
    fields = table(node, problems, "signals: {add: [...], off: [...]}")
    if fields is None:
        return None
    values = fields.take_all(_SIGNALS)
    fields.close("signals")
    return values


_BLOCK = (
    replace(_GATE_ON, shape=placed(_GATE_ON.shape)),
    replace(_ROLES, shape=placed(_ROLES.shape)),
    Field("signals", Shape(_read_signals, fields_schema(_SIGNALS))),
)


def _read_block(node: Node, problems: Problems) -> ProvenanceBlock | None:
    """The block, with the fields of `signals` beside its own ones."""
    fields = table(node, problems, "provenance settings")
    if fields is None:
        return None
    values = fields.take_all(_BLOCK)
    fields.close("provenance")
    signals = values.pop("signals", {})
    return ProvenanceBlock(**values, **signals)


provenance_block = Shape(_read_block, {"$ref": "#/$defs/provenance"})
provenance_schema = fields_schema(_BLOCK, description="What makes a change AI-assisted.")
"""The schema `#/$defs/provenance`."""


class ProvenanceTerms(Struct, frozen=True):
    """What makes a change AI-assisted. `signals_off`: tools of the catalogue whose signals do not count."""

    gate_on: GateOn = GateOn.STRONG
    roles: frozenset[Role] = frozenset(
        {Role.AUTHORED, Role.DECLARED, Role.REVIEW_SUGGESTION}
    )
    signals_off: frozenset[str] = frozenset()

    def tightened(self, later: "ProvenanceTerms") -> "ProvenanceTerms":
        """These terms, and of later ones what is stricter."""
        terms = tightened((_GATE_ON, _ROLES), self, later)
        return replace(terms, signals_off=self.signals_off & later.signals_off)


def _parts(block: ProvenanceBlock) -> Iterator[tuple[ProvenanceBlock, Place]]:
    """The block's single settings.

    A team's own signals are none of them: they add up, whatever layer brings them.
    """
    if block.gate_on is not None:
        yield ProvenanceBlock(gate_on=block.gate_on), block.gate_on.place
    if block.roles is not None:
        yield ProvenanceBlock(roles=block.roles), block.roles.place
    for tool in block.signals_off:
        yield ProvenanceBlock(signals_off=(tool,)), tool.place


def _apply(terms: ProvenanceTerms, block: ProvenanceBlock) -> ProvenanceTerms:
    """The terms with what the block sets. Tools that are switched off add up."""
    off = terms.signals_off | {tool.value.lower() for tool in block.signals_off}
    return replace(set_fields(terms, block), signals_off=off)


PROVENANCE = LayeredBlock(ProvenanceTerms(), _parts, _apply)


def compare_provenance(old: ProvenanceTerms, new: ProvenanceTerms) -> Iterator[Difference]:
    """What became of the terms; signals are compared by `compare_signals`."""
    for found in compare_terms("provenance", (_GATE_ON,), old, new):
        yield found.of(found.aspect)
    was = {role.value for role in old.roles}
    now = {role.value for role in new.roles}
    yield from compare_sets("provenance.roles", was, now, more=Direction.TIGHTER)
    yield from compare_sets(
        "provenance.signals.off", old.signals_off, new.signals_off, more=Direction.WEAKER
    )


def compare_signals(
    old: Iterable[TeamSignal], new: Iterable[TeamSignal]
) -> Iterator[Difference]:
    """Which of a team's own signals came, and which went."""
    was, now = map(_describe_signal, old), map(_describe_signal, new)
    return compare_sets("provenance.signals.add", was, now, more=Direction.TIGHTER)


def _describe_signal(signal: TeamSignal) -> str:
    """A marker in a difference."""
    return f"{signal.kind} {signal.pattern!r} ({signal.tool}, {signal.confidence.value})"
