"""The fake's answers: GitHub's smallest valid ones, with what the world knows laid over them."""

import base64
from typing import Any

from tests.github.fake.contract import Json, build
from tests.github.fake.world import (
    NAME,
    OWNER,
    Account,
    Happening,
    PullState,
    Push,
    Review,
    StatusState,
    World,
)

REPOSITORY_ID = 42
RULESET_ID = 7


def tell_account(account: Account | None) -> Json | None:
    return (
        None
        if account is None
        else build(
            "simple-user", {"id": account.id, "login": account.login, "type": account.type}
        )
    )


def tell_app(slug: str | None) -> Json | None:
    return (
        None
        if slug is None
        else build("nullable-integration", {"id": 9, "slug": slug, "name": slug})
    )


def tell_pull(world: World, pull: PullState, *, brief: bool = False) -> Json:
    """As an answer and as an event's payload has it; `brief`, as in a list."""
    here = {"full_name": f"{OWNER}/{NAME}"}
    tip = world.tip(pull.branch)
    values: dict[str, Any] = {
        "number": pull.number,
        "state": pull.state,
        "draft": pull.draft,
        "merged_at": "2026-01-05T12:00:00Z" if pull.merged else None,
        "title": pull.title,
        "body": pull.body,
        "user": tell_account(pull.opener),
        "head": {
            "sha": tip,
            "ref": pull.branch,
            "repo": {"full_name": pull.fork} if pull.fork else here,
            "user": tell_account(pull.opener),
        },
        "base": {
            "sha": world.tip(pull.base),
            "ref": pull.base,
            "repo": here,
            "user": tell_account(pull.opener),
        },
        "labels": [tell_label(name) for name in pull.labels],
        "requested_reviewers": [
            tell_account(one) for one in pull.requested if isinstance(one, Account)
        ],
        "requested_teams": [
            tell_team(one) for one in pull.requested if isinstance(one, str)
        ],
    }
    answer = build("pull-request-simple" if brief else "pull-request", values)
    if not pull.has_fork:
        answer["head"]["repo"] = None
    return answer


def tell_label(name: str) -> Json:
    return build("label", {"id": 1, "name": name, "description": ""})


def tell_team(slug: str) -> Json:
    return build("team", {"slug": slug, "name": slug})


def tell_comment(comment: Happening) -> Json:
    return build(
        "issue-comment",
        {"id": comment.id, "user": tell_account(comment.actor), "body": comment.body},
    )


def tell_review(number: int, review: Review) -> Json:
    values = {
        "id": number,
        "user": tell_account(review.by),
        "state": review.state,
        "commit_id": review.commit,
    }
    return build("pull-request-review", values)


def tell_commit(world: World, oid: str, author: str, committer: str) -> Json:
    # GitHub names nobody by null or by an empty object; the description's own validator knows the
    # latter only.
    people = {
        "author": tell_account(world.account_of(author)) or {},
        "committer": tell_account(world.account_of(committer)) or {},
    }
    return build("commit", {"sha": oid, **people})


def tell_happening(number: int, happening: Happening) -> Json:
    values: dict[str, Any] = {
        "id": happening.id or number,
        "event": happening.event,
        "actor": tell_account(happening.actor),
    }
    if happening.event == "assigned":
        return build(
            "timeline-assigned-issue-event",
            {**values, "assignee": tell_account(happening.assignee)},
        )
    if happening.event == "review_requested":
        requested = happening.requested
        whom = (
            {"requested_team": tell_team(requested)}
            if isinstance(requested, str)
            else {"requested_reviewer": tell_account(requested)}
        )
        return build(
            "review-requested-issue-event",
            {**values, **whom, "review_requester": tell_account(happening.actor)},
        )
    if happening.event == "commented":
        updated = "2026-01-05T13:00:00Z" if happening.edited else "2026-01-05T12:00:00Z"
        told: dict[str, Any] = {
            "user": tell_account(happening.actor),
            "body": happening.body,
            "updated_at": updated,
        }
        told["performed_via_github_app"] = tell_app(happening.through)
        return build("timeline-comment-event", {**values, **told})
    return build("state-change-issue-event", values)


def tell_push(number: int, push: Push) -> Json:
    values = {
        "id": number,
        "before": push.before,
        "after": push.after,
        "ref": f"refs/heads/{push.branch}",
        "activity_type": push.kind,
    }
    return build("activity", {**values, "actor": tell_account(push.by)})


def tell_permission(world: World, account: Account) -> Json:
    role = world.roles.get(account.id, "none")
    folded = {"maintain": "write", "triage": "read"}.get(role, role)
    user = build(
        "nullable-collaborator",
        {"id": account.id, "login": account.login, "type": account.type, "role_name": role},
    )
    return build(
        "repository-collaborator-permission",
        {"permission": folded, "role_name": role, "user": user},
    )


def tell_collaborator(world: World, account: Account) -> Json:
    role = world.roles[account.id]
    return build(
        "collaborator",
        {"id": account.id, "login": account.login, "type": account.type, "role_name": role},
    )


def tell_status(status: StatusState) -> Json:
    values = {
        "context": status.context,
        "state": status.state,
        "description": status.description,
        "target_url": status.url,
    }
    return build("status", {**values, "creator": tell_account(status.by)})


def tell_file(path: str, content: bytes) -> Json:
    encoded = base64.encodebytes(content).decode()
    values: Json = {
        "type": "file",
        "encoding": "base64",
        "path": path,
        "size": len(content),
        "content": encoded,
    }
    return build("content-file", values)


def tell_repository(world: World) -> Json:
    values = {
        "id": REPOSITORY_ID,
        "name": NAME,
        "full_name": f"{OWNER}/{NAME}",
        "default_branch": "main",
    }
    return build("full-repository", {**values, "private": world.enforcement.is_private})


def tell_rules(world: World) -> list[Json]:
    info = {
        "ruleset_source_type": "Repository",
        "ruleset_source": f"{OWNER}/{NAME}",
        "ruleset_id": RULESET_ID,
    }
    return [
        {"type": kind, **({"parameters": one} if one else {}), **info}
        for kind, one in world.enforcement.rules.items()
    ]


def tell_branch(world: World, branch: str) -> Json:
    classic = world.enforcement.classic if branch == "main" else {}
    checks = [{"context": context, "app_id": app} for context, app in classic.items()]
    required = {
        "enforcement_level": world.enforcement.classic_level,
        "contexts": list(classic),
        "checks": checks,
    }
    protection = {"enabled": bool(checks), "required_status_checks": required}
    commit = tell_commit(world, world.tip(branch), "", "")
    answer = build(
        "branch-with-protection",
        {
            "name": branch,
            "commit": commit,
            "protected": bool(checks or world.enforcement.rules),
        },
    )
    return {**answer, "protection": protection}


def tell_ruleset(world: World) -> Json:
    answer = build(
        "repository-ruleset",
        {
            "id": RULESET_ID,
            "name": "main",
            "source": f"{OWNER}/{NAME}",
            "enforcement": "active",
        },
    )
    return (
        answer
        if world.enforcement.bypass is None
        else {**answer, "bypass_actors": world.enforcement.bypass}
    )
