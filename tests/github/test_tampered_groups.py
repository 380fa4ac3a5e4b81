"""A merge queue's group that is something else than the merges of its pull requests."""

from collections.abc import Callable

import pytest

from tests.github.fake.server import FakeGitHub
from tests.github.fake.world import PullState
from tests.github.queues import (
    CLOCK,
    WEB,
    approve,
    judge,
    merge_one,
    open_two,
    queue,
    rebase_one,
    squash_one,
    status_on,
)
from tests.github.stage import Stage

Put = Callable[[FakeGitHub, PullState], None]


def _write_more(fake: FakeGitHub) -> None:
    fake.world.git.write("evil.py", "import os\n")


def _amend(fake: FakeGitHub) -> None:
    _write_more(fake)
    fake.world.git.git("add", "--all")
    who = {"GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example.com"}
    fake.world.git.git("commit", "--amend", "--no-edit", "--quiet", environment=who)


def _commit(message: str) -> Callable[[FakeGitHub], None]:
    def do(fake: FakeGitHub) -> None:
        _write_more(fake)
        fake.world.git.commit(message)

    return do


def _merge_something(fake: FakeGitHub) -> None:
    git = fake.world.git
    queued = git.git("branch", "--show-current").strip()
    git.branch("elsewhere").write("evil.py", "import os\n").commit("Elsewhere")
    git.switch(queued).merge("elsewhere", message="Merge pull request #2 from elsewhere")


def _merge_two_at_once(fake: FakeGitHub) -> None:
    git = fake.world.git
    git.git("reset", "--hard", "--quiet", "main")
    git.merge("prices", "taxes", message="Merge pull request #2")


@pytest.mark.parametrize(
    ("put", "tamper", "why"),
    [
        pytest.param(
            merge_one,
            _amend,
            "is not the merge of pull request 2",
            id="another tree of a merge",
        ),
        pytest.param(
            squash_one,
            _amend,
            "is not the merge of pull request 2",
            id="another tree of a squash",
        ),
        pytest.param(
            merge_one,
            _commit("More"),
            "does not belong to a known open pull request",
            id="a commit more",
        ),
        pytest.param(
            squash_one,
            _commit("More (#2)"),
            "is not the merge of pull request",
            id="a commit more that names a pull request",
        ),
        pytest.param(
            squash_one,
            _commit("More (#2) "),
            "is not the merge of pull request",
            id="a name with a blank",
        ),
        pytest.param(
            squash_one,
            _commit("More (#9)"),
            "does not belong to a known open pull request",
            id="a commit that names what is not there",
        ),
        pytest.param(
            squash_one,
            _commit("(#2) more"),
            "does not belong to a known open pull request",
            id="a number that is not at the end",
        ),
        pytest.param(
            rebase_one,
            _amend,
            "does not belong to a known open pull request",
            id="another tree of what is rebased",
        ),
        pytest.param(
            merge_one,
            _merge_something,
            "does not belong to a known open pull request",
            id="a merge of something else",
        ),
        pytest.param(
            merge_one,
            _merge_two_at_once,
            "does not belong to a known open pull request",
            id="a merge of several",
        ),
    ],
)
def test_a_group_that_holds_anything_else_is_an_error(
    fake: FakeGitHub, stage: Stage, put: Put, tamper: Callable[[FakeGitHub], None], why: str
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2), put, then=lambda: tamper(fake))
    done = judge(stage, payload)
    status = status_on(fake, payload)
    assert (done.code, status.state, done.outputs["outcome"]) == (4, "error", "error")
    assert why in done.run.err
    assert status.description.startswith("Could not judge: The commit ")


def _close(pull: PullState) -> None:
    pull.state = "closed"


def _retarget(pull: PullState) -> None:
    pull.base = "release"


