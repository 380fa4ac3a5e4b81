"""The human review: what is asked for and who can give it, what counts, what does not and why."""

from collections.abc import Iterator

from judgegate.model.levels import Authorship, Outcome
from judgegate.model.verdict import (
    Counted,
    Demand,
    ProvenanceVerdict,
    ReviewVerdict,
    Verdict,
)
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import code, prose
from judgegate.report.options import Audience, ReportOptions
from judgegate.report.text.next_steps import describe_demand, open_demands
from judgegate.report.text.provenance import (
    Group,
    describe_source,
    group_evidence,
    idle_evidence,
)
from judgegate.report.text.words import count, shorten

MOST_ITEMS = 20


def render_review(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """What stops the change first, then what counts, then what does not."""
    items = list(_render_items(verdict, options))
    if items:
        shown, others = shortlist(items, MOST_ITEMS, options)
        yield foldable(_summarise(verdict.review), shown, others)


def _render_items(verdict: Verdict, options: ReportOptions) -> Iterator[str]:
    """An item for each clause, demand and approval."""
    review = verdict.review
    for clause in review.held_by:
        yield entry(
            f"**Stopped:** {prose(clause)}; the change cannot pass until this is resolved"
        )
    for demand in review.demands:
        yield _render_demand(demand, options)
    if len(open_demands(verdict)) > 1:
        yield entry("One approval can count for several of these.")
    yield from _render_ways(verdict, options)
    for approval in review.counted:
        yield entry(_render_counted(approval))
    for ignored in review.ignored:
        yield entry(f"{code(ignored.who)} does not count: {prose(ignored.why)}")
    for name in review.unmapped:
        yield entry(
            f"{code(name)}: no account is known, so each review needs one more approval"
        )


def _render_ways(verdict: Verdict, options: ReportOptions) -> Iterator[str]:
    """What else the policy lets people do where a forge is asked.

    The line of an attestation is as it has to be said.
    """
    review, head = verdict.review, verdict.change.head
    if options.place is not Audience.FORGE or head is None:
        return
    # A pass needs no other way, and what could not be judged has none.
    if verdict.outcome not in {Outcome.REVIEW, Outcome.BLOCK}:
        return
    if any(demand.attestable for demand in open_demands(verdict)):
        yield entry(
            "Someone with admin permission, including the author, can attest it instead, "
            "in a comment with only this text:",
            code(f"/judgegate reviewed {head.oid} what you checked"),
        )
    if review.may_override:
        who = " or ".join(dict.fromkeys(map(str, review.may_override)))
        yield entry(
            f"In an emergency {prose(who)} can override this, except what is non-negotiable"
        )


def _summarise(review: ReviewVerdict) -> str:
    """How it is with the review, in the fewest words."""
    parts = []
    if review.override:
        parts.append("overridden")
    if review.held_by:
        parts.append("changes requested")
    missing = max((demand.missing for demand in review.demands), default=0)
    if missing:
        parts.append(f"{count(missing, 'approval')} missing")
    if review.counted:
        parts.append(f"{len(review.counted)} counted")
    if review.ignored:
        parts.append(f"{len(review.ignored)} ignored")
    if not parts:
        parts.append("given" if review.required else "not required")
    return f"<b>Review</b>: {', '.join(parts)}"


def _render_demand(demand: Demand, options: ReportOptions) -> str:
    """A review that is asked for: what is missing, or that it is given."""
    rules = ", ".join(map(code, sorted(demand.rules)))
    if not demand.missing:
        return entry(
            f"Given: {count(demand.approvals, 'approval')}, for {rules or 'the change'}"
        )
    described = describe_demand(demand, options.place, own=False)
    return entry(f"**Needed:** {prose(described)}", f"for {rules}" if rules else "")


def _render_counted(approval: Counted) -> str:
    """Who gave it, what for, and what an attestation says."""
    who, commit = code(approval.who), code(shorten(approval.commit))
    rules = ", ".join(map(code, sorted(approval.serves)))
    serves = f", for {rules}" if rules else ""
    if approval.attested is None:
        return f"{who} approved {commit}{serves}"
    return (
        f"{who} attests {commit} instead of an approval{serves}: {code(approval.attested)}"
    )


MOST_EVIDENCE = 12


def render_provenance(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The evidence that decided, what did not and why, and what was stated."""
    items = list(_render_statements(verdict.provenance))
    if items:
        shown, others = shortlist(items, MOST_EVIDENCE, options)
        yield foldable(_summarise_evidence(verdict.provenance), shown, others)


def _render_statements(provenance: ProvenanceVerdict) -> Iterator[str]:
    """An item for each piece of evidence and each statement."""
    if provenance.assumed:
        why = prose(provenance.assumed)
        yield entry(f"Treated as AI-assisted, no matter who wrote it: {why}.")
    for group in group_evidence(provenance.gating):
        yield entry(_render_evidence(group))
    for why, groups in idle_evidence(provenance):
        for group in groups:
            yield entry(_render_evidence(group), f"Not counted, because {prose(why)}.")
    for text in provenance.declared_none:
        yield entry(f"Stated: {code(text)} (shown, but it does not outweigh evidence)")


def _summarise_evidence(provenance: ProvenanceVerdict) -> str:
    """Who wrote it, in the fewest words."""
    if provenance.verdict is Authorship.UNMARKED:
        seen = "the evidence is not enough" if provenance.evidence else "no marker of an AI"
        return f"<b>Who wrote it</b>: unmarked, {seen}"
    if provenance.confidence is None:
        return "<b>Who wrote it</b>: not known, treated as AI-assisted"
    return f"<b>Who wrote it</b>: AI-assisted ({provenance.confidence.value})"


def _render_evidence(group: Group) -> str:
    """What the marker is, where it was found and what it says."""
    evidence, _ = group
    tool, source = prose(evidence.tool), prose(describe_source(group))
    return f"{tool} ({evidence.confidence.value}), {source}: {code(evidence.quote)}"
