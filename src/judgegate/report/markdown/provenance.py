"""Who wrote it, as far as markers tell, with the evidence."""

from collections.abc import Iterator

from judgegate.model.scales import Authorship
from judgegate.model.verdict import ProvenanceVerdict, Verdict
from judgegate.report.markdown.blocks import Block, entry, foldable, shortlist
from judgegate.report.markdown.escaping import code, prose
from judgegate.report.options import ReportOptions
from judgegate.report.text.provenance import Group, describe_source, group_evidence, idle_evidence

MOST_EVIDENCE = 12


def tell_provenance(verdict: Verdict, options: ReportOptions) -> Iterator[Block]:
    """The evidence that decided, what did not and why, and what was stated."""
    provenance = verdict.provenance
    items = [entry(_describe(group)) for group in group_evidence(provenance.gating)]
    items += [
        entry(_describe(group), f"Not counted, because {prose(why)}.") for why, groups in idle_evidence(provenance) for group in groups
    ]
    items += [entry(f"Stated: {code(text)} (shown, and outweighs no evidence)") for text in provenance.declared_none]
    if provenance.assumed:
        items.insert(0, entry(f"Treated as AI-assisted, whoever wrote it: {prose(provenance.assumed)}."))
    if items:
        yield foldable(_summarise(provenance), *shortlist(items, MOST_EVIDENCE, options))


def _summarise(provenance: ProvenanceVerdict) -> str:
    if provenance.verdict is Authorship.UNMARKED:
        seen = "what was seen is not enough" if provenance.evidence else "no marker of an AI"
        return f"<b>Who wrote it</b>: unmarked, {seen}"
    if provenance.confidence is None:
        return "<b>Who wrote it</b>: not known, treated as AI-assisted"
    return f"<b>Who wrote it</b>: AI-assisted ({provenance.confidence.value})"


def _describe(group: Group) -> str:
    evidence, _ = group
    return f"{prose(evidence.tool)} ({evidence.confidence.value}), {prose(describe_source(group))}: {code(evidence.quote)}"
