"""How a policy's problems are told."""

import pytest

from judgegate.model.errors_and_exit_codes import ExitCode
from judgegate.policy.loading import load_policy
from judgegate.policy.problems import MOST_PROBLEMS, PolicyError
from tests.policy.policies import ROWS, MemoryReader, lines_of, load, problems_of


def test_a_problem_shows_its_line_with_the_offending_text_underlined() -> None:
    (problem,) = problems_of("version: 1\nextends: []\nfail_on: blok\n")
    assert str(problem) == (
        '.judgegate.yml:3:10: expected never, block or review, found "blok"; did you mean "block"?\n'
        "    3 | fail_on: blok\n"
        "      |          ^^^^"
    )


def test_a_problem_found_after_reading_is_underlined_too() -> None:
    (problem,) = problems_of("version: 1\nextends: [defalt]\n")
    assert (problem.excerpt, problem.underline) == ("extends: [defalt]", "          ^^^^^^")


def test_a_long_line_is_cut_to_a_window_around_the_offending_text() -> None:
    (problem,) = problems_of(
        f"version: 1\nextends: []\nfail_on: {' ' * 300}blok{' ' * 300}# {'x' * 100}\n"
    )
    assert len(problem.excerpt) == 100
    assert (
        problem.excerpt[problem.underline.index("^") :][: problem.underline.count("^")]
        == "blok"
    )


def test_a_tab_is_shown_as_one_blank_so_that_the_carets_stand_below() -> None:
    (problem,) = problems_of("version: 1\nextends: []\nfail_on:\tblok\n")
    assert (problem.excerpt, problem.underline) == ("fail_on: blok", "         ^^^^")


def test_a_control_character_is_made_visible_in_the_excerpt() -> None:
    (problem,) = problems_of("version: 1\nextends: [\x1b[31m]\n")
    assert (problem.excerpt, problem.underline) == (
        "extends: [\\x1b[31m]",
        "          ^^^^",
    )


def test_a_byte_that_is_not_utf8_is_shown_as_an_escape() -> None:
    with pytest.raises(PolicyError) as caught:
        load_policy(ROWS, MemoryReader({".judgegate.yml": b"version: 1\nfail_on: \xff\n"}))
    (problem,) = caught.value.problems
    assert (problem.line, problem.column, problem.message) == (
        2,
        10,
        "expected UTF-8, found the byte 0xff",
    )
    assert (problem.excerpt, problem.underline) == ("fail_on: \\xff", "         ^^^^")


def test_an_over_large_file_is_refused_unread() -> None:
    (line,) = lines_of("version: 1\n" + "#" * 256 * 1024)
    assert line == ": the file is too large: a policy can have at most 262144 bytes"


def test_all_problems_are_told_at_once_in_the_order_of_the_file() -> None:
    assert lines_of(
        "version: 2\nfail_on: maybe\nextends: []\nruls: {}\nlimits: {cpu_seconds: 0}\n"
    ) == [
        ':1:10: expected the number 1, the version of the policy language that this judgegate knows, found "2"',
        ':2:10: expected never, block or review, found "maybe"',
        ':4:1: unknown key "ruls" in a policy; did you mean "rules"?',
        ':5:23: expected a whole number from 1 to 300, found "0"',
    ]


def test_the_error_counts_its_problems_and_means_wrong_usage() -> None:
    with pytest.raises(PolicyError) as caught:
        load("version: 2\nextends: []\nfail_on: maybe\n")
    assert str(caught.value).startswith(
        "The policy does not load: 2 problems.\n.judgegate.yml:1:10: "
    )
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.paths == (".judgegate.yml",)


def test_reading_stops_after_many_problems() -> None:
    keys = "".join(f"key{number}: 1\n" for number in range(1000))
    assert len(problems_of(f"version: 1\nextends: []\n{keys}")) == MOST_PROBLEMS


def test_a_long_word_is_cut_and_gets_no_suggestion() -> None:
    (line,) = lines_of(f"version: 1\nextends: []\n{'r' * 500}: 1\n")
    assert line.startswith(f':3:1: unknown key "{"r" * 40}..." in a policy; it has version')
