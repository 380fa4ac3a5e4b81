"""One hearing: the change is read, the policy found, the evidence gathered; then analyse looks and decide judges."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from judgegate.change import Repository
from judgegate.checks import language_of
from judgegate.gate.analysis import Analysis
from judgegate.gate.approvals import AskForge, find_agreement
from judgegate.gate.decide import decide
from judgegate.gate.errands import Errand
from judgegate.gate.grounds import PolicyInForce
from judgegate.gate.judging.facts import known_facts
from judgegate.gate.keeping.analyses import open_keeper
from judgegate.gate.looking.outdated import mark_outdated
from judgegate.gate.policies import find_policy
from judgegate.gate.reading import describe_leftovers, open_repository, read_change
from judgegate.gate.request import Request
from judgegate.gate.testimony import gather_evidence, matcher_of, testify_by
from judgegate.gate.workforce import Workforce
from judgegate.model.change import Change
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.verdict import Verdict
from judgegate.policy import Facts, ProvenanceTerms
from judgegate.provenance import Testimony

Advance = Callable[[int, int], None]
NO_EVIDENCE = ProvenanceRecord()


@dataclass(frozen=True, slots=True)
class Hearing:
    """A verdict with everything that it was made from, for who wants to know how it came about."""

    verdict: Verdict
    analysis: Analysis
    in_force: PolicyInForce
    testify: Callable[[ProvenanceTerms], Testimony]
    known: Facts


def hear(request: Request, workforce: Workforce, today: date, advance: Advance, ask_forge: AskForge | None = None) -> Verdict:
    """Judge what was asked. `today` decides which waivers still hold; `ask_forge` says who approved, where no file does."""
    return hear_in_full(request, workforce, today, advance, ask_forge).verdict


def hear_in_full(request: Request, workforce: Workforce, today: date, advance: Advance, ask_forge: AskForge | None = None) -> Hearing:
    """Like `hear`, with what the verdict was made from."""
    with open_repository(request) as repository:
        return hear_change(
            request, repository, read_change(repository, request), workforce, today=today, advance=advance, ask_forge=ask_forge
        )


def hear_change(
    request: Request,
    repository: Repository,
    change: Change,
    workforce: Workforce,
    *,
    today: date,
    advance: Advance,
    ask_forge: AskForge | None = None,
) -> Hearing:
    """Judge a change that is read already."""
    workforce.expect(_sizes(change))
    keeper = open_keeper(request, repository)
    leftovers = Errand(lambda: describe_leftovers(repository, request))
    in_force = find_policy(repository, change, request)
    plan = in_force.policy.plan()

    def look() -> Analysis:
        from judgegate.gate.analyse import analyse  # noqa: PLC0415 - where the analysis is kept, nobody looks

        return analyse(change, repository, plan, workforce.under(plan.limits), NO_EVIDENCE, advance=advance)

    looking = Errand(lambda: mark_outdated(keeper.analyse_once(change, plan.digest, look) if keeper else look(), repository))
    try:
        evidence = gather_evidence(repository, change, request, plan)
    except Exception:
        looking.wait()  # the workers must not be ended under who is using them
        raise
    analysis = replace(looking.result(), provenance=evidence.record)
    agreement = find_agreement(repository, change, in_force.policy, request, ask_forge, matcher=matcher_of(plan.signals))
    testify = cache(testify_by(evidence))
    known = known_facts(change, analysis, evidence.pull_request, agreement.approvals)
    verdict = decide(analysis, in_force, testify, known, today, agreement=agreement)
    told = replace(verdict, notices=(*verdict.notices, *leftovers.result()))
    return Hearing(told, analysis, in_force, testify, known)


def _sizes(change: Change) -> Iterator[int]:
    """The bytes of each side that a check will probably look at, going by the names alone."""
    for file in change.files:
        if language_of(file.path) is not None:
            yield from (side.size for side in (file.old, file.new) if side is not None and side.size is not None)
