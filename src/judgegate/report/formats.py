"""How a verdict is told: one format a file, and the one list of them."""

from collections.abc import Callable, Sequence

from judgegate.model.notices import Notice
from judgegate.model.verdict import Verdict
from judgegate.report.json_report import render_json
from judgegate.report.markdown.report import render_brief
from judgegate.report.options import Failure, ReportOptions
from judgegate.report.sarif import render_sarif
from judgegate.report.text.report import render_text

Format = Callable[[Verdict | Failure, ReportOptions], str]
"""From what is told to a text that ends with a newline. Pure: the same input gives the same characters."""

FORMATS: dict[str, Format] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "markdown": render_brief,
}


def error_report(errors: Sequence[Notice], name: str = "json", options: ReportOptions | None = None) -> str:
    """The report, in the format of that name, of a gate that could not complete and has no verdict."""
    return FORMATS[name](Failure(tuple(errors)), options or ReportOptions())


def read_schema() -> str:
    """The JSON Schema (draft 2020-12) of the JSON report."""
    from importlib.resources import files  # a slow import that only one command needs

    return files("judgegate.report").joinpath("report.schema.json").read_text(encoding="utf-8")
