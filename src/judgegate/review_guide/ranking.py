"""Rank the places of a change by what is at stake in them.

Pure, and apart from the decision: nothing here can change an outcome.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.checks.removed_guards.compare import places_of_guards
from judgegate.model.analysis import AnalysedFile, Analysis, LostGuard, Paired
from judgegate.model.change import Change
from judgegate.model.file_names import is_test
from judgegate.model.hunks import Concern, Hunk, HunkPlace, Reading, places_of
from judgegate.model.ranges import LineRange, Spans
from judgegate.model.verdict import FileState, Finding, JudgedFile, reported_by
from judgegate.policy.oversight import POLICY_CHANGE, UNANALYSED
from judgegate.provenance.assessment import ProvenanceAssessment
from judgegate.review_guide.concerns import Weighed, in_order, total
from judgegate.review_guide.critical_paths import POLICY_FILE, critical_by_name
from judgegate.review_guide.stakes import (
    Assistance,
    Grown,
    assistance_in,
    at_stake,
    find_growth,
    moved_as_they_are,
    tests_touched,
    weigh_assistance,
    weigh_findings,
    weigh_removals,
    weigh_unread,
    weigh_untested,
)


class FileObservations(Struct):
    """What was seen in a file besides its lines."""

    findings: list[Finding] = field(default_factory=list)
    grown: list[Grown] = field(default_factory=list)


def hunks_of(
    file: AnalysedFile,
    judged: JudgedFile,
    seen: FileObservations,
    assistance: Assistance,
    common: Iterable[Weighed],
) -> tuple[Hunk, ...]:
    """All places of the file, those with nothing at stake too.

    `assistance` is what is known of its AI-assisted lines, `common` what concerns it as a whole.
    """
    places = places_of(
        file.change,
        {
            one.definition
            for one in file.after
            if one.measure is not None and one.definition is not None
        },
    )
    whole = [*common, *_by_name(file, judged)]
    hunks = []
    for place, weighed in zip(places, _place(places, seen, file.lost), strict=True):
        about_policy = any(
            one.concern.question == POLICY_CHANGE.question for one in weighed
        )
        # A finding about the policy asks already what the name of its file would ask.
        everywhere = (
            one for one in whole if not (about_policy and one.concern.what == POLICY_FILE)
        )
        by_ai = (
            ()
            if _is_prose(judged)
            else weigh_assistance(place.added, file.change.added, assistance)
        )
        all_of_it = (*weighed, *everywhere, *by_ai)
        hunks.append(
            Hunk(
                file.change.path,
                place.added,
                place.removed,
                in_order(all_of_it),
                total(all_of_it),
            )
        )
    return tuple(hunks)


def _place(
    places: Sequence[HunkPlace], seen: FileObservations, lost: Iterable[LostGuard]
) -> list[list[Weighed]]:
    """What stands in single lines, put to the place that holds them or the nearest one; what has no line, to the first."""
    head, base = (
        Spans(place.added for place in places),
        Spans(place.removed for place in places),
    )
    findings: list[list[Finding]] = [[] for _ in places]
    guards: list[list[LostGuard]] = [[] for _ in places]
    for finding in seen.findings:
        line = finding.line
        findings[
            0
            if line is None
            else head.nearest(LineRange(line, max(line, finding.end_line or line)))
        ].append(finding)
    for guard in lost:
        # What stands in none of the places is put to the first rather than lost.
        guards[max(base.find(guard.line), 0)].append(guard)
    concerns = [
        [*weigh_findings(one), *weigh_removals(other)]
        for one, other in zip(findings, guards, strict=True)
    ]
    for grown in seen.grown:
        concerns[head.nearest(grown.lines)].append(grown.weighed)
    return concerns


def _by_name(file: AnalysedFile, judged: JudgedFile) -> Iterator[Weighed]:
    if not _is_prose(judged) and not is_test(file.change.path, file.language):
        yield from critical_by_name(file.change.path)


def _is_prose(judged: JudgedFile) -> bool:
    """What the policy exempts and is no code either: nobody needs to read it closely."""
    return judged.state is FileState.EXEMPT and not places_of_guards(judged.change.path)


class ReviewGuide(Struct, frozen=True):
    """What to question first, and how much there is to read."""

    hunks: tuple[Hunk, ...]
    reading: Reading


def rank_hunks(
    analysis: Analysis,
    files: Sequence[JudgedFile],
    findings: Collection[Finding],
    *,
    pairs: Iterable[Paired],
    assessment: ProvenanceAssessment,
    ask_more: Callable[[str], Iterable[Weighed]],
) -> ReviewGuide:
    """The places with something at stake, the weightiest first.

    `files` are the analysis's, judged. `ask_more` says of a path whether the policy asks for more
    there than elsewhere.
    """
    seen = _by_path(at_stake(findings), find_growth(pairs))
    changes = [file.change for file in analysis.files]
    as_they_are = moved_as_they_are(changes)
    tested = tests_touched(changes)
    # What becomes weaker is asked already, so nobody has to ask what is in the policy; a report
    # leaves out the same.
    reported = reported_by(findings, POLICY_CHANGE.id, UNANALYSED.id)
    hunks: list[Hunk] = []
    for file, judged in zip(analysis.files, files, strict=True):
        path = file.change.path
        untested = () if tested or path in as_they_are else weigh_untested(file)
        unread = () if path in reported else weigh_unread(judged)
        common = (*ask_more(path), *unread, *untested)
        hunks += hunks_of(
            file,
            judged,
            seen.get(path, FileObservations()),
            assistance_in(assessment, path),
            common,
        )
    ranked = sorted((hunk for hunk in hunks if hunk.concerns), key=_rank)
    return ReviewGuide(
        _fold(ranked), _count(analysis.change, files, len(hunks), len(ranked))
    )


def _fold(ranked: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Of the places of a file in which the very same is at stake only the first, with how many more there are."""
    alike: dict[tuple[str, tuple[Concern, ...]], list[Hunk]] = defaultdict(list)
    for hunk in ranked:
        alike[hunk.path, hunk.concerns].append(hunk)
    return tuple(replace(same[0], alike=len(same) - 1) for same in alike.values())


def _count(
    change: Change, files: Iterable[JudgedFile], hunks: int, at_stake: int
) -> Reading:
    exempt = sum(
        file.change.added_lines + file.change.removed_lines
        for file in files
        if file.state is FileState.EXEMPT
    )
    return Reading(
        len(change.files), change.added_lines, change.removed_lines, exempt, hunks, at_stake
    )


def _by_path(
    findings: Iterable[Finding], grown: Iterable[Grown]
) -> Mapping[str, FileObservations]:
    """What was seen in each file. Growth that a finding reports is not reported twice."""
    seen: dict[str, FileObservations] = defaultdict(FileObservations)
    for finding in findings:
        seen[finding.path or ""].findings.append(finding)
    for one in grown:
        reported = {(finding.rule, finding.line) for finding in seen[one.path].findings}
        if (one.rule, one.weighed.concern.line) not in reported:
            seen[one.path].grown.append(one)
    return seen


def _rank(hunk: Hunk) -> tuple[object, ...]:
    """A complete order: no two hunks of a file start at the same lines."""
    added, removed = (
        0 if lines is None else lines.start for lines in (hunk.added, hunk.removed)
    )
    return (
        -hunk.weight,
        hunk.path.encode("utf-8", "surrogateescape"),
        added or removed,
        added,
        removed,
    )
