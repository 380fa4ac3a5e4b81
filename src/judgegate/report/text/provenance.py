"""Who wrote it, as far as markers say: the evidence that decided, and the evidence that did not, and why."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from judgegate.model.evidence import Evidence
from judgegate.model.levels import Authorship, Certainty, Role
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.options import ReportOptions
from judgegate.report.text.words import count, render_list, shorten
from judgegate.report.text_layout import Span, Style, TextLayout

MOST_EVIDENCE = 5
LONGEST_QUOTE = 90

NO_MARKER = "No marker of an AI was found, which proves nothing."

Group = tuple[Evidence, tuple[str, ...]]
"""Equal evidence of several commits, and the commits."""


def render_provenance(
    verdict: Verdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """The verdict on who wrote it, with what it rests on."""
    provenance = verdict.provenance
    yield from layout.flow(
        Span("Provenance: ", Style.BOLD), describe_provenance(provenance), hang=2
    )
    gating = group_evidence(provenance.gating)
    yield from render_list(
        [_describe_evidence(group, options) for group in gating],
        MOST_EVIDENCE,
        options,
        layout,
    )
    if gating:
        yield from layout.flow(
            "Thanks for the disclosure: reviewers know where to look first.", indent=2
        )
    yield from _render_idle(provenance, options, layout)
    for statement in provenance.declared_none:
        yield from layout.flow(
            f'Stated: "{_cut(statement)}" (shown, but it does not outweigh evidence)',
            indent=2,
            hang=2,
        )


def describe_provenance(provenance: ProvenanceVerdict) -> str:
    """One sentence; it never says that a human wrote something, because a missing marker proves nothing."""
    if provenance.verdict is Authorship.UNMARKED:
        weak = "The evidence is not enough to call it AI-assisted."
        return f"unmarked. {weak if provenance.evidence else NO_MARKER}"
    share = f"{provenance.ai_lines} of {count(provenance.added_lines, 'added line')}"
    if provenance.confidence is None:
        return f"judged as AI-assisted ({provenance.assumed or 'by the policy'}), {share}."
    return f"AI-assisted ({provenance.confidence.value}), {share}."


def describe_assistance(provenance: ProvenanceVerdict) -> str:
    """What is said of a change or a finding that counts as AI-assisted."""
    # Where it only counts so, that must be no claim about who wrote it.
    return "treated as AI-assisted" if provenance.assumed else "AI-assisted"


def group_evidence(evidence: Sequence[Evidence]) -> list[Group]:
    """Equal evidence once, the strongest first, with the commits that it was seen in."""
    first: dict[Evidence, Evidence] = {}
    commits: dict[Evidence, list[str]] = defaultdict(list)
    for piece in sorted(evidence, key=lambda piece: -piece.confidence.rank):
        # Equal in all but the commit.
        key = replace(piece, commit=None)
        first.setdefault(key, piece)
        if piece.commit:
            commits[key].append(piece.commit)
    return [(piece, tuple(commits[key])) for key, piece in first.items()]


def _describe_evidence(group: Group, options: ReportOptions) -> list[Span | str]:
    """What the marker is, where it was found and what it says."""
    evidence, _ = group
    what = f"{evidence.tool} ({evidence.confidence.value}), {describe_source(group)}"
    if options.verbose:
        what = f"{what} [{evidence.signal}, {evidence.role.value}]"
    return [f"- {what}: ", Span(f'"{_cut(evidence.quote)}"', Style.CYAN)]


def describe_source(group: Group) -> str:
    """Such as: co-author of 7 commits."""
    evidence, commits = group
    match commits:
        case ():
            return evidence.source
        case (commit,):
            return f"{evidence.source} of {shorten(commit)}"
        case _:
            return f"{evidence.source} of {count(len(commits), 'commit')}"


def _cut(quote: str) -> str:
    """As much of the quote as fits in about a line."""
    if len(quote) <= LONGEST_QUOTE:
        return quote
    return f"{quote[:LONGEST_QUOTE]}..."


def _render_idle(
    provenance: ProvenanceVerdict, options: ReportOptions, layout: TextLayout
) -> Iterator[str]:
    """What did not decide, by the reason why not."""
    for why, groups in idle_evidence(provenance):
        yield from layout.flow(f"Not counted, because {why}:", indent=2, hang=2)
        items = [_describe_evidence(group, options) for group in groups]
        yield from render_list(items, MOST_EVIDENCE, options, layout, indent=4)


def idle_evidence(provenance: ProvenanceVerdict) -> Iterator[tuple[str, list[Group]]]:
    """Why some evidence did not decide, as the end of a sentence, with the evidence."""
    decisive = frozenset(provenance.gating)
    reasons: dict[str, list[Evidence]] = defaultdict(list)
    for piece in provenance.evidence:
        if piece not in decisive:
            reasons[_why_idle(piece, provenance)].append(piece)
    for why, pieces in sorted(reasons.items()):
        yield why, group_evidence(pieces)


def _why_idle(evidence: Evidence, provenance: ProvenanceVerdict) -> str:
    """Why this evidence did not decide, as the end of a sentence."""
    names = (evidence.tool.lower(), evidence.signal.lower())
    if not provenance.switched_off.isdisjoint(names):
        return f"the policy switched {evidence.tool} off"
    # The role comes before the strength: however sure a marker is, these say nothing of the code.
    match evidence.role:
        case Role.SUMMARY_ONLY:
            return "it shows who summarised the change, not who wrote it"
        case Role.MESSAGE_ONLY:
            return "it shows who wrote the message, not who wrote the code"
        case Role.AUTHORED | Role.DECLARED | Role.REVIEW_SUGGESTION:
            return _why_too_weak(evidence, provenance.gate_on)


def _why_too_weak(evidence: Evidence, gate_on: Certainty | None) -> str:
    if gate_on is not None and evidence.confidence < gate_on:
        strength = evidence.confidence.value
        return f"{strength} evidence can be wrong, and the policy requires {gate_on.value}"
    if evidence.confidence is Certainty.WEAK:
        return "weak evidence can be wrong"
    return f"the policy does not count the role {evidence.role.value}"
