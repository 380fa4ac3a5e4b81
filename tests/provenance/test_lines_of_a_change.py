"""Which lines count as AI-assisted, over real git histories."""

from pathlib import Path

import pytest

from judgegate.change.hunk_headers import HunkHeader
from judgegate.model.levels import Authorship, Certainty
from judgegate.model.ranges import LineRange
from judgegate.provenance.assessment import assess_provenance
from judgegate.provenance.gather import GatherContext
from judgegate.provenance.history import LineMap, read_path
from tests.provenance.changes import (
    CLAUDE,
    DEVIN,
    ROLES,
    ai_lines,
    from_worktree,
    line,
    record_of,
    weighed,
)
from tests.repositories import RepositoryBuilder

AI, UNMARKED = Authorship.AI, Authorship.UNMARKED


@pytest.fixture
def topic(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch off `main`, where `app.py` has three lines."""
    repository.write("app.py", "one = 1\ntwo = 2\nthree = 3\n").commit("Start")
    return repository.branch("topic")


def test_an_unmarked_change_has_every_added_line_without_evidence(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("Add")
    record = record_of(topic.path)
    assert [
        (entry.path, entry.lines.start, entry.lines.end, entry.evidence)
        for entry in record.lines
    ] == [("new.py", 1, 2, ())]
    assert record.files == ()


def test_lines_belong_to_the_commit_that_wrote_them(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By hand")
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").commit("By hand again")
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "new.py") == [2]
    assert assessment.of_lines("new.py", line(2)) is AI
    assert assessment.of_lines("new.py", line(1)) is UNMARKED
    assert assessment.of_file("new.py") is AI


def test_a_finding_without_an_added_line_of_its_own_has_the_provenance_of_its_file(
    topic: RepositoryBuilder,
) -> None:
    topic.write("app.py", "one = 1\ntwo = 2\nthree = 3\nfour = 4\n").commit(
        "By agent", trailers=[CLAUDE]
    )
    topic.write("other.py", "alpha = 1\n").commit("By hand")
    assessment = weighed(topic.path)
    assert assessment.of_lines("app.py", line(1)) is AI
    assert assessment.of_lines("other.py", line(9)) is UNMARKED


def test_a_file_that_no_marked_commit_touched_is_unmarked(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By agent", author=DEVIN)
    topic.write("hand.py", "beta = 1\n").commit("By hand")
    assessment = weighed(topic.path)
    assert assessment.verdict is AI
    assert assessment.of_file("hand.py") is UNMARKED
    assert ai_lines(assessment, "hand.py") == []


def test_a_change_of_white_space_does_not_make_lines_anothers(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", "if True:\n    alpha = 1\n    beta = 2\n").commit(
        "Indent by hand"
    )
    assert ai_lines(weighed(topic.path), "new.py") == [2, 3]


def test_lines_that_are_deleted_and_put_back_stay_the_agents(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.remove("new.py").commit("Take it out by hand")
    topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").commit(
        "Write it again by hand"
    )
    assert ai_lines(weighed(topic.path), "new.py") == [1, 2]


def test_a_short_file_that_is_put_back_stays_the_agents(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "abc = 1\n").commit("By agent", trailers=[CLAUDE])
    topic.remove("new.py").commit("Take it out by hand")
    topic.write("new.py", "abc = 1\n").commit("Write it again by hand")
    assert ai_lines(weighed(topic.path), "new.py") == [1]


def test_lines_that_are_moved_to_another_file_stay_the_agents(
    topic: RepositoryBuilder,
) -> None:
    moved = "alpha_of_the_agent = compute(first, second)\n"
    topic.write("new.py", f"{moved}beta = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", "beta = 2\n").write("moved.py", f"delta = 4\n{moved}").commit(
        "Move by hand"
    )
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "new.py") == [1]
    assert ai_lines(assessment, "moved.py") == [2]


def test_short_lines_that_were_lost_elsewhere_are_anybodys(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "return err\nalpha = 1\nbeta = 2\n").commit(
        "By agent", trailers=[CLAUDE]
    )
    topic.write("new.py", "beta = 2\n").write(
        "hand.py", "own = 1\nreturn err\nmore = 3\nalpha = 1\n"
    ).commit("By hand")
    assert ai_lines(weighed(topic.path), "hand.py") == []


def test_a_lost_line_is_found_once(topic: RepositoryBuilder) -> None:
    moved = "alpha_of_the_agent = compute(first, second)\n"
    topic.write("new.py", f"{moved}beta = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", "beta = 2\n").write("hand.py", f"{moved}own = 1\n{moved}").commit(
        "By hand"
    )
    assert ai_lines(weighed(topic.path), "hand.py") == [1]


def test_a_line_that_happens_to_be_equal_is_not_the_agents(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "return None\n").commit("By agent", trailers=[CLAUDE])
    topic.write("hand.py", "return None\n").commit("By hand")
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "new.py") == [1]
    assert ai_lines(assessment, "hand.py") == []


def test_a_renamed_file_keeps_its_provenance(topic: RepositoryBuilder) -> None:
    body = "".join(f"value_{number} = {number}\n" for number in range(20))
    topic.write("new.py", body).commit("By agent", trailers=[CLAUDE])
    topic.rename("new.py", "renamed.py").write("renamed.py", body + "own = 1\n").commit(
        "Rename by hand"
    )
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "renamed.py") == list(range(1, 21))
    assert assessment.of_file("renamed.py") is AI


def test_lines_that_came_by_a_merge_belong_to_the_commits_behind_it(
    topic: RepositoryBuilder,
) -> None:
    topic.branch("side", "main").write("side.py", "alpha = 1\n").commit(
        "By agent", trailers=[CLAUDE]
    )
    topic.switch("topic").write("new.py", "beta = 1\n").commit("By hand")
    topic.merge("side")
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "side.py") == [1]
    assert ai_lines(assessment, "new.py") == []


@pytest.mark.parametrize(("trailers", "expected"), [([CLAUDE], [4]), ([], [])])
def test_lines_that_only_a_merge_holds_belong_to_the_merge(
    topic: RepositoryBuilder, trailers: list[str], expected: list[int]
) -> None:
    topic.branch("side", "main").write("side.py", "alpha = 1\n").commit("Side")
    topic.switch("topic").write("new.py", "beta = 1\n").commit("Topic")
    topic.git(
        "-c",
        "user.name=Alice",
        "-c",
        "user.email=alice@example.com",
        "merge",
        "--no-commit",
        "--no-ff",
        "side",
    )
    topic.write("app.py", "one = 1\ntwo = 2\nthree = 3\nevil = 4\n").commit(
        "Merge side", trailers=trailers
    )
    assert ai_lines(weighed(topic.path), "app.py") == expected


def test_an_agents_merge_marks_no_lines_that_its_parents_hold(
    topic: RepositoryBuilder,
) -> None:
    topic.branch("side", "main").write("side.py", "alpha = 1\n").commit("By hand")
    topic.switch("topic").write("new.py", "beta = 1\n").commit("By hand too")
    topic.merge("side", trailers=[CLAUDE])
    assessment = weighed(topic.path)
    assert assessment.verdict is AI
    assert (ai_lines(assessment, "side.py"), ai_lines(assessment, "new.py")) == ([], [])


def test_lines_of_the_base_that_a_merge_brought_are_nobodys_here(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    topic.switch("main").write("app.py", "one = 1\ntwo = 2\nthree = 3\nfour = 4\n").commit(
        "Elsewhere", trailers=[CLAUDE]
    )
    topic.switch("topic").merge("main")
    topic.write("new.py", "alpha = 1\nbeta = 1\n").commit("By hand")
    assessment = weighed(topic.path)
    assert ai_lines(assessment, "new.py") == [1]
    assert assessment.of_file("app.py") is UNMARKED


def test_where_every_commit_is_marked_alike_all_lines_are_the_agents(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("One", trailers=[CLAUDE])
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("Two", trailers=[CLAUDE])
    record = record_of(topic.path)
    assert [
        (entry.lines.start, entry.lines.end, entry.evidence) for entry in record.lines
    ] == [(1, 2, (0, 1))]


def test_a_squash_alone_speaks_of_the_whole_change(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\n").commit(
        f"Feature (#7)\n\n* One\n\n* Two\n\n{CLAUDE}\n\n* Three"
    )
    record = record_of(topic.path)
    assert record.whole == (0,)
    assert [notice.code for notice in record.notices] == ["squash"]


def test_a_squash_among_other_commits_speaks_of_its_own_lines(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit(
        f"Feature (#7)\n\n* One\n\n---------\n\n{CLAUDE}"
    )
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("By hand")
    assert ai_lines(weighed(topic.path), "new.py") == [1]


def test_a_deleted_file_has_the_provenance_of_who_deleted_it(
    topic: RepositoryBuilder,
) -> None:
    topic.remove("app.py").commit("By agent", trailers=[CLAUDE])
    assert weighed(topic.path).of_file("app.py") is AI


@pytest.mark.parametrize(
    "name",
    [
        "a b.py",
        'quo"te.py',
        "tab\there.py",
        "ümlaut.py",
        ":(top)x.py",
        "-dash.py",
        "new\nline.py",
    ],
)
def test_unusual_paths_are_followed(topic: RepositoryBuilder, name: str) -> None:
    topic.write(name, "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    topic.write(name, "alpha = 1\nbeta = 2\n").commit("By hand")
    assert ai_lines(weighed(topic.path), name) == [1]


def test_a_path_that_is_not_utf8_is_followed(topic: RepositoryBuilder) -> None:
    topic.write(b"odd\xff.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    topic.write(b"odd\xff.py", "alpha = 1\nbeta = 2\n").commit("By hand")
    assert ai_lines(weighed(topic.path), "odd\udcff.py") == [1]


def test_lines_without_an_end_and_very_long_ones_are_followed(
    topic: RepositoryBuilder,
) -> None:
    long = "x" * 200_000
    topic.write("new.py", f"alpha = 1\n{long}").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", f"gamma = 0\nalpha = 1\n{long}\nbeta = 2").commit("By hand")
    topic.write("hand.py", "delta = 1\n").commit("By hand")
    assert ai_lines(weighed(topic.path), "new.py") == [2, 3]


def test_a_branchs_name_speaks_of_every_line(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By hand")
    assessment = weighed(topic.path, GatherContext(branch="codex/add-alpha"))
    assert (assessment.verdict, assessment.whole, ai_lines(assessment, "new.py")) == (
        AI,
        True,
        [1],
    )


def test_the_configuration_of_the_clone_does_not_hide_a_commit_from_blame(
    topic: RepositoryBuilder, tmp_path: Path
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By hand")
    agent = topic.write("new.py", "alpha = 2\n").commit("By agent", trailers=[CLAUDE])
    topic.write("new.py", "alpha = 2\nbeta = 1\n").commit("By hand")
    ignored = tmp_path / "ignored"
    ignored.write_text(agent + "\n")
    topic.git("config", "blame.ignoreRevsFile", str(ignored))
    assert ai_lines(weighed(topic.path), "new.py") == [1]


def test_lines_of_commits_are_followed_into_the_work_tree(topic: RepositoryBuilder) -> None:
    topic.write("new.py", "alpha = 1\nbeta = 2\ngamma = 3\n").commit(
        "By agent", trailers=[CLAUDE]
    )
    topic.write("new.py", "zero = 0\nalpha = 1\nown = 9\n  gamma = 3\nmore = 5\n").write(
        "fresh.py", "own = 1\n"
    )
    assessment = from_worktree(topic.path)
    assert ai_lines(assessment, "new.py") == [2, 4]
    assert (ai_lines(assessment, "fresh.py"), assessment.of_file("fresh.py")) == (
        [],
        UNMARKED,
    )


def test_a_file_that_is_new_in_the_work_tree_again_has_only_the_lines_put_back(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\nbeta_of_the_agent = 2\n").commit(
        "By agent", trailers=[CLAUDE]
    )
    topic.remove("new.py").commit("Take it out by hand")
    topic.write("new.py", "own = 1\nbeta_of_the_agent = 2\n")
    assert ai_lines(from_worktree(topic.path), "new.py") == [2]


def test_what_is_staged_has_no_commit_that_could_be_marked(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By agent", trailers=[CLAUDE])
    topic.write("staged.py", "beta = 1\n").stage()
    assert from_worktree(topic.path, staged=True).verdict is UNMARKED
    assert ai_lines(
        from_worktree(
            topic.path, staged=True, context=GatherContext(message=CLAUDE.encode())
        ),
        "staged.py",
    ) == [1]


def test_a_policy_that_switches_a_tool_off_still_sees_whose_lines_are_the_others(
    topic: RepositoryBuilder,
) -> None:
    topic.write("new.py", "alpha = 1\n").commit("By one agent", trailers=[CLAUDE])
    topic.write("new.py", "alpha = 1\nbeta = 2\n").commit("By another", author=DEVIN)
    assessment = assess_provenance(
        record_of(topic.path), Certainty.STRONG, ROLES, tools_off=frozenset({"claude-code"})
    )
    assert ai_lines(assessment, "new.py") == [2]


HUNKS = [HunkHeader(2, 1, 2, 3), HunkHeader(5, 2, 6, 0), HunkHeader(9, 0, 9, 1)]


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (LineRange(1, 1), [LineRange(1, 1)]),
        (LineRange(2, 2), []),
        (LineRange(1, 3), [LineRange(1, 1), LineRange(5, 5)]),
        (LineRange(3, 8), [LineRange(5, 6), LineRange(7, 8)]),
        (LineRange(5, 6), []),
        (LineRange(9, 10), [LineRange(9, 9), LineRange(11, 11)]),
    ],
)
def test_lines_are_carried_past_what_was_changed_before_them(
    then: LineRange, now: list[LineRange]
) -> None:
    assert list(LineMap(HUNKS).carry(then)) == now


@pytest.mark.parametrize(
    ("quoted", "path"),
    [
        (b"plain.py", "plain.py"),
        (b'"a\\tb\\"c\\\\.py"', 'a\tb"c\\.py'),
        (b'"\\303\\274.py"', "\u00fc.py"),
        (b'"\\377.py"', "\udcff.py"),
        (b'"', '"'),
    ],
)
def test_a_path_that_git_quotes_is_read(quoted: bytes, path: str) -> None:
    assert read_path(quoted) == path