@pytest.mark.parametrize("put", [merge_one, squash_one])
@pytest.mark.parametrize("happens", [_close, _retarget])
def test_a_group_whose_pull_request_is_not_there_is_an_error(
    fake: FakeGitHub, stage: Stage, put: Put, happens: Callable[[PullState], None]
) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    fake.world.git.git("branch", "release", "main")
    payload = queue(fake, (1, 2), put)
    happens(fake.world.pulls[1])
    done = judge(stage, payload)
    assert (done.code, status_on(fake, payload).state) == (4, "error")


def test_a_group_without_the_pull_request_that_it_is_named_after_is_an_error(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1)
    payload = queue(fake, (1,), named=2)
    done = judge(stage, payload)
    assert (done.code, status_on(fake, payload).state) == (4, "error")
    assert (
        "Pull request 2, which the merge group is named after, is not in it" in done.run.err
    )


def _undo_more(fake: FakeGitHub) -> None:
    """A commit that comes and goes leaves the tree as it was, and its content in the history."""
    fake.world.git.write("evil.py", "import os\n").commit("More")
    fake.world.git.remove("evil.py").commit("Less")


def test_a_rebased_pull_request_brings_no_more_commits_than_it_has(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_two(fake)
    approve(fake, 1)
    payload = queue(fake, (1,), rebase_one, then=lambda: _undo_more(fake))
    assert judge(stage, payload).code == 4
    assert status_on(fake, payload).state == "error"


@pytest.mark.parametrize("by", ["an empty commit", "a second merge"])
@pytest.mark.parametrize("put", [squash_one, merge_one])
def test_a_pull_request_that_is_there_twice_is_an_error(
    fake: FakeGitHub, stage: Stage, put: Put, by: str
) -> None:
    open_two(fake)
    approve(fake, 1)
    world = fake.world

    def again() -> None:
        if by == "an empty commit":
            world.git.commit("Once more (#1)", author=WEB)
        else:
            subject = "Merge pull request #1 from prices"
            tree = (
                "commit-tree",
                "HEAD^{tree}",
                "-p",
                "HEAD",
                "-p",
                world.tip("prices"),
                "-m",
                subject,
            )
            author = {"GIT_AUTHOR_NAME": "GitHub", "GIT_AUTHOR_EMAIL": "noreply@github.com"}
            world.git.git(
                "reset",
                "--hard",
                "--quiet",
                world.git.git(*tree, environment=CLOCK | author).strip(),
            )

    payload = queue(fake, (1,), put, then=again)
    assert judge(stage, payload).code == 4
    assert (
        "Pull request 1 is in the merge group more than once"
        in status_on(fake, payload).description
    )


def test_several_rebased_pull_requests_are_an_error(fake: FakeGitHub, stage: Stage) -> None:
    open_two(fake)
    approve(fake, 1, 2)
    payload = queue(fake, (1, 2), rebase_one)
    assert judge(stage, payload).code == 4
    assert status_on(fake, payload).state == "error"


def test_a_group_of_too_many_commits_is_an_error(
    fake: FakeGitHub, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judgegate.github.merge_queue.MOST_COMMITS", 1)
    open_two(fake)
    payload = queue(fake, (1, 2))
    assert judge(stage, payload).code == 4
    assert (
        status_on(fake, payload).description
        == "Could not judge: The merge group has more than 1 commits."
    )


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("head_ref", "refs/heads/gh-readonly-queue/main/pr-1"),
        ("head_ref", f"refs/heads/gh-readonly-queue/release/pr-1-{'a' * 40}"),
        ("head_ref", f"refs/heads/mine/pr-1-{'a' * 40}"),
        ("head_ref", f"refs/heads/gh-readonly-queue/main/pr-٣-{'a' * 40}"),
        ("base_ref", "main"),
        ("base_ref", "refs/tags/main"),
        ("head_sha", "main"),
    ],
)
def test_a_group_that_is_not_named_as_github_names_one_is_wrong_usage(
    fake: FakeGitHub, stage: Stage, key: str, value: str
) -> None:
    open_two(fake)
    payload = queue(fake, (1,))
    payload["merge_group"][key] = value
    assert judge(stage, payload).code == 2
    assert fake.log == []
