"""Everything that the base holds, judged as if a change had brought it: which findings its waivers lift."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from judgegate.change.comparison import compare_trees
from judgegate.change.repository import Repository
from judgegate.decision.context import PolicyInForce, known_facts
from judgegate.decision.decide import decide
from judgegate.model.analysis import Analysis
from judgegate.model.change import Change, ChangeSource, Revision
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.progress import Advance, ignore_progress
from judgegate.model.verdict import FileState, Finding, Verdict
from judgegate.pipeline.collect import collect
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.policy.path_patterns import matches
from judgegate.policy.policy import Policy
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.policy.waivers import Waivable, Waiver, lifts
from judgegate.provenance.assessment import ProvenanceAssessment, assess_provenance
from judgegate.sources.language import language_of
from judgegate.tuning.ledger import Usage


def scan_base(
    repository: Repository,
    base: Revision,
    policy: Policy,
    pool: ScalingPool,
    advance: Advance = ignore_progress,
) -> Mapping[Waiver, Usage]:
    """How much of each waiver the base uses.

    Nobody knows who wrote old lines, so the base is judged twice, as unmarked and as AI-assisted. What either of them uses is used.
    """
    change = _whole(repository, base)
    pool.expect(
        _size for file in change.files if language_of(file.path) and file.new and (_size := file.new.size)
    )
    plan = policy.plan()
    analysis = collect(change, repository, plan, pool.under(plan.limits), advance=advance)
    verdicts = [_judge(analysis, policy, assume_ai=assumed) for assumed in (False, True)]
    counts = [_count(verdict.findings, policy) for verdict in verdicts]
    unread = [file.change.path for file in verdicts[0].files if file.state is FileState.UNANALYSED]
    return {waiver: _usage(waiver, counts, unread) for waiver in policy.waivers}


def _whole(repository: Repository, base: Revision) -> Change:
    """The change from nothing to the base."""
    tree = repository.run("rev-parse", "--verify", f"{base.oid}^{{tree}}").decode("ascii").strip()
    files = compare_trees(repository, [repository.empty_tree], tree)
    return Change(ChangeSource.COMMITS, base, base, (), repository.empty_tree, tree, files)


def _judge(analysis: Analysis, policy: Policy, *, assume_ai: bool) -> Verdict:
    """The verdict with no waiver in force: this is about what they would lift."""
    in_force = PolicyInForce(policy, policy.source)
    known = known_facts(analysis.change, analysis, None, None)
    return decide(analysis, in_force, _assess(assume_ai=assume_ai), known, date.max).verdict


def _assess(*, assume_ai: bool) -> Callable[[ProvenanceTerms], ProvenanceAssessment]:
    return lambda terms: assess_provenance(
        ProvenanceRecord(), terms.gate_on.floor, terms.roles, assume_ai=assume_ai
    )


def _count(findings: Sequence[Finding], policy: Policy) -> tuple[Counter[Waiver], Counter[Waiver]]:
    """How many findings each waiver would lift, expired or not, and how many it speaks of in all."""
    lifted: Counter[Waiver] = Counter()
    spoken: Counter[Waiver] = Counter()
    for finding in findings:
        named = Waivable(finding.rule, finding.path, finding.code, finding.fingerprint)
        waiver = policy.find_waiver(named, date.min, lifted)
        if waiver is not None:
            lifted[waiver] += 1
        spoken.update(one for one in policy.waivers if lifts(one, named))
    return lifted, spoken


def _usage(
    waiver: Waiver, counts: Sequence[tuple[Counter[Waiver], Counter[Waiver]]], unread: Sequence[str]
) -> Usage:
    lifted = max(one[waiver] for one, _ in counts)
    spoken = max(one[waiver] for _, one in counts)
    named = tuple(path for path in unread if not waiver.paths or matches(waiver.paths, path))
    return Usage(lifted, max(0, spoken - waiver.at_most), named)


def revision_at(repository: Repository, name: str | None) -> Revision:
    """The commit whose ledger is meant: the one named, or `HEAD`."""
    return replace(Revision(name or "HEAD", "", "--base"), oid=repository.resolve(name or "HEAD"))
