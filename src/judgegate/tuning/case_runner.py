"""Cases are tried: each is a small repository that the gate judges."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.git import GitError, GitRunner, find_git, take_inherited
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
from judgegate.policy.problems import MOST_PROBLEMS, PolicyProblem, Problems
from judgegate.policy.yaml_document import LARGEST_FILE
from judgegate.report.text_layout import Span, Style, TextLayout
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

WHEN = "1767614400 +0000"
"""2026-01-05 12:00 UTC, the clock of every commit: equal cases give equal commits."""

_ESCAPED = re.compile(r'["\\]')

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
    return Request(
        pull_request=_write_pull_request(case.pull_request, file)
        if case.pull_request
        else None,
        branch=case.pull_request.branch if case.pull_request else "topic",
        assume_ai=case.written_by is Authorship.AI,
    )


def _write_pull_request(given: GivenPullRequest, file: Path) -> Path:
    """The fields as a forge's JSON has them."""
    document = {
        "number": 1,
        "title": given.title,
        "body": given.body,
        "user": {
            "login": given.author,
            "type": "Bot" if given.author.endswith("[bot]") else "User",
        },
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


def _approvals(
    case: PolicyTestCase, given: Sequence[GivenApproval], change: Change
) -> Approvals:
    logins = dict.fromkeys((case.author, *(one.by for one in given)))
    people = {login: _person(login, number) for number, login in enumerate(logins, 1)}
    head = change.head.oid if change.head else ""
    older = change.base.oid if change.base else ""
    return Approvals(
        head=head,
        reviews=tuple(
            Review(
                people[one.by], ReviewState.APPROVED, older if one.stale else head, order
            )
            for order, one in enumerate(given)
            if one.comment(head) is None
        ),
        permissions={people[one.by].id or 0: one.permission for one in given},
        memberships=_memberships(given, people),
        addresses={
            f"{login}@example.com".casefold(): person for login, person in people.items()
        },
        contributions=tuple(
            Contribution(people[case.author], part) for part in (Part.OPENER, Part.PUSHER)
        ),
        comments=tuple(
            Comment(people[one.by], text)
            for one in given
            if (text := one.comment(head)) is not None
        ),
    )


def _memberships(
    given: Sequence[GivenApproval], people: Mapping[str, Person]
) -> dict[str, dict[int, bool | Unchecked]]:
    """By team, for everybody who approves: of every team that a case names it is known who is in it."""
    named = {team.casefold() for one in given for team in one.teams}
    return {
        team: {
            people[one.by].id or 0: team in {name.casefold() for name in one.teams}
            for one in given
        }
        for team in sorted(named)
    }


def _person(login: str, number: int) -> Person:
    """An account; a known bot has its own number."""
    known = next((bot for bot, name in BOTS.items() if name == login), number)
    return Person(
        known, login, AccountKind.BOT if login.endswith("[bot]") else AccountKind.USER
    )


class CaseRepository(Struct, frozen=True):
    """Where the cases' commits are; `heads` and `bases` are branches, in the cases' order."""

    directory: Path
    bases: tuple[str, ...]
    heads: tuple[str, ...]


@contextmanager
def build_repository(cases: Sequence[PolicyTestCase]) -> Iterator[CaseRepository]:
    """A repository with a base and a head for each case. It is gone at the end.

    Raises:
        CaseFileError: a patch does not apply.
        IncompleteError: git is missing, or there is no place for temporary files.
    """
    take_inherited()  # it may be run from a hook, whose variables name another repository
    with tempfile.TemporaryDirectory(prefix="judgegate-cases-") as folder:
        directory = Path(folder) / "repository"
        directory.mkdir()
        git = GitRunner(find_git(), directory)
        git.run(
            "init",
            "--quiet",
            "--template=",
            "--object-format=sha1",
            "--initial-branch=main",
        )
        git.run("fast-import", "--quiet", "--done", stdin=b"".join(_stream(cases)))
        for number, case in enumerate(cases):
            if case.patch is not None:
                _apply(git, number, case)
        numbers = range(len(cases))
        yield CaseRepository(
            directory, tuple(map(_base, numbers)), tuple(map(_head, numbers))
        )


def _base(number: int) -> str:
    return f"refs/heads/{number}/base"


def _head(number: int) -> str:
    return f"refs/heads/{number}/head"


def _stream(cases: Sequence[PolicyTestCase]) -> Iterator[bytes]:
    for number, case in enumerate(cases):
        yield from _commit(_base(number), "maintainer", "Start\n")
        for path, text in case.before.items():
            yield from _write(
                path, text, executable=path in case.executable and path not in case.after
            )
        if case.patch is None:
            yield from _commit(
                _head(number), case.author, case.message, parent=_base(number)
            )
            for path, text in case.after.items():
                yield from _write(path, text, executable=path in case.executable)
            yield from (f"D {_quote(path)}\n".encode() for path in case.removed)
    yield b"done\n"


def _commit(
    branch: str, who: str, message: str, parent: str | None = None
) -> Iterator[bytes]:
    yield f"commit {branch}\ncommitter {who} <{who}@example.com> {WHEN}\n".encode()
    yield from _data(message)
    if parent is not None:
        yield f"from {parent}\n".encode()


def _write(path: str, text: str, *, executable: bool) -> Iterator[bytes]:
    yield f"M {'100755' if executable else '100644'} inline {_quote(path)}\n".encode()
    yield from _data(text)


def _data(text: str) -> Iterator[bytes]:
    content = text.encode("utf-8", "surrogateescape")
    yield b"data %d\n" % len(content)
    yield content + b"\n"


def _quote(path: str) -> str:
    escaped = _ESCAPED.sub(lambda match: f"\\{match[0]}", path)
    return f'"{escaped}"'


def _apply(git: GitRunner, number: int, case: PolicyTestCase) -> None:
    """Commit what the patch makes of the base, by an index of its own."""
    base, patch = _base(number), (case.patch or "").encode()
    indexed = git.with_environment(
        {"GIT_INDEX_FILE": str(git.directory.parent / f"index-{number}")}
    )
    indexed.run("read-tree", base)
    try:
        indexed.run("apply", "--cached", "--whitespace=nowarn", "-", stdin=patch or b"\n")
    except GitError as error:
        reason = error.message.splitlines()[0] if error.message else "git gives no reason"
        problem = PolicyProblem(
            case.place.file,
            case.place.line,
            case.place.column,
            f"the patch does not apply to `before`: {reason.removeprefix('error: ')}",
        )
        raise CaseFileError((problem,)) from error
    tree = indexed.run("write-tree").decode("ascii").strip()
    who = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in _identity(case.author).items()
    }
    commit = indexed.with_environment(who).run(
        "commit-tree", tree, "-p", base, stdin=case.message.encode()
    )
    git.run("update-ref", _head(number), commit.decode("ascii").strip())


