"""Patches of every make, applied where their pre-images are, and told apart where they are not."""

import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.change.patch import in_order, open_for_patch, read_patch
from judgegate.change.patch_headers import BrokenPatchError
from judgegate.change.patch_mail import read_message
from judgegate.change.patch_parser import split_patch
from judgegate.model.change import LINK_MODE, SUBMODULE_MODE, Assurance, FileStatus
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.ranges import LineRange
from tests.change.reading import by_path, committed, only, patched
from tests.repositories import ALICE, BOB, RepositoryBuilder

DIFF = shutil.which("diff") or "diff"
NEW = "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..257cc56\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+foo\n"
SERIES = "From 1234567890123456789012345678901234567890 Mon Sep 17 00:00:00 2001\n"
IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com")


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    """`main` with files of several kinds; the branch `topic` changes, moves, adds and drops some.

    `main` is checked out.
    """
    repository.write("a.py", "one\ntwo\nthree\n").write("gone.py", "x\ny\n").write(
        "moved.py", "m\n" * 9
    ).write("type", "t\n")
    repository.write("crlf.txt", "a\r\nb\r\n").write("no-end", "1\n2").write(
        "run", "r\n"
    ).write('caf\u00e9 "q"\t.py', "c\n").commit("Start")
    repository.branch("topic").write("a.py", "one\n2\nthree\nfour\n").remove(
        "gone.py"
    ).rename("moved.py", "new/moved.py").link("type", "a.py")
    repository.write("crlf.txt", "a\r\nB\r\n").write("no-end", "1\n2\n").chmod("run").write(
        'caf\u00e9 "q"\t.py', "d\n"
    )
    repository.write("empty", "").write("added b/x.py", "new\n").write(
        b"latin-\xe9", b"caf\xe9\n"
    )
    repository.commit(
        "Change it all",
        author=BOB,
        committer=ALICE,
        trailers=["Co-authored-by: Carol <carol@example.com>"],
    )
    return repository.switch("main")


@pytest.mark.parametrize(
    "command",
    [
        ("diff", "main", "topic"),
        ("diff", "-M", "main", "topic"),
        ("diff", "--no-renames", "--full-index", "main", "topic"),
        ("diff", "--no-prefix", "main", "topic"),
        ("diff", "--src-prefix=i/", "--dst-prefix=w/", "main", "topic"),
        ("diff", "-U0", "main", "topic"),
        ("diff", "-U99", "--patience", "main", "topic"),
        ("-c", "core.quotePath=false", "diff", "main", "topic"),
        ("format-patch", "--stdout", "main..topic"),
        ("format-patch", "--stdout", "--no-stat", "--no-renames", "main..topic"),
        ("show", "topic"),
        ("show", "--format=fuller", "topic"),
        ("log", "-p", "-1", "--stat", "topic"),
    ],
)
def test_where_the_pre_images_are_a_patch_is_the_change_itself(
    started: RepositoryBuilder, command: tuple[str, ...]
) -> None:
    patch = started.git(*IDENTITY, *command).encode("utf-8", "surrogateescape")
    change = patched(started.path, patch)
    whole = committed(started, "main", "topic")
    assert (change.files, change.assurance) == (whole.files, Assurance.FULL)
    assert (change.base_tree, change.head_tree) == (whole.base_tree, whole.head_tree)
    assert (change.merge_bases, change.head) == (whole.merge_bases, None)


def test_it_does_not_matter_what_is_checked_out_as_long_as_the_objects_are_there(
    started: RepositoryBuilder,
) -> None:
    patch = started.git("diff", "--no-renames", "main", "topic").encode(
        "utf-8", "surrogateescape"
    )
    change = patched(started.switch("topic").path, patch)
    whole = committed(started, "main", "topic")
    assert tuple(file for file in change.files if file.path != "new/moved.py") == tuple(
        file for file in whole.files if file.path != "new/moved.py"
    )
    assert (change.assurance, change.merge_bases) == (Assurance.FULL, ())


