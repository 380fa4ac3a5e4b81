"""One run of the doctor: what is in the repository, what GitHub says, and all checks of both."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.doctor.enforcement import ENFORCEMENT
from judgegate.doctor.execution import EXECUTION, TOKENS
from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    NotExamined,
)
from judgegate.doctor.jobs import JOBS, MISSING_WORKFLOW
from judgegate.doctor.policy_checks import POLICY, reviewer_lists
from judgegate.doctor.review_triggers import COMMENTS, REVIEWS
from judgegate.doctor.setup import PULL_EVENTS, Setup, read_setup
from judgegate.doctor.triggers import TRIGGERS
from judgegate.doctor.untrusted_code import UNTRUSTED_CODE
from judgegate.doctor.workflow import open_source
from judgegate.github.runner import REPOSITORY, can_be_sent, read_addresses, read_token
from judgegate.model.errors_and_exit_codes import ExitCode, UsageError
from judgegate.policy.problems import PolicyError

if TYPE_CHECKING:
    from judgegate.github.client.api import Api


class Target(Struct, frozen=True):
    """What to look at. `revision` None: the work tree.

    `offline`: GitHub is not to be asked, and what it would have said is not missed.
    """

    directory: Path = Path()
    revision: str | None = "HEAD"
    repository: str | None = None
    branch: str | None = None
    offline: bool = False


class Access(Struct, frozen=True):
    """GitHub's interface. `token` None: there is none. It is never shown."""

    api_url: str
    host: str
    repository: str | None
    token: str | None = None

    def __repr__(self) -> str:
        return f"Access({self.api_url!r}, {self.repository!r})"


def read_access(environ: Mapping[str, str]) -> Access:
    """What the environment says of it.

    Raises:
        UsageError: a variable is not what it should be.
    """
    problems: list[str] = []
    token = read_token(environ)
    if token and not can_be_sent(token):
        problems.append("the token contains characters that are not allowed in a token")
    repository = environ.get("GITHUB_REPOSITORY") or None
    if repository is not None and not REPOSITORY.fullmatch(repository):
        problems.append("GITHUB_REPOSITORY is not owner/name")
    api_url, server_url = read_addresses(environ, problems)
    if problems:
        raise UsageError(f"The environment cannot be used: {'; '.join(problems)}.")
    return Access(api_url, urlsplit(server_url).hostname or "", repository, token or None)


def name_repository(target: Target, access: Access, repository: Repository) -> str | None:
    """`owner/name`: as it is given, as the environment says, or as the remote `origin` is called.

    Raises:
        UsageError: what is given is no name.
    """
    if target.repository is not None:
        if not REPOSITORY.fullmatch(target.repository):
            raise UsageError(
                f"{target.repository!r} is not the name of a repository.",
                "Write owner/name.",
            )
        return target.repository
    return access.repository or _origin(repository, access.host)


def _origin(repository: Repository, host: str) -> str | None:
    """The name of the remote `origin`, if it is on the host. Its address may be of HTTPS or SSH."""
    try:
        url = repository.run("config", "--get", "remote.origin.url")
    except GitError:
        return None
    name = re.escape(host)
    found = re.fullmatch(
        rf"(?:https?://(?:[^/@]*@)?{name}(?::\d+)?/|(?:ssh://)?[^/@:]+@{name}(?::\d+)?[:/])"
        r"(.+?)(?:\.git)?/?",
        url.decode("utf-8", "replace").strip(),
    )
    if found is None or not REPOSITORY.fullmatch(found[1]):
        return None
    return found[1]


def guess_branch(repository: Repository) -> str | None:
    """The default branch as the clone knows it."""
    try:
        ref = repository.run("symbolic-ref", "--quiet", "refs/remotes/origin/HEAD")
    except GitError:
        return _conventional_branch(repository)
    return ref.decode("utf-8", "replace").strip().removeprefix("refs/remotes/origin/")


def _conventional_branch(repository: Repository) -> str | None:
    """`main` or else `master`, if the clone has one of them."""
    names = ("refs/heads/main", "refs/heads/master")
    listed = repository.run("for-each-ref", "--format=%(refname)", *names)
    known = listed.decode("ascii").split()
    return known[0].removeprefix("refs/heads/") if known else None


GROUPS: tuple[FindingGroup[Setup], ...] = (
    MISSING_WORKFLOW,
    TRIGGERS,
    REVIEWS,
    COMMENTS,
    JOBS,
    EXECUTION,
    TOKENS,
    UNTRUSTED_CODE,
    ENFORCEMENT,
    POLICY,
)

BRANCH_FILTERS = frozenset({"branches", "branches-ignore"})
LOG_IN = "Set JUDGEGATE_TOKEN or GITHUB_TOKEN; or use --offline to check only the files."


