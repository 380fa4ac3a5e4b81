"""The formats of a report: each is a module of its own, imported when it is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from judgegate.model.verdict import Verdict
    from judgegate.report.options import Failure, ReportOptions

FORMATS = {
    "text": "judgegate.report.text.report:render_text",
    "json": "judgegate.report.json_report:render_json",
    "sarif": "judgegate.report.sarif:render_sarif",
    "markdown": "judgegate.report.markdown.report:render_brief",
}
"""By name, the module and the function in it that renders a report."""


def render_report(name: str, result: "Verdict | Failure", options: "ReportOptions") -> str:
    """The report in the format of that name.

    It ends with a newline, and the same input gives the same characters.
    """
    module, _, function = FORMATS[name].partition(":")
    report: str = getattr(import_module(module), function)(result, options)
    return report


def read_schema() -> str:
    """The JSON Schema (draft 2020-12) of the JSON report."""
    from importlib.resources import files  # a slow import that only one command needs

    return (
        files("judgegate.report").joinpath("report.schema.json").read_text(encoding="utf-8")
    )
