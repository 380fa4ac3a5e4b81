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

    None: nobody can say what is required.
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
    try:
        return read(
            _Branch, api.get(f"{place}/branches/{segment(branch)}"), f"the branch {branch}"
        )
    except IncompleteError as error:
        unchecked.append(
            NotExamined(
                f"the protection of {branch}",
                error.what,
                "Use a token with contents: read.",
            )
        )
        return None


def _checks_of(rules: Iterable[_Rule]) -> Iterator[RequiredCheck]:
    for rule in rules:
        for one in rule.parameters.required_status_checks if rule.parameters else ():
            yield RequiredCheck(
                one.context, one.integration_id, f"ruleset {rule.ruleset_id}"
            )


def _workflows_of(rules: Iterable[_Rule]) -> Iterator[RequiredWorkflow]:
    for rule in rules:
        for one in rule.parameters.workflows if rule.parameters else ():
            yield RequiredWorkflow(
                one.path, one.repository_id, f"ruleset {rule.ruleset_id}"
            )


def _classic_checks(branch: _Branch | None) -> Iterator[RequiredCheck]:
    checks = (
        branch.protection.required_status_checks if branch and branch.protection else None
    )
    if checks is None or checks.enforcement_level == "off":
        return
    named = {one.context: one.app_id for one in checks.checks}
    for context in dict.fromkeys((*checks.contexts, *named)):
        # GitHub says -1 where any App may set it.
        app = named.get(context)
        yield RequiredCheck(
            context, app if app is not None and app > 0 else None, "branch protection"
        )


def _classic_bypasses(branch: _Branch | None) -> Iterator[str]:
    checks = (
        branch.protection.required_status_checks if branch and branch.protection else None
    )
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
            who = (
                actor.actor_type
                if actor.actor_id is None
                else f"{actor.actor_type} {actor.actor_id}"
            )
            yield f"{who} may bypass ruleset {ruleset.name} ({actor.bypass_mode})"


TEAMS_REMEDY = "Set JUDGEGATE_TOKEN to a token with members: read of the organisation."


class _TeamAnswer(Struct, frozen=True):
    members_count: int


def fetch_ineligible(
    api: Api, repository: str, demands: Iterable[ReviewerList]
) -> tuple[Mapping[Standing, str], tuple[NotExamined, ...]]:
    """Why a user or a team that is named can give no approval, a clause, as far as GitHub says; and what it does not say."""
    cannot_approve: dict[Standing, str] = {}
    unchecked: list[NotExamined] = []
    for standing in dict.fromkeys(one for demand in demands for one in demand.standings):
        if standing.kind not in {"user", "team"}:
            continue
        name = str(standing.value).removeprefix("@")
        try:
            why = (
                _why_user_cannot(api, repository, name)
                if standing.kind == "user"
                else _why_team_cannot(api, name)
            )
        except IncompleteError as error:
            remedy = (
                TEAMS_REMEDY
                if standing.kind == "team"
                else "Check that the account exists and that the token may see it."
            )
            unchecked.append(
                NotExamined(f"whether @{name} can approve", error.what, remedy, grave=False)
            )
        else:
            cannot_approve |= {standing: why} if why else {}
    return cannot_approve, tuple(unchecked)


def _why_user_cannot(api: Api, repository: str, login: str) -> str:
    document = api.get(f"/repos/{repository}/collaborators/{segment(login)}/permission")
    permission = read(PermissionAnswer, document, f"the permission of {login}").value
    return (
        f"@{login} has {permission.value} permission, but an approval needs write"
        if permission < Permission.WRITE
        else ""
    )


def _why_team_cannot(api: Api, name: str) -> str:
    organisation, _, slug = name.partition("/")
    team = read(
        _TeamAnswer,
        api.get(f"/orgs/{segment(organisation)}/teams/{segment(slug)}"),
        f"the team {name}",
    )
    return f"@{name} has no members" if not team.members_count else ""
