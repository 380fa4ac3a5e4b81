"""How the report is rendered: for a person, and for a program."""

from collections import Counter
from collections.abc import Iterator

from judgegate.doctor.finding import DoctorFinding, Gravity, NotExamined
from judgegate.doctor.gates import Carrier
from judgegate.doctor.run import DoctorReport
from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout

VERSION = 1
_STYLES = {
    Gravity.HOLE: Style.RED,
    Gravity.WEAKNESS: Style.YELLOW,
    Gravity.NOTE: Style.CYAN,
}


def render_report(report: DoctorReport, layout: TextLayout) -> Iterator[str]:
    """What was found, the gravest first; what could not be checked; and the sum."""
    if report.setup.gates:
        yield from _render_gates(report, layout)
        yield ""
    for finding in report.findings:
        yield from _render_finding(finding, layout)
        yield ""
    for unchecked in report.unchecked:
        yield from _render_unchecked(unchecked, layout)
        yield ""
    yield from layout.flow(_sum(report))


def _render_gates(report: DoctorReport, layout: TextLayout) -> Iterator[str]:
    """Where judgegate is run, and by what a merge can wait for it."""
    for gate in report.setup.gates:
        where = f"{gate.location}: {gate.form.value}, in the job {gate.job.id}"
        carrier = _describe_carrier(gate.carrier, report.setup.context)
        yield from layout.flow(f"{where}; {carrier}.", hang=2)


def _describe_carrier(carrier: Carrier, context: str | None) -> str:
    """What carries the verdict, as a clause; `context` is the status, if the branch is known."""
    return {
        Carrier.STATUS: f"the verdict is the status {context or 'judgegate/<branch>'}",
        Carrier.JOB: "the verdict is the job's own result",
        Carrier.NOTHING: "it stops no change (report mode)",
    }[carrier]


def _render_finding(finding: DoctorFinding, layout: TextLayout) -> Iterator[str]:
    """Where and what it is, why it matters, and how to fix it."""
    kind = finding.kind
    yield from layout.flow(
        f"{finding.location}: ",
        Span(finding.gravity.value, _STYLES[finding.gravity]),
        f" {kind.id}",
        hang=2,
    )
    yield from layout.flow(finding.what, indent=2)
    yield from layout.flow(f"Why: {kind.why}", indent=2, hang=2)
    yield from layout.flow(f"Fix: {kind.remedy}", indent=2, hang=2)


def _render_unchecked(unchecked: NotExamined, layout: TextLayout) -> Iterator[str]:
    """What could not be looked at, why, and how to do it."""
    yield from layout.flow(Span("not checked", Style.YELLOW), f": {unchecked.what}", hang=2)
    yield from layout.flow(f"Why: {unchecked.why}", indent=2, hang=2)
    yield from layout.flow(f"To check it: {unchecked.remedy}", indent=2, hang=2)


_PLURALS = {
    Gravity.HOLE: "holes",
    Gravity.WEAKNESS: "weaknesses",
    Gravity.NOTE: "notes",
}
"""In the order of the sum."""


def _sum(report: DoctorReport) -> str:
    """How many findings of each gravity there are, as a sentence."""
    parts: list[str] = []
    counts = Counter(finding.gravity for finding in report.findings)
    for gravity, plural in _PLURALS.items():
        number = counts[gravity]
        if number:
            parts.append(f"{number} {gravity.value if number == 1 else plural}")
    if report.unchecked:
        parts.append(f"{len(report.unchecked)} not checked")
    return f"{', '.join(parts)}." if parts else "Nothing to fix."


def report_document(report: DoctorReport) -> Json:
    """The same for a program. `line` is null where it is a file as a whole, or a setting."""
    setup = report.setup
    return {
        "version": VERSION,
        "repository": setup.repository,
        "branch": setup.branch,
        "status": setup.context,
        "required": setup.is_required if setup.deciding_gates else None,
        "gates": [
            {
                "place": gate.location.place,
                "line": gate.location.line,
                "job": gate.job.id,
                "runs": gate.form.value,
                "carrier": gate.carrier.value,
            }
            for gate in setup.gates
        ],
        "diagnoses": [_entry(finding) for finding in report.findings],
        "unchecked": [
            {
                "what": one.what,
                "why": one.why,
                "remedy": one.remedy,
                "could_hide_a_hole": one.grave,
            }
            for one in report.unchecked
        ],
    }


def _entry(finding: DoctorFinding) -> Json:
    """A finding for a program."""
    return {
        "id": finding.kind.id,
        "severity": finding.gravity.value,
        "place": finding.location.place,
        "line": finding.location.line or None,
        "what": finding.what,
        "why": finding.kind.why,
        "remedy": finding.kind.remedy,
    }
