"""What the findings put at stake.

Those that say that a file is unread, or that an AI helped, have stakes of their own.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain

from msgspec import Struct

from judgegate.checks.removed_guards.kinds import KINDS
from judgegate.model.analysis import AnalysedFile, LostGuard, Paired
from judgegate.model.change import Blob, FileChange
from judgegate.model.file_names import is_test, language_by_suffix
from judgegate.model.hunks import Concern, Stake
from judgegate.model.intervals import NO_LINES, Intervals
from judgegate.model.levels import Action, Origin
from judgegate.model.observation import Observation
from judgegate.model.own_rules import FileKind, kind_of_entry
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
    return list(filter(_is_at_stake, findings))


def _is_at_stake(finding: Finding) -> bool:
    """Whether a finding is a stake of the place that it is in."""
    # A finding about the change as a whole belongs to no hunk.
    if finding.path is None or finding.rule in WITH_A_STAKE_OF_THEIR_OWN:
        return False
    return finding.origin is Origin.INTRODUCED and finding.action is not Action.OFF


def weigh_findings(findings: Iterable[Finding]) -> Iterator[Weighed]:
    """The concerns of one place's findings: one for each rule and code, waived ones apart."""
    alike: dict[tuple[str, str | None, bool], list[Finding]] = defaultdict(list)
    for finding in findings:
        alike[finding.rule, finding.code, finding.waiver is not None].append(finding)
    for same in alike.values():
        first = min(same, key=_finding_order)
        what = and_more(_describe_finding(first), len(same))
        if first.waiver is not None:
            what = f"{what} (waived)"
        concern = Concern(
            stake=Stake.FINDING,
            what=what,
            question=question_about(first.rule, first.code, first.why),
            line=first.line,
        )
        yield Weighed(concern, weight_of(first), len(same))


def _finding_order(finding: Finding) -> tuple[object, ...]:
    """The weightiest first. The message decides between findings of one line."""
    return -weight_of(finding), finding.line or 0, finding.message


def _describe_finding(finding: Finding) -> str:
    """The message as a clause, with the definition that it is about."""
    message = finding.message.removesuffix(".")
    if not finding.subject:
        return message
    return f"{message} (`{finding.subject}`)"


def weight_of(finding: Finding) -> int:
    """What a finding weighs, from 1: by its action and severity.

    A waived one weighs little, a change of the policy much.
    """
    if finding.waiver is not None:
        return WAIVED
    if finding.rule == POLICY_CHANGE.id:
        return POLICY
    return ACTIONS[finding.action] + SEVERITIES[finding.severity]


class Grown(Struct, frozen=True):
    """A definition that grew, where it is in the head, and the rule that measures it."""

    path: str
    rule: str
    lines: LineRange
    weighed: Weighed


def find_growth(pairs: Iterable[Paired]) -> Iterator[Grown]:
    """The definitions that grew by much, or to a new worst of their file."""
    worst: dict[tuple[str, str], int] = {}
    for paired in pairs:
        file, seen, before = paired.now.file, paired.now.seen, paired.measure_before
        path = file.change.path
        # A test may have as many cases as it likes.
        if not paired.has_grown or is_test(path, file.language):
            continue
        # Once for each file and rule: a file can have thousands of definitions.
        if (path, seen.rule) not in worst:
            worst[path, seen.rule] = _worst_before(file, seen.rule)
        weight = _weigh_growth(seen.size, before, worst[path, seen.rule])
        if weight:
            yield Grown(
                path=path,
                rule=seen.rule,
                lines=seen.whole,
                weighed=Weighed(_growth_concern(seen, before), weight),
            )


def _worst_before(file: AnalysedFile, rule: str) -> int:
    """The largest measure of the rule in the file before the change, or 0."""
    before = chain.from_iterable(file.before)
    return max((seen.size for seen in before if seen.rule == rule), default=0)


def _weigh_growth(now: int, before: int | None, worst: int) -> int:
    """What it weighs that a definition's measure is `now`; 0 where it is not at stake.

    `worst` is the largest measure that the file had before.
    """
    # A new definition has not grown, so it counts only as the worst.
    steps = 0 if before is None else (now - before) // GROWTH
    if steps:
        return min(GROWN + steps - 1, GROWN_MOST)
    return GROWN if now > max(worst, WORST) else 0


def _growth_concern(seen: Observation, before: int | None) -> Concern:
    # The metric's unit, in brackets behind its name, does not fit the clause.
    metric = (seen.metric or "the measure").partition(" (")[0]
    if before is None:
        what = f"{metric} of the new `{seen.subject}` is {seen.measure}"
    else:
        what = f"{metric} of `{seen.subject}` grew from {before} to {seen.measure}"
    return Concern(
        stake=Stake.COMPLEXITY,
        what=what,
        question=GROWN_QUESTION,
        line=seen.lines.start,
    )


