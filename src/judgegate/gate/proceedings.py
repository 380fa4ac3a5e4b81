"""One hearing: the change is read, the policy found, the evidence gathered; then analyse looks and decide judges."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache

from judgegate.checks import language_of
from judgegate.gate.analyse import Advance, analyse
from judgegate.gate.approvals import AskForge, find_agreement
from judgegate.gate.decide import decide
from judgegate.gate.facts import known_facts
from judgegate.gate.policies import find_policy
from judgegate.gate.reading import describe_leftovers, open_repository, read_change
from judgegate.gate.request import Request
from judgegate.gate.testimony import gather_evidence, testify_by
from judgegate.gate.workforce import Workforce
from judgegate.model.change import Change
from judgegate.model.verdict import Verdict


def hear(request: Request, workforce: Workforce, today: date, advance: Advance, ask_forge: AskForge | None = None) -> Verdict:
    """Judge what was asked. `today` decides which waivers still hold; `ask_forge` says who approved, where no file does."""
    with open_repository(request) as repository:
        change = read_change(repository, request)
        workforce.expect(_sizes(change))
        in_force = find_policy(repository, change, request)
        plan = in_force.policy.plan()
        evidence = gather_evidence(repository, change, request, plan)
        analysis = analyse(change, repository, plan, workforce.under(plan.limits), evidence.record, advance=advance)
        agreement = find_agreement(repository, change, evidence.record, request, ask_forge)
        testify = cache(testify_by(evidence))
        verdict = decide(analysis, in_force, testify, known_facts(change, analysis, evidence.pull_request), today, agreement=agreement)
        return replace(verdict, notices=(*verdict.notices, *describe_leftovers(repository, request)))


def _sizes(change: Change) -> Iterator[int]:
    """The bytes of each side that a check will probably look at, going by the names alone."""
    for file in change.files:
        if language_of(file.path) is not None:
            yield from (side.size for side in (file.old, file.new) if side is not None and side.size is not None)
