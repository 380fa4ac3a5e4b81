"""How a verdict is told: one format a file, and the one list of them."""

from collections.abc import Callable, Sequence

from judgegate.model.notices import Notice
from judgegate.model.verdict import Verdict
from judgegate.report.json_report import tell_json
from judgegate.report.markdown import tell_brief
from judgegate.report.options import Failure, Place, ReportOptions
from judgegate.report.sarif import tell_sarif
from judgegate.report.text import tell_text

__all__ = ["FORMATS", "Failure", "Format", "Place", "ReportOptions", "error_report", "read_schema"]

Format = Callable[[Verdict | Failure, ReportOptions], str]
"""From what is told to a text that ends with a newline. Pure: the same input gives the same characters."""

FORMATS: dict[str, Format] = {
    "text": tell_text,
    "json": tell_json,
    "sarif": tell_sarif,
    "markdown": tell_brief,
}


def error_report(errors: Sequence[Notice], name: str = "json", options: ReportOptions | None = None) -> str:
    """The report, in the format of that name, of a gate that could not complete and has no verdict."""
    return FORMATS[name](Failure(tuple(errors)), options or ReportOptions())


def read_schema() -> str:
    """The JSON Schema (draft 2020-12) of the JSON report."""
    from importlib.resources import files  # noqa: PLC0415 - a slow import that only one command needs

    return files("judgegate.report").joinpath("report.schema.json").read_text(encoding="utf-8")
