"""The ledger of waivers: what is accepted, who will fix it, and until when."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from enum import Enum

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.comparison import compare_trees
from judgegate.change.repository import Repository
from judgegate.decision.context import PolicyInForce, known_facts
from judgegate.decision.decide import decide
from judgegate.model.analysis import Analysis
from judgegate.model.change import Change, ChangeSource, Revision
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.notices import Advance, ignore_progress
from judgegate.model.verdict import FileState, Finding, Verdict
from judgegate.pipeline.collect import collect
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.policy.oversight import FLOORED
from judgegate.policy.path_patterns import matches
from judgegate.policy.policy import Policy
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.policy.waivers import Waivable, Waiver, lifts
from judgegate.provenance.assessment import ProvenanceAssessment, assess_provenance
from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout


class Due(Enum):
    """The state of a waiver. `VOID`: it lifts nothing, because its rule is non-negotiable."""

    EXPIRED = "expired"
    SOON = "soon"
    RUNNING = "running"
    VOID = "void"


class Usage(Struct, frozen=True):
    """How many findings a waiver lifts in the whole base, or would if it had not expired.

    `beyond` is how many more it is about. `unread` are files it names that could not be read:
    while there are any, it cannot be said that it is no longer used.
    """

    lifted: int
    beyond: int
    unread: tuple[str, ...] = ()

    @property
    def is_unused(self) -> bool:
        """Whether it lifts nothing, and every file that it names could be read."""
        return not self.lifted and not self.unread


class Loan(Struct, frozen=True):
    """A waiver with its state; `days` are those left, below 0 once it has expired.

    `usage` is None where nothing was scanned.
    """

    waiver: Waiver
    due: Due
    days: int
    usage: Usage | None = None

    @property
    def is_unused(self) -> bool:
        """Whether a scan has shown that the waiver lifts nothing."""
        return self.usage is not None and self.usage.is_unused


def keep_ledger(
    policy: Policy, today: date, soon: int, used: Mapping[Waiver, Usage] | None = None
) -> tuple[Loan, ...]:
    """All waivers, those that expire first at the top. `soon`: within so many days."""
    # One file can be two layers, the organisation's and the repository's: its waivers are listed once.
    distinct = dict.fromkeys(policy.waivers)
    loans = (_loan(policy, waiver, today, soon, used) for waiver in distinct)
    return tuple(sorted(loans, key=_order))


def _order(loan: Loan) -> tuple[date, str, str]:
    """First the day, then what makes the order the same on every run."""
    return loan.waiver.expires, loan.waiver.rule, str(loan.waiver.place)


def _loan(
    policy: Policy,
    waiver: Waiver,
    today: date,
    soon: int,
    used: Mapping[Waiver, Usage] | None,
) -> Loan:
    """The waiver with its state, and with its use if the base was scanned."""
    days = (waiver.expires - today).days
    # A waiver that lifts nothing has no day that matters, so this comes before the days.
    due = Due.VOID if _is_void(policy, waiver) else _due(days, soon)
    return Loan(waiver, due, days, used[waiver] if used is not None else None)


def _is_void(policy: Policy, waiver: Waiver) -> bool:
    """Whether the waiver lifts nothing, whatever the day."""
    return waiver.rule in FLOORED or policy.is_non_negotiable(waiver.rule)


def _due(days: int, soon: int) -> Due:
    """The state of a waiver that lifts something."""
    if days < 0:
        return Due.EXPIRED
    return Due.SOON if days <= soon else Due.RUNNING


_STYLES = {
    Due.EXPIRED: Style.RED,
    Due.SOON: Style.YELLOW,
    Due.RUNNING: Style.GREEN,
    Due.VOID: Style.DIM,
}


def render_ledger(loans: Sequence[Loan], layout: TextLayout) -> Iterator[str]:
    """Each waiver in a few lines, those that expire first at the top; and the sum."""
    if not loans:
        yield from layout.flow("The policy has no waivers.")
        return
    for loan in loans:
        yield from _render_loan(loan, layout)
    yield from layout.flow(_sum(loans))


def _render_loan(loan: Loan, layout: TextLayout) -> Iterator[str]:
    """A waiver in three lines."""
    waiver = loan.waiver
    yield from layout.flow(
        f"{waiver.expires.isoformat()} ",
        Span(loan.due.value, _STYLES[loan.due]),
        f" {waiver.rule} in {waiver.where}",
        hang=11,
    )
    yield from layout.flow(
        Span(f"{waiver.owner}, {_term(loan)}: {waiver.reason}"), indent=11
    )
    yield from layout.flow(
        Span(f"{_usage(loan)} # {waiver.place}", Style.DIM), indent=11, hang=2
    )


def _sum(loans: Sequence[Loan]) -> str:
    """How many waivers there are, of which state, and how many are no longer used."""
    numbers = Counter(loan.due for loan in loans)
    counted = ", ".join(f"{numbers[due]} {due.value}" for due in Due if due in numbers)
    unused = sum(loan.is_unused for loan in loans)
    waivers = "1 waiver" if len(loans) == 1 else f"{len(loans)} waivers"
    more = f"; {unused} no longer used" if unused else ""
    return f"{waivers}: {counted}{more}."


def _term(loan: Loan) -> str:
    """How long it is still valid, or since when it is not."""
    if loan.due is Due.VOID:
        return "has no effect, because the rule is non-negotiable"
    if loan.days == 0:
        return "expires today"
    days = "1 day" if abs(loan.days) == 1 else f"{abs(loan.days)} days"
    return f"expired {days} ago" if loan.days < 0 else f"{days} left"


def _usage(loan: Loan) -> str:
    """How much of it is used; where nothing was scanned, how much it allows."""
    usage, most = loan.usage, loan.waiver.at_most
    if usage is None:
        return f"at most {most}"
    if usage.is_unused:
        return f"no longer used: 0 of {most}; remove it"
    unread = f", {len(usage.unread)} of its files could not be read" if usage.unread else ""
    beyond = f", and {usage.beyond} over the limit" if usage.beyond else ""
    return f"{usage.lifted} of {most} used{beyond}{unread}"


def ledger_document(loans: Sequence[Loan]) -> Json:
    """The ledger for a program. `used` is null where nothing was scanned."""
    return {"version": 1, "waivers": [_entry(loan) for loan in loans]}


def _entry(loan: Loan) -> Json:
    """One waiver, in the words of a policy file. What depends on a scan is null without one."""
    waiver, usage = loan.waiver, loan.usage
    return {
        "rule": waiver.rule,
        "paths": list(waiver.paths),
        "code": list(waiver.codes),
        "fingerprint": [*sorted(waiver.fingerprints)],
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "days": loan.days,
        "due": loan.due.value,
        "max": waiver.at_most,
        "used": usage.lifted if usage else None,
        "beyond": usage.beyond if usage else None,
        "unused": usage.is_unused if usage else None,
        "unread": list(usage.unread) if usage else None,
        "file": waiver.place.file,
        "line": waiver.place.line,
    }


def scan_base(
    repository: Repository,
    base: Revision,
    policy: Policy,
    pool: ScalingPool,
    advance: Advance = ignore_progress,
) -> Mapping[Waiver, Usage]:
    """How much of each waiver the base uses.

    It is not known who wrote old lines, so the base is judged twice, as unmarked and as
    AI-assisted. What either of them uses is used.
    """
    change = _whole(repository, base)
    pool.expect(change)
    plan = policy.plan()
    analysis = collect(change, repository, plan, pool.under(plan.limits), advance=advance)
    verdicts = [_judge(analysis, policy, assume_ai=assumed) for assumed in (False, True)]
    counts = [_count(verdict.findings, policy) for verdict in verdicts]
    unread = [
        file.change.path for file in verdicts[0].files if file.state is FileState.UNANALYSED
    ]
    return {waiver: _usage_of(waiver, counts, unread) for waiver in policy.waivers}


def _whole(repository: Repository, base: Revision) -> Change:
    """The change from nothing to the base."""
    # The gate judges changes only. One that adds every file shows it everything there is.
    found = repository.run("rev-parse", "--verify", f"{base.oid}^{{tree}}")
    tree = found.decode("ascii").strip()
    files = compare_trees(repository, [repository.empty_tree], tree)
    return Change(ChangeSource.COMMITS, base, base, (), repository.empty_tree, tree, files)


def _judge(analysis: Analysis, policy: Policy, *, assume_ai: bool) -> Verdict:
    """The verdict with no waiver in force: this is about what they would lift."""
    # On the calendar's last day no waiver is valid any more.
    in_force = PolicyInForce(policy, policy.source)
    known = known_facts(analysis.change, analysis, None, None)
    return decide(analysis, in_force, _assess(assume_ai=assume_ai), known, date.max).verdict


def _assess(*, assume_ai: bool) -> Callable[[ProvenanceTerms], ProvenanceAssessment]:
    """What assesses a change of which no evidence is known."""
    return lambda terms: assess_provenance(
        ProvenanceRecord(), terms.gate_on.floor, terms.roles, assume_ai=assume_ai
    )


def _count(
    findings: Sequence[Finding], policy: Policy
) -> tuple[Counter[Waiver], Counter[Waiver]]:
    """How many findings each waiver would lift, expired or not, and how many it is about in all."""
    lifted: Counter[Waiver] = Counter()
    spoken: Counter[Waiver] = Counter()
    for finding in findings:
        # On the first day of the calendar none has expired, so those that have are counted as well.
        named = Waivable(finding.rule, finding.path, finding.code, finding.fingerprint)
        waiver = policy.find_waiver(named, date.min, lifted)
        if waiver is not None:
            lifted[waiver] += 1
        spoken.update(one for one in policy.waivers if lifts(one, named))
    return lifted, spoken


def _usage_of(
    waiver: Waiver,
    counts: Sequence[tuple[Counter[Waiver], Counter[Waiver]]],
    unread: Sequence[str],
) -> Usage:
    """The larger count of both verdicts, and the unread files that the waiver names."""
    lifted = max(one[waiver] for one, _ in counts)
    spoken = max(one[waiver] for _, one in counts)
    named = tuple(path for path in unread if _may_name(waiver, path))
    return Usage(lifted, max(0, spoken - waiver.at_most), named)


def _may_name(waiver: Waiver, path: str) -> bool:
    """Whether the waiver's paths match; a waiver of a fingerprint alone may be about any file."""
    return not waiver.paths or matches(waiver.paths, path)


def revision_at(repository: Repository, name: str | None) -> Revision:
    """The commit whose ledger is meant: the one named, or `HEAD`."""
    return replace(
        Revision(name or "HEAD", "", "--base"), oid=repository.resolve(name or "HEAD")
    )
