"""Whether those whom the policy names can give an approval. Imported only where GitHub is asked."""

from collections.abc import Iterable, Mapping

from judgegate.doctor.demands import Asked
from judgegate.doctor.diagnosis import NotExamined
from judgegate.github.client.answers import PermissionAnswer
from judgegate.github.client.api import Api, segment
from judgegate.github.client.reading import JsonObject, read
from judgegate.model.approvals import Permission
from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Standing

TEAMS = "Give JUDGEGATE_TOKEN a token with members: read of the organisation."


class _TeamAnswer(JsonObject):
    members_count: int


def ask_whether_able(
    api: Api, repository: str, demands: Iterable[Asked]
) -> tuple[Mapping[Standing, str], tuple[NotExamined, ...]]:
    """Why a user or a team that is named can give no approval, a clause, as far as GitHub says; and what it does not say."""
    unable: dict[Standing, str] = {}
    unchecked: list[NotExamined] = []
    for standing in dict.fromkeys(one for demand in demands for one in demand.standings):
        if standing.kind not in {"user", "team"}:
            continue
        name = str(standing.value).removeprefix("@")
        try:
            why = _ask_user(api, repository, name) if standing.kind == "user" else _ask_team(api, name)
        except IncompleteError as error:
            remedy = (
                TEAMS
                if standing.kind == "team"
                else "Look whether there is such an account, and whether the token may see it."
            )
            unchecked.append(NotExamined(f"whether @{name} can approve", error.what, remedy, grave=False))
        else:
            unable |= {standing: why} if why else {}
    return unable, tuple(unchecked)


def _ask_user(api: Api, repository: str, login: str) -> str:
    document = api.get(f"/repos/{repository}/collaborators/{segment(login)}/permission")
    permission = read(PermissionAnswer, document, f"the permission of {login}").value
    return (
        f"@{login} has {permission.value} permission, and an approval needs write"
        if permission < Permission.WRITE
        else ""
    )


def _ask_team(api: Api, name: str) -> str:
    organisation, _, slug = name.partition("/")
    team = read(
        _TeamAnswer, api.get(f"/orgs/{segment(organisation)}/teams/{segment(slug)}"), f"the team {name}"
    )
    return f"@{name} has no members" if not team.members_count else ""
