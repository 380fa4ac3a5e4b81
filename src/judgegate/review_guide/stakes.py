"""What the findings put at stake.

Those that say that a file is unread, or that an AI helped, have stakes of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from judgegate.checks.removed_guards.kinds import KINDS
from judgegate.model.analysis import AnalysedFile, LostGuard, Paired
from judgegate.model.change import Blob, FileChange
from judgegate.model.file_names import is_test, language_by_suffix
from judgegate.model.hunks import Concern, Stake
from judgegate.model.levels import Action, Origin
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange, count_lines
from judgegate.model.verdict import FileState, Finding, JudgedFile
from judgegate.policy.oversight import AI_ASSISTED, POLICY_CHANGE, UNANALYSED
from judgegate.provenance.assessment import ASSUMED, ProvenanceAssessment
from judgegate.review_guide.concerns import (
    ACTIONS,
    ASSISTED,
    GROWN,
    GROWN_MOST,
    GROWN_QUESTION,
    GROWTH,
    INSTRUCTIONS,
    LINK,
    POLICY,
    PROGRAM,
    SEVERITIES,
    SUBMODULE,
    UNREAD,
    UNREAD_TEST,
    UNTESTED,
    UNTESTED_QUESTION,
    WAIVED,
    WORST,
    Weighed,
    and_more,
    question_about,
)

WITH_A_STAKE_OF_THEIR_OWN = frozenset({AI_ASSISTED.id, UNANALYSED.id})


def at_stake(findings: Iterable[Finding]) -> list[Finding]:
    """What the change introduced in a file, and the policy does not merely say nothing of."""
    return [one for one in findings if one.path is not None and _counts(one)]


def _counts(finding: Finding) -> bool:
    return (
        finding.origin is Origin.INTRODUCED
        and finding.action is not Action.OFF
        and finding.rule not in WITH_A_STAKE_OF_THEIR_OWN
    )


def weigh_findings(findings: Iterable[Finding]) -> Iterator[Weighed]:
    """The concerns of one place's findings: one for each rule and code, waived ones apart."""
    alike: dict[tuple[str, str | None, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[finding.rule, finding.code, finding.waiver is not None].append(finding)
    for same in alike.values():
        first = min(
            same,
            key=lambda finding: (-weight_of(finding), finding.line or 0, finding.message),
        )
        what = and_more(_describe_finding(first), len(same)) + (
            " (waived)" if first.waiver is not None else ""
        )
        concern = Concern(
            Stake.FINDING,
            what,
            question_about(first.rule, first.code, first.why),
            first.line,
        )
        yield Weighed(concern, weight_of(first), len(same))


def _describe_finding(finding: Finding) -> str:
    """The message as a clause, with the definition that it is about."""
    message = finding.message.removesuffix(".")
    return f"{message} (`{finding.subject}`)" if finding.subject else message


def weight_of(finding: Finding) -> int:
    """By its action and severity; a waived one weighs little, a change of the policy much."""
    if finding.waiver is not None:
        return WAIVED
    return (
        POLICY
        if finding.rule == POLICY_CHANGE.id
        else ACTIONS[finding.action] + SEVERITIES[finding.severity]
    )


class Grown(Struct, frozen=True):
    """A definition that grew, where it is in the head, and the rule that measures it."""

    path: str
    rule: str
    lines: LineRange
    weighed: Weighed


def find_growth(pairs: Iterable[Paired]) -> Iterator[Grown]:
    """The definitions that grew by much, or to a new worst of their file.

    A test may have as many cases as it likes.
    """
    worst: dict[tuple[str, str], int] = {}
    for paired in pairs:
        seen, was = paired.now.seen, paired.was
        before = was.seen.measure if was is not None else None
        if (
            seen.measure is None
            or seen.measure <= (before or 0)
            or is_test(paired.now.path, paired.now.file.language)
        ):
            continue
        key = (paired.now.path, seen.rule)
        if key not in worst:
            worst[key] = _worst(paired.now.file, seen.rule)
        weight = _weigh_growth(seen.measure, before, worst[key])
        if weight:
            concern = Concern(
                Stake.COMPLEXITY,
                _describe_growth(seen, before),
                GROWN_QUESTION,
                seen.lines.start,
            )
            yield Grown(
                paired.now.path,
                seen.rule,
                seen.definition or seen.lines,
                Weighed(concern, weight),
            )


def _worst(file: AnalysedFile, rule: str) -> int:
    return max(
        (seen.measure or 0 for side in file.before for seen in side if seen.rule == rule),
        default=0,
    )


def _weigh_growth(now: int, before: int | None, worst: int) -> int:
    """A new definition has not grown, so it counts only as the worst."""
    steps = (now - before) // GROWTH if before is not None else 0
    if steps:
        return min(GROWN + steps - 1, GROWN_MOST)
    return GROWN if now > max(worst, WORST) else 0


def _describe_growth(seen: Observation, before: int | None) -> str:
    metric = (seen.metric or "the measure").partition(" (")[0]
    if before is None:
        return f"{metric} of the new `{seen.subject}` is {seen.measure}"
    return f"{metric} of `{seen.subject}` grew from {before} to {seen.measure}"


def weigh_removals(lost: Iterable[LostGuard]) -> Iterator[Weighed]:
    """One concern for each kind of guard."""
    alike: dict[str, list[LostGuard]] = defaultdict(list)
    for guard in (one for one in lost if one.kind in KINDS):
        alike[guard.kind].append(guard)
    for key, same in alike.items():
        kind, first = KINDS[key], same[0]
        concern = Concern(
            Stake.GUARD,
            and_more(kind.what.format(name=first.name), len(same)),
            kind.question,
            first.line,
        )
        yield Weighed(concern, kind.weight, len(same))


PROSE = (".md", ".mdc", ".markdown", ".rst", ".txt")
"""Prose that no policy exempts is mostly what assistants obey."""


def weigh_unread(file: JudgedFile) -> Iterator[Weighed]:
    """The concern of an unanalysed file, with the reason why it is one."""
    if file.state is FileState.UNANALYSED:
        path = file.change.path
        weight = UNREAD_TEST if is_test(path, language_by_suffix(path)) else UNREAD
        yield Weighed(
            Concern(
                Stake.UNREAD,
                f"judgegate could not read it: {file.reason}",
                _ask(file.change),
            ),
            weight,
        )


def _ask(change: FileChange) -> str:
    sides = [side for side in (change.old, change.new) if side is not None]
    if any(side.is_submodule for side in sides):
        return SUBMODULE
    if any(side.is_link for side in sides):
        return LINK
    if (
        any(side.is_executable for side in sides)
        or language_by_suffix(change.path) == "bash"
    ):
        return PROGRAM
    return INSTRUCTIONS if change.path.lower().endswith(PROSE) else UNANALYSED.question


def tests_touched(changes: Iterable[FileChange]) -> bool:
    """Whether a file that is a test by its name is added or modified; taking tests away tests nothing."""
    return any(
        change.new is not None and is_test(change.path, language_by_suffix(change.path))
        for change in changes
    )


def moved_as_they_are(changes: Iterable[FileChange]) -> frozenset[str]:
    """Paths of files that only have another name now: what a test would have to show is as it was."""
    known = list(changes)
    gone = {change.path: change.old for change in known if change.new is None}
    renamed = ((one, gone.get(one.old_path)) for one in known if one.old_path is not None)
    return frozenset(one.path for one, old in renamed if _has_same_content(old, one.new))


def _has_same_content(old: Blob | None, new: Blob | None) -> bool:
    return old is not None and new is not None and old.oid == new.oid


def weigh_untested(file: AnalysedFile) -> Iterator[Weighed]:
    """The concern of a source file, in a language that some check knows, of a change without tests."""
    change = file.change
    changed = change.new is not None and (change.added or change.removed)
    if changed and file.coverable and not is_test(change.path, file.language):
        yield Weighed(
            Concern(
                Stake.UNTESTED,
                "no test of the change touches it",
                UNTESTED_QUESTION,
                generic=True,
            ),
            UNTESTED,
        )


class Assistance(Struct, frozen=True):
    """The lines of a file that evidence shows to be AI-assisted, and who says so of all the others, if anybody does."""

    shown: Sequence[LineRange] = ()
    assumed_by: str | None = None


def assistance_in(assessment: ProvenanceAssessment, path: str) -> Assistance:
    """What is known of the file.

    That a policy treats every change as AI-assisted shows nothing of who wrote a line.
    """
    if assessment.assumed is None:
        return Assistance(assessment.ai_lines(path))
    return Assistance(
        assessment.assisted.get(path, ()),
        "--assume-ai" if assessment.assumed == ASSUMED else "the policy",
    )


def weigh_assistance(
    place: LineRange | None, added: Iterable[LineRange], assistance: Assistance
) -> Iterator[Weighed]:
    """The concern of a place in which AI-assisted lines stand. `added` are the file's added lines."""
    if place is None:
        return
    lines, whole = (
        count_lines(_within(place, assistance.shown)),
        count_lines(_within(place, added)),
    )
    if lines:
        yield _weigh_share(f"an AI helped to write {_share(lines, whole)}")
    elif assistance.assumed_by and whole:
        yield _weigh_share(f"{assistance.assumed_by} treats it as AI-assisted")


def _weigh_share(what: str) -> Weighed:
    return Weighed(
        Concern(Stake.ASSISTED, what, AI_ASSISTED.question, generic=True), ASSISTED
    )


def _share(lines: int, whole: int) -> str:
    if lines < whole:
        return f"{lines} of the {whole} lines"
    return "the line" if whole == 1 else f"the {whole} lines"


def _within(place: LineRange, ranges: Iterable[LineRange]) -> Iterator[LineRange]:
    for one in ranges:
        if one.overlaps(place):
            yield LineRange(max(one.start, place.start), min(one.end, place.end))
