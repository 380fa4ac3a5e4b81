"""Why the outcome is what it is, one sentence for each rule and what it leads to."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from judgegate.model.scales import Action, Origin
from judgegate.model.verdict import Finding, Reason


def give_reasons(findings: Iterable[Finding]) -> tuple[Reason, ...]:
    """The reasons that hold the change up, the strongest first. What warns, what a waiver lifts and what was there before gives none."""
    holding = sorted((finding for finding in findings if _holds(finding)), key=_reason_order)
    return tuple(
        Reason(rule, action, _describe(list(group)))
        for (action, rule), group in groupby(holding, key=lambda finding: (finding.action, finding.rule))
    )


def _holds(finding: Finding) -> bool:
    return finding.origin is Origin.INTRODUCED and finding.waiver is None and finding.action >= Action.REVIEW


def _reason_order(finding: Finding) -> tuple[object, ...]:
    return (-finding.action.rank, finding.rule, -finding.severity.rank, finding.path or "", finding.line or 0, finding.code or "")


def _describe(findings: Sequence[Finding]) -> str:
    first = findings[0]
    place = "" if first.path is None else f"{first.path}: " if first.line is None else f"{first.path}:{first.line}: "
    more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
    return f"{place}{first.message}{more}"
