"""How an examination is told: to a person, and to a program."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, Gravity, NotExamined
from judgegate.doctor.examination import Examination
from judgegate.report.json_values import Json
from judgegate.report.terminal import Span, Style, TextLayout

VERSION = 1
_STYLES = {Gravity.HOLE: Style.RED, Gravity.WEAKNESS: Style.YELLOW, Gravity.NOTE: Style.CYAN}


def render_examination(examination: Examination, sheet: TextLayout) -> Iterator[str]:
    """What was found, the gravest first; what could not be checked; and the sum."""
    if examination.wiring.gates:
        yield from _render_gates(examination, sheet)
        yield ""
    for diagnosis in examination.diagnoses:
        yield from _render_finding(diagnosis, sheet)
        yield ""
    for unchecked in examination.unchecked:
        yield from _render_unchecked(unchecked, sheet)
        yield ""
    yield from sheet.flow(_sum(examination))


def _render_gates(examination: Examination, sheet: TextLayout) -> Iterator[str]:
    wiring = examination.wiring
    for gate in wiring.gates:
        yield from sheet.flow(
            f"{gate.spot}: {gate.form.value}, in the job {gate.job.id}; what counts is {_counts(examination, gate.carrier.value)}.",
            hang=2,
        )


def _counts(examination: Examination, carrier: str) -> str:
    if carrier == "status":
        return f"the status {examination.wiring.context or 'judgegate/<branch>'}"
    return {"job": "the job's own result", "nothing": "nothing (report mode)"}[carrier]


def _render_finding(diagnosis: DoctorFinding, sheet: TextLayout) -> Iterator[str]:
    kind = diagnosis.kind
    yield from sheet.flow(
        f"{diagnosis.spot}: ",
        Span(diagnosis.gravity.value, _STYLES[diagnosis.gravity]),
        f" {kind.id}",
        hang=2,
    )
    yield from sheet.flow(diagnosis.what, indent=2)
    yield from sheet.flow(f"Why: {kind.why}", indent=2, hang=2)
    yield from sheet.flow(f"To mend: {kind.remedy}", indent=2, hang=2)


def _render_unchecked(unchecked: NotExamined, sheet: TextLayout) -> Iterator[str]:
    yield from sheet.flow(Span("not checked", Style.YELLOW), f": {unchecked.what}", hang=2)
    yield from sheet.flow(f"Why: {unchecked.why}", indent=2, hang=2)
    yield from sheet.flow(f"To check it: {unchecked.remedy}", indent=2, hang=2)


def _sum(examination: Examination) -> str:
    counted = [
        (number, gravity.value)
        for gravity in (Gravity.HOLE, Gravity.WEAKNESS, Gravity.NOTE)
        if (number := _count(examination, gravity))
    ]
    parts = [f"{number} {word if number == 1 else _PLURALS[word]}" for number, word in counted]
    if examination.unchecked:
        parts.append(f"{len(examination.unchecked)} not checked")
    return f"{', '.join(parts)}." if parts else "Nothing to mend."


_PLURALS = {"hole": "holes", "weakness": "weaknesses", "note": "notes"}


def _count(examination: Examination, gravity: Gravity) -> int:
    return sum(diagnosis.gravity is gravity for diagnosis in examination.diagnoses)


def examination_document(examination: Examination) -> Json:
    """The same for a program. `line` is null where it is a file as a whole, or a setting."""
    wiring = examination.wiring
    return {
        "version": VERSION,
        "repository": wiring.repository,
        "branch": wiring.branch,
        "status": wiring.context,
        "required": wiring.is_required if wiring.holders else None,
        "gates": [
            {
                "place": gate.spot.place,
                "line": gate.spot.line,
                "job": gate.job.id,
                "runs": gate.form.value,
                "carrier": gate.carrier.value,
            }
            for gate in wiring.gates
        ],
        "diagnoses": [_entry(diagnosis) for diagnosis in examination.diagnoses],
        "unchecked": [
            {"what": one.what, "why": one.why, "remedy": one.remedy, "could_hide_a_hole": one.grave}
            for one in examination.unchecked
        ],
    }


def _entry(diagnosis: DoctorFinding) -> Json:
    return {
        "id": diagnosis.kind.id,
        "severity": diagnosis.gravity.value,
        "place": diagnosis.spot.place,
        "line": diagnosis.spot.line or None,
        "what": diagnosis.what,
        "why": diagnosis.kind.why,
        "remedy": diagnosis.kind.remedy,
    }
