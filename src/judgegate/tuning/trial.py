"""Policies tried on cases: each change goes through the real gate, and what it says is held against what was expected."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from judgegate.change.repository import Repository
from judgegate.decision.dependency_updates import BOTS
from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Comment,
    Contribution,
    Part,
    Person,
    Review,
    ReviewState,
)
from judgegate.model.change import Change
from judgegate.model.progress import ignore_progress
from judgegate.model.scales import Authorship
from judgegate.model.verdict import Verdict
from judgegate.pipeline.approvals import AskForge, with_contributors
from judgegate.pipeline.evaluate import evaluate
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.request import Request
from judgegate.policy.policy import Policy
from judgegate.tuning.case_repository import build_repository
from judgegate.tuning.cases import GivenApproval, GivenPullRequest, PolicyTestCase
from judgegate.tuning.discrepancies import Discrepancy, compare

TODAY = date(2026, 1, 5)
"""The day of every case that names none: the clock of its commits. So a waiver's end changes no case."""


@dataclass(frozen=True, slots=True)
class Tried:
    """A case, and in what the gate differs from it; nothing where it is as expected."""

    case: PolicyTestCase
    verdict: Verdict
    discrepancies: tuple[Discrepancy, ...]


def try_cases(
    cases: Sequence[PolicyTestCase], policy: Path, organisation: Path | None = None
) -> Iterator[Tried]:
    """Run the cases in their order, with one pool of workers for all.

    Raises:
        PolicyError: the policy does not load.
        CaseFileError: a patch does not apply.
    """
    with (
        TemporaryDirectory(prefix="judgegate-cases-") as folder,
        build_repository(cases) as built,
        ScalingPool(built.directory) as pool,
    ):
        for number, case in enumerate(cases):
            request = replace(
                _request(case, Path(folder) / f"{number}.json"),
                directory=built.directory,
                base=built.bases[number],
                head=built.heads[number],
                policy=policy.absolute(),
                org_policy=organisation,
            )
            verdict = evaluate(request, pool, case.today or TODAY, ignore_progress, _forge(case)).verdict
            yield Tried(case, verdict, tuple(compare(case.expect, verdict)))


def _request(case: PolicyTestCase, file: Path) -> Request:
    """What the case itself says of the change's surroundings; `file` is where its pull request may be written."""
    return Request(
        pull_request=_write_pull_request(case.pull_request, file) if case.pull_request else None,
        branch=case.pull_request.branch if case.pull_request else "topic",
        assume_ai=case.written_by is Authorship.AI,
    )


def _write_pull_request(given: GivenPullRequest, file: Path) -> Path:
    """The fields as a forge's JSON has them."""
    document = {
        "number": 1,
        "title": given.title,
        "body": given.body,
        "user": {"login": given.author, "type": "Bot" if given.author.endswith("[bot]") else "User"},
        "head": {"ref": given.branch},
        "base": {"ref": given.target_branch},
        "labels": [{"name": label} for label in given.labels],
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def _forge(case: PolicyTestCase) -> AskForge | None:
    """What stands in for a forge: it knows the case's approvals, and nobody else."""
    given = case.approvals
    if given is None:
        return None

    def ask(_repository: Repository, change: Change, _policy: Policy) -> Approvals:
        return with_contributors(_approvals(case, given, change), change)

    return ask


def _approvals(case: PolicyTestCase, given: Sequence[GivenApproval], change: Change) -> Approvals:
    logins = dict.fromkeys((case.author, *(one.by for one in given)))
    people = {login: _person(login, number) for number, login in enumerate(logins, 1)}
    head = change.head.oid if change.head else ""
    older = change.base.oid if change.base else ""
    teams = {team.casefold() for one in given for team in one.teams}
    return Approvals(
        head=head,
        reviews=tuple(
            Review(people[one.by], ReviewState.APPROVED, older if one.stale else head, order)
            for order, one in enumerate(given)
            if one.comment(head) is None
        ),
        permissions={people[one.by].id or 0: one.permission for one in given},
        memberships={
            team: {people[one.by].id or 0: team in {name.casefold() for name in one.teams} for one in given}
            for team in sorted(teams)
        },
        addresses={f"{login}@example.com".casefold(): person for login, person in people.items()},
        contributions=tuple(Contribution(people[case.author], part) for part in (Part.OPENER, Part.PUSHER)),
        comments=tuple(
            Comment(people[one.by], text) for one in given if (text := one.comment(head)) is not None
        ),
    )


def _person(login: str, number: int) -> Person:
    """An account; a known bot has its own number."""
    known = next((bot for bot, name in BOTS.items() if name == login), number)
    return Person(known, login, AccountKind.BOT if login.endswith("[bot]") else AccountKind.USER)
