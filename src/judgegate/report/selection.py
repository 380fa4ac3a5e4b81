"""Which findings a report shows, and in what order; the same for every format."""

from collections.abc import Iterable

from judgegate.model.levels import Action, Origin
from judgegate.model.notices import Notice
from judgegate.model.verdict import Finding, Verdict, reported_by

ASSISTED = "oversight/ai-assisted"
UNANALYSED = "oversight/unanalysed"
POLICY_CHANGE = "oversight/policy-change"
POLICY_NAME = ".judgegate.yml"
NO_CHECK = "no check covers it"
NO_NOTES = "notes-not-fetched"

FIRST_NOTICES = (
    "waiver-expired",
    "policy-default",
    "policy-worktree",
    "uncommitted-not-judged",
)
"""Codes of the notices that say what the reader can do, the most pressing first."""


def path_key(path: str | None) -> bytes:
    """The path's bytes, by which git sorts; what has no path comes first."""
    return (path or "").encode("utf-8", "surrogateescape")


def place_key(finding: Finding) -> tuple[object, ...]:
    """Sorts findings by where they are, then by what they are.

    It is a complete order, so that equal input gives equal bytes.
    """
    return (
        path_key(finding.path),
        finding.line or 0,
        finding.end_line or 0,
        finding.rule,
        finding.code or "",
        finding.subject,
        finding.fingerprint,
        finding.message,
    )


def weight(finding: Finding) -> tuple[int, int, int]:
    """How much a finding weighs, the heaviest first.

    One that no waiver covers is heavier than any that one covers; then its action and its severity
    decide.
    """
    return (int(finding.waiver is not None), -finding.action.rank, -finding.severity.rank)


def worst_first(finding: Finding) -> tuple[object, ...]:
    """Sorts findings so that a cut loses the least."""
    return (*weight(finding), place_key(finding))


def shown_findings(verdict: Verdict, *, show_all: bool) -> tuple[Finding, ...]:
    """What the change introduced or edited, and what was there before in a definition that it edits.

    With `show_all` also what was there before anywhere else in the changed files.
    """
    shown = (
        finding for finding in verdict.findings if _is_shown(finding, show_all=show_all)
    )
    return tuple(sorted(shown, key=place_key))


def _is_shown(finding: Finding, *, show_all: bool) -> bool:
    """Whether a report has the finding at all."""
    # What a policy switches off is never shown, not even to somebody who asks for everything.
    if finding.action is Action.OFF:
        return False
    if show_all or finding.touched:
        return True
    return finding.origin is not Origin.EXISTING


def introduced(verdict: Verdict) -> tuple[Finding, ...]:
    """What the change introduced, or edited, waived or not, in order of place."""
    return tuple(
        finding
        for finding in shown_findings(verdict, show_all=False)
        if finding.origin is not Origin.EXISTING
    )


def existing_findings(verdict: Verdict, *, show_all: bool) -> list[Finding]:
    """Those of the findings to show that were there before."""
    shown = shown_findings(verdict, show_all=show_all)
    return [finding for finding in shown if finding.origin is Origin.EXISTING]


def deciding(verdict: Verdict, action: Action) -> tuple[Finding, ...]:
    """The introduced findings with this action that no waiver covers."""
    live = not_waived(introduced(verdict))
    return tuple(finding for finding in live if finding.action is action)


def not_waived(findings: Iterable[Finding]) -> list[Finding]:
    """Those of the findings that no waiver covers."""
    return [finding for finding in findings if finding.waiver is None]


def listed_findings(verdict: Verdict) -> tuple[Finding, ...]:
    """What the change introduced, apart from what is reported elsewhere.

    Elsewhere is who wrote it, what was not checked, and a base's policy that does not load.
    """
    return tuple(filter(_is_listed, introduced(verdict)))


def _is_listed(finding: Finding) -> bool:
    """Whether the list of findings is where a report says it."""
    # No other place of a report shows that a finding is waived.
    if finding.waiver is not None:
        return True
    if finding.rule == POLICY_CHANGE:
        return finding.path is not None
    return finding.rule not in {ASSISTED, UNANALYSED}


def policy_paths(verdict: Verdict) -> frozenset[str]:
    """Files that nothing covers, and that a finding reports already since they change the policy.

    To say of them that they are unchecked would be to say it twice. Where `oversight/unanalysed`
    leads to more than `oversight/policy-change` does, it has something to add, and the file is not
    here.
    """
    findings = introduced(verdict)
    unanalysed = {finding.path for finding in findings if finding.rule == UNANALYSED}
    return reported_by(findings, POLICY_CHANGE, UNANALYSED) & unanalysed


def most_useful_first(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """What the reader can act on, and then the rest in the order in which it came."""
    ranks = {code: rank for rank, code in enumerate(FIRST_NOTICES)}
    return tuple(sorted(notices, key=lambda notice: ranks.get(notice.code, len(ranks))))
