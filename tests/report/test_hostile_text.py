"""Whatever the change says, a report only ever shows it."""

import json
import re
import unicodedata

from hypothesis import given

from judgegate.model.verdict import Verdict
from judgegate.report.formats import render_report
from judgegate.report.options import Failure, ReportOptions
from tests.report.hostile import FAILURES, OPTIONS, verdicts
from tests.report.test_json_report import VALIDATOR
from tests.report.test_sarif import SARIF

OWN_COLOURS = re.compile(r"\x1b\[(?:0|1|2|36|1;31|1;32|1;33)m")
NOT_SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def is_shown_only(text: str, *, colour: bool) -> bool:
    """Whether there is nothing in it that a terminal or a runner of workflows obeys."""
    plain = OWN_COLOURS.sub("", text) if colour else text
    assert not {
        character for character in plain if unicodedata.category(character) in NOT_SHOWN
    } - {"\n"}
    for line in plain.split("\n"):
        assert not line.lstrip().startswith("::")
        assert "##[" not in line
        assert line == line.rstrip(" ")
    return True


@given(verdicts() | FAILURES, OPTIONS)
def test_a_terminal_gets_nothing_to_obey(
    rendered: Verdict | Failure, options: ReportOptions
) -> None:
    text = render_report("text", rendered, options)
    assert text.endswith("\n")
    assert is_shown_only(text, colour=options.colour)


@given(verdicts(), OPTIONS)
def test_quiet_is_at_most_two_lines(verdict: Verdict, options: ReportOptions) -> None:
    quiet = ReportOptions(quiet=True, colour=options.colour, place=options.place)
    assert 1 <= render_report("text", verdict, quiet).count("\n") <= 2


@given(verdicts() | FAILURES, OPTIONS)
def test_sarif_stays_sarif(rendered: Verdict | Failure, options: ReportOptions) -> None:
    text = render_report("sarif", rendered, options)
    assert text.isascii()
    log = json.loads(text)
    SARIF.validate(log)
    for result in log["runs"][0]["results"]:
        assert "](" not in result["message"]["text"]
        assert all(
            unicodedata.category(character) not in NOT_SHOWN
            for character in result["message"]["text"]
        )


@given(verdicts() | FAILURES, OPTIONS)
def test_json_stays_json(rendered: Verdict | Failure, options: ReportOptions) -> None:
    text = render_report("json", rendered, options)
    assert text.isascii()
    assert not {
        character for character in text if unicodedata.category(character) == "Cc"
    } - {"\n"}
    VALIDATOR.validate(json.loads(text))
    json.dumps(json.loads(text), ensure_ascii=False).encode(
        "utf-8"
    )  # fails on a lone surrogate