def test_a_mail_is_a_commit(started: RepositoryBuilder) -> None:
    change = patched(
        started.path,
        started.git("format-patch", "--stdout", "main..topic").encode(
            "utf-8", "surrogateescape"
        ),
    )
    (commit,) = change.commits
    assert (commit.author.email, commit.committer.email) == (
        "bob@example.com",
        "bob@example.com",
    )
    assert commit.message == b"Change it all\n\nCo-authored-by: Carol <carol@example.com>\n"
    assert (commit.parents, commit.tree) == ((started.head("main"),), change.head_tree)
    assert change.notices == ()


def test_a_series_of_mails_is_applied_one_after_the_other(
    started: RepositoryBuilder,
) -> None:
    started.branch("series", "main")
    started.write("a.py", "1\ntwo\nthree\n").write("new.py", "n\n").commit(
        "First", author="J\u00fcrgen <jurgen@example.com>"
    )
    started.write("a.py", "1\ntwo\n3\n").remove("new.py").write("later.py", "l\n").commit(
        "[PATCH] Second\n\nBody."
    )
    patch = started.git("format-patch", "--stdout", "main..series")
    change = patched(started.switch("main").path, patch)
    whole = committed(started, "main", "series")
    assert change.files == whole.files
    assert [commit.tree for commit in change.commits] == [
        commit.tree for commit in whole.commits
    ]
    assert [commit.author.name for commit in change.commits] == ["Alice", "J\u00fcrgen"]
    assert change.commits[0].message == b"Second\n\nBody.\n"
    with open_for_patch(started.path) as repository:
        again = read_patch(repository, patch.encode())
        assert again == change
        assert repository.run(
            "rev-list", again.commits[0].oid, "--not", "main"
        ).split() == [commit.oid.encode() for commit in again.commits]


def test_the_author_in_a_mails_text_is_the_author(started: RepositoryBuilder) -> None:
    patch = started.git(
        "format-patch", "--stdout", "--from=Relay <relay@example.com>", "main..topic"
    )
    (commit,) = patched(started.path, patch.encode("utf-8", "surrogateescape")).commits
    assert (commit.author.email, commit.committer.email) == (
        "bob@example.com",
        "relay@example.com",
    )


def test_what_git_show_prints_is_a_commit(started: RepositoryBuilder) -> None:
    change = patched(
        started.path,
        started.git("show", "--format=full", "topic").encode("utf-8", "surrogateescape"),
    )
    (commit,) = change.commits
    assert (commit.author.email, commit.committer.email) == (
        "bob@example.com",
        "alice@example.com",
    )
    assert commit.message == b"Change it all\n\nCo-authored-by: Carol <carol@example.com>\n"


@pytest.mark.parametrize(
    ("patch", "line"),
    [
        ("\x1b[33mcommit 1234567\x1b[m\n" + NEW, 1),
        ("\n\x1b[1mdiff --git a/x b/x\x1b[m\n", 2),
        (NEW.replace("@@ -0,0 +1 @@", "\x1b[36m@@ -0,0 +1 @@\x1b[m"), 6),
        (NEW.replace("+foo", "\x1b[32m+foo\x1b[m"), 7),
    ],
)
def test_a_coloured_patch_is_refused_with_the_option_that_helps(
    tmp_path: Path, patch: str, line: int
) -> None:
    with pytest.raises(BrokenPatchError, match="it has colour codes") as error:
        patched(tmp_path, patch)
    assert (error.value.line, "--no-color" in error.value.remedy) == (line, True)


def test_colour_codes_within_a_line_are_content(tmp_path: Path) -> None:
    assert only(patched(tmp_path, NEW.replace("+foo", "+\x1b[32m+foo"))).added_lines == 1