def _identity(who: str) -> dict[str, str]:
    return {"NAME": who, "EMAIL": f"{who}@example.com", "DATE": WHEN}


def render_tried(
    tried: Tried, layout: TextLayout, *, verbose: bool = False
) -> Iterator[str]:
    """The lines of one case: its name, and where it failed the difference (`-` was expected, `+` was found) and the gate's reasons."""
    failed = bool(tried.discrepancies)
    mark = Span("FAIL", Style.RED) if failed else Span("ok", Style.GREEN)
    yield from layout.flow(mark, Span(f" {tried.case.name}"), hang=5)
    if not failed:
        if verbose:
            yield from (
                line
                for finding in introduced(tried.verdict)
                for line in layout.flow(describe_finding(finding), indent=5, hang=2)
            )
        return
    place = tried.case.place
    yield from layout.flow(Span(f"{place.file}:{place.line}", Style.CYAN), indent=5)
    for one in tried.discrepancies:
        sign, style = _MARKS[one.kind]
        yield from layout.flow(Span(f"{sign}{one.detail}", style), indent=5, hang=2)
    yield from _reasons(tried.verdict, layout)


def _reasons(verdict: Verdict, layout: TextLayout) -> Iterator[str]:
    """Why the gate says what it says, for who has to find the mistake."""
    for reason in verdict.reasons[:MOST_REASONS]:
        yield from layout.flow(
            Span(
                f"{reason.action.value} because of {reason.rule or 'the policy'}: {reason.message}",
                Style.DIM,
            ),
            indent=7,
            hang=2,
        )
    for demand in verdict.review.demands:
        if demand.shortfall:
            yield from layout.flow(Span(demand.shortfall, Style.DIM), indent=7, hang=2)
    for ignored in verdict.review.ignored:
        yield from layout.flow(
            Span(f"the approval of {ignored.who} does not count: {ignored.why}", Style.DIM),
            indent=7,
            hang=2,
        )
    for file in verdict.files:
        if file.reason is not None:
            yield from layout.flow(
                Span(f"{file.change.path} is {file.state.value}: {file.reason}", Style.DIM),
                indent=7,
                hang=2,
            )


