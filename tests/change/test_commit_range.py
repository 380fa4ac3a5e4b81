"""Changes between commits, in all their shapes, and in front of everything that is set to hide them."""

import os
import re
from pathlib import Path

import pytest

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.model.change import LINK_MODE, SUBMODULE_MODE, FileStatus
from judgegate.model.errors_and_exit_codes import IncompleteError, UsageError
from judgegate.model.ranges import LineRange
from tests.change.reading import by_path, committed, only, opened
from tests.repositories import BOB, RepositoryBuilder

IDENTITY = ("-c", "user.name=a", "-c", "user.email=a@example.com")
ODD_PATHS = [
    b"caf\xc3\xa9.py",
    b"latin-\xe9.py",
    b"new\nline.py",
    b't\tab "q".py',
    b"back\\slash.py",
    b"docs b/x.py",
    b"evil.py b/README.md",
    b"-rf",
    b" ",
]


@pytest.fixture
def started(repository: RepositoryBuilder) -> RepositoryBuilder:
    """`main` with two files, and the branch `topic` at the same commit."""
    repository.write("a.py", "one\ntwo\nthree\n").write("empty", "").commit("Start")
    return repository.branch("topic")


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_a_change_is_reported_with_its_lines_and_commits(
    tmp_path: Path, object_format: str
) -> None:
    builder = RepositoryBuilder(tmp_path / "repository", object_format=object_format)
    base = builder.write("a.py", "one\ntwo\nthree\n").commit("Start")
    first = (
        builder.branch("topic")
        .write("a.py", "one\n2\nthree\nfour\n")
        .commit("First", author=BOB)
    )
    head = builder.write("b.py", "new\n").commit(
        "Second", trailers=["Signed-off-by: Bob <bob@example.com>"]
    )
    change = committed(builder)
    files = by_path(change)
    assert (change.merge_bases, change.branch, change.notices) == ((base,), "topic", ())
    assert [commit.oid for commit in change.commits] == [head, first]
    assert (change.commits[1].author.email, change.commits[1].parents) == (
        "bob@example.com",
        (base,),
    )
    assert change.commits[0].message == b"Second\n\nSigned-off-by: Bob <bob@example.com>\n"
    assert files["a.py"].added == (LineRange(2, 2), LineRange(4, 4))
    assert files["a.py"].removed == (LineRange(2, 2),)
    assert (files["b.py"].status, files["b.py"].old, files["b.py"].added_lines) == (
        FileStatus.ADDED,
        None,
        1,
    )
    assert (change.added_lines, change.removed_lines) == (3, 1)


def test_every_shape_of_change_is_listed(started: RepositoryBuilder) -> None:
    commit = started.head()
    started.write("type", "x\n").write("gone", "1\n2\n").write("run", "x").write(
        "same", "x\n" * 9
    ).commit()
    started.branch("next")
    started.link("type", "/etc/passwd").remove("gone").chmod("run").rename(
        "same", "moved"
    ).write("none", "").remove("empty")
    started.stage().submodule("vendor", commit)
    started.git(*IDENTITY, "commit", "-qm", "All")
    files = by_path(committed(started, "topic"))
    assert {path: file.status.value for path, file in files.items()} == {
        "empty": "deleted",
        "gone": "deleted",
        "moved": "added",
        "none": "added",
        "run": "modified",
        "same": "deleted",
        "type": "type_changed",
        "vendor": "added",
    }
    assert files["type"].new is not None
    assert files["type"].new.mode == LINK_MODE
    assert (files["type"].added, files["type"].removed) == (
        (LineRange(1, 1),),
        (LineRange(1, 1),),
    )
    assert files["vendor"].new is not None
    assert (files["vendor"].new.mode, files["vendor"].new.size) == (SUBMODULE_MODE, None)
    assert files["run"].new is not None
    assert files["run"].new.is_executable
    assert files["run"].added == ()
    assert files["moved"].old_path == "same"
    assert files["moved"].added_lines == 9
    assert files["none"].new is not None
    assert files["none"].new.size == 0


@pytest.mark.parametrize("path", ODD_PATHS)
def test_an_odd_path_is_what_it_is(started: RepositoryBuilder, path: bytes) -> None:
    started.write(path, "x\n").write("plain", "y\n").commit()
    change = committed(started)
    name = path.decode("utf-8", "surrogateescape")
    assert {file.path for file in change.files} == {name, "plain"}
    with opened(started) as repository:
        assert repository.blob_at(change.head_tree, name) == by_path(change)[name].new