def test_a_plain_diff_has_no_commit_and_says_so(started: RepositoryBuilder) -> None:
    change = patched(
        started.path,
        started.git("diff", "main", "topic").encode("utf-8", "surrogateescape"),
    )
    assert (change.commits, [notice.code for notice in change.notices]) == (
        (),
        ["uncommitted"],
    )


def test_the_repository_is_not_written(started: RepositoryBuilder) -> None:
    patch = started.git("diff", "main", "topic").encode("utf-8", "surrogateescape")
    before = {
        str(path): path.read_bytes() for path in started.path.rglob("*") if path.is_file()
    }
    patched(started.path, patch)
    assert {
        str(path): path.read_bytes() for path in started.path.rglob("*") if path.is_file()
    } == before


def test_outside_a_repository_only_added_files_are_whole(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    patch = started.git("diff", "-M", "main", "topic").encode("utf-8", "surrogateescape")
    outside = tmp_path / "outside"
    outside.mkdir()
    change = patched(outside, patch)
    whole = by_path(committed(started, "main", "topic"))
    files = by_path(change)
    assert (change.base, change.merge_bases, change.assurance, change.branch) == (
        None,
        (),
        Assurance.REDUCED,
        None,
    )
    assert set(files) == set(whole)
    shown = {path for path, file in files.items() if file.obstacle is None}
    assert shown == {"added b/x.py", "empty", "latin-\udce9"}
    for path in ("added b/x.py", "empty", "latin-\udce9"):
        assert files[path] == whole[path]
    assert {str(file.obstacle) for path, file in files.items() if path not in shown} == {
        "a patch shows a part"
    }
    assert (files["a.py"].added, files["a.py"].removed) == (
        whole["a.py"].added,
        whole["a.py"].removed,
    )
    assert (files["moved.py"].status, files["new/moved.py"].status) == (
        FileStatus.DELETED,
        FileStatus.ADDED,
    )
    assert list(outside.iterdir()) == []


def test_what_gnu_diff_writes_is_read(started: RepositoryBuilder, tmp_path: Path) -> None:
    for side in ("old", "new"):
        (tmp_path / side / "dir").mkdir(parents=True)
    (tmp_path / "old" / "a.py").write_text("one\ntwo\nthree\n")
    (tmp_path / "new" / "a.py").write_text("one\n2\nthree\n")
    (tmp_path / "new" / "dir" / "b c.py").write_text("b\n")
    (tmp_path / "old" / "gone.py").write_text("x\ny\n")
    made = subprocess.run(
        [DIFF, "-ruN", "old", "new"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
        env={"TZ": "UTC", "PATH": "/usr/bin:/bin"},
    )
    change = patched(started.path, made.stdout)
    assert {path: file.status.value for path, file in by_path(change).items()} == {
        "a.py": "modified",
        "dir/b c.py": "added",
        "gone.py": "deleted",
    }
    assert change.assurance is Assurance.FULL
    named = subprocess.run(
        [DIFF, "-ru", "old", "new"], cwd=tmp_path, capture_output=True, check=False
    )
    with pytest.raises(BrokenPatchError, match="content is not shown"):
        patched(started.path, named.stdout)


class TestBinaryContent:
    def test_it_is_had_where_the_object_is(self, started: RepositoryBuilder) -> None:
        started.branch("binary").write("b.bin", b"\0" * 99).commit()
        patch = started.git("diff", "--binary", "main", "binary")
        change = patched(started.switch("main").path, patch + "\n")
        assert only(change) == only(committed(started, "main", "binary"))

    @pytest.mark.parametrize("options", [("--binary",), (), ("--binary", "--full-index")])
    def test_elsewhere_it_is_an_obstacle(
        self, started: RepositoryBuilder, tmp_path: Path, options: tuple[str, ...]
    ) -> None:
        started.branch("binary").write("b.bin", bytes(range(256)) * 9).write(
            "z.py", "z\n"
        ).commit()
        (tmp_path / "outside").mkdir()
        files = by_path(
            patched(tmp_path / "outside", started.git("diff", *options, "main", "binary"))
        )
        assert files["b.bin"].obstacle == "a patch with binary content is not unpacked"
        assert files["z.py"].obstacle is None

    def test_gnu_diff_names_it_only(self, tmp_path: Path) -> None:
        file = only(patched(tmp_path, "Binary files old/x.bin and new/x.bin differ\n"))
        assert (file.path, file.status, file.obstacle) == (
            "x.bin",
            FileStatus.MODIFIED,
            "a patch shows a part",
        )


def test_submodules_and_links_are_what_they_are(started: RepositoryBuilder) -> None:
    started.branch("vendored").link("link", "../../etc/passwd").stage().submodule(
        "vendor", started.head()
    )
    started.git(*IDENTITY, "commit", "-qm", "x")
    first = started.git("diff", "main", "vendored")
    files = by_path(patched(started.switch("main").path, first))
    assert files["link"].new is not None
    assert files["link"].new.mode == LINK_MODE
    assert files["vendor"].new is not None
    assert files["vendor"].new.mode == SUBMODULE_MODE
    started.switch("vendored").submodule("vendor", started.head("topic")).git(
        *IDENTITY, "commit", "-qm", "bump"
    )
    bump = started.git("diff", "HEAD~", "HEAD")
    file = only(patched(started.switch("HEAD~").path, bump))
    assert file.new is not None
    assert (file.status, file.new.oid) == (FileStatus.MODIFIED, started.head("topic"))
    gone = started.git("diff", "HEAD", "main", "--", "vendor")
    assert only(patched(started.path, gone)).status is FileStatus.DELETED


@pytest.mark.parametrize(
    ("patch", "line", "said"),
    [
        ("", 1, "empty"),
        ("\n\n", 1, "empty"),
        ("hello\nworld\n", 1, "changes no file"),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, "belongs to no file"),
        ("--- a/x\n+++ b/x\n", 1, "not followed by a hunk"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\n", 5, "ends within a hunk"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n a\nb\n", 5, "shorter than its header"),
        ("--- a/x\n+++ b/x\n@@ -1,2 +1,1 @@\n+a\n+b\n", 5, "other lines"),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n+evil\n", 6, "longer than its header"),
        ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n context\n", 6, "longer than its header"),
        ("--- a/x\n+++ b/x\n@@ -x +1 @@\n", 3, "cannot be read"),
        ("--- a/x\n+++ b/x\n@@ -5 +5 @@\n-a\n+b\n@@ -5 +5 @@\n-a\n+b\n", 6, "overlaps"),
        ("--- a/x\n+++ b/x\n@@ -0,0 +0,0 @@\n", 3, "empty"),
        ("--- x.orig\n+++ x\n@@ -1 +1 @@\n-a\n+b\n", 1, "could mean either"),
        ("--- /etc/passwd\n+++ /etc/passwd\n@@ -1 +1 @@\n-a\n+b\n", 1, "absolute path"),
        ("--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n", 1, r"`\.\.`"),
        (
            "--- a/.GIT/config\n+++ b/.GIT/config\n@@ -1 +1 @@\n-a\n+b\n",
            1,
            "no repository can hold",
        ),
        ("--- a/x//y\n+++ b/x//y\n@@ -1 +1 @@\n-a\n+b\n", 1, "no repository can hold"),
        ("--- a/x\r\n+++ b/x\r\n@@ -1 +1 @@\r\n-a\r\n+b\r\n", 1, "CRLF"),
        (NEW + NEW, 8, "second time"),
        (
            "diff --git a/x y b/z w\nold mode 100644\nnew mode 100755\n",
            1,
            "where one name ends",
        ),
        ("diff --git a/x b/y\nold mode 100644\nnew mode 100755\n", 1, "could mean either"),
        ("diff --git a/x b/x\n--- a/x\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n", 3, "another file"),
        ("diff --git a/x b/x\n--- a/x\n@@ -1 +1 @@\n-a\n+b\n", 3, "only one name"),
        ("diff --git a/x b/x\n@@ -1 +1 @@\n-a\n+b\n", 2, "before the names"),
        (
            "diff --git a/x b/x\nnew file mode 100644\n--- a/x\n+++ b/x\n@@ -0,0 +1 @@\n+a\n",
            3,
            "another file",
        ),
        (
            "diff --git a/x b/x\nnew file mode 100644\ndeleted file mode 100644\n",
            1,
            "both new and deleted",
        ),
        ("diff --git a/x b/x\nold mode 100644\nold mode 100644\n", 3, "same line twice"),
        ("diff --git a/x b/x\nnew file mode 777\n", 1, "mode cannot be read"),
        ("diff --git a/x b/x\nnew file mode 040000\n", 1, "git does not know"),
        ("diff --git a/x b/x\nindex zz\n", 1, "index line"),
        ("diff --git a/x b/y\nrename from x\n", 1, "only one of the two names"),
        ("diff --git a/x b/y\nrename from x\nrename to ../y\n", 1, r"`\.\."),
        ('diff --git "a/x b/x\n', 1, "where one name ends"),
        ('diff --git "a/\\q" "b/\\q"\n', 1, "unknown escape"),
        ('diff --git "a/x" "b/x\n', 1, "does not end"),
        ("diff --cc x\n", 1, "combined diff"),
        (NEW.replace("@@ -0,0 +1 @@\n+foo", "@@ -1 +1 @@\n-a\n+foo"), 6, "does not fit"),
        (
            "diff --git a/x b/x\nBinary files a/x and b/x differ\n@@ -1 +1 @@\n",
            3,
            "binary file has hunks",
        ),
        (
            "diff --git a/x b/x\nnew file mode 160000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n+x\n",
            5,
            "submodule",
        ),
    ],
)
def test_a_patch_that_is_broken_or_could_mean_two_things_is_refused_with_its_line(
    tmp_path: Path, patch: str, line: int, said: str
) -> None:
    with pytest.raises(BrokenPatchError, match=said) as error:
        patched(tmp_path, patch)
    assert error.value.line == line
    assert str(error.value).startswith(f"Line {line} of the patch")


def test_a_mail_that_is_encoded_is_refused(started: RepositoryBuilder) -> None:
    patch = started.git("format-patch", "--stdout", "main..topic").replace(
        "Subject:", "Content-Transfer-Encoding: base64\nSubject:", 1
    )
    patch = patch.replace("Content-Transfer-Encoding: 8bit\n", "")
    with pytest.raises(BrokenPatchError, match="encoded for transfer"):
        patched(started.path, patch.encode("utf-8", "surrogateescape"))


def test_a_hunk_at_another_place_is_not_moved_there(started: RepositoryBuilder) -> None:
    patch = "--- a/a.py\n+++ b/a.py\n@@ -2 +2 @@\n-one\n+1\n"
    file = only(patched(started.path, patch))
    assert (file.obstacle, file.added, file.removed) == (
        "a patch shows a part",
        (LineRange(2, 2),),
        (LineRange(2, 2),),
    )


def test_a_hunk_that_does_not_fit_the_blob_it_names_is_refused(
    started: RepositoryBuilder,
) -> None:
    patch = started.git("diff", "main", "topic", "--", "a.py").replace("-two", "-three")
    with pytest.raises(BrokenPatchError, match="does not fit"):
        patched(started.path, patch)


def test_a_deletion_that_leaves_lines_is_refused(started: RepositoryBuilder) -> None:
    patch = "diff --git a/gone.py b/gone.py\ndeleted file mode 100644\n--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n"
    with pytest.raises(BrokenPatchError, match="does not remove all its lines"):
        patched(started.path, patch)


def test_a_branch_that_is_called_like_an_object_is_not_taken_for_it(
    started: RepositoryBuilder,
) -> None:
    patch = started.git("diff", "main", "topic", "--", "a.py")
    start = patch.split("index ")[1].split("..")[0]
    started.git("branch", start, "topic")
    assert (
        only(patched(started.path, patch))
        == by_path(committed(started, "main", "topic"))["a.py"]
    )


def test_a_later_mail_of_a_file_that_was_not_shown_is_not_shown_either(
    tmp_path: Path,
) -> None:
    mail = (
        "From "
        + "1" * 40
        + " Mon Sep 17 00:00:00 2001\nFrom: Alice <alice@example.com>\nSubject: [PATCH] x\n\n---\n"
    )
    change = "diff --git a/x b/x\nindex 1111111..2222222 100644\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"
    result = patched(
        tmp_path, mail + change + "-- \n2.39\n\n" + mail + change + "-- \n2.39\n"
    )
    assert only(result).obstacle == "a patch shows a part"
    assert len(result.commits) == 2


def test_a_copy_leaves_its_source(started: RepositoryBuilder) -> None:
    patch = "diff --git a/a.py b/copy.py\nsimilarity index 100%\ncopy from a.py\ncopy to copy.py\n"
    assert only(patched(started.path, patch)).path == "copy.py"


def test_a_file_and_a_directory_of_one_name_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Exception, match="both a file and a directory"):
        patched(tmp_path, NEW + NEW.replace("/x", "/x/y"))


