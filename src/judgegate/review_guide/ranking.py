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
from judgegate.model.intervals import Intervals
from judgegate.model.ranges import LineRange
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
    path, added = file.change.path, file.change.added_at
    places = places_of(file.change, file.definitions)
    whole = [*common, *_by_name(file, judged)]
    hunks = []
    for place, own in zip(places, _place(places, seen, file.lost), strict=True):
        weighed = [*own, *_not_asked_by(own, whole)]
        if not _is_prose(judged):
            weighed += weigh_assistance(place.added, added, assistance)
        hunk = Hunk(
            path=path,
            added=place.added,
            removed=place.removed,
            concerns=in_order(weighed),
            weight=total(weighed),
        )
        hunks.append(hunk)
    return tuple(hunks)


def _not_asked_by(own: Iterable[Weighed], whole: Iterable[Weighed]) -> list[Weighed]:
    """What concerns the file as a whole, without what the place's own concerns ask already."""
    asked = {one.concern.question for one in own}
    if POLICY_CHANGE.question not in asked:
        return list(whole)
    # A finding about the policy asks what the name of the policy's file would ask.
    return [one for one in whole if one.concern.what != POLICY_FILE]


def _place(
    places: Sequence[HunkPlace], seen: FileObservations, lost: Iterable[LostGuard]
) -> list[list[Weighed]]:
    """What is at stake in single lines, put to the place that they are in or the nearest one.

    What has no line is put to the first place.
    """
    head = Intervals(place.added for place in places)
    base = Intervals(place.removed for place in places)
    findings: dict[int, list[Finding]] = defaultdict(list)
    guards: dict[int, list[LostGuard]] = defaultdict(list)
    for finding in seen.findings:
        findings[_nearest(head, finding)].append(finding)
    for guard in lost:
        # What is in none of the places is put to the first rather than lost.
        guards[max(base.find(guard.line), 0)].append(guard)
    concerns = [
        [*weigh_findings(findings[number]), *weigh_removals(guards[number])]
        for number in range(len(places))
    ]
    for grown in seen.grown:
        concerns[head.nearest(grown.lines)].append(grown.weighed)
    return concerns


def _nearest(head: Intervals, finding: Finding) -> int:
    """The number of the place that a finding belongs to.

    It can lie in lines that the change left alone: then that is the place nearest to it.
    """
    start = finding.line
    if start is None:
        return 0
    return head.nearest(LineRange(start, max(start, finding.end_line or start)))


def _by_name(file: AnalysedFile, judged: JudgedFile) -> Iterator[Weighed]:
    """What the file's name says, except where it need not be read or is a test."""
    path = file.change.path
    if _is_prose(judged) or is_test(path, file.language):
        return
    yield from critical_by_name(path)


def _is_prose(judged: JudgedFile) -> bool:
    """What the policy exempts and is no code either.

    There is no need to read it closely.
    """
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
    # What becomes weaker is asked already, so there is no need to ask what is in the policy; a report
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
        hunks=_fold(ranked),
        reading=_count(analysis.change, files, len(hunks), len(ranked)),
    )


def _fold(ranked: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Only the first of the places of a file in which the very same is at stake.

    It counts how many more there are.
    """
    alike: dict[tuple[str, tuple[Concern, ...]], list[Hunk]] = defaultdict(list)
    for hunk in ranked:
        alike[hunk.path, hunk.concerns].append(hunk)
    return tuple(replace(same[0], alike=len(same) - 1) for same in alike.values())


def _count(
    change: Change, files: Iterable[JudgedFile], hunks: int, at_stake: int
) -> Reading:
    exempt = [file.change for file in files if file.state is FileState.EXEMPT]
    return Reading(
        files=len(change.files),
        added=change.added_lines,
        removed=change.removed_lines,
        exempt=sum(file.added_lines + file.removed_lines for file in exempt),
        hunks=hunks,
        at_stake=at_stake,
    )


def _by_path(
    findings: Iterable[Finding], grown: Iterable[Grown]
) -> Mapping[str, FileObservations]:
    """What was seen in each file."""
    seen: dict[str, FileObservations] = defaultdict(FileObservations)
    reported = set()
    for finding in findings:
        path = finding.path or ""
        seen[path].findings.append(finding)
        reported.add((path, finding.rule, finding.line))
    for one in grown:
        # Growth that a finding reports is not reported twice.
        if (one.path, one.rule, one.weighed.concern.line) not in reported:
            seen[one.path].grown.append(one)
    return seen


def _rank(hunk: Hunk) -> tuple[object, ...]:
    """A complete order: no two hunks of a file start at the same lines."""
    added = 0 if hunk.added is None else hunk.added.start
    removed = 0 if hunk.removed is None else hunk.removed.start
    # A change's files are in the order of their paths' bytes, and so are these.
    path = hunk.path.encode("utf-8", "surrogateescape")
    return -hunk.weight, path, added or removed, added, removed
