"""What a step hands to the workflow survives whatever stands in it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.github.publish.step import write_outputs, write_reports, write_summary
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.notices import Notice
from judgegate.report.options import Failure, ReportOptions
from tests.github.fake.server import FakeGitHub
from tests.github.scenes import open_by_agent
from tests.github.stage import Stage, read_outputs

LARGEST_SUMMARY = 1 << 20
"""Bytes: GitHub shows nothing of a step's summary beyond this."""


def failure(text: str) -> Failure:
    return Failure((Notice("incomplete", text),))


def test_the_outputs_say_what_was_found_and_where_the_reports_are(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    done = stage.judge()
    assert {
        name: done.outputs[name] for name in ("outcome", "ai-assisted", "findings")
    } == {
        "outcome": "review",
        "ai-assisted": "true",
        "findings": "0",
    }
    assert [finding["rule"] for finding in done.report["findings"]] == [
        "oversight/ai-assisted"
    ]
    assert set(done.outputs) == {"outcome", "ai-assisted", "findings", "report", "sarif"}
    assert Path(done.outputs["sarif"]).read_text().startswith("{")
    assert done.summary.startswith("**")
    assert f"Judged `{fake.world.tip('copilot/fix')[:7]}`" in done.summary


def test_as_many_findings_are_counted_as_the_brief_lists(
    fake: FakeGitHub, stage: Stage
) -> None:
    open_by_agent(fake)
    fake.world.git.write(
        "a.py", "import subprocess\nsubprocess.run(input(), shell=True)\n"
    ).write("odd.sh", "exit\n").commit("Run")
    done = stage.judge()
    assert done.outputs["findings"] == "1"
    assert len(done.report["findings"]) > 1


@given(
    st.text(
        st.characters(
            exclude_characters="\r\v\f\x1c\x1d\x1e\x85\u2028\u2029",
            exclude_categories=["Cs"],
        )
    )
)
def test_no_output_can_end_itself_or_begin_another(
    tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    file = tmp_path_factory.mktemp("step") / "output"
    write_outputs(file, {"first": f"{text}\nsecond<<x\npassed\nx", "last": "1"})
    outputs = read_outputs(file)
    assert set(outputs) == {"first", "last"}
    assert outputs["first"].startswith(text)


def test_each_output_ends_in_its_own_way(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_outputs(tmp_path / name, {"x": "1"})
    assert (tmp_path / "one").read_text() != (tmp_path / "two").read_text()


def test_a_summary_stays_below_the_limit(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    write_summary(file, failure("\n".join(["\U0001f600" * 90] * 20_000)), ReportOptions())
    assert 0 < file.stat().st_size <= LARGEST_SUMMARY


def test_a_summary_says_what_no_encoding_can(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    write_summary(file, failure("odd-\udcff"), ReportOptions())
    assert "odd-\\xff" in file.read_text()


def test_a_summary_is_added_to_what_other_steps_wrote(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_text("before\n")
    write_summary(file, failure("x"), ReportOptions())
    assert file.read_text().startswith("before\n**")


def test_without_the_runners_files_nothing_is_written(tmp_path: Path) -> None:
    write_summary(None, failure("x"), ReportOptions())
    write_outputs(None, {"x": "1"})
    assert list(tmp_path.iterdir()) == []


def test_files_that_cannot_be_written_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(IncompleteError, match="could not be written"):
        write_outputs(tmp_path, {"x": "1"})
    (tmp_path / "file").write_text("")
    with pytest.raises(IncompleteError, match="could not be written"):
        write_reports(tmp_path / "file", failure("x"), ReportOptions())
