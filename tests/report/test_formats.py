"""What holds for every format."""

import subprocess
import sys

import pytest

from judgegate.model.notices import Notice
from judgegate.report.formats import FORMATS, render_report
from judgegate.report.options import ReportOptions
from tests.report.scenes import a_block, failure_report


@pytest.mark.parametrize("name", FORMATS)
def test_a_report_is_a_pure_function_that_ends_its_last_line(name: str) -> None:
    report = render_report(name, a_block(), ReportOptions())
    assert report == render_report(name, a_block(), ReportOptions())
    assert report.endswith("\n")
    assert not report.endswith("\n\n")


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_report_a_failure(name: str) -> None:
    assert "No git was found." in failure_report(
        [Notice("incomplete", "No git was found.")], name
    )


@pytest.mark.parametrize("path", FORMATS.values())
def test_rendering_loads_no_heavy_library(path: str) -> None:
    heavy = "{'click', 'git', 'pydantic', 'rich', 'yaml', 'bandit'}"
    code = (
        f"import sys, {path.partition(':')[0]}; print(sorted({heavy} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"
