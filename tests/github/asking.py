"""What GitHub says of the people around the fake's pull request."""

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.github.client.answers import PullAnswer
from judgegate.github.client.api import Api
from judgegate.github.client.connection import Connection
from judgegate.github.client.json_reading import read
from judgegate.github.people.approvals import fetch_approvals, fetch_history
from judgegate.model.approvals import Approvals, Part
from judgegate.pipeline.policy_in_force import find_policy
from judgegate.pipeline.request import Request
from tests.github.fake.answers import tell_pull
from tests.github.fake.server import TOKEN, FakeGitHub


def ask(fake: FakeGitHub) -> Approvals:
    """The approvals of pull request 1 as it is now."""
    pull = read(
        PullAnswer, tell_pull(fake.world, fake.world.pulls[1]), "the pull request"
    ).value
    with (
        Api(fake.api_url, TOKEN) as api,
        Repository.open(fake.world.git.path) as repository,
    ):
        change = read_commits(repository, choose_base(repository, "main"), pull.head)
        connection = Connection(api, "org/shop", "127.0.0.1")
        policy = find_policy(repository, change, Request()).policy
        return fetch_approvals(
            connection,
            pull,
            fetch_history(connection, pull),
            repository,
            change,
            policy=policy,
        )


def parts(approvals: Approvals) -> set[tuple[str, Part]]:
    return {(one.person.login, one.part) for one in approvals.contributions}
