"""One hearing: the change is read, the policy found, the evidence gathered; then analyse looks and decide judges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from judgegate.change.repository import Repository
from judgegate.decision.context import PolicyInForce, known_facts
from judgegate.decision.decide import Decision, decide
from judgegate.model.analysis import Analysis
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.progress import Advance
from judgegate.model.verdict import Verdict
from judgegate.pipeline.approvals import AskForge, find_agreement
from judgegate.pipeline.background import Background
from judgegate.pipeline.cache import open_cache
from judgegate.pipeline.collect import mark_outdated
from judgegate.pipeline.evidence import assess_with, gather_evidence, matcher_of
from judgegate.pipeline.policy_in_force import find_policy
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.read_change import describe_leftovers, open_repository, read_change
from judgegate.pipeline.request import Request
from judgegate.policy.conditions import Facts
from judgegate.policy.terms import ProvenanceTerms
from judgegate.provenance.assessment import ProvenanceAssessment
from judgegate.review_guide.critical_paths import critical_by_policy
from judgegate.review_guide.ranking import ReviewGuide, rank_hunks
from judgegate.sources.language import language_of

NO_EVIDENCE = ProvenanceRecord()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A verdict with everything that it was made from, for who wants to know how it came about."""

    verdict: Verdict
    analysis: Analysis
    in_force: PolicyInForce
    assess: Callable[[ProvenanceTerms], ProvenanceAssessment]
    known: Facts


def evaluate(
    request: Request, workforce: ScalingPool, today: date, advance: Advance, ask_forge: AskForge | None = None
) -> Verdict:
    """Judge what was asked. `today` decides which waivers still hold; `ask_forge` says who approved, where no file does."""
    return evaluate_in_full(request, workforce, today, advance, ask_forge).verdict


def evaluate_in_full(
    request: Request, workforce: ScalingPool, today: date, advance: Advance, ask_forge: AskForge | None = None
) -> Evaluation:
    """Like `evaluate`, with what the verdict was made from."""
    with open_repository(request) as repository:
        return evaluate_change(
            request,
            repository,
            read_change(repository, request),
            workforce,
            today=today,
            advance=advance,
            ask_forge=ask_forge,
        )


def evaluate_change(
    request: Request,
    repository: Repository,
    change: Change,
    workforce: ScalingPool,
    *,
    today: date,
    advance: Advance,
    ask_forge: AskForge | None = None,
) -> Evaluation:
    """Judge a change that is read already."""
    workforce.expect(_sizes(change))
    keeper = open_cache(request, repository)
    leftovers = Background(lambda: describe_leftovers(repository, request))
    in_force = find_policy(repository, change, request)
    plan = in_force.policy.plan()

    def look() -> Analysis:
        from judgegate.pipeline.collect import analyse  # where the analysis is kept, nobody looks

        return analyse(change, repository, plan, workforce.under(plan.limits), NO_EVIDENCE, advance=advance)

    looking = Background(
        lambda: mark_outdated(
            keeper.analyse_once(change, plan.digest, look) if keeper else look(), repository
        )
    )
    try:
        evidence = gather_evidence(repository, change, request, plan)
    except Exception:
        looking.wait()  # the workers must not be ended under who is using them
        raise
    analysis = replace(looking.result(), provenance=evidence.record)
    agreement = find_agreement(
        repository, change, in_force.policy, request, ask_forge, matcher=matcher_of(plan.signals)
    )
    assess = cache(assess_with(evidence))
    known = known_facts(change, analysis, evidence.pull_request, agreement.approvals)
    decision = decide(analysis, in_force, assess, known, today, agreement=agreement)
    guide = write_guide(analysis, decision)
    verdict = replace(
        decision.verdict,
        hunks=guide.hunks,
        reading=guide.reading,
        notices=(*decision.verdict.notices, *leftovers.result()),
    )
    return Evaluation(verdict, analysis, in_force, assess, known)


def write_guide(analysis: Analysis, decision: Decision) -> ReviewGuide:
    """What a human should question first. It is made after the decision, and changes nothing about it."""
    verdict, reviews = decision.verdict, decision.reviews
    return rank_hunks(
        analysis,
        verdict.files,
        verdict.findings,
        pairs=decision.pairs,
        assessment=decision.assessment,
        ask_more=lambda path: critical_by_policy(reviews.asked(path), reviews.usual),
    )


def _sizes(change: Change) -> Iterator[int]:
    """The bytes of each side that a check will probably look at, going by the names alone."""
    for file in change.files:
        if language_of(file.path) is not None:
            yield from (
                side.size for side in (file.old, file.new) if side is not None and side.size is not None
            )
