"""The places of one file, and what is at stake in each."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from judgegate.gate.analysis import AnalysedFile, LostGuard
from judgegate.gate.attention.concerns import Weighed, in_order, total
from judgegate.gate.attention.critical import POLICY_FILE, critical_by_name
from judgegate.gate.attention.findings import weigh_findings
from judgegate.gate.attention.growth import Grown
from judgegate.gate.attention.lines_of_ai import Assistance, weigh_assistance
from judgegate.gate.attention.questions import RULES
from judgegate.gate.attention.removals import weigh_removals
from judgegate.gate.guards.files import places_looked_at
from judgegate.gate.looking.places import Place, places_of
from judgegate.gate.looking.spans import Spans
from judgegate.gate.looking.testing import is_test
from judgegate.model.attention import Hunk
from judgegate.model.lines import LineRange
from judgegate.model.verdict import FileState, Finding, JudgedFile
from judgegate.policy import POLICY_CHANGE

ABOUT_POLICY = RULES[POLICY_CHANGE.id]


@dataclass(slots=True)
class Seen:
    """What was seen in a file besides its lines."""

    findings: list[Finding] = field(default_factory=list)
    grown: list[Grown] = field(default_factory=list)


def hunks_of(file: AnalysedFile, judged: JudgedFile, seen: Seen, assistance: Assistance, common: Iterable[Weighed]) -> tuple[Hunk, ...]:
    """All places of the file, those with nothing at stake too.

    `assistance` is what is known of its AI-assisted lines, `common` what concerns it as a whole.
    """
    places = places_of(file.change, {one.definition for one in file.after if one.measure is not None and one.definition is not None})
    whole = [*common, *_by_name(file, judged)]
    hunks = []
    for place, weighed in zip(places, _place(places, seen, file.lost), strict=True):
        about_policy = any(one.concern.question == ABOUT_POLICY for one in weighed)
        everywhere = (one for one in whole if not (about_policy and one.concern.what == POLICY_FILE))
        by_ai = () if _is_prose(judged) else weigh_assistance(place.added, file.change.added, assistance)
        all_of_it = (*weighed, *everywhere, *by_ai)
        hunks.append(Hunk(file.change.path, place.added, place.removed, in_order(all_of_it), total(all_of_it)))
    return tuple(hunks)


def _place(places: Sequence[Place], seen: Seen, lost: Iterable[LostGuard]) -> list[list[Weighed]]:
    """What stands in single lines, put to the place that holds them or the nearest one; what has no line, to the first."""
    head, base = Spans(place.added for place in places), Spans(place.removed for place in places)
    findings: list[list[Finding]] = [[] for _ in places]
    guards: list[list[LostGuard]] = [[] for _ in places]
    for finding in seen.findings:
        line = finding.line
        findings[0 if line is None else head.nearest(LineRange(line, max(line, finding.end_line or line)))].append(finding)
    for guard in lost:
        guards[max(base.find(guard.line), 0)].append(guard)
    concerns = [[*weigh_findings(one), *weigh_removals(other)] for one, other in zip(findings, guards, strict=True)]
    for grown in seen.grown:
        concerns[head.nearest(grown.lines)].append(grown.weighed)
    return concerns


def _by_name(file: AnalysedFile, judged: JudgedFile) -> Iterator[Weighed]:
    if not _is_prose(judged) and not is_test(file.change.path, file.language):
        yield from critical_by_name(file.change.path)


def _is_prose(judged: JudgedFile) -> bool:
    """What the policy exempts and is no code either: nobody needs to read it closely."""
    return judged.state is FileState.EXEMPT and not places_looked_at(judged.change.path)
