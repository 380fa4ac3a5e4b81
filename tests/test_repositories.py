"""The builder itself: a test that leans on it must be able to trust it."""

from pathlib import Path

import pytest

from tests.repositories import BOB, CAROL, GitFailed, RepositoryBuilder


def test_the_same_words_give_the_same_ids(tmp_path: Path) -> None:
    first, second = (
        RepositoryBuilder(tmp_path / name).write("a.py", "a = 1\n").commit("Start")
        for name in ("one", "two")
    )
    assert first == second


def test_a_commit_holds_what_it_was_told(repository: RepositoryBuilder) -> None:
    repository.commit(
        "Subject\n\nBody.",
        author=BOB,
        committer=CAROL,
        trailers=["Key: value"],
        date=86_400,
    )
    assert repository.git("log", "-1", "--format=%an <%ae>|%cn <%ce>|%at|%B") == (
        "Bob <bob@example.com>|Carol <carol@example.com>|86400|Subject\n\nBody.\n\nKey: value\n\n"
    )


def test_every_kind_of_entry_can_be_made(repository: RepositoryBuilder) -> None:
    start = (
        repository.write("plain", "1")
        .write("tool", "2")
        .write("gone", "3")
        .write("old/name", "4")
        .commit()
    )
    repository.chmod("tool").link("arrow", "plain").remove("gone").rename(
        "old/name", "new/name"
    ).submodule("library", start)
    repository.write(b"odd-\xff", b"\x00").write('tab\tquote"', "6").commit()
    entries = (
        entry.split("\t", 1)
        for entry in repository.git("ls-tree", "-r", "-z", "HEAD").split("\0")[:-1]
    )
    assert [f"{about[:6]} {path}" for about, path in entries] == [
        "120000 arrow",
        "160000 library",
        "100644 new/name",
        "100644 odd-\udcff",
        "100644 plain",
        '100644 tab\tquote"',
        "100755 tool",
    ]


def test_branches_merge(repository: RepositoryBuilder) -> None:
    base = repository.write("a", "1").commit()
    topic = repository.branch("topic").write("b", "2").commit()
    main = repository.switch("main").write("c", "3").commit()
    merge = repository.merge("topic", trailers=["Key: value"])
    assert repository.git("rev-list", "--parents", "-1", merge).split() == [
        merge,
        main,
        topic,
    ]
    assert repository.git("merge-base", main, topic).strip() == base


def test_a_history_without_a_past_stands_alone(repository: RepositoryBuilder) -> None:
    repository.write("a", "1").commit()
    repository.orphan("other").write("b", "2").commit()
    assert repository.git("ls-tree", "--name-only", "HEAD") == "b\n"
    assert repository.git("rev-list", "--count", "HEAD") == "1\n"


def test_a_clone_and_a_worktree_are_repositories_too(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    head = [repository.write("a", str(n)).commit() for n in range(3)][-1]
    shallow = repository.clone(tmp_path / "shallow", "--depth=1")
    assert shallow.git("rev-list", "--count", "HEAD") == "1\n"
    assert repository.worktree(tmp_path / "linked").head() == head


def test_a_sha256_repository_has_long_ids(tmp_path: Path) -> None:
    assert len(RepositoryBuilder(tmp_path / "new", object_format="sha256").commit()) == 64


def test_a_bare_repository_has_no_work_tree(tmp_path: Path) -> None:
    assert (
        RepositoryBuilder(tmp_path / "bare.git", bare=True).git(
            "rev-parse", "--is-bare-repository"
        )
        == "true\n"
    )


def test_a_refusal_of_git_is_told(repository: RepositoryBuilder) -> None:
    with pytest.raises(GitFailed, match="rev-parse --verify nothing"):
        repository.head("nothing")
