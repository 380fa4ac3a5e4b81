"""GitHub's answers: the branch's rules and protection, who may bypass them, who can approve.

Imported only where GitHub is asked.
"""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from judgegate.doctor.finding import NotExamined
from judgegate.doctor.setup import RequiredCheck, RequiredWorkflow, ReviewerList, Settings
from judgegate.github.client.answers import PermissionAnswer
from judgegate.github.client.api import Api, segment
from judgegate.github.client.json_reading import read, read_all
from judgegate.model.approvals import Permission
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.verdict import Standing

ADMIN_REMEDY = "Use a token with administration: read."


class RepositoryAnswer(Struct, frozen=True):
    """A repository."""

    id: int
    default_branch: str
    private: bool


class _Check(Struct, frozen=True):
    context: str
    integration_id: int | None = None


class _WorkflowFile(Struct, frozen=True):
    path: str
    repository_id: int


class _Parameters(Struct, frozen=True):
    required_status_checks: tuple[_Check, ...] = ()
    workflows: tuple[_WorkflowFile, ...] = ()


class _Rule(Struct, frozen=True):
    type: str
    parameters: _Parameters | None = None
    ruleset_id: int | None = None

    @property
    def requires(self) -> _Parameters:
        """What it requires: nothing if GitHub gives it no parameters."""
        return self.parameters or _Parameters()


class _Bypasser(Struct, frozen=True):
    actor_type: str
    actor_id: int | None = None
    bypass_mode: str = "always"


class _Ruleset(Struct, frozen=True):
    name: str
    bypass_actors: tuple[_Bypasser, ...] | None = None


class _ClassicCheck(Struct, frozen=True):
    context: str
    app_id: int | None = None


class _ClassicChecks(Struct, frozen=True):
    enforcement_level: str = ""
    contexts: tuple[str, ...] = ()
    checks: tuple[_ClassicCheck, ...] = ()


class _Protection(Struct, frozen=True):
    required_status_checks: _ClassicChecks | None = None


class _Branch(Struct, frozen=True):
    protected: bool
    protection: _Protection | None = None


def fetch_repository(api: Api, repository: str) -> RepositoryAnswer | NotExamined:
    """The repository itself."""
    try:
        return read(RepositoryAnswer, api.get(f"/repos/{repository}"), "the repository")
    except IncompleteError as error:
        return NotExamined(
            f"the settings of {repository}",
            error.what,
            "Check the repository's name and the token.",
        )


def fetch_settings(
    api: Api, repository: str, about: RepositoryAnswer, branch: str
) -> tuple[Settings | None, tuple[NotExamined, ...]]:
    """What the branch's rules and its protection say, and what of them could not be read.

    None: it is not known what is required.
    """
    place = f"/repos/{repository}"
    unchecked: list[NotExamined] = []
    try:
        documents = api.list(f"{place}/rules/branches/{segment(branch)}")
        rules = read_all(_Rule, documents, "the branch's rules")
    except IncompleteError as error:
        return None, (
            NotExamined(
                f"the rules of {branch}",
                error.what,
                "Use a token that may read the repository.",
            ),
        )
    bypasses = list(_fetch_bypasses(api, place, rules, unchecked))
    classic = _fetch_protection(api, place, branch, unchecked)
    found = Settings(
        repository=about.id,
        is_private=about.private,
        checks=(*_checks_of(rules), *_classic_checks(classic)),
        workflows=tuple(_workflows_of(rules)),
        has_queue=any(rule.type == "merge_queue" for rule in rules),
        bypasses=(*bypasses, *_classic_bypasses(classic)),
        is_whole=classic is not None,
    )
    return found, tuple(unchecked)


def _fetch_protection(
    api: Api, place: str, branch: str, unchecked: list[NotExamined]
) -> _Branch | None:
    """The branch with its protection; None, and an entry in `unchecked`, if it cannot be read."""
    try:
        document = api.get(f"{place}/branches/{segment(branch)}")
        return read(_Branch, document, f"the branch {branch}")
    except IncompleteError as error:
        what = f"the protection of {branch}"
        unchecked.append(NotExamined(what, error.what, "Use a token with contents: read."))
        return None


def _checks_of(rules: Iterable[_Rule]) -> Iterator[RequiredCheck]:
    """The statuses and checks that the rulesets require."""
    for rule in rules:
        source = f"ruleset {rule.ruleset_id}"
        for one in rule.requires.required_status_checks:
            yield RequiredCheck(one.context, one.integration_id, source)


def _workflows_of(rules: Iterable[_Rule]) -> Iterator[RequiredWorkflow]:
    """The workflows that the rulesets run."""
    for rule in rules:
        source = f"ruleset {rule.ruleset_id}"
        for one in rule.requires.workflows:
            yield RequiredWorkflow(one.path, one.repository_id, source)