class DoctorReport(Struct, frozen=True):
    """What was looked at, and what came of it: the gravest first."""

    setup: Setup
    findings: tuple[DoctorFinding, ...]
    unchecked: tuple[NotExamined, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Incomplete outranks a hole, as everywhere.

        Without either there is nothing that lets a change past.
        """
        if any(one.grave for one in self.unchecked):
            return ExitCode.INCOMPLETE
        if any(one.gravity is Gravity.HOLE for one in self.findings):
            return ExitCode.BLOCK
        return ExitCode.PASS


def kinds() -> tuple[FindingKind, ...]:
    """Every kind of finding, in the order of the groups."""
    return tuple(kind for group in GROUPS for kind in group.kinds)


def run_doctor(target: Target, environ: Mapping[str, str]) -> DoctorReport:
    """Examine a repository.

    Raises:
        UsageError: there is no such repository or revision, or the environment is wrong.
    """
    access = read_access(environ)
    with Repository.open(target.directory) as repository:
        name = name_repository(target, access, repository)
        setup = read_setup(
            open_source(repository, target.revision),
            target.branch or guess_branch(repository),
            name,
        )
        setup, unchecked = _fetch(target, access, setup)
        return evaluate(setup, (*unchecked, *_find_unseen(setup)))


def evaluate(setup: Setup, unchecked: Iterable[NotExamined] = ()) -> DoctorReport:
    """Every finding about a setup."""
    found = {finding for group in GROUPS for finding in group.check(setup)}
    return DoctorReport(
        setup,
        tuple(sorted(found, key=lambda one: one.order)),
        tuple(sorted(set(unchecked))),
    )


def _fetch(
    target: Target, access: Access, setup: Setup
) -> tuple[Setup, tuple[NotExamined, ...]]:
    """The setup with what GitHub says of it, and what could not be asked."""
    what = f"what GitHub enforces on {setup.branch or 'the branch'}"
    if target.offline:
        return setup, (
            NotExamined(
                what,
                "--offline",
                "Remove --offline, and set JUDGEGATE_TOKEN or GITHUB_TOKEN.",
                grave=False,
            ),
        )
    if access.token is None:
        return setup, (NotExamined(what, "there is no token", LOG_IN),)
    if setup.repository is None:
        return setup, (
            NotExamined(
                what,
                f"origin is not a repository on {access.host}",
                "Name it: --repository owner/name",
            ),
        )
    # Only where GitHub is asked: it is slow to load.
    from judgegate.github.client.api import Api

    with Api(access.api_url, access.token) as api:
        return _fetch_from_github(api, target, setup, setup.repository)


def _fetch_from_github(
    api: "Api", target: Target, setup: Setup, repository: str
) -> tuple[Setup, tuple[NotExamined, ...]]:
    """The same where GitHub can be asked. The branch is GitHub's default if none is named."""
    # Only where GitHub is asked: the client is slow to load.
    from judgegate.doctor.fetch_settings import (
        fetch_ineligible,
        fetch_repository,
        fetch_settings,
    )

    about = fetch_repository(api, repository)
    if isinstance(about, NotExamined):
        return setup, (about,)
    branch = target.branch or about.default_branch
    settings, unchecked = fetch_settings(api, repository, about, branch)
    demands = (
        () if isinstance(setup.policy, PolicyError) else tuple(reviewer_lists(setup.policy))
    )
    cannot_approve, more = fetch_ineligible(api, repository, demands)
    known = replace(setup, branch=branch, settings=settings, cannot_approve=cannot_approve)
    not_examined = (*unchecked, *more)
    # What else may be required does not matter once the gate's verdict is.
    if known.is_required is True:
        not_examined = tuple(replace(one, grave=False) for one in not_examined)
    return known, not_examined


def _find_unseen(setup: Setup) -> Iterator[NotExamined]:
    """What a file or a rule points to and cannot be seen from here."""
    # Once there is a gate, another one that cannot be read takes nothing from it.
    unread_gates = (
        [] if setup.gates else [one for one in setup.unread if one.names_judgegate]
    )
    for unread in unread_gates:
        what = f"whether {unread.location.place} judges"
        yield NotExamined(what, unread.why, "Correct the file.")
    for one in setup.foreign_workflows:
        where = f"{one.path} of repository {one.repository}, which {one.source} requires"
        yield NotExamined(
            where,
            "it is in another repository",
            "Run judgegate doctor there.",
            grave=not setup.gates,
        )
    if setup.branch is None:
        pulls = setup.triggers(*PULL_EVENTS)
        filtered = any(BRANCH_FILTERS & trigger.filters.keys() for trigger in pulls)
        yield NotExamined(
            "the filters of branches",
            "the default branch is not known",
            "Name it: --branch main",
            grave=filtered,
        )
