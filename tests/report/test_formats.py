"""What holds for every format."""

import subprocess
import sys

import pytest

from judgegate.model.notices import Notice
from judgegate.report.formats import FORMATS, error_report
from judgegate.report.options import ReportOptions
from tests.report.scenes import a_block


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_a_pure_function_that_ends_its_last_line(name: str) -> None:
    report = FORMATS[name](a_block(), ReportOptions())
    assert report == FORMATS[name](a_block(), ReportOptions())
    assert report.endswith("\n")
    assert not report.endswith("\n\n")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_tell_of_a_failure(name: str) -> None:
    assert "No git was found." in error_report([Notice("incomplete", "No git was found.")], name)


def test_telling_loads_no_heavy_library() -> None:
    heavy = "{'click', 'git', 'pydantic', 'rich', 'yaml', 'bandit'}"
    code = f"import sys, judgegate.report; print(sorted({heavy} & set(sys.modules)))"
    told = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert told.stdout == "[]\n"
