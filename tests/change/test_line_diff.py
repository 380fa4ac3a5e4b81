"""Line ranges, against git's own counts."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.change.commits import read_commits
from judgegate.change.comparison import read_changed_lines, read_sections
from judgegate.change.repository import Repository
from judgegate.change.trees import Entry, take_inventory
from judgegate.model.change import Blob, FileStatus
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.ranges import count_lines
from tests.repositories import RepositoryBuilder

LINES = [
    b"", b"x", b"y", b"@@ -1 +1 @@", b"diff --git a/x b/x", b"--- a/x", b"+++ b/x", b"-- x", b"++ x", b"\\ No newline at end of file",
    b"index 0000000..1111111 100644", b"\0", b"\r", b"a\rb", b"\xff\xfe", b" ", b"-", b"+", b"GIT binary patch", b"\xe2\x80\xa8",
]  # fmt: skip

texts = st.lists(st.sampled_from(LINES), max_size=12).flatmap(
    lambda lines: st.sampled_from([b"\n".join(lines), b"\n".join(lines) + b"\n"])
)
names = st.binary(min_size=1, max_size=6).filter(
    lambda name: (
        not set(name) & set(b"\0/")
        and name not in (b".", b"..")
        and name.lower() != b".git"
    )
)


@pytest.fixture(scope="module")
def shared(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[RepositoryBuilder, Repository]]:
    builder = RepositoryBuilder(tmp_path_factory.mktemp("shared"))
    with Repository.open(builder.path) as repository:
        yield builder, repository


@settings(max_examples=25)
@given(
    sides=st.dictionaries(
        names, st.tuples(st.none() | texts, st.none() | texts), min_size=1, max_size=6
    )
)
def test_the_counts_are_always_gits_own(
    shared: tuple[RepositoryBuilder, Repository],
    sides: dict[bytes, tuple[bytes | None, bytes | None]],
) -> None:
    builder, repository = shared
    old, new = (
        _write_tree(builder, {name: pair[side] for name, pair in sides.items()})
        for side in (0, 1)
    )
    entries = take_inventory(repository, old, new)
    lines = read_changed_lines(repository, old, new, entries)
    told = {
        path.encode("utf-8", "surrogateescape"): (
            count_lines(it.added),
            count_lines(it.removed),
        )
        for path, it in lines.items()
    }
    assert told == _numstat(builder.path, old, new)
    for path, changed in lines.items():
        before, after = sides[path.encode("utf-8", "surrogateescape")]
        assert all(block.end <= len((after or b"").split(b"\n")) for block in changed.added)
        assert all(
            block.end <= len((before or b"").split(b"\n")) for block in changed.removed
        )


def test_a_long_common_end_makes_no_other_difference(repository: RepositoryBuilder) -> None:
    end = [f"t{number}" + "." * 150 for number in range(9)]
    repository.write(
        "a", "\n".join(["", "", "k0", "k1", "k2", "", "k3", "k4", "k5", "k6", "", *end])
    ).commit("Start")
    repository.branch("topic").write("a", "\n".join(["", "", "", "", *end])).commit("Cut")
    with Repository.open(repository.path) as opened:
        [file] = read_commits(opened).files
    assert (file.added_lines, file.removed_lines) == (0, 7)


def test_a_file_that_becomes_a_directory_is_paired(repository: RepositoryBuilder) -> None:
    repository.write("a", "1\n2\n").write("a.b", "x\n").write("z/y", "1\n").commit()
    old = repository.head()
    repository.remove("a").write("a/b", "1\n").remove("z").write("z", "1\n2\n3\n").chmod(
        "a.b"
    ).commit()
    with Repository.open(repository.path) as opened:
        lines = read_changed_lines(
            opened, old, repository.head(), take_inventory(opened, old, repository.head())
        )
    assert {
        path: (count_lines(it.added), count_lines(it.removed)) for path, it in lines.items()
    } == {
        "a": (0, 2),
        "a.b": (0, 0),
        "a/b": (1, 0),
        "z": (3, 0),
        "z/y": (0, 1),
    }


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        (b"diff --git a/x b/x\n@@ -x +1 @@\n", "cannot be read"),
        (b"diff --git a/x b/x\n@@ -0,0 +1,2 @@\n+one\n", "length differs"),
        (b"diff --git a/x b/x\n@@ -1 +0,0 @@\n+one\n", "length differs"),
        (b"diff --git a/x b/x\n@@ -0,0 +1 @@\n one\n", "length differs"),
    ],
)
def test_a_patch_that_contradicts_itself_is_an_error(patch: bytes, said: str) -> None:
    with pytest.raises(IncompleteError, match=said):
        list(read_sections(patch.splitlines(keepends=True)))


def test_an_inventory_that_shows_of_other_files_is_an_error(
    repository: RepositoryBuilder,
) -> None:
    old = repository.write("a", "1\n").write("b", "one\n").commit()
    new = repository.write("a", "2\n").write("b", "two\n").commit()
    with Repository.open(repository.path) as opened:
        entries = take_inventory(opened, old, new)
        forged = Entry(
            "a", FileStatus.MODIFIED, Blob(0o100644, "1" * 40, None), entries[0].new
        )
        for told in ((*entries, forged), (forged, entries[1]), entries[:1], entries[::-1]):
            with pytest.raises(IncompleteError):
                read_changed_lines(opened, old, new, told)


def _write_tree(builder: RepositoryBuilder, files: dict[bytes, bytes | None]) -> str:
    listing = b""
    for name, content in files.items():
        if content is not None:
            oid = builder.git("hash-object", "-w", "--stdin", stdin=content).strip()
            listing += b"100644 blob " + oid.encode() + b"\t" + name + b"\0"
    return builder.git("mktree", "-z", stdin=listing).strip()


def _numstat(directory: Path, old: str, new: str) -> dict[bytes, tuple[int, int]]:
    # To numstat a binary file stays one, whatever --text says; an attribute makes it text.
    attributes = directory / ".git" / "all-text"
    attributes.write_text("* diff\n")
    command = [
        "git",
        "-c",
        f"core.attributesFile={attributes}",
        "diff",
        "--numstat",
        "--no-renames",
        "--text",
        "-z",
        old,
        new,
    ]
    output = subprocess.run(command, cwd=directory, capture_output=True, check=True).stdout
    counts = (record.split(b"\t", 2) for record in output.split(b"\0") if record)
    return {path: (int(added), int(removed)) for added, removed, path in counts}
