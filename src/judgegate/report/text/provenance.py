"""Who wrote it, as far as markers say: the evidence that decided, and the evidence that did not, and why."""

from collections.abc import Iterator, Sequence

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
        return (
            "unmarked. "
            f"{'The evidence is not enough to call it AI-assisted.' if provenance.evidence else NO_MARKER}"
        )
    share = f"{provenance.ai_lines} of {count(provenance.added_lines, 'added line')}"
    if provenance.confidence is None:
        return f"judged as AI-assisted ({provenance.assumed or 'by the policy'}), {share}."
    return f"AI-assisted ({provenance.confidence.value}), {share}."


def describe_assistance(provenance: ProvenanceVerdict) -> str:
    """What is said of a change or a finding that counts as AI-assisted: where it only counts so, that is no claim about who wrote it."""
    return "treated as AI-assisted" if provenance.assumed else "AI-assisted"


def group_evidence(evidence: Sequence[Evidence]) -> list[Group]:
    """Equal evidence once, the strongest first, with the commits that it was seen in."""
    groups: dict[tuple[object, ...], list[Evidence]] = {}
    for piece in sorted(evidence, key=lambda piece: -piece.confidence.rank):
        groups.setdefault(
            (
                piece.tool,
                piece.signal,
                piece.role,
                piece.confidence,
                piece.source,
                piece.quote,
            ),
            [],
        ).append(piece)
    return [
        (pieces[0], tuple(piece.commit for piece in pieces if piece.commit))
        for pieces in groups.values()
    ]


def _describe_evidence(group: Group, options: ReportOptions) -> list[Span | str]:
    evidence, _ = group
    signal = f" [{evidence.signal}, {evidence.role.value}]" if options.verbose else ""
    seen = f"- {evidence.tool} ({evidence.confidence.value}), {describe_source(group)}{signal}: "
    return [seen, Span(f'"{_cut(evidence.quote)}"', Style.CYAN)]


def describe_source(group: Group) -> str:
    """Such as: co-author of 7 commits."""
    evidence, commits = group
    if not commits:
        return evidence.source
    return f"{evidence.source} of {shorten(commits[0]) if len(commits) == 1 else count(len(commits), 'commit')}"


def _cut(quote: str) -> str:
    return quote if len(quote) <= LONGEST_QUOTE else quote[:LONGEST_QUOTE] + "..."


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
    reasons: dict[str, list[Evidence]] = {}
    for piece in provenance.evidence:
        if piece not in provenance.gating:
            reasons.setdefault(_why_idle(piece, provenance), []).append(piece)
    for why, pieces in sorted(reasons.items()):
        yield why, group_evidence(pieces)


def _why_idle(evidence: Evidence, provenance: ProvenanceVerdict) -> str:
    if not provenance.switched_off.isdisjoint(
        (evidence.tool.lower(), evidence.signal.lower())
    ):
        return f"the policy switched {evidence.tool} off"
    match evidence.role:
        case Role.SUMMARY_ONLY:
            return "it shows who summarised the change, not who wrote it"
        case Role.MESSAGE_ONLY:
            return "it shows who wrote the message, not who wrote the code"
        case Role.AUTHORED | Role.DECLARED | Role.REVIEW_SUGGESTION:
            return _why_too_weak(evidence, provenance.gate_on)


def _why_too_weak(evidence: Evidence, gate_on: Certainty | None) -> str:
    if gate_on is not None and evidence.confidence < gate_on:
        return f"{evidence.confidence.value} evidence can be wrong, and the policy requires {gate_on.value}"
    if evidence.confidence is Certainty.WEAK:
        return "weak evidence can be wrong"
    return f"the policy does not count the role {evidence.role.value}"