@pytest.mark.parametrize(
    "setting",
    [
        "*.py binary",
        "*.py -diff",
        "*.py -text",
        "*.py diff=evil",
        "*.py filter=evil",
        "* ident",
    ],
)
def test_attributes_hide_nothing(
    started: RepositoryBuilder, setting: str, tmp_path: Path
) -> None:
    touch = f"touch {tmp_path}/obeyed; cat"
    for key in (
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.external",
        "core.fsmonitor",
    ):
        started.git("config", key, touch)
    started.write(".gitattributes", setting + "\n").write("a.py", "one\n2\nthree\n")
    started.git("-c", "core.fsmonitor=false", "-c", "filter.evil.clean=cat", "add", ".")
    started.git("-c", "core.fsmonitor=false", *IDENTITY, "commit", "-qm", "x")
    (tmp_path / "obeyed").unlink(missing_ok=True)
    file = by_path(committed(started))["a.py"]
    assert (file.added, file.removed) == ((LineRange(2, 2),), (LineRange(2, 2),))
    assert not (tmp_path / "obeyed").exists()


def test_configuration_changes_nothing(
    started: RepositoryBuilder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started.rename("a.py", "b.py").write("c.py", b"a\0b\n").commit()
    plain = committed(started)
    (tmp_path / "attributes").write_text("* -diff\n")
    traps = {
        "color.ui": "always",
        "diff.noprefix": "true",
        "diff.external": "false",
        "diff.renames": "copies",
        "diff.ignoreSubmodules": "all",
        "diff.algorithm": "patience",
        "diff.interHunkContext": "9",
        "diff.context": "7",
        "diff.relative": "true",
        "diff.mnemonicPrefix": "true",
        "diff.orderFile": "/nonexistent",
        "diff.submodule": "log",
        "diff.suppressBlankEmpty": "true",
        "diff.indentHeuristic": "false",
        "diff.wsErrorHighlight": "all",
        "core.bigFileThreshold": "1",
        "core.fsmonitor": "false",
        "core.attributesFile": str(tmp_path / "attributes"),
        "core.quotePath": "true",
        "core.hooksPath": str(tmp_path),
        "core.pager": "false",
        "core.abbrev": "4",
        "log.showSignature": "true",
    }
    lines = "".join(
        f"[{key.rpartition('.')[0]}]\n\t{key.rpartition('.')[2]} = {value}\n"
        for key, value in traps.items()
    )
    home = tmp_path / "home"
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".gitconfig").write_text(lines)
    (home / ".config" / "git" / "attributes").write_text("* -diff\n")
    monkeypatch.setenv("HOME", str(home))
    assert committed(started) == plain
    for key, value in traps.items():
        started.git("config", key, value)
    assert committed(started) == plain


def test_replaced_and_grafted_commits_are_read_as_they_are(
    started: RepositoryBuilder,
) -> None:
    head = started.write("a.py", "evil\n").commit()
    plain = committed(started)
    harmless = started.switch("main").branch("harmless").write("a.py", "kind\n").commit()
    started.switch("topic").git("replace", head, harmless)
    (started.path / ".git" / "info" / "grafts").write_text(f"{head}\n")
    assert committed(started) == plain


@pytest.mark.parametrize(
    "content",
    [
        b"a\0b\n",
        "a\n".encode("utf-16"),
        b"a\r\nb\rc\n\x0cd\n",
        "a\u2028b\x85c\n".encode(),
        b"no end",
        b"\n\n",
    ],
)
def test_lines_end_at_newlines_only(started: RepositoryBuilder, content: bytes) -> None:
    started.write("new.py", content).commit()
    count = content.count(b"\n") + (not content.endswith(b"\n"))
    assert only(committed(started)).added == (LineRange(1, count),)


def test_a_line_of_megabytes_is_one_line(started: RepositoryBuilder) -> None:
    started.write(
        "min.js", b"x" * 3_000_000 + b"\n@@ -1 +1 @@\n" + b"y" * 65_536 + b"\n"
    ).commit()
    assert only(committed(started)).added == (LineRange(1, 3),)


def test_what_only_a_merge_commit_holds_is_part_of_the_change(
    started: RepositoryBuilder,
) -> None:
    started.write("b.py", "b\n").commit()
    started.switch("main").write("c.py", "c\n").commit()
    started.switch("topic").git(*IDENTITY, "merge", "--no-commit", "--no-ff", "main")
    started.write("evil.py", "evil\n").commit("Merge")
    change = committed(started)
    assert set(by_path(change)) == {"b.py", "evil.py"}
    assert len(change.commits[0].parents) == 2


