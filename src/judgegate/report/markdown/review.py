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
    """What holds it up first, then what counts, then what does not."""
    review = verdict.review
    items = [
        entry(
            f"**Stopped:** {prose(clause)}; the change cannot pass until this is resolved"
        )
        for clause in review.held_by
    ]
    items += [_render_demand(demand, options) for demand in review.demands]
    items += (
        [entry("One approval can count for several of these.")]
        if len(open_demands(verdict)) > 1
        else []
    )
    items += list(_render_ways(verdict, options))
    items += [entry(_render_counted(approval)) for approval in review.counted]
    items += [
        entry(f"{code(approval.who)} does not count: {prose(approval.why)}")
        for approval in review.ignored
    ]
    items += [
        entry(f"{code(name)}: no account is known, so each review needs one more approval")
        for name in review.unmapped
    ]
    if items:
        yield foldable(_summarise(review), *shortlist(items, MOST_ITEMS, options))


def _render_ways(verdict: Verdict, options: ReportOptions) -> Iterator[str]:
    """What else the policy lets people do where a forge is asked; the line of an attestation as it has to be said."""
    review, head = verdict.review, verdict.change.head
    if (
        options.place is not Audience.FORGE
        or head is None
        or verdict.outcome not in {Outcome.REVIEW, Outcome.BLOCK}
    ):
        return
    if any(demand.attestable for demand in open_demands(verdict)):
        yield entry(
            "Someone with admin permission, including the author, can attest it instead, in a comment with "
            "only this text:",
            code(f"/judgegate reviewed {head.oid} what you checked"),
        )
    if review.may_override:
        who = " or ".join(dict.fromkeys(map(str, review.may_override)))
        yield entry(
            f"In an emergency {prose(who)} can override this, except what is non-negotiable"
        )


def _summarise(review: ReviewVerdict) -> str:
    missing = max((demand.missing for demand in review.demands), default=0)
    parts = [
        "overridden" if review.override else "",
        "changes requested" if review.held_by else "",
        f"{count(missing, 'approval')} missing" if missing else "",
        f"{len(review.counted)} counted" if review.counted else "",
        f"{len(review.ignored)} ignored" if review.ignored else "",
    ]
    return f"<b>Review</b>: {', '.join(filter(None, parts)) or ('given' if review.required else 'not required')}"


def _render_demand(demand: Demand, options: ReportOptions) -> str:
    rules = ", ".join(map(code, sorted(demand.rules)))
    if not demand.missing:
        return entry(
            f"Given: {count(demand.approvals, 'approval')}, for {rules or 'the change'}"
        )
    described = describe_demand(demand, options.place, own=False)
    return entry(f"**Needed:** {prose(described)}", f"for {rules}" if rules else "")


def _render_counted(approval: Counted) -> str:
    serves = (
        f", for {', '.join(map(code, sorted(approval.serves)))}" if approval.serves else ""
    )
    if approval.attested is not None:
        return (
            f"{code(approval.who)} attests {code(shorten(approval.commit))} instead of an approval{serves}: "
            f"{code(approval.attested)}"
        )
    return f"{code(approval.who)} approved {code(shorten(approval.commit))}{serves}"


MOST_EVIDENCE = 12


def render_provenance(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The evidence that decided, what did not and why, and what was stated."""
    provenance = verdict.provenance
    items = [entry(_render_evidence(group)) for group in group_evidence(provenance.gating)]
    items += [
        entry(_render_evidence(group), f"Not counted, because {prose(why)}.")
        for why, groups in idle_evidence(provenance)
        for group in groups
    ]
    items += [
        entry(f"Stated: {code(text)} (shown, but it does not outweigh evidence)")
        for text in provenance.declared_none
    ]
    if provenance.assumed:
        items.insert(
            0,
            entry(
                f"Treated as AI-assisted, no matter who wrote it: {prose(provenance.assumed)}."
            ),
        )
    if items:
        yield foldable(
            _summarise_evidence(provenance), *shortlist(items, MOST_EVIDENCE, options)
        )


def _summarise_evidence(provenance: ProvenanceVerdict) -> str:
    if provenance.verdict is Authorship.UNMARKED:
        seen = "the evidence is not enough" if provenance.evidence else "no marker of an AI"
        return f"<b>Who wrote it</b>: unmarked, {seen}"
    if provenance.confidence is None:
        return "<b>Who wrote it</b>: not known, treated as AI-assisted"
    return f"<b>Who wrote it</b>: AI-assisted ({provenance.confidence.value})"


def _render_evidence(group: Group) -> str:
    evidence, _ = group
    return f"{prose(evidence.tool)} ({evidence.confidence.value}), {prose(describe_source(group))}: {code(evidence.quote)}"
