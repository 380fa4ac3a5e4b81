"""Real changes are chosen, fetched, judged, compared and read, all over small local repositories."""

import contextlib
import io
import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

import bench.real_changes
from bench.plain_engines import SCRIPTS
from bench.real_changes.__main__ import main
from bench.real_changes.change_list import choose_rows, read_list
from bench.real_changes.differences import (
    Difference,
    pair_findings,
    read_table,
    write_table,
)
from bench.real_changes.plain_text import one_line
from bench.real_changes.problems import Problem
from bench.real_changes.sheet import number_lines, read_sheet
from bench.real_changes.verdicts import read_verdicts
from tests.repositories import RepositoryBuilder

BY_AN_AGENT = "Co-authored-by: Copilot <198982749+Copilot@users.noreply.github.com>"
SHELL = "import os\n\n\ndef run(word):\n    os.system(word)\n"
OTHER_VERSION = """\
#!{python}
import json, subprocess, sys

done = subprocess.run([{judgegate!r}, *sys.argv[1:]], capture_output=True)
text = done.stdout.decode()
if "json" in sys.argv:
    report = json.loads(text)
    report["findings"] = [one for one in report["findings"] if one["code"] != "B307"]
    for finding in report["findings"]:
        finding["action"], finding["line"] = "review", (finding["line"] or 0) + 1
    report["outcome"] = "review"
    for file in report["change"]["files"]:
        if file["path"] == "b.py":
            file["state"], file["reason"] = "unanalysed", "too large"
    text = json.dumps(report)
sys.stdout.write(text)
sys.exit(3 if "json" in sys.argv else done.returncode)
"""
"""A version that loses `eval`, has moved and reviews the rest, and cannot read one file."""


class World(Struct, frozen=True):
    """Two repositories that were fetched, the list of their changes, and what two versions say of them."""

    changes: Path
    repositories: Path
    old: Path
    new: Path

    def judge(self, *words: str, out: Path) -> int:
        where = ["--repositories", str(self.repositories), "--out", str(out)]
        return main(["judge", str(self.changes), *where, *words])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("real")
    source = place / "source"
    build_source(source)
    repositories = place / "repositories"
    for name in ("first", "second"):
        clone = repositories / "example" / f"{name}.git"
        RepositoryBuilder(source / "example" / name).clone(clone, "--bare")
    lists = [choose(repositories, name) for name in ("first", "second")]
    changes = place / "list.tsv"
    changes.write_text(lists[0] + "".join(lists[1].splitlines(keepends=True)[2:]))
    shutil.rmtree(repositories)
    words = ["--repositories", str(repositories), "--from", source.as_uri()]
    assert main(["fetch", str(changes), *words]) == 0
    world = World(changes, repositories, place / "old", place / "new")
    assert world.judge(out=world.old) == 0
    assert world.judge("--exe", str(write_other_version(place)), out=world.new) == 0
    return world


def build_source(source: Path) -> None:
    """Two public repositories: one of single commits and a merge, one of a single commit."""
    first = RepositoryBuilder(source / "example" / "first")
    first.write("a.py", "import os\n").commit("Start")
    first.write("a.py", SHELL).commit("Run", trailers=[BY_AN_AGENT])
    first.branch("topic").write("b.py", "def fetch(word):\n    return eval(word)\n")
    first.commit("Fetch")
    first.switch("main").merge("topic")
    second = RepositoryBuilder(source / "example" / "second")
    second.write("a.py", "import os\n").commit("Start")
    second.write("c.py", SHELL).commit("Run")


def choose(repositories: Path, name: str) -> str:
    """The list of the repository's changes."""
    words = ["--repositories", str(repositories), "--since", "2026-01-01", "--count"]
    count = "2" if name == "first" else "1"
    with contextlib.redirect_stdout(io.StringIO()) as out:
        assert main(["choose", *words, count, f"example/{name}"]) == 0
    return out.getvalue()


def write_other_version(folder: Path) -> Path:
    script = folder / "judgegate"
    judgegate = str(SCRIPTS / "judgegate")
    script.write_text(OTHER_VERSION.format(python=sys.executable, judgegate=judgegate))
    script.chmod(0o755)
    return script


def test_half_of_the_changes_are_ai_assisted_and_the_list_says_how_it_was_made(
    world: World,
) -> None:
    changes = read_list(world.changes)
    assert sorted(one.provenance for one in changes[:2]) == ["ai", "unmarked"]
    assert (changes[2].repository, changes[2].provenance) == ("example/second", "unmarked")
    first = world.changes.read_text().splitlines()[0]
    assert first == "# choose --count 2 --seed 1 --since 2026-01-01 example/first"


