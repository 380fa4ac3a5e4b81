"""What the evidence comes to under a policy's terms. Pure: a record and terms in, an assessment out."""

from collections.abc import Iterable, Mapping
from itertools import compress

from msgspec import Struct, field

from judgegate.model.change import Change
from judgegate.model.evidence import Evidence, ProvenanceRecord
from judgegate.model.intervals import NO_LINES, Intervals
from judgegate.model.levels import Authorship, Certainty, Role
from judgegate.model.ranges import LineRange, merge_ranges
from judgegate.model.verdict import ProvenanceVerdict
from judgegate.policy.provenance import ProvenanceTerms

ALWAYS = "the policy sets gate_on: always"
ASSUMED = "--assume-ai is given"


class ProvenanceAssessment(Struct, frozen=True):
    """Who wrote the change, its files and its lines, as the policy's terms see it.

    `gating` is the evidence that made the change AI-assisted, `confidence` its strongest. `assumed`
    says why the AI terms apply whatever the evidence, if they do. `whole`: no finer statement than
    for the change as a whole would be more than a guess.
    """

    verdict: Authorship
    confidence: Certainty | None
    gating: tuple[Evidence, ...]
    gate_on: Certainty | None
    roles: frozenset[Role]
    assumed: str | None = None
    whole: bool = False
    added: Mapping[str, Intervals] = field(default_factory=dict)
    assisted: Mapping[str, Intervals] = field(default_factory=dict)
    touched: frozenset[str] = frozenset()

    def of_lines(self, path: str, ranges: Iterable[LineRange]) -> Authorship:
        """Who wrote what a finding in these lines of the head is about.

        An AI, if it wrote one of them; with no added line among them, what the file is.

        Args:
            path: the file's, as the head has it.
            ranges: the finding's lines, in the head's numbers.
        """
        if self.whole:
            return self.verdict
        wanted = tuple(ranges)
        if any(map(self.assisted.get(path, NO_LINES).meets, wanted)):
            return Authorship.AI
        if any(map(self.added.get(path, NO_LINES).meets, wanted)):
            return Authorship.UNMARKED
        return self.of_file(path)

    def of_file(self, path: str) -> Authorship:
        """Whether an AI-assisted commit of the change touched the file, or a line of it is claimed."""
        if self.whole:
            return self.verdict
        if path in self.touched or path in self.assisted:
            return Authorship.AI
        return Authorship.UNMARKED

    def ai_lines(self, path: str) -> tuple[LineRange, ...]:
        """The added lines that count as AI-assisted, as ranges of the head's side."""
        is_all_ai = self.whole and self.verdict is Authorship.AI
        lines = self.added if is_all_ai else self.assisted
        return lines.get(path, NO_LINES).ranges


def assess_provenance(
    record: ProvenanceRecord,
    gate_on: Certainty | None,
    roles: frozenset[Role],
    *,
    tools_off: frozenset[str] = frozenset(),
    assume_ai: bool = False,
) -> ProvenanceAssessment:
    """What the record comes to.

    Args:
        record: everything that was found, of any strength.
        gate_on: the weakest confidence that makes a change AI-assisted; None: every change counts
            as AI-assisted.
        roles: what part the AI must have had for a piece of evidence to count.
        tools_off: tools, or single signals by their id, whose evidence the policy does not count;
            in lower case.
        assume_ai: the caller says that an AI took part.
    """
    gates = [does_gate(piece, gate_on, roles, tools_off) for piece in record.evidence]
    gating = tuple(compress(record.evidence, gates))
    assumed = _why_assumed(gate_on, assume_ai=assume_ai)

    def any_gates(indices: Iterable[int]) -> bool:
        return any(map(gates.__getitem__, indices))

    return ProvenanceAssessment(
        verdict=Authorship.AI if gating or assumed else Authorship.UNMARKED,
        confidence=max((piece.confidence for piece in gating), default=None),
        gating=gating,
        gate_on=gate_on,
        roles=roles,
        assumed=assumed,
        whole=assumed is not None or any_gates(record.whole),
        added=_by_path((entry.path, entry.lines) for entry in record.lines),
        assisted=_by_path(
            (entry.path, entry.lines) for entry in record.lines if any_gates(entry.evidence)
        ),
        touched=frozenset(
            entry.path for entry in record.files if any_gates(entry.evidence)
        ),
    )


def _why_assumed(gate_on: Certainty | None, *, assume_ai: bool) -> str | None:
    """Why the AI terms apply whatever the evidence says; None if they do not."""
    if gate_on is None:
        return ALWAYS
    return ASSUMED if assume_ai else None


def does_gate(
    piece: Evidence,
    gate_on: Certainty | None,
    roles: frozenset[Role],
    tools_off: frozenset[str] = frozenset(),
) -> bool:
    """Whether a piece of evidence makes what it speaks of AI-assisted.

    Under `always` (None) strong evidence is what is named.

    Args:
        piece: the evidence.
        gate_on: the weakest confidence that counts.
        roles: what part the AI must have had.
        tools_off: tools, or single signals by their id, that do not count; in lower case.
    """
    names = (piece.tool.lower(), piece.signal.lower())
    if piece.role not in roles or not tools_off.isdisjoint(names):
        return False
    return piece.confidence >= (gate_on or Certainty.STRONG)


def _by_path(entries: Iterable[tuple[str, LineRange]]) -> dict[str, Intervals]:
    """The lines of each path, in order, neighbours as one range."""
    found: dict[str, list[LineRange]] = {}
    for path, lines in entries:
        found.setdefault(path, []).append(lines)
    return {path: Intervals(merge_ranges(lines)) for path, lines in found.items()}


def verdict_on_provenance(
    record: ProvenanceRecord,
    assessment: ProvenanceAssessment,
    terms: ProvenanceTerms,
    change: Change,
    ai_lines: int,
) -> ProvenanceVerdict:
    """What a report says of who wrote the change.

    Args:
        record: all that was found.
        assessment: what that comes to.
        terms: the policy's, for what it has switched off.
        change: whose added lines are counted.
        ai_lines: how many of them count as AI-assisted.
    """
    return ProvenanceVerdict(
        verdict=assessment.verdict,
        confidence=assessment.confidence,
        ai_lines=ai_lines,
        added_lines=change.added_lines,
        evidence=record.evidence,
        gating=assessment.gating,
        assumed=assessment.assumed,
        declared_none=record.declared_none,
        gate_on=assessment.gate_on,
        switched_off=terms.signals_off,
    )
