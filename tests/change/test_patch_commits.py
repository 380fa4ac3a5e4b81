"""Patches with several commits or messages in them: each commit and each message counts."""

from pathlib import Path

import pytest

from judgegate.model.change import Assurance
from tests.change.reading import by_path, committed, patched
from tests.repositories import BOB, RepositoryBuilder

NEW = "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..257cc56\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+foo\n"


@pytest.fixture
def several(repository: RepositoryBuilder) -> RepositoryBuilder:
    """`main`, and the branch `topic` with commits that touch the same file, one that drops it, one that puts it back and an empty one."""
    repository.write("a.py", "1\n").write("b.py", "b\n").commit("Start")
    repository.branch("topic").write("a.py", "2\n").commit(
        "First", trailers=["Co-authored-by: Carol <carol@example.com>"]
    )
    repository.write("a.py", "3\n").write("b.py", "c\n").commit("Second", author=BOB)
    repository.remove("a.py").commit("Third\n\ncommit 1234567 was wrong")
    repository.write("a.py", "4\n").commit("Fourth")
    repository.commit("Empty", author=BOB)
    return repository.switch("main")


@pytest.mark.parametrize(
    "command",
    [
        ("log", "-p", "main..topic"),
        ("log", "-p", "--reverse", "main..topic"),
        ("log", "-p", "--stat", "--format=fuller", "main..topic"),
        ("log", "-p", "--pretty=raw", "main..topic"),
        ("log", "-p", "--abbrev-commit", "--decorate", "--source", "main..topic"),
        ("show", "topic~4", "topic~3", "topic~2", "topic~1", "topic"),
        ("show", "topic", "topic~1", "topic~2", "topic~3", "topic~4"),
        ("log", "-p", "--reverse", "--pretty=email", "main..topic"),
    ],
)
def test_each_of_several_commits_is_one_whichever_comes_first(
    several: RepositoryBuilder, command: tuple[str, ...]
) -> None:
    change = patched(several.path, several.git(*command))
    whole = committed(several, "main", "topic")
    assert (change.files, change.assurance, change.merge_bases) == (
        whole.files,
        Assurance.FULL,
        whole.merge_bases,
    )
    told = sorted((commit.message, commit.author) for commit in change.commits)
    assert told == sorted((commit.message, commit.author) for commit in whole.commits)


def test_commits_that_do_not_follow_on_one_another_show_a_part_and_keep_their_messages(
    several: RepositoryBuilder,
) -> None:
    change = patched(several.path, several.git("show", "topic~4", "topic~2"))
    assert {commit.message.partition(b"\n")[0] for commit in change.commits} == {
        b"First",
        b"Third",
    }
    assert by_path(change)["a.py"].obstacle == "a patch shows a part"


MARKER = "Co-authored-by: Carol <carol@example.com>"
SERIES = "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"


@pytest.mark.parametrize(
    ("before", "author"),
    [
        (
            f"{SERIES}From: Bob <bob@example.com>\nSubject: [PATCH] Do\n\ncommit 1234567 was wrong\n\n{MARKER}\n---\n",
            "bob@example.com",
        ),
        (
            f"From bob@example.com Mon Jan  5 12:00:00 2026\nFrom: Bob <bob@example.com>\nSubject: Do\n\n{MARKER}\n",
            "bob@example.com",
        ),
        (
            f"Date: today\nFrom: Bob\n <bob@example.com>\nSubject: Do\n\n{MARKER}\n---\n",
            "bob@example.com",
        ),
        (
            (
                f"{SERIES}From: Bob <bob@example.com>\nSubject: Do\nContent-Type: multipart/mixed; boundary=x\n\n"
                f"--x\nContent-Type: text/plain\n\nText.\n\n{MARKER}\n\n--x\nContent-Type: text/x-patch\n\n"
            ),
            "bob@example.com",
        ),
        (f"commit 1234567\n\nDo\n\n{MARKER}\n\n", ""),
        (
            f"tag v1\nTagger: Bob <bob@example.com>\n\n{MARKER}\n\ncommit 1234567\nAuthor: Bob <bob@example.com>\n\n    Do\n\n",
            "",
        ),
        (f"Do\n\n{MARKER}\n\n", ""),
    ],
    ids=[
        "a mail that speaks of a commit",
        "any mailbox",
        "a mail alone",
        "an attachment",
        "a format of one's own",
        "a tag",
        "mere text",
    ],
)
def test_no_message_is_passed_over(tmp_path: Path, before: str, author: str) -> None:
    change = patched(tmp_path, before + NEW)
    (commit,) = [commit for commit in change.commits if MARKER.encode() in commit.message]
    assert commit.author.email == author
    assert change.notices == ()


def test_text_after_a_file_is_not_passed_over_either(tmp_path: Path) -> None:
    (commit,) = patched(
        tmp_path, f"{NEW}Index: y\n====\n{MARKER}\n{NEW.replace('/x', '/y')}-- \n2.39.5\n"
    ).commits
    assert commit.message == f"{MARKER}\n".encode()
