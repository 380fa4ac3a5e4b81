"""The objects of a pull request: fetched whole, into a place of their own, and nothing runs."""

import os
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace

from judgegate.change.git import GitError
from judgegate.change.repository import Repository
from judgegate.forge.pull import Pull
from judgegate.github.client.answers import PullAnswer
from judgegate.github.client.json_reading import read
from judgegate.github.objects import HeadGoneError, fetched
from judgegate.github.runner import RunnerContext
from judgegate.model.errors_and_exit_codes import IncompleteError
from tests.github.fake.answers import tell_pull
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.scenes import open_by_person


def runner(fake: FakeGitHub, place: Path) -> RunnerContext:
    return RunnerContext(
        "pull_request",
        place / "event.json",
        "org/shop",
        TOKEN,
        fake.api_url,
        fake.url,
        temporary=place,
    )


def pull_of(fake: FakeGitHub) -> Pull:
    return read(
        PullAnswer, tell_pull(fake.world, fake.world.pulls[1]), "the pull request"
    ).value


def test_the_head_the_base_and_the_notes_are_there_and_no_work_tree(
    fake: FakeGitHub, tmp_path: Path
) -> None:
    open_by_person(fake)
    who = {
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a",
    }
    fake.world.git.git("notes", "--ref=ai", "add", "-m", "x", "HEAD", environment=who)
    with (
        fetched(runner(fake, tmp_path), pull_of(fake)) as store,
        Repository.open(store.directory) as repository,
    ):
        assert repository.resolve("origin/main") == fake.world.tip("main")
        assert repository.resolve(fake.world.tip("topic")) == fake.world.tip("topic")
        assert repository.resolve("refs/notes/ai")
        assert repository.work_tree is None
        assert not repository.is_shallow
        assert not (store.directory / "hooks").exists()
    assert not store.directory.exists()


def test_the_token_is_in_no_argument_and_in_no_file(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by_person(fake)
    seen: list[str] = []
    start = subprocess.Popen.__init__

    def listen(self: object, arguments: object, *more: object, **rest: object) -> None:
        seen.append(repr(arguments))
        start(self, arguments, *more, **rest)  # type: ignore[call-overload]  # as it was called

    monkeypatch.setattr(subprocess.Popen, "__init__", listen)
    with fetched(runner(fake, tmp_path), pull_of(fake)) as store:
        texts = [file.read_bytes() for file in store.directory.rglob("*") if file.is_file()]
    assert any("fetch" in arguments for arguments in seen)
    assert not any(TOKEN in arguments for arguments in seen)
    assert not any(TOKEN.encode() in text for text in texts)
    assert all(given.startswith("Basic ") for given in fake.git_requests[1:])


def test_no_setting_of_the_machine_or_its_user_is_obeyed(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by_person(fake)
    home = tmp_path / "home"
    template = home / "template" / "hooks"
    template.mkdir(parents=True)
    hook = template / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    hook.chmod(0o755)
    (home / ".gitconfig").write_text(
        f'[init]\ntemplateDir = {home}/template\n[url "http://127.0.0.1:9/"]\ninsteadOf = {fake.url}/\n'
    )
    monkeypatch.setenv("HOME", str(home))
    with fetched(runner(fake, tmp_path), pull_of(fake)) as store:
        assert store.directory.exists()
    assert not (tmp_path / "ran").exists()


def test_a_head_that_is_gone_is_told_as_such(fake: FakeGitHub, tmp_path: Path) -> None:
    open_by_person(fake)
    gone = replace(pull_of(fake), head="1" * 40)
    with (
        pytest.raises(
            HeadGoneError, match="head 111111111111 of pull request 1 cannot be fetched"
        ),
        fetched(runner(fake, tmp_path), gone),
    ):
        pass


@pytest.mark.parametrize(("failures", "waited"), [(1, [1.0]), (2, [1.0, 4.0])])
def test_a_server_that_fails_is_asked_again(
    fake: FakeGitHub,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    failures: int,
    waited: list[float],
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("judgegate.github.client.api.pause", waits.append)
    open_by_person(fake)
    fake.git_failures = failures
    with fetched(runner(fake, tmp_path), pull_of(fake)) as store:
        assert store.directory.exists()
    assert waits == waited


def test_a_server_that_keeps_failing_is_an_error(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judgegate.github.client.api.pause", lambda _seconds: None)
    open_by_person(fake)
    fake.git_failures = 99
    with (
        pytest.raises(GitError, match="503"),
        fetched(runner(fake, tmp_path), pull_of(fake)),
    ):
        pass


@pytest.mark.parametrize("branch", ["gone", "--upload-pack=touch x", "ma*n"])
def test_a_base_that_is_not_there_is_an_error(
    fake: FakeGitHub, tmp_path: Path, branch: str
) -> None:
    open_by_person(fake)
    lost = replace(pull_of(fake), base_branch=branch)
    with pytest.raises(GitError), fetched(runner(fake, tmp_path), lost):
        pass


def test_a_place_that_cannot_be_written_is_an_error(
    fake: FakeGitHub, tmp_path: Path
) -> None:
    open_by_person(fake)
    nowhere = replace(runner(fake, tmp_path), temporary=tmp_path / "none")
    with (
        pytest.raises(IncompleteError, match="Set RUNNER_TEMP"),
        fetched(nowhere, pull_of(fake)),
    ):
        pass


def test_the_authorities_of_an_enterprise_reach_git(
    fake: FakeGitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_by_person(fake)
    monkeypatch.setitem(os.environ, "SSL_CERT_FILE", str(tmp_path / "authorities.pem"))
    with fetched(runner(fake, tmp_path), pull_of(fake)) as store:
        assert store.directory.exists()