def test_more_changes_than_there_are_is_an_error(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--repositories", str(world.repositories), "--count", "9", "example/second"]
    assert main(["choose", *words]) == 2
    assert "example/second has 1 changes since 2023-01-01, not 9" in capsys.readouterr().err


def test_a_verdict_is_kept_once_with_report_exit_code_and_errors(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    place = world.old / "example" / "second" / read_list(world.changes)[2].commits
    kept = {file.name: file.read_text() for file in place.iterdir()}
    assert json.loads(kept.pop("report.json"))["outcome"] == "block"
    assert kept == {"exit_code.txt": "1\n", "stderr.txt": ""}
    assert world.judge(out=world.old) == 0
    assert capsys.readouterr().out == "kept before: 3\n"


def test_verdicts_of_two_versions_are_not_mixed(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert world.judge(out=world.new) == 2
    assert "holds verdicts of another judgegate" in capsys.readouterr().err


def test_a_policy_decides_and_belongs_to_the_verdicts(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    policy = Path(bench.real_changes.__file__).parent / "everything.yml"
    assert world.judge("--policy", str(policy), "--rows", "3", out=out) == 0
    verdict = read_verdicts(out)[read_list(world.changes)[2].name]
    assert [(one["code"], one["action"]) for one in verdict.findings] == [("B605", "warn")]
    assert verdict.outcome == "pass"
    assert world.judge(out=out) == 2
    assert "another judgegate or policy" in capsys.readouterr().err


def test_a_run_without_a_verdict_is_kept_and_named_and_fails(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = tmp_path / "policy.yml"
    policy.write_text("version: 9\n")
    out = tmp_path / "out"
    assert world.judge("--policy", str(policy), "--rows", "3", out=out) == 1
    assert capsys.readouterr().err.endswith(": exit code 2\n")
    [verdict] = read_verdicts(out).values()
    assert (verdict.exit_code, verdict.report) == ("2", {})
    assert "The policy does not load" in verdict.errors


def test_a_change_that_is_not_there_is_named_and_fails(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = read_list(world.changes)[2].base
    changes = tmp_path / "list.tsv"
    changes.write_text(world.changes.read_text().replace(base, "0" * 40))
    out = tmp_path / "out"
    assert replace(world, changes=changes).judge("--rows", "3", out=out) == 1
    said = capsys.readouterr()
    assert said.err.startswith("example/second 000000000000..")
    assert "missing in its repository" in said.err
    assert not list(out.glob("example/second/*"))


def test_a_repository_that_cannot_be_fetched_is_an_error(
    world: World, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["--repositories", str(tmp_path / "none"), "--from", tmp_path.as_uri()]
    assert main(["fetch", str(world.changes), *words]) == 2
    assert (
        f"git clone --quiet --bare {tmp_path.as_uri()}/example/first"
        in capfd.readouterr().err
    )


def test_what_two_versions_say_differently_is_listed_with_its_place(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = [tmp_path / "table.tsv", tmp_path / "again.tsv"]
    for table in tables:
        assert main(["compare", str(world.old), str(world.new), "--table", str(table)]) == 1
    printed = capsys.readouterr().out
    for line in (
        "  lost security/insecure-code B307 b.py:2: warn, introduced -> ",
        "  changed security/insecure-code B605 c.py:6 action: block -> review",
        "  changed security/insecure-code B605 c.py:6 line: 5 -> 6",
        "  state b.py: analysed -> unanalysed too large",
        "  outcome: block -> review",
    ):
        assert line in printed
    assert printed.endswith("3 changes compared, 3 differ\n")
    assert tables[0].read_bytes() == tables[1].read_bytes()


def test_the_same_verdicts_have_no_difference(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(world.old), str(world.old)]) == 0
    assert capsys.readouterr().out == "3 changes compared, 0 differ\n"


def test_a_sample_shows_the_code_and_is_added_up_when_it_is_filled_in(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--repositories", str(world.repositories), "--count", "1"]
    assert main(["sample", str(world.old), *words, "--where", "origin=introduced"]) == 0
    text = capsys.readouterr().out
    assert ">     2     return eval(word)\n" in text

    sheet = tmp_path / "sheet.md"
    sheet.write_text(text)
    assert main(["add", str(sheet)]) == 2
    number = text.splitlines().index("- judgement:") + 1
    assert f"{sheet}:{number}: nothing is written" in capsys.readouterr().err

    once = text.replace("- judgement:\n", "- judgement: right\n", 1)
    sheet.write_text(once.replace("- judgement:\n", "- judgement: Wrong\n"))
    assert main(["add", str(sheet)]) == 0
    assert [line.split() for line in capsys.readouterr().out.splitlines()[1:]] == [
        ["B307", "1", "0", "0", "1", "100%"],
        ["B605", "0", "0", "1", "1", "0%"],
        ["oversight/ai-assisted", "0", "0", "1", "1", "0%"],
        ["all", "1", "0", "2", "3", "33%"],
    ]

    assert main(["add", str(sheet), str(sheet)]) == 2
    assert "was judged at" in capsys.readouterr().err


def test_a_sample_of_differences_can_be_of_one_kind(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = str(tmp_path / "table.tsv")
    main(["compare", str(world.old), str(world.new), "--table", table])
    words = ["sample", table, "--repositories", str(world.repositories)]
    capsys.readouterr()
    assert main([*words, "--where", "kind=lost"]) == 0
    text = capsys.readouterr().out
    assert text.count("- judgement:") == 1
    assert "## 1. B307\n" in text
    assert main([*words, "--where", "colour=red"]) == 2
    assert "--where colour: the fields are change, code" in capsys.readouterr().err


ROW = f"example/first\t{'a' * 40}\t{'b' * 40}\tai\n"
HEAD = "repository\tbase\thead\tprovenance\n"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is no list of changes"),
        ("a\tb\n", "is no list of changes"),
        (HEAD + "a\n", ":2: 1 fields instead of 4"),
        (HEAD + ROW.replace("example/first", "../.."), ":2: '../..' is not owner/name"),
        (HEAD + ROW.replace("a" * 40, "HEAD"), ":2: 'HEAD' is no commit id of 40 digits"),
        (
            HEAD + "\n" + ROW.replace("\tai", "\trobot"),
            ":3: 'robot' is neither ai nor unmarked",
        ),
    ],
)
def test_a_list_that_is_not_one_is_refused_with_its_line(
    text: str, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(text)
    with pytest.raises(Problem) as caught:
        read_list(path)
    assert problem in str(caught.value)


@pytest.mark.parametrize(
    ("rows", "chosen"), [(None, "abc"), ("2", "b"), ("1,2-3", "abc"), ("3,1", "ac")]
)
def test_rows_are_numbers_and_ranges(rows: str | None, chosen: str, tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(HEAD + "".join(ROW.replace("a" * 40, letter * 40) for letter in "abc"))
    assert "".join(one.base[0] for one in choose_rows(read_list(path), rows)) == chosen


@pytest.mark.parametrize("rows", ["", "0", "4", "2-9", "a", "1-", "1,,2"])
def test_rows_that_are_not_there_are_refused(rows: str, tmp_path: Path) -> None:
    path = tmp_path / "list.tsv"
    path.write_text(HEAD + 3 * ROW)
    with pytest.raises(Problem, match="--rows"):
        choose_rows(read_list(path), rows)


def finding(line: int, **fields: Any) -> Mapping[str, Any]:
    return {
        "rule": "r",
        "code": "B1",
        "path": "a.py",
        "line": line,
        "end_line": line,
    } | fields


def test_findings_are_paired_with_those_that_are_most_like_them() -> None:
    old = [
        finding(1, subject="f", fingerprint="1"),
        finding(2, subject="f", fingerprint="2"),
        finding(3, subject="g", fingerprint="3"),
    ]
    new = [
        finding(2, subject="f", fingerprint="4", action="warn"),
        finding(7, subject="f", fingerprint="5"),
        finding(3, subject="h", fingerprint="6"),
    ]
    pairs, lost, gained = pair_findings(old, new)
    assert [(was["line"], now["line"]) for was, now in pairs] == [(2, 2), (1, 7)]
    assert [one["subject"] for one in lost] == ["g"]
    assert [one["subject"] for one in gained] == ["h"]


@given(
    code=st.text()
    | st.sampled_from(["- judgement: right", "## 2. B602\n```\n- finding: x"])
)
def test_code_is_no_part_of_the_sheet_that_shows_it(
    code: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    sheet = tmp_path_factory.mktemp("sheet") / "sheet.md"
    lines = list(number_lines(code, 1, 1))
    head = ["## 1. B1", "- finding: a/b 1..2 a.py:1 B1", "- judgement: wrong", "```text"]
    sheet.write_text("\n".join([*head, *lines, "```", ""]))
    assert [(one.code, one.judgement) for one in read_sheet(sheet)] == [("B1", "wrong")]
    assert all(line.isprintable() for line in lines)


@given(message=st.text(), path=st.text())
def test_a_table_has_one_line_for_each_difference(
    message: str, path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    table = tmp_path_factory.mktemp("table") / "table.tsv"
    difference = Difference("a/b 1..2", "lost", path=path, line=3, reason=message)
    table.write_text(write_table([difference, difference]))
    rows = read_table(table)
    assert [(one.path, one.reason, one.line) for one in rows] == 2 * [
        (one_line(path), one_line(message), 3)
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (3, "3"),
        ("a\tb\n\x1b", r"a\tb\n\x1b"),
        (["a", "b\n"], r"a, b\n"),
        ("ä", "ä"),
    ],
)
def test_a_value_stays_on_its_line(value: object, text: str) -> None:
    assert one_line(value) == text
