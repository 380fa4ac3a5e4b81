"""Cases are tried: each is a small repository that the gate judges."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from operator import attrgetter
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

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
    Unchecked,
)
from judgegate.model.change import Change
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.levels import Authorship
from judgegate.model.notices import ignore_progress
from judgegate.model.verdict import Verdict
from judgegate.pipeline.approvals import AskForge, with_contributors
from judgegate.pipeline.evaluate import evaluate
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.request import Request
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import MOST_PROBLEMS, Problems
from judgegate.policy.yaml_document import LARGEST_FILE
from judgegate.report.text_layout import Span, Style, TextLayout
from judgegate.tuning.case_repository import build_repository
from judgegate.tuning.cases import (
    CaseFileError,
    GivenApproval,
    GivenPullRequest,
    PolicyTestCase,
    read_cases,
)
from judgegate.tuning.diff import Discrepancy, compare, describe_finding, introduced

TODAY = date(2026, 1, 5)
"""The day of every case that names none: the clock of its commits. So a waiver's end changes no case."""

MOST_REASONS = 5
_MARKS = {
    "missing": ("- ", Style.RED),
    "unexpected": ("+ ", Style.GREEN),
    "outcome": ("  ", Style.BOLD),
}


class Tried(Struct, frozen=True):
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
            verdict = evaluate(
                request, pool, case.today or TODAY, ignore_progress, _forge(case)
            ).verdict
            yield Tried(case, verdict, tuple(compare(case.expect, verdict)))


def _request(case: PolicyTestCase, file: Path) -> Request:
    """What the case itself says around the change; `file` is where its pull request may be written."""
    assume_ai = case.written_by is Authorship.AI
    given = case.pull_request
    if given is None:
        return Request(branch="topic", assume_ai=assume_ai)
    written = _write_pull_request(given, file)
    return Request(pull_request=written, branch=given.branch, assume_ai=assume_ai)


def _write_pull_request(given: GivenPullRequest, file: Path) -> Path:
    """The fields as a forge's JSON has them."""
    document = {
        "number": 1,
        "title": given.title,
        "body": given.body,
        "user": {
            "login": given.author,
            "type": "Bot" if _is_bot(given.author) else "User",
        },
        "head": {"ref": given.branch},
        "base": {"ref": given.target_branch},
        "labels": [{"name": label} for label in given.labels],
    }
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def _forge(case: PolicyTestCase) -> AskForge | None:
    """What takes the place of a forge: it knows the case's approvals, and nothing else."""
    given = case.approvals
    if given is None:
        return None

    def ask(_repository: Repository, change: Change, _policy: Policy) -> Approvals:
        return with_contributors(_approvals(case, given, change), change)

    return ask


def _approvals(
    case: PolicyTestCase, given: Sequence[GivenApproval], change: Change
) -> Approvals:
    """What the forge would know, with an account for each login that the case names."""
    logins = dict.fromkeys((case.author, *(one.by for one in given)))
    people = {login: _person(login, number) for number, login in enumerate(logins, 1)}
    author = people[case.author]
    head = change.head.oid if change.head else ""
    return Approvals(
        head=head,
        reviews=tuple(_reviews(given, people, change)),
        permissions={_number(people[one.by]): one.permission for one in given},
        memberships=_memberships(given, people),
        addresses={_address(login): person for login, person in people.items()},
        contributions=(
            Contribution(author, Part.OPENER),
            Contribution(author, Part.PUSHER),
        ),
        comments=tuple(_comments(given, people, head)),
    )


def _reviews(
    given: Sequence[GivenApproval], people: Mapping[str, Person], change: Change
) -> Iterator[Review]:
    """The approvals of those who write no comment instead, in the order of the case."""
    head = change.head.oid if change.head else ""
    older = change.base.oid if change.base else ""
    for order, one in enumerate(given):
        if one.comment(head) is None:
            commit = older if one.stale else head
            yield Review(people[one.by], ReviewState.APPROVED, commit, order)


def _comments(
    given: Sequence[GivenApproval], people: Mapping[str, Person], head: str
) -> Iterator[Comment]:
    """The comments of those who attest or override."""
    for one in given:
        text = one.comment(head)
        if text is not None:
            yield Comment(people[one.by], text)


def _address(login: str) -> str:
    """The e-mail address that every commit of this account has in a case's repository."""
    return f"{login}@example.com".casefold()


def _memberships(
    given: Sequence[GivenApproval], people: Mapping[str, Person]
) -> dict[str, dict[int, bool | Unchecked]]:
    """Who is in which team, by the teams and then by the numbers of the accounts."""
    # Of each team that a case names it is known of everyone who approves whether they are in it.
    teams = {one.by: {name.casefold() for name in one.teams} for one in given}
    named = {team.casefold() for one in given for team in one.teams}
    return {
        team: {_number(people[login]): team in own for login, own in teams.items()}
        for team in sorted(named)
    }


def _person(login: str, number: int) -> Person:
    """An account; a known bot has its own number."""
    # The gate tells a known bot by its number from an account that only looks like it.
    known = next((bot for bot, name in BOTS.items() if name == login), number)
    kind = AccountKind.BOT if _is_bot(login) else AccountKind.USER
    return Person(known, login, kind)


