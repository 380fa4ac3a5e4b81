"""How it is written what makes a change AI-assisted."""

from judgegate.model.scales import Certainty, Role
from judgegate.model.signals import SignalKind
from judgegate.policy.model import ProvenanceBlock
from judgegate.policy.problems import Problems, listed, nearest
from judgegate.policy.reader import Placed, list_of, one_of, placed, refuse_word, table, word
from judgegate.policy.terms import GateOn, TeamSignal
from judgegate.policy.yaml_document import Node, Scalar

SIGNAL_KINDS = tuple(kind.value for kind in SignalKind if kind not in {SignalKind.NOTE, SignalKind.TRACE})
"""The places that the catalogue of signals knows, by the names that it has for them, but for files of tools' own formats."""

SignalLists = tuple[tuple[Placed[TeamSignal], ...], tuple[Placed[str], ...]]


def provenance_block(node: Node, problems: Problems) -> ProvenanceBlock | None:
    """Provenance terms, as far as they are set."""
    fields = table(node, problems, "provenance terms")
    if fields is None:
        return None
    gate_on = fields.placed("gate_on", one_of(GateOn))
    roles = fields.placed("roles", _roles)
    signals, signals_off = fields.take("signals", _signals) or ((), ())
    fields.close("provenance")
    return ProvenanceBlock(gate_on, roles, signals, signals_off)


def _roles(node: Node, problems: Problems) -> frozenset[Role] | None:
    roles = list_of(one_of(Role), "a list of roles")(node, problems)
    return None if roles is None else frozenset(roles)


def _signals(node: Node, problems: Problems) -> SignalLists | None:
    fields = table(node, problems, "signals: {add: [...], off: [...]}")
    if fields is None:
        return None
    added = fields.take("add", list_of(placed(_signal), "a list of signals"))
    off = fields.take("off", list_of(placed(word), "a list of tools", alone=True))
    fields.close("signals")
    return added or (), off or ()


def _signal(node: Node, problems: Problems) -> TeamSignal | None:
    fields = table(node, problems, "a signal")
    if fields is None:
        return None
    tool = fields.need("tool", word, "what the evidence is called by")
    kind = fields.need("kind", _kind, "where the marker stands, as trailer")
    pattern = fields.need("pattern", word, "the marker, as it stands there")
    confidence = fields.take("confidence", one_of(Certainty)) or Certainty.STRONG
    role = fields.take("role", one_of(Role)) or Role.AUTHORED
    fields.close("a signal")
    if tool is None or kind is None or pattern is None:
        return None
    return TeamSignal(tool, kind, pattern, confidence, role)


def _kind(node: Node, problems: Problems) -> str | None:
    if isinstance(node, Scalar) and node.text in SIGNAL_KINDS:
        return node.text
    hint = nearest(node.text, SIGNAL_KINDS) if isinstance(node, Scalar) else ""
    return refuse_word(node, problems, listed(SIGNAL_KINDS), hint)