def render_sum(tried: Sequence[Tried], policy: str, layout: TextLayout) -> Iterator[str]:
    """The last line: how many of how many."""
    failed = sum(bool(one.discrepancies) for one in tried)
    cases = f"{len(tried)} case" + ("" if len(tried) == 1 else "s")
    if failed:
        yield from layout.flow(
            Span(f"{failed} of {cases} failed", Style.RED), Span(f" with {policy}.")
        )
    else:
        yield from layout.flow(
            Span(f"{cases} passed", Style.GREEN), Span(f" with {policy}.")
        )


HOME = Path(".judgegate") / "tests"
"""Where tests are searched: beside the policy, and hidden as it is."""


class Suite(Struct, frozen=True):
    """The cases of a folder, in the order of their files, and the policy that they try."""

    policy: Path
    cases: tuple[PolicyTestCase, ...]


def read_suite(folder: Path, policy: Path | None = None) -> Suite:
    """The cases in the folder's YAML files, and the policy: the one named, or the nearest `.judgegate.yml` in the folder or above it.

    Raises:
        UsageError: there is no such folder, no case in it, or no policy.
        CaseFileError: a file of cases cannot be understood.
    """
    if not folder.is_dir():
        raise UsageError(
            f"There is no folder {folder} that contains policy tests.",
            f"Write test cases to {HOME}/*.yml, or name another folder.",
        )
    documents = [file for file in folder.rglob("*") if file.suffix in {".yml", ".yaml"}]
    cases = _read(
        sorted(file for file in documents if file.name != POLICY_NAME and file.is_file())
    )
    if not cases:
        raise UsageError(
            f"There is no test case in {folder}.",
            "The name of a file with cases ends in .yml (see: judgegate schema policy-test).",
        )
    return Suite(policy or _nearest(folder), cases)


def _nearest(folder: Path) -> Path:
    home = folder.resolve()
    found = next(
        (
            place / POLICY_NAME
            for place in (home, *home.parents)
            if (place / POLICY_NAME).is_file()
        ),
        None,
    )
    if found is None:
        raise UsageError(
            f"There is no {POLICY_NAME} in {folder} or above it.",
            "Name the policy with --policy.",
        )
    return found


def _read(files: list[Path]) -> tuple[PolicyTestCase, ...]:
    problems = Problems()
    cases: list[PolicyTestCase] = []
    for file in files:
        if len(problems.found) < MOST_PROBLEMS:
            cases += read_cases(_content(file), str(file), problems)
    if problems.found:
        raise CaseFileError(
            tuple(
                sorted(
                    problems.found,
                    key=lambda problem: (problem.file, problem.line, problem.column),
                )
            )
        )
    return tuple(cases)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}.") from error