def weigh_removals(lost: Iterable[LostGuard]) -> Iterator[Weighed]:
    """One concern for each kind of guard."""
    alike: dict[str, list[LostGuard]] = defaultdict(list)
    for guard in lost:
        # An analysis that was kept may name a kind that was renamed since.
        if guard.kind in KINDS:
            alike[guard.kind].append(guard)
    for key, same in alike.items():
        kind, first = KINDS[key], same[0]
        concern = Concern(
            stake=Stake.GUARD,
            what=and_more(kind.what.format(name=first.name), len(same)),
            question=kind.question,
            line=first.line,
        )
        yield Weighed(concern, kind.weight, len(same))


PROSE = (".md", ".mdc", ".markdown", ".rst", ".txt")
"""Prose that no policy exempts is mostly what assistants obey."""

# The first kind that fits decides: a link or a submodule can have any name.
_ASKED_ABOUT = {
    FileKind.SUBMODULE: SUBMODULE,
    FileKind.LINK: LINK,
    FileKind.EXECUTABLE: PROGRAM,
}


def weigh_unread(file: JudgedFile) -> Iterator[Weighed]:
    """The concern of an unanalysed file, with the reason why it is one."""
    if file.state is not FileState.UNANALYSED:
        return
    concern = Concern(
        stake=Stake.UNREAD,
        what=f"judgegate could not read it: {file.reason}",
        question=_ask(file.change),
    )
    yield Weighed(concern, UNREAD_TEST if _is_test(file.change) else UNREAD)


def _is_test(change: FileChange) -> bool:
    """Whether the file is a test by its name alone, as nothing has read what language it is."""
    return is_test(change.path, language_by_suffix(change.path))


def _ask(change: FileChange) -> str:
    """The question about a file that nothing could read, by what can be known without its content."""
    sides = (change.old, change.new)
    kinds = {kind_of_entry(side) for side in sides if side is not None}
    # A shell script runs without being executable: by the name of its shell in front.
    if language_by_suffix(change.path) == "bash":
        kinds.add(FileKind.EXECUTABLE)
    for kind, question in _ASKED_ABOUT.items():
        if kind in kinds:
            return question
    if change.path.lower().endswith(PROSE):
        return INSTRUCTIONS
    return UNANALYSED.question


def tests_touched(changes: Iterable[FileChange]) -> bool:
    """Whether a file that is a test by its name is added or modified."""
    # To take tests away tests nothing.
    remaining = (change for change in changes if change.new is not None)
    return any(map(_is_test, remaining))


def moved_as_they_are(changes: Iterable[FileChange]) -> frozenset[str]:
    """Paths of files that only have another name now.

    What a test would have to show of them is as it was.
    """
    known = list(changes)
    gone: dict[str | None, Blob | None] = {
        change.path: change.old for change in known if change.new is None
    }
    moved = set()
    for change in known:
        old = gone.get(change.old_path)
        # A blob's id is that of its content: equal ids are equal files.
        if old is not None and change.new is not None and old.oid == change.new.oid:
            moved.add(change.path)
    return frozenset(moved)


def weigh_untested(file: AnalysedFile) -> Iterator[Weighed]:
    """The concern of a source file, in a language that some check knows, of a change without tests."""
    change = file.change
    if change.new is None or not change.has_lines:
        return
    if not file.coverable or is_test(change.path, file.language):
        return
    concern = Concern(
        stake=Stake.UNTESTED,
        what="no test of the change touches it",
        question=UNTESTED_QUESTION,
        generic=True,
    )
    yield Weighed(concern, UNTESTED)


class Assistance(Struct, frozen=True):
    """What is known of the AI's part in a file.

    `shown` are the lines that evidence shows to be AI-assisted; `assumed_by` is who says so of all
    the others, if anybody does.
    """

    shown: Intervals = NO_LINES
    assumed_by: str | None = None


def assistance_in(assessment: ProvenanceAssessment, path: str) -> Assistance:
    """What is known of the file.

    That a policy treats every change as AI-assisted shows nothing of who wrote a line.
    """
    if assessment.assumed is None:
        return Assistance(Intervals(assessment.ai_lines(path)))
    assumed_by = "--assume-ai" if assessment.assumed == ASSUMED else "the policy"
    return Assistance(assessment.assisted.get(path, NO_LINES), assumed_by)


def weigh_assistance(
    place: LineRange | None, added: Intervals, assistance: Assistance
) -> Iterator[Weighed]:
    """The concern of a place with AI-assisted lines. `added` are the file's added lines."""
    if place is None:
        return
    lines = count_lines(assistance.shown.common(place))
    whole = count_lines(added.common(place))
    # What evidence shows says more than that all lines are treated alike.
    if lines:
        yield _weigh_share(f"an AI helped to write {_share(lines, whole)}")
    elif assistance.assumed_by and whole:
        yield _weigh_share(f"{assistance.assumed_by} treats it as AI-assisted")


def _weigh_share(what: str) -> Weighed:
    concern = Concern(
        stake=Stake.ASSISTED,
        what=what,
        question=AI_ASSISTED.question,
        generic=True,
    )
    return Weighed(concern, ASSISTED)


def _share(lines: int, whole: int) -> str:
    """How many of a place's lines an AI helped to write, in words.

    `lines` are those of them, `whole` all that the change adds there.
    """
    if lines < whole:
        return f"{lines} of the {whole} lines"
    return "the line" if whole == 1 else f"the {whole} lines"
