"""One hearing: the change is read, the policy found, the evidence gathered; then analyse looks and decide judges."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

from judgegate.gate.analyse import Advance, analyse
from judgegate.gate.decide import decide
from judgegate.gate.facts import known_facts
from judgegate.gate.policies import find_policy
from judgegate.gate.reading import describe_leftovers, open_repository, read_change
from judgegate.gate.request import Request
from judgegate.gate.testimony import gather_evidence, testify_by
from judgegate.model.verdict import Verdict
from judgegate.policy import Limits
from judgegate.workers.pool import Pool

Recruit = Callable[[Limits], Pool]


def hear(request: Request, recruit: Recruit, today: date, advance: Advance) -> Verdict:
    """Judge what was asked. `recruit` gives the workers that keep the policy's limits; `today` decides which waivers still hold."""
    with open_repository(request) as repository:
        change = read_change(repository, request)
        in_force = find_policy(repository, change, request)
        plan = in_force.policy.plan()
        evidence = gather_evidence(repository, change, request, plan)
        analysis = analyse(change, repository, plan, recruit(plan.limits), evidence.record, advance=advance)
        testify = cache(testify_by(evidence))
        verdict = decide(analysis, in_force, testify, known_facts(change, analysis, evidence.pull_request), today)
        return replace(verdict, notices=(*verdict.notices, *describe_leftovers(repository, request)))
