"""The examination: what stands in the repository, what GitHub says, and every group of diagnoses over both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from judgegate.change.repository import Repository
from judgegate.doctor.comments import COMMENTS
from judgegate.doctor.demands import demands_of
from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, NotExamined
from judgegate.doctor.enforcement import ENFORCEMENT
from judgegate.doctor.jobs import JOBS
from judgegate.doctor.presence import PRESENCE
from judgegate.doctor.reviews import REVIEWS
from judgegate.doctor.running import RUNNING
from judgegate.doctor.sources import open_source
from judgegate.doctor.strangers import STRANGERS
from judgegate.doctor.terms import TERMS
from judgegate.doctor.tokens import TOKENS
from judgegate.doctor.triggers import TRIGGERS
from judgegate.doctor.visit import Access, Target, guess_branch, name_repository, read_access
from judgegate.doctor.wiring import PULL_EVENTS, Wiring, read_wiring
from judgegate.model.errors import ExitCode
from judgegate.policy.problems import PolicyError

if TYPE_CHECKING:
    from judgegate.github.client.api import Api

GROUPS: tuple[FindingGroup[Wiring], ...] = (
    PRESENCE,
    TRIGGERS,
    REVIEWS,
    COMMENTS,
    JOBS,
    RUNNING,
    TOKENS,
    STRANGERS,
    ENFORCEMENT,
    TERMS,
)

NO_TOKEN = (
    "Set JUDGEGATE_TOKEN or GITHUB_TOKEN; or say --offline, if the files are all you want to know about."  # noqa: S105 - a remedy
)


@dataclass(frozen=True, slots=True)
class Examination:
    """What was looked at, and what came of it: the gravest first."""

    wiring: Wiring
    diagnoses: tuple[DoctorFinding, ...]
    unchecked: tuple[NotExamined, ...]

    @property
    def exit_code(self) -> ExitCode:
        """Incomplete outranks a hole, as everywhere; without either there is nothing that lets a change past."""
        if any(one.grave for one in self.unchecked):
            return ExitCode.INCOMPLETE
        return ExitCode.BLOCK if any(one.gravity is Gravity.HOLE for one in self.diagnoses) else ExitCode.PASS


def kinds() -> tuple[FindingKind, ...]:
    """Every kind of diagnosis, in the order of the groups."""
    return tuple(kind for group in GROUPS for kind in group.kinds)


def examine(visit: Target, environ: Mapping[str, str]) -> Examination:
    """Look at a repository.

    Raises:
        UsageError: there is no such repository or revision, or the environment is wrong.
    """
    access = read_access(environ)
    with Repository.open(visit.directory) as repository:
        name = name_repository(visit, access, repository)
        wiring = read_wiring(
            open_source(repository, visit.revision), visit.branch or guess_branch(repository), name
        )
        wiring, unchecked = _ask(visit, access, wiring)
        return conclude(wiring, (*unchecked, *_out_of_sight(wiring)))


def conclude(wiring: Wiring, unchecked: Iterable[NotExamined] = ()) -> Examination:
    """The diagnoses of a wiring."""
    found = {diagnosis for group in GROUPS for diagnosis in group.look(wiring)}
    return Examination(wiring, tuple(sorted(found, key=lambda one: one.order)), tuple(sorted(set(unchecked))))


def _ask(visit: Target, access: Access, wiring: Wiring) -> tuple[Wiring, tuple[NotExamined, ...]]:
    """The wiring with what GitHub says of it, and what could not be asked."""
    what = f"what GitHub enforces on {wiring.branch or 'the branch'}"
    if visit.offline:
        return wiring, (
            NotExamined(
                what,
                "--offline",
                "Leave --offline out, and set JUDGEGATE_TOKEN or GITHUB_TOKEN.",
                grave=False,
            ),
        )
    if access.token is None:
        return wiring, (NotExamined(what, "there is no token", NO_TOKEN),)
    if wiring.repository is None:
        return wiring, (
            NotExamined(
                what, f"origin is no repository on {access.host}", "Name it: --repository owner/name"
            ),
        )
    from judgegate.github.client.api import Api  # only where GitHub is asked

    with Api(access.api_url, access.token) as api:
        return _ask_github(api, visit, wiring, wiring.repository)


def _ask_github(
    api: "Api", visit: Target, wiring: Wiring, repository: str
) -> tuple[Wiring, tuple[NotExamined, ...]]:
    from judgegate.doctor.able import ask_whether_able  # only where GitHub is asked
    from judgegate.doctor.asking import ask_repository, ask_settings

    about = ask_repository(api, repository)
    if isinstance(about, NotExamined):
        return wiring, (about,)
    branch = visit.branch or about.default_branch
    settings, unchecked = ask_settings(api, repository, about, branch)
    demands = () if isinstance(wiring.policy, PolicyError) else tuple(demands_of(wiring.policy))
    unable, more = ask_whether_able(api, repository, demands)
    told = replace(wiring, branch=branch, settings=settings, unable=unable)
    # What else may be required does not matter once the gate's word is.
    return told, tuple(
        replace(one, grave=one.grave and told.is_required is not True) for one in (*unchecked, *more)
    )


def _out_of_sight(wiring: Wiring) -> Iterator[NotExamined]:
    """What a file or a rule points to and nobody can see from here."""
    if not wiring.gates:
        for unread in wiring.unread:
            if unread.names_us:
                yield NotExamined(f"whether {unread.spot.place} judges", unread.why, "Mend the file.")
    for one in wiring.foreign_workflows:
        where = f"{one.path} of repository {one.repository}, which {one.source} requires"
        yield NotExamined(
            where, "it stands in another repository", "Run judgegate doctor there.", grave=not wiring.gates
        )
    if wiring.branch is None:
        filtered = any(
            {"branches", "branches-ignore"} & trigger.filters.keys()
            for _, trigger in wiring.triggers(*PULL_EVENTS)
        )
        yield NotExamined(
            "the filters of branches",
            "the default branch is not known",
            "Name it: --branch main",
            grave=filtered,
        )
