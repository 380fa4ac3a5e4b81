"""What the fake answers to each request that GitHub's description knows."""

import json
from collections.abc import Callable
from typing import Any

from werkzeug import Request

from tests.github.fake import answers
from tests.github.fake.contract import build
from tests.github.fake.world import NAME, OWNER, StatusState, World

LONGEST_COMMENT = 65_536
REPOSITORY = f"/repos/{OWNER}/{NAME}"

Answer = tuple[int, Any]


def _pull(world: World, _request: Request, number: str) -> Answer:
    pull = world.pulls.get(int(number))
    return (
        (200, answers.tell_pull(world, pull)) if pull else (404, {"message": "Not Found"})
    )


def _pulls(world: World, request: Request) -> Answer:
    """As GitHub does: what is no `owner:branch` is no filter."""
    owner, found, branch = request.args.get("head", "").partition(":")
    wanted = [
        pull
        for pull in world.pulls.values()
        if pull.state == request.args.get("state", "open")
        and (
            not found
            or (
                pull.has_fork
                and (pull.fork or OWNER).partition("/")[0] == owner
                and pull.branch == branch
            )
        )
    ]
    return 200, [answers.tell_pull(world, pull, brief=True) for pull in wanted]


def _pulls_of_commit(world: World, _request: Request, commit: str) -> Answer:
    own = [
        pull
        for pull in world.pulls.values()
        if world.git.git("branch", "--contains", commit, "--list", pull.branch)
    ]
    return 200, [answers.tell_pull(world, pull, brief=True) for pull in own]


def _reviews(world: World, _request: Request, number: str) -> Answer:
    return 200, [
        answers.tell_review(place, review)
        for place, review in enumerate(world.pulls[int(number)].reviews, 1)
    ]


def _commits(world: World, _request: Request, number: str) -> Answer:
    return 200, [
        answers.tell_commit(world, *commit)
        for commit in world.commits_of(world.pulls[int(number)])
    ][:250]


def _timeline(world: World, _request: Request, number: str) -> Answer:
    return 200, [
        answers.tell_happening(place, one)
        for place, one in enumerate(world.pulls[int(number)].timeline, 1)
    ]


def _activity(world: World, request: Request) -> Answer:
    ref = request.args.get("ref")
    return 200, [
        answers.tell_push(place, push)
        for place, push in enumerate(world.pushes)
        if f"refs/heads/{push.branch}" == ref
    ][::-1]


def _permission(world: World, _request: Request, login: str) -> Answer:
    account = world.named(login)
    return (
        (200, answers.tell_permission(world, account))
        if account
        else (404, {"message": "Not Found"})
    )


def _collaborators(world: World, request: Request) -> Answer:
    """Those who can write; whoever owns the repository is among them."""
    able = [
        account
        for account in world.accounts.values()
        if world.roles.get(account.id) in {"write", "maintain", "admin"}
    ]
    assert request.args["permission"] == "push"
    return 200, [answers.tell_collaborator(world, account) for account in able]


def _team(world: World, _request: Request, organisation: str, slug: str) -> Answer:
    known = f"{organisation}/{slug}" in world.teams
    return (
        (200, build("team-full", {"slug": slug}))
        if known
        else (404, {"message": "Not Found"})
    )


def _membership(
    world: World, _request: Request, organisation: str, slug: str, login: str
) -> Answer:
    account = world.named(login)
    state = (
        world.teams.get(f"{organisation}/{slug}", {}).get(account.id) if account else None
    )
    return (
        (200, build("team-membership", {"state": state}))
        if state
        else (404, {"message": "Not Found"})
    )


def _statuses(world: World, _request: Request, commit: str) -> Answer:
    """The latest first."""
    return 200, [
        answers.tell_status(one) for one in reversed(world.statuses) if one.commit == commit
    ]


def _post_status(world: World, request: Request, commit: str) -> Answer:
    body = json.loads(request.get_data())
    if len(body["description"]) > 140:
        return 422, {"message": "description is too long (maximum is 140 characters)"}
    status = StatusState(
        commit,
        body["context"],
        body["state"],
        body["description"],
        body.get("target_url"),
        world.token_of,
    )
    world.statuses.append(status)
    return 201, answers.tell_status(status)


def _post_comment(world: World, request: Request, number: str) -> Answer:
    body = json.loads(request.get_data())["body"]
    if len(body) > LONGEST_COMMENT:
        return 422, {"message": "Body is too long (maximum is 65536 characters)"}
    id_ = world.comment(world.token_of, body, number=int(number))
    return 201, answers.tell_comment(
        next(one for one in world.comments(number=int(number)) if one.id == id_)
    )


def _edit_comment(world: World, request: Request, id_: str) -> Answer:
    body = json.loads(request.get_data())["body"]
    if len(body) > LONGEST_COMMENT:
        return 422, {"message": "Body is too long (maximum is 65536 characters)"}
    known = world.replace_comment(int(id_), body)
    comments = [
        one
        for pull in world.pulls
        for one in world.comments(number=pull)
        if one.id == int(id_)
    ]
    return (
        (200, answers.tell_comment(comments[0]))
        if known
        else (404, {"message": "Not Found"})
    )