def test_the_change_counts_from_the_merge_base(started: RepositoryBuilder) -> None:
    base = started.head()
    started.write("b.py", "b\n").commit()
    tip = started.switch("main").write("a.py", "newer\n").commit()
    change = committed(started.switch("topic"))
    assert (change.merge_bases, change.base and change.base.oid) == ((base,), tip)
    assert set(by_path(change)) == {"b.py"}


def test_with_several_merge_bases_the_change_is_what_any_of_them_lacks(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a", "0\n").write("b", "0\n").write("kept", "0\n").write(
        "gone", "0\n"
    ).commit()
    repository.branch("topic").write("a", "topic\n").write("only-topic", "1\n").commit()
    repository.switch("main").write("b", "main\n").remove("gone").commit()
    left, right = repository.head("main"), repository.head("topic")
    repository.merge(right)
    repository.switch("topic").merge(left)
    repository.write("new", "x\n").commit()
    change = committed(repository)
    files = by_path(change)
    assert set(change.merge_bases) == {left, right}
    assert set(files) == {"a", "b", "gone", "new", "only-topic"}
    assert all(len(file.others) == 1 for file in change.files)
    other_is_left = change.merge_bases[1] == left
    touched, untouched = ("a", "b") if other_is_left else ("b", "a")
    assert files[touched].added == ()
    assert files[touched].old == files[touched].new != files[touched].others[0]
    assert files[untouched].others == (files[untouched].new,)
    assert files[untouched].added_lines == 1
    assert files["gone"].new is None
    assert files["gone"].status is FileStatus.DELETED
    assert files["gone"].old is not None


def test_equal_trees_with_commits_between_are_said(started: RepositoryBuilder) -> None:
    started.commit("Nothing")
    change = committed(started)
    assert (
        change.files,
        [notice.code for notice in change.notices],
        len(change.commits),
    ) == (
        (),
        ["equal-trees"],
        1,
    )


def test_the_same_commit_twice_is_a_wrong_use(started: RepositoryBuilder) -> None:
    with pytest.raises(UsageError, match=r"Did you mean --worktree\?"):
        committed(started)


def test_a_head_that_the_base_contains_is_a_wrong_use(started: RepositoryBuilder) -> None:
    started.switch("main").write("b", "x").commit()
    with pytest.raises(UsageError, match="already contains"):
        committed(started, "main", "topic")


def test_no_commit_yet_is_a_wrong_use(repository: RepositoryBuilder) -> None:
    with pytest.raises(UsageError, match="no commits yet"), opened(repository) as found:
        read_commits(found, None)


def test_unrelated_histories_are_an_error(started: RepositoryBuilder) -> None:
    started.orphan("other").write("z").commit()
    with pytest.raises(IncompleteError, match="no common history"):
        committed(started)


