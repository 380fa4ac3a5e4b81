"""The story on one page.

Find the policy, gather evidence and observations, ask who agreed, decide, and say what to question.
"""

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.decision.context import PolicyInForce, known_facts
from judgegate.decision.decide import Decision, decide
from judgegate.model.analysis import Analysis
from judgegate.model.change import Change, FileChange
from judgegate.model.notices import Advance
from judgegate.model.verdict import Verdict
from judgegate.pipeline.approvals import AskForge, find_agreement
from judgegate.pipeline.evidence import assess_with, gather_evidence, matcher_of
from judgegate.pipeline.policy_in_force import find_policy
from judgegate.pipeline.pool_scaling import Background, ScalingPool, expected_contents
from judgegate.pipeline.read_change import describe_leftovers, open_repository, read_change
from judgegate.pipeline.request import Request
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Plan
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.provenance.assessment import ProvenanceAssessment

if TYPE_CHECKING:
    from judgegate.pipeline.kept_answers import KeptAnswers
    from judgegate.review_guide.ranking import ReviewGuide


class Evaluation(Struct, frozen=True):
    """A verdict with everything that it was made from, for who wants to know how it came about."""

    verdict: Verdict
    analysis: Analysis
    in_force: PolicyInForce
    assess: Callable[[ProvenanceTerms], ProvenanceAssessment]
    known: Facts


def evaluate(
    request: Request,
    pool: ScalingPool,
    today: date,
    advance: Advance,
    ask_forge: AskForge | None = None,
) -> Evaluation:
    """Read the change and judge it.

    `today` decides which waivers still count; `ask_forge` says who approved, where no file does.
    """
    with open_repository(request) as repository:
        change = read_change(repository, request)
        return evaluate_change(
            request,
            repository,
            change,
            pool,
            today=today,
            advance=advance,
            ask_forge=ask_forge,
        )


def evaluate_change(
    request: Request,
    repository: Repository,
    change: Change,
    pool: ScalingPool,
    *,
    today: date,
    advance: Advance,
    ask_forge: AskForge | None = None,
    kept: "KeptAnswers | None" = None,
) -> Evaluation:
    """Judge a change that is read already. `kept` has the workers' answers of earlier runs."""
    pool.expect(change)
    # Where a whole analysis may be kept, it is not known yet whether there is anything to scan.
    awaited = kept if request.cache is None else None
    if awaited is not None and not awaited.know(expected_contents(change)):
        pool.start()
    analyse = _analysis_by(request, repository, change, pool, advance, kept=kept)
    leftovers = Background(lambda: describe_leftovers(repository, request))
    in_force = find_policy(repository, change, request)
    plan = in_force.policy.plan()

    # Workers scan the files while this process finds out who wrote them.
    analysing = Background(lambda: analyse(plan))
    try:
        evidence = gather_evidence(repository, change, request, plan)
    except Exception:
        # The workers must not be ended while they are in use.
        analysing.wait()
        raise
    analysis = replace(analysing.result(), provenance=evidence.record)
    if kept is not None and change.head is not None:
        kept.remember(change.head.oid)

    matcher = matcher_of(plan.signals)
    agreement = find_agreement(
        repository, change, in_force.policy, request, ask_forge, matcher=matcher
    )
    assess = cache(assess_with(evidence))
    known = known_facts(change, analysis, evidence.pull_request, agreement.approvals)
    decision = decide(analysis, in_force, assess, known, today, agreement=agreement)
    remarks = [*leftovers.result(), *(kept.notices if kept is not None else ())]
    verdict = replace(decision.verdict, notices=(*decision.verdict.notices, *remarks))
    if request.guides_review:
        guide = write_guide(analysis, decision)
        verdict = replace(verdict, hunks=guide.hunks, reading=guide.reading)
    return Evaluation(verdict, analysis, in_force, assess, known)


def _analysis_by(
    request: Request,
    repository: Repository,
    change: Change,
    pool: ScalingPool,
    advance: Advance,
    *,
    kept: "KeptAnswers | None",
) -> Callable[[Plan], Analysis]:
    """The function that analyses the change by a plan: from the cache, if there is one, or by workers.

    Raises:
        UsageError: the cache's folder is not to be trusted; that is checked before the work.
    """

    def collect_observations(plan: Plan) -> Analysis:
        # Imported here, because it is not needed where the analysis is in the cache.
        from judgegate.pipeline.collect import collect

        return collect(
            change,
            repository,
            plan,
            pool.under(plan.limits),
            advance=advance,
            # What is cached is whole, whatever the run is for that made it.
            for_guide=request.guides_review or request.cache is not None,
            kept=kept,
        )

    if request.cache is None:
        return lambda plan: _mark_outdated(collect_observations(plan), repository)
    # Imported here, because few runs name a folder for it.
    from judgegate.pipeline.cache import open_cache

    analyses = open_cache(request.cache, repository, request.cache_key)

    def analyse_once(plan: Plan) -> Analysis:
        found = analyses.analyse_once(
            change, plan.digest, lambda: collect_observations(plan)
        )
        return _mark_outdated(found, repository)

    return analyse_once


def write_guide(analysis: Analysis, decision: Decision) -> "ReviewGuide":
    """What a human should question first.

    It is made after the decision, and changes nothing about it.
    """
    # Imported here, because a report in one line has no place for it.
    from judgegate.review_guide.critical_paths import critical_by_policy
    from judgegate.review_guide.ranking import rank_hunks

    verdict, reviews = decision.verdict, decision.reviews
    return rank_hunks(
        analysis,
        verdict.files,
        verdict.findings,
        pairs=decision.pairs,
        assessment=decision.assessment,
        ask_more=lambda path: critical_by_policy(reviews.asked(path), reviews.usual),
    )


def _mark_outdated(analysis: Analysis, repository: Repository) -> Analysis:
    """The analysis with the files marked at whose path the base's tip has something else than the merge base.

    It is marked anew in an analysis from the cache as well: the base moves on while the change
    stays as it is.
    """
    change = analysis.change
    if change.base is None or change.base.oid in change.merge_bases:
        return analysis
    tip = change.base.oid

    def is_outdated(file: FileChange) -> bool:
        return file.old is not None and repository.oid_at(tip, file.path) != file.old.oid

    return replace(
        analysis,
        files=tuple(
            replace(file, outdated=is_outdated(file.change)) for file in analysis.files
        ),
    )