def _delete_comment(world: World, _request: Request, id_: str) -> Answer:
    return (
        (204, None)
        if world.replace_comment(int(id_), None)
        else (404, {"message": "Not Found"})
    )


def _add_labels(world: World, request: Request, number: str) -> Answer:
    pull = world.pulls[int(number)]
    pull.labels += [
        name for name in json.loads(request.get_data())["labels"] if name not in pull.labels
    ]
    return 200, [answers.tell_label(name) for name in pull.labels]


def _remove_label(world: World, _request: Request, number: str, name: str) -> Answer:
    pull = world.pulls[int(number)]
    if name not in pull.labels:
        return 404, {"message": "Label does not exist"}
    pull.labels.remove(name)
    return 200, [answers.tell_label(one) for one in pull.labels]


def _request_reviews(world: World, request: Request, number: str) -> Answer:
    pull, body = world.pulls[int(number)], json.loads(request.get_data())
    people = [world.named(login) for login in body.get("reviewers", [])]
    teams = [f"{OWNER}/{slug}" for slug in body.get("team_reviewers", [])]
    if pull.opener in people:
        return 422, {"message": "Review cannot be requested from pull request author."}
    if any(one is None or one.id not in world.roles for one in people) or any(
        team not in world.teams for team in teams
    ):
        return 422, {"message": "Reviews may only be requested from collaborators."}
    for whom in (*people, *(team.partition("/")[2] for team in teams)):
        if whom is not None:
            world.ask(whom, world.token_of, number=int(number))
    return 201, answers.tell_pull(world, pull, brief=True)


def _repository(world: World, _request: Request) -> Answer:
    return 200, answers.tell_repository(world)


def _rules(world: World, _request: Request, branch: str) -> Answer:
    return 200, answers.tell_rules(world) if branch == "main" else []


def _branch(world: World, _request: Request, branch: str) -> Answer:
    there = world.git.git("for-each-ref", f"refs/heads/{branch}")
    return (
        (200, answers.tell_branch(world, branch))
        if there
        else (404, {"message": "Branch not found"})
    )


def _ruleset(world: World, _request: Request) -> Answer:
    return 200, answers.tell_ruleset(world)


def _contents(world: World, request: Request, repository: str, path: str) -> Answer:
    content = world.files.get((repository, path, request.args.get("ref", "")))
    return (
        (404, {"message": "Not Found"})
        if content is None
        else (200, answers.tell_file(path, content))
    )


ROUTES: tuple[tuple[str, str, Callable[..., Answer]], ...] = (
    ("GET", rf"{REPOSITORY}/pulls", _pulls),
    ("GET", rf"{REPOSITORY}/pulls/(\d+)", _pull),
    ("GET", rf"{REPOSITORY}/pulls/(\d+)/reviews", _reviews),
    ("GET", rf"{REPOSITORY}/pulls/(\d+)/commits", _commits),
    ("GET", rf"{REPOSITORY}/issues/(\d+)/timeline", _timeline),
    ("GET", rf"{REPOSITORY}/activity", _activity),
    ("GET", rf"{REPOSITORY}/collaborators", _collaborators),
    ("GET", rf"{REPOSITORY}/collaborators/([^/]+)/permission", _permission),
    ("GET", r"/orgs/([^/]+)/teams/([^/]+)", _team),
    ("GET", r"/orgs/([^/]+)/teams/([^/]+)/memberships/([^/]+)", _membership),
    ("GET", rf"{REPOSITORY}/commits/([0-9a-f]+)/pulls", _pulls_of_commit),
    ("GET", rf"{REPOSITORY}/commits/([0-9a-f]+)/statuses", _statuses),
    ("POST", rf"{REPOSITORY}/statuses/([0-9a-f]+)", _post_status),
    ("POST", rf"{REPOSITORY}/issues/(\d+)/comments", _post_comment),
    ("PATCH", rf"{REPOSITORY}/issues/comments/(\d+)", _edit_comment),
    ("DELETE", rf"{REPOSITORY}/issues/comments/(\d+)", _delete_comment),
    ("POST", rf"{REPOSITORY}/issues/(\d+)/labels", _add_labels),
    ("DELETE", rf"{REPOSITORY}/issues/(\d+)/labels/([^/]+)", _remove_label),
    ("POST", rf"{REPOSITORY}/pulls/(\d+)/requested_reviewers", _request_reviews),
    ("GET", REPOSITORY, _repository),
    ("GET", rf"{REPOSITORY}/rules/branches/([^/]+)", _rules),
    ("GET", rf"{REPOSITORY}/branches/([^/]+)", _branch),
    ("GET", rf"{REPOSITORY}/rulesets/{answers.RULESET_ID}", _ruleset),
    ("GET", r"/repos/([^/]+/[^/]+)/contents/(.+)", _contents),
)
