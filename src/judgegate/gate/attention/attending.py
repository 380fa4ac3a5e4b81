"""Rank the places of a change by what is at stake in them. Pure, and apart from the decision: nothing here can change an outcome."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from judgegate.gate.analysis import Analysis
from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.file_places import Seen, hunks_of
from judgegate.gate.attention.findings import at_stake
from judgegate.gate.attention.growth import Grown, find_growth
from judgegate.gate.attention.lines_of_ai import assistance_in
from judgegate.gate.attention.unread import weigh_unread
from judgegate.gate.attention.untested import moved_as_they_are, tests_touched, weigh_untested
from judgegate.gate.judging.pairing import Paired
from judgegate.model.attention import Concern, Hunk, Reading
from judgegate.model.change import Change
from judgegate.model.verdict import FileState, Finding, JudgedFile, told_by
from judgegate.policy import POLICY_CHANGE, UNANALYSED
from judgegate.provenance import Testimony


@dataclass(frozen=True, slots=True)
class Attention:
    """What to question first, and how much there is to read."""

    hunks: tuple[Hunk, ...]
    reading: Reading


def attend(
    analysis: Analysis,
    files: Sequence[JudgedFile],
    findings: Collection[Finding],
    *,
    pairs: Iterable[Paired],
    testimony: Testimony,
    ask_more: Callable[[str], Iterable[Weighed]],
) -> Attention:
    """The places with something at stake, the weightiest first.

    `files` are the analysis's, judged. `ask_more` says of a path whether the policy asks for more there than elsewhere.
    """
    seen = _by_path(at_stake(findings), find_growth(pairs))
    changes = [file.change for file in analysis.files]
    as_they_are = moved_as_they_are(changes)
    tested = tests_touched(changes)
    # What becomes weaker is asked already, so nobody has to ask what is in the policy; a report leaves out the same.
    told = told_by(findings, POLICY_CHANGE.id, UNANALYSED.id)
    hunks: list[Hunk] = []
    for file, judged in zip(analysis.files, files, strict=True):
        path = file.change.path
        untested = () if tested or path in as_they_are else weigh_untested(file)
        unread = () if path in told else weigh_unread(judged)
        common = (*ask_more(path), *unread, *untested)
        hunks += hunks_of(file, judged, seen.get(path, Seen()), assistance_in(testimony, path), common)
    ranked = sorted((hunk for hunk in hunks if hunk.concerns), key=_rank)
    return Attention(_fold(ranked), _count(analysis.change, files, len(hunks), len(ranked)))


def _fold(ranked: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """Of the places of a file in which the very same is at stake only the first, with how many more there are."""
    alike: dict[tuple[str, tuple[Concern, ...]], list[Hunk]] = defaultdict(list)
    for hunk in ranked:
        alike[hunk.path, hunk.concerns].append(hunk)
    return tuple(replace(same[0], alike=len(same) - 1) for same in alike.values())


def _count(change: Change, files: Iterable[JudgedFile], hunks: int, at_stake: int) -> Reading:
    exempt = sum(file.change.added_lines + file.change.removed_lines for file in files if file.state is FileState.EXEMPT)
    return Reading(len(change.files), change.added_lines, change.removed_lines, exempt, hunks, at_stake)


def _by_path(findings: Iterable[Finding], grown: Iterable[Grown]) -> Mapping[str, Seen]:
    """What was seen in each file. Growth that a finding tells of is not told twice."""
    seen: dict[str, Seen] = defaultdict(Seen)
    for finding in findings:
        seen[finding.path or ""].findings.append(finding)
    for one in grown:
        told = {(finding.rule, finding.line) for finding in seen[one.path].findings}
        if (one.rule, one.weighed.concern.line) not in told:
            seen[one.path].grown.append(one)
    return seen


def _rank(hunk: Hunk) -> tuple[object, ...]:
    """A complete order: no two hunks of a file start at the same lines."""
    added, removed = (0 if lines is None else lines.start for lines in (hunk.added, hunk.removed))
    return (-hunk.weight, hunk.path.encode("utf-8", "surrogateescape"), added or removed, added, removed)