def _number(person: Person) -> int:
    """The account's number, which every account of a case has."""
    return person.id or 0


def _is_bot(login: str) -> bool:
    """Whether it is an app's login, whose end no person's login can have."""
    return login.endswith("[bot]")


def render_tried(
    tried: Tried, layout: TextLayout, *, verbose: bool = False
) -> Iterator[str]:
    """The lines of one case: its name, and where it failed the difference and the gate's reasons.

    In the difference `-` was expected, `+` was found. With `verbose` a case that passed lists its
    findings.
    """
    if not tried.discrepancies:
        yield from _render_name(tried.case, Span("ok", Style.GREEN), layout)
        for finding in introduced(tried.verdict) if verbose else ():
            yield from layout.flow(describe_finding(finding), indent=5, hang=2)
        return
    yield from _render_name(tried.case, Span("FAIL", Style.RED), layout)
    place = tried.case.place
    yield from layout.flow(Span(f"{place.file}:{place.line}", Style.CYAN), indent=5)
    for one in tried.discrepancies:
        sign, style = _MARKS[one.kind]
        yield from layout.flow(Span(f"{sign}{one.detail}", style), indent=5, hang=2)
    for reason in _reasons(tried.verdict):
        yield from layout.flow(Span(reason, Style.DIM), indent=7, hang=2)


def _render_name(case: PolicyTestCase, mark: Span, layout: TextLayout) -> Iterator[str]:
    return layout.flow(mark, Span(f" {case.name}"), hang=5)


def _reasons(verdict: Verdict) -> Iterator[str]:
    """Why the gate says what it says, to help to find the mistake."""
    for reason in verdict.reasons[:MOST_REASONS]:
        because = reason.rule or "the policy"
        yield f"{reason.action.value} because of {because}: {reason.message}"
    for demand in verdict.review.demands:
        if demand.shortfall:
            yield demand.shortfall
    for ignored in verdict.review.ignored:
        yield f"the approval of {ignored.who} does not count: {ignored.why}"
    for file in verdict.files:
        if file.reason is not None:
            yield f"{file.change.path} is {file.state.value}: {file.reason}"


def render_sum(tried: Sequence[Tried], policy: str, layout: TextLayout) -> Iterator[str]:
    """The last line: how many of how many."""
    failed = sum(bool(one.discrepancies) for one in tried)
    cases = "1 case" if len(tried) == 1 else f"{len(tried)} cases"
    result = Span(f"{cases} passed", Style.GREEN)
    if failed:
        result = Span(f"{failed} of {cases} failed", Style.RED)
    yield from layout.flow(result, Span(f" with {policy}."))


HOME = Path(".judgegate") / "tests"
"""Where tests are searched: beside the policy, and hidden as it is."""


class Suite(Struct, frozen=True):
    """The cases of a folder, in the order of their files, and the policy that they try."""

    policy: Path
    cases: tuple[PolicyTestCase, ...]


def read_suite(folder: Path, policy: Path | None = None) -> Suite:
    """The cases in the folder's YAML files, and the policy that they try.

    That is the one named, or the nearest `.judgegate.yml` in the folder or above it.

    Raises:
        UsageError: there is no such folder, no case in it, or no policy.
        CaseFileError: a file of cases cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder} that contains policy tests.",
            f"Write test cases to {HOME}/*.yml, or name another folder.",
        )
    cases = _read(sorted(filter(_may_have_cases, folder.rglob("*"))))
    if not cases:
        raise UsageError(
            f"There is no test case in {folder}.",
            "The name of a file with cases ends in .yml (see: judgegate schema policy-test).",
        )
    return Suite(policy or _nearest(folder), cases)


def _may_have_cases(file: Path) -> bool:
    """Whether it is a YAML file, and no policy."""
    # A folder's own policy may be beside its tests, and has another format.
    if file.name == POLICY_NAME or file.suffix not in {".yml", ".yaml"}:
        return False
    return file.is_file()


def _nearest(folder: Path) -> Path:
    """The policy that governs the folder.

    Raises:
        UsageError: there is none.
    """
    home = folder.resolve()
    places = (place / POLICY_NAME for place in (home, *home.parents))
    found = next(filter(Path.is_file, places), None)
    if found is None:
        raise UsageError(
            f"There is no {POLICY_NAME} in {folder} or above it.",
            "Name the policy with --policy.",
        )
    return found


def _read(files: list[Path]) -> tuple[PolicyTestCase, ...]:
    """The cases of all files, in their order.

    Raises:
        CaseFileError: there is a mistake in some file.
    """
    problems = Problems()
    cases: list[PolicyTestCase] = []
    for file in files:
        # Reading a file stops at this number of problems, so no other one need be read.
        if len(problems.found) < MOST_PROBLEMS:
            cases += read_cases(_content(file), str(file), problems)
    if problems.found:
        in_order = sorted(problems.found, key=attrgetter("file", "line", "column"))
        raise CaseFileError(tuple(in_order))
    return tuple(cases)


def _content(file: Path) -> bytes:
    """The file's first bytes, one more than it may have.

    Raises:
        UsageError: it cannot be read.
    """
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