def test_a_broken_repository_is_not_taken_for_none(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(UsageError, match="not inside a git repository"):
        open_for_patch(tmp_path)


def test_empty_context_lines_may_have_lost_their_blank(started: RepositoryBuilder) -> None:
    started.write("gap.py", "a\n\nb\n").commit()
    file = only(
        patched(started.path, "--- a/gap.py\n+++ b/gap.py\n@@ -1,3 +1,3 @@\n-a\n+A\n\n b\n")
    )
    assert (file.obstacle, file.added) == (None, (LineRange(1, 1),))


def test_a_plain_diff_of_an_empty_file_is_a_change_of_it(
    started: RepositoryBuilder,
) -> None:
    started.write("empty.py", "").commit()
    patch = "--- a/empty.py\n+++ b/empty.py\n@@ -0,0 +1 @@\n+x\n"
    assert only(patched(started.path, patch)).status is FileStatus.MODIFIED
    started.remove("empty.py").commit()
    assert only(patched(started.path, patch)).status is FileStatus.ADDED


PIECES = st.sampled_from(
    [
        "diff --git a/x b/x\n",
        "new file mode 100644\n",
        "--- a/x\n",
        "--- /dev/null\n",
        "+++ b/x\n",
        "@@ -1 +1 @@\n",
        "@@ -0,0 +1,2 @@\n",
        "-a\n",
        "+b\n",
        " c\n",
        "\\ No newline at end of file\n",
        "index 1234567..89abcde 100644\n",
        "rename from x\n",
        "rename to y\n",
        "GIT binary patch\n",
        "\n",
        "-- \n",
        "commit 1234567\n",
        "Author: a <a@example.com>\n",
        "From: a\n",
        "Subject: a\n",
        SERIES,
        "\x1b[1m",
        "\x00",
        "From ",
    ]
)


@given(pieces=st.lists(PIECES | st.text(max_size=5), max_size=14))
def test_a_hostile_patch_is_read_or_refused_and_never_anything_else(
    pieces: list[str],
) -> None:
    # Any other exception fails the test.
    with suppress(BrokenPatchError):
        parts = in_order(split_patch("".join(pieces).encode("utf-8", "surrogatepass")))
        assert all(file.path for part in parts for file in part.files)
        assert any(message is not None for message in map(read_message, parts)) or not any(
            part.is_shown for part in parts
        )