def test_a_shallow_clone_without_the_merge_base_is_an_error(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    started.write("b").commit()
    started.switch("main").write("c").commit()
    clone = started.clone(tmp_path / "clone", "--depth=1", "--no-single-branch")
    with pytest.raises(
        IncompleteError, match=r"(?s)shallow clone.*git fetch --unshallow.*fetch-depth: 0"
    ):
        committed(clone, "origin/main", "origin/topic")


def test_a_shallow_clone_that_holds_all_between_is_judged(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    started.switch("main").commit("Second")
    started.switch("topic").git("reset", "-q", "--hard", "main")
    started.write("b").commit()
    clone = started.clone(tmp_path / "clone", "--depth=2", "--no-single-branch")
    with opened(clone) as repository:
        assert repository.is_shallow
    assert set(by_path(committed(clone, "origin/main", "origin/topic"))) == {"b"}


def test_a_shallow_clone_that_cuts_into_the_change_is_an_error(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    started.write("b").commit()
    hidden = started.write("c").commit("Hidden")
    started.branch("side", "main").write("d").commit()
    started.switch("topic").merge("side")
    clone = started.clone(tmp_path / "clone", "--no-single-branch")
    (clone.path / ".git" / "shallow").write_text(f"{hidden}\n")
    with pytest.raises(IncompleteError, match="cut off between"):
        committed(clone, "origin/main", "origin/topic")


def test_a_partial_clone_fetches_nothing_and_says_what_to_fetch(
    started: RepositoryBuilder, tmp_path: Path
) -> None:
    started.write("a.py", "changed\n").write("b.py", "new\n").commit()
    started.git("config", "uploadpack.allowFilter", "true")
    clone = started.clone(tmp_path / "clone.git", "--bare", "--filter=blob:none")
    before = _object_files(clone.path)
    with pytest.raises(
        IncompleteError, match=r"(?s)partial clone that lacks 3 .*git diff --numstat"
    ) as error:
        committed(clone, "main", "topic")
    assert _object_files(clone.path) == before
    command = re.search(r"git (diff --numstat \S+ \S+)", str(error.value))
    assert command is not None
    clone.git("config", "protocol.file.allow", "always")
    clone.git(*command[1].split())
    assert set(by_path(committed(clone, "main", "topic"))) == {"a.py", "b.py"}


def test_a_lost_object_is_an_obstacle_of_its_file_alone(started: RepositoryBuilder) -> None:
    started.write("a.py", "lost\n").write("b.py", "kept\n").write(
        "gone/:(top)x", "x"
    ).commit()
    with opened(started) as repository:
        blob = repository.blob_at(repository.resolve("HEAD"), "a.py")
    assert blob is not None
    (started.path / ".git" / "objects" / blob.oid[:2] / blob.oid[2:]).unlink()
    files = by_path(committed(started))
    assert files["a.py"].obstacle == f"the repository lacks the object {blob.oid}"
    assert (files["a.py"].added, files["b.py"].added) == ((), (LineRange(1, 1),))
    assert files["b.py"].obstacle is None


def test_an_entry_that_is_no_file_is_an_obstacle(started: RepositoryBuilder) -> None:
    tree = started.git("rev-parse", "HEAD^{tree}").strip()
    _commit_tree(started, _tree_with(started, "100644 evil.py\0", tree))
    files = by_path(committed(started))
    assert files["evil.py"].obstacle == f"the object {tree} is a tree, not a file"


def test_a_path_that_stands_twice_in_a_tree_is_an_error(started: RepositoryBuilder) -> None:
    blob = started.git("rev-parse", "HEAD:a.py").strip()
    _commit_tree(started, _tree_with(started, "100644 x\0", blob, "100755 x\0", blob))
    with pytest.raises(IncompleteError, match="twice"):
        committed(started)


def test_a_detached_head_is_on_no_branch(started: RepositoryBuilder) -> None:
    started.write("b").commit()
    assert committed(started.switch("HEAD~0")).branch is None


def test_a_head_can_be_named(started: RepositoryBuilder) -> None:
    head = started.write("b").commit()
    change = committed(started.switch("main"), "main", "topic")
    assert change.head is not None
    assert (change.head.name, change.head.oid, change.branch) == ("topic", head, "topic")
    assert committed(started, "main", head).branch is None
    assert committed(started, "main", "topic~0").branch is None


def test_odd_commits_are_read(started: RepositoryBuilder) -> None:
    tree, parent = started.git("rev-parse", "HEAD^{tree}").strip(), started.head()
    raw = (
        f"tree {tree}\nparent {parent}\nauthor no address\ncommitter <> -5 x\nencoding latin-1\n"
        f"gpgsig -----BEGIN\n fake\n author Forged <forged@example.com> 0 +0000\n -----END\n\n"
    ).encode() + b"caf\xe9 \0 nul\n"
    oid = started.git(
        "hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=raw
    ).strip()
    started.git("reset", "-q", "--soft", oid)
    (commit,) = committed(started).commits
    assert (commit.author.name, commit.author.email) == ("no address", "")
    assert (commit.committer.email, commit.committed, commit.encoding) == (
        "",
        -5,
        "latin-1",
    )
    assert commit.message == b"caf\xe9 \0 nul\n"


def test_the_current_directory_does_not_matter(
    started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    started.write("b", "x\n").write(".git-like/HEAD", "x").commit()
    plain = committed(started)
    (started.path / ".git" / started.head()).write_text(
        "a file that is called like the head"
    )
    monkeypatch.chdir(os.sep)
    assert committed(started) == plain


def _object_files(directory: Path) -> list[str]:
    return sorted(
        str(path) for path in (directory / "objects").rglob("*") if path.is_file()
    )


def _tree_with(builder: RepositoryBuilder, *parts: str) -> str:
    raw = b"".join(
        head.encode() + bytes.fromhex(oid)
        for head, oid in zip(parts[::2], parts[1::2], strict=True)
    )
    return builder.git(
        "hash-object", "-t", "tree", "-w", "--stdin", "--literally", stdin=raw
    ).strip()


def _commit_tree(builder: RepositoryBuilder, tree: str) -> None:
    oid = builder.git(*IDENTITY, "commit-tree", "-m", "x", "-p", "HEAD", tree).strip()
    builder.git("update-ref", "HEAD", oid)


class TestChoosingTheBase:
    def test_what_is_asked_for_comes_first(
        self, started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("JUDGEGATE_BASE", "topic")
        assert _chosen(started, "main") == ("main", "--base")
        assert _chosen(started) == ("topic", "JUDGEGATE_BASE")

    def test_then_the_remote_branches_then_the_local_ones(
        self, started: RepositoryBuilder, tmp_path: Path
    ) -> None:
        clone = started.switch("main").clone(tmp_path / "clone")
        clone.branch("work")
        assert _chosen(clone) == ("origin/main", "origin/HEAD")
        clone.git("remote", "set-head", "origin", "--delete")
        assert _chosen(clone) == ("origin/main", "origin/main")
        clone.git("update-ref", "-d", "refs/remotes/origin/main")
        assert _chosen(clone) == ("main", "local branch main")
        clone.git("branch", "-m", "main", "master")
        assert _chosen(clone) == ("master", "local branch master")

    def test_the_branch_itself_is_judged_against_its_upstream(
        self, started: RepositoryBuilder
    ) -> None:
        started.switch("main")
        with pytest.raises(UsageError, match="no upstream"):
            _chosen(started)
        started.git("branch", "--set-upstream-to=topic", "main")
        assert _chosen(started) == ("topic", "the upstream of main")

    def test_a_head_by_its_name_is_on_its_branch_whatever_is_checked_out(
        self, started: RepositoryBuilder
    ) -> None:
        started.switch("main").git("branch", "--set-upstream-to=topic", "main")
        started.switch("topic")
        with opened(started) as repository:
            assert choose_base(repository, None, "main").chosen == "the upstream of main"
            assert choose_base(repository, None, "HEAD").chosen == "local branch main"

    def test_an_upstream_that_is_gone_is_none(self, started: RepositoryBuilder) -> None:
        started.switch("main").git("branch", "--set-upstream-to=topic", "main")
        started.git("branch", "-D", "topic")
        with pytest.raises(UsageError, match="no upstream"):
            _chosen(started)

    @pytest.mark.parametrize("target", ["HEAD^{tree}", "1" * 40])
    def test_a_branch_that_leads_to_no_commit_is_passed_over(
        self, started: RepositoryBuilder, target: str
    ) -> None:
        oid = started.git("rev-parse", target).strip()
        ref = started.path / ".git" / "refs" / "remotes" / "origin" / "main"
        ref.parent.mkdir(parents=True)
        ref.write_text(f"{oid}\n")
        assert _chosen(started) == ("main", "local branch main")

    def test_the_remote_head_is_a_tag_or_a_commit_by_itself(
        self, started: RepositoryBuilder
    ) -> None:
        started.git(*IDENTITY, "tag", "-a", "-m", "x", "v1", "main")
        started.git("update-ref", "refs/remotes/origin/HEAD", "v1")
        with opened(started) as repository:
            revision = choose_base(repository)
        assert (revision.name, revision.oid) == ("origin/HEAD", started.head("main"))

    def test_git_is_asked_once(
        self, started: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[str] = []
        run = Repository.run

        def listen(repository: Repository, *arguments: str, stdin: bytes = b"") -> bytes:
            asked.append(arguments[0])
            return run(repository, *arguments, stdin=stdin)

        monkeypatch.setattr(Repository, "run", listen)
        with opened(started) as repository:
            assert choose_base(repository).name == "main"
        assert asked == ["for-each-ref"]

    def test_nothing_to_choose_is_a_wrong_use(self, repository: RepositoryBuilder) -> None:
        repository.write("a").commit()
        repository.git("branch", "-m", "trunk")
        with pytest.raises(UsageError, match="no branch to judge against"):
            _chosen(repository)

    @pytest.mark.parametrize("base", ["-x", "--output=x", "nope"])
    def test_an_unknown_base_is_a_wrong_use(
        self, started: RepositoryBuilder, base: str
    ) -> None:
        with pytest.raises(UsageError):
            _chosen(started, base)

    def test_a_remote_branch_as_head_is_that_branch(
        self, started: RepositoryBuilder, tmp_path: Path
    ) -> None:
        started.write("b").commit()
        clone = started.switch("main").clone(tmp_path / "clone")
        assert committed(clone, "main", "origin/topic").branch == "topic"


def _chosen(builder: RepositoryBuilder, base: str | None = None) -> tuple[str, str]:
    with Repository.open(builder.path) as repository:
        revision = choose_base(repository, base)
        return revision.name, revision.chosen