def _protected_checks(branch: _Branch | None) -> _ClassicChecks | None:
    """What branch protection requires; GitHub's older way, beside the rulesets."""
    if branch is None or branch.protection is None:
        return None
    return branch.protection.required_status_checks


def _classic_checks(branch: _Branch | None) -> Iterator[RequiredCheck]:
    """The statuses and checks that branch protection requires."""
    checks = _protected_checks(branch)
    if checks is None or checks.enforcement_level == "off":
        return
    # `checks` adds the App to what `contexts` names; each may name what the other does not.
    apps = dict.fromkeys(checks.contexts) | {
        one.context: one.app_id for one in checks.checks
    }
    for context, app in apps.items():
        # GitHub says -1 where any App may set it.
        source = app if app is not None and app > 0 else None
        yield RequiredCheck(context, source, "branch protection")


def _classic_bypasses(branch: _Branch | None) -> Iterator[str]:
    """Who may go past branch protection, as clauses."""
    checks = _protected_checks(branch)
    if checks is not None and checks.enforcement_level == "non_admins":
        yield "administrators may bypass branch protection"


def _fetch_bypasses(
    api: Api, place: str, rules: Iterable[_Rule], unchecked: list[NotExamined]
) -> Iterator[str]:
    """Who may bypass a ruleset that requires a check or a workflow.

    GitHub shows it only to those who may change the ruleset.
    """
    wanted = dict.fromkeys(
        rule.ruleset_id
        for rule in rules
        if rule.type in {"required_status_checks", "workflows"}
    )
    for number in wanted:
        what = f"who may bypass ruleset {number}"
        try:
            ruleset = read(
                _Ruleset, api.get(f"{place}/rulesets/{number}"), f"ruleset {number}"
            )
        except IncompleteError as error:
            unchecked.append(NotExamined(what, error.what, ADMIN_REMEDY, grave=False))
            continue
        if ruleset.bypass_actors is None:
            unchecked.append(
                NotExamined(
                    what,
                    "GitHub shows it only to those who may change the ruleset",
                    ADMIN_REMEDY,
                    grave=False,
                )
            )
        for actor in ruleset.bypass_actors or ():
            # Some kinds of actors, such as deploy keys, have no number.
            suffix = "" if actor.actor_id is None else f" {actor.actor_id}"
            who = f"{actor.actor_type}{suffix}"
            yield f"{who} may bypass ruleset {ruleset.name} ({actor.bypass_mode})"


USERS_REMEDY = "Check that the account exists and that the token may see it."
TEAMS_REMEDY = "Set JUDGEGATE_TOKEN to a token with members: read of the organisation."


class _TeamAnswer(Struct, frozen=True):
    members_count: int


def fetch_ineligible(
    api: Api, repository: str, demands: Iterable[ReviewerList]
) -> tuple[Mapping[Standing, str], tuple[NotExamined, ...]]:
    """Why users and teams that are named can give no approval, as far as GitHub says.

    Each reason is a clause. What GitHub does not say is the second value.
    """
    cannot_approve: dict[Standing, str] = {}
    unchecked: list[NotExamined] = []
    for standing in dict.fromkeys(one for demand in demands for one in demand.standings):
        if standing.kind not in {"user", "team"}:
            continue
        name = str(standing.value).removeprefix("@")
        is_team = standing.kind == "team"
        try:
            why = (
                _why_team_cannot(api, name)
                if is_team
                else _why_user_cannot(api, repository, name)
            )
        except IncompleteError as error:
            what = f"whether @{name} can approve"
            remedy = TEAMS_REMEDY if is_team else USERS_REMEDY
            unchecked.append(NotExamined(what, error.what, remedy, grave=False))
            continue
        if why:
            cannot_approve[standing] = why
    return cannot_approve, tuple(unchecked)


def _why_user_cannot(api: Api, repository: str, login: str) -> str:
    """Why the user can give no approval, or nothing."""
    document = api.get(f"/repos/{repository}/collaborators/{segment(login)}/permission")
    permission = read(PermissionAnswer, document, f"the permission of {login}").value
    if permission >= Permission.WRITE:
        return ""
    return f"@{login} has {permission.value} permission, but an approval needs write"


def _why_team_cannot(api: Api, name: str) -> str:
    """Why the team, `org/team`, can give no approval, or nothing."""
    organisation, _, slug = name.partition("/")
    document = api.get(f"/orgs/{segment(organisation)}/teams/{segment(slug)}")
    team = read(_TeamAnswer, document, f"the team {name}")
    return f"@{name} has no members" if not team.members_count else ""
