"""The rules on human judgement and on the change itself: what they see comes from the verdict and from git, not from a check."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from judgegate.decision.findings import FindingJudge, JudgedFinding
from judgegate.model.change import Blob, Change, FileChange, FileStatus
from judgegate.model.levels import Action, Authorship, Origin
from judgegate.model.observation import fingerprint
from judgegate.model.own_rules import FileEvent, FileKind, Files, Size
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import FileState, Finding, JudgedFile
from judgegate.policy.effective_rules import EffectiveRule
from judgegate.policy.oversight import AI_ASSISTED, POLICY_CHANGE, UNANALYSED
from judgegate.policy.path_patterns import matches
from judgegate.provenance.assessment import ProvenanceAssessment

if TYPE_CHECKING:
    from judgegate.policy.review import ReviewTerms

_EVENTS = {FileStatus.ADDED: FileEvent.ADDED, FileStatus.DELETED: FileEvent.REMOVED}
_DEEDS = {
    FileEvent.ADDED: "adds",
    FileEvent.REMOVED: "removes",
    FileEvent.CHANGED: "changes",
}
_MEASURES: Mapping[str, tuple[str, str]] = {
    "max_added_lines": ("adds", "line"),
    "max_removed_lines": ("removes", "line"),
    "max_changed_lines": ("adds and removes", "line"),
    "max_files": ("touches", "file"),
}


def judge_assistance(judge: FindingJudge, paths: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/ai-assisted`: the rule is asked once for each changed file; one finding stands for all, the demands are kept apart."""
    assessment = judge.assessment(AI_ASSISTED.id)
    if assessment.verdict is not Authorship.AI:
        return []
    message = describe_assistance(assessment)
    alike: dict[
        tuple[Action, tuple[ReviewTerms, ...]], tuple[EffectiveRule, list[str]]
    ] = {}
    for path in paths or (None,):
        rule = judge.resolve(AI_ASSISTED.id, path, Authorship.AI)
        _, raised_by = alike.setdefault((rule.action, rule.reviews), (rule, []))
        raised_by += [path] if path is not None else []
    return [
        JudgedFinding(
            finding_of(AI_ASSISTED, rule, None, message, Authorship.AI),
            rule,
            tuple(raised_by),
        )
        for rule, raised_by in alike.values()
        if rule.action is not Action.OFF
    ]


def describe_assistance(assessment: ProvenanceAssessment) -> str:
    """One sentence: how sure it is that an AI helped, and which tools say so."""
    if assessment.confidence is None:
        return f"The change is judged as AI-assisted: {assessment.assumed}."
    tools = sorted({evidence.tool for evidence in assessment.gating})
    return f"An AI helped to write the change ({assessment.confidence.value}): {', '.join(tools)}."


def judge_unanalysed(
    judge: FindingJudge, files: Iterable[JudgedFile]
) -> list[JudgedFinding]:
    """`oversight/unanalysed`: one finding for each file that could not be analysed."""
    return [
        judged
        for file in files
        if file.state is FileState.UNANALYSED
        and (
            judged := judge_path(
                judge, UNANALYSED.id, file.change.path, f"Not analysed: {file.reason}."
            )
        )
    ]


def judge_policy_change(
    judge: FindingJudge, touched: Iterable[tuple[str, str]]
) -> list[JudgedFinding]:
    """`oversight/policy-change`: one finding for each file that decides how changes are judged, with what it is."""
    return [
        judged
        for path, what in touched
        if (
            judged := judge_path(
                judge, POLICY_CHANGE.id, path, f"The change touches {what}."
            )
        )
    ]


def judge_fallback(judge: FindingJudge, why: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/policy-change`, where the base's policy does not load: those who may review the policy judge what happens without it."""
    if not why:
        return []
    judged = judge_path(
        judge,
        POLICY_CHANGE.id,
        None,
        f"The base's policy does not load, so the pack strict is used instead. {why[0]}",
    )
    return [judged] if judged else []


def judge_path(
    judge: FindingJudge, rule_id: str, path: str | None, message: str
) -> JudgedFinding | None:
    """The finding that a fact about a file, or about the change as a whole, makes; `message` unless the policy has its own."""
    assessment = judge.assessment(rule_id)
    provenance = assessment.verdict if path is None else assessment.of_file(path)
    rule = judge.resolve(rule_id, path, provenance)
    if rule.action is Action.OFF:
        return None
    finding = finding_of(judge.specs[rule_id], rule, path, message, provenance)
    return JudgedFinding(finding, rule, () if path is None else (path,))


def finding_of(
    spec: RuleSpec,
    rule: EffectiveRule,
    path: str | None,
    message: str,
    provenance: Authorship,
) -> Finding:
    """A finding that has no lines."""
    return Finding(
        rule=spec.id,
        code=None,
        severity=rule.severity,
        confidence=None,
        path=path,
        line=None,
        end_line=None,
        subject="",
        message=rule.message or message,
        action=rule.action,
        origin=Origin.INTRODUCED,
        provenance=provenance,
        fingerprint=fingerprint(spec.id, "", "", [path or ""]),
        remedy=spec.remedy,
        why=rule.why or "",
    )


def judge_own_rules(judge: FindingJudge, change: Change) -> Iterator[JudgedFinding]:
    """What those of the policy's own rules find that look at no file's content."""
    yield from _judge_files(judge, change)
    yield from _judge_size(judge, change)


def _judge_files(judge: FindingJudge, change: Change) -> Iterator[JudgedFinding]:
    """One finding for each file that a `files` rule describes."""
    for rule, search in judge.policy.searches().items():
        if isinstance(search, Files):
            for file in change.files:
                described = describe_file(search, file)
                judged = (
                    judge_path(judge, rule, file.path, described)
                    if described is not None
                    else None
                )
                if judged is not None:
                    yield judged


def describe_file(wanted: Files, file: FileChange) -> str | None:
    """What the change does to the file, in a sentence, or None where it is not what is searched."""
    event = _EVENTS.get(file.status, FileEvent.CHANGED)
    side = file.new if file.new is not None else file.old
    if side is None:
        return None
    kind = kind_of(side)
    if not _is_wanted(wanted, file, event, kind):
        return None
    what = "executable file" if kind is FileKind.EXECUTABLE else kind.value
    words = f"The change {_DEEDS[event]} this {what}"
    if wanted.mode:
        # The bit differs on the two sides, so what the file is now says what it was.
        words += (
            f", which {'was' if kind is FileKind.FILE else 'was not'} executable before"
        )
    if wanted.more_than is None:
        return f"{words}."
    size = _describe_excess(file.new, wanted.more_than)
    return (
        f"{words}, {size}; the limit is {wanted.more_than:,}." if size is not None else None
    )


def _is_wanted(wanted: Files, file: FileChange, event: FileEvent, kind: FileKind) -> bool:
    """Whether the search fits in all but size."""
    if event not in wanted.events or kind not in wanted.kinds:
        return False
    if wanted.paths and not matches(wanted.paths, file.path):
        return False
    return _changes_mode(file) if wanted.mode else True


def _describe_excess(new: Blob | None, limit: int) -> str | None:
    """The size of a file above the limit, in words; None where it is not above, or the file is gone."""
    if new is None:
        return None
    # What cannot be measured may be too large, and a file that is not here must not pass for that.
    if new.size is None:
        return "of unknown size"
    return f"of {new.size:,} bytes" if new.size > limit else None


def kind_of(blob: Blob) -> FileKind:
    """What an entry of a tree is."""
    if blob.is_submodule:
        return FileKind.SUBMODULE
    if blob.is_link:
        return FileKind.LINK
    return FileKind.EXECUTABLE if blob.is_executable else FileKind.FILE


def _changes_mode(file: FileChange) -> bool:
    return (
        file.old is not None
        and file.new is not None
        and file.old.is_executable != file.new.is_executable
    )


def _judge_size(judge: FindingJudge, change: Change) -> Iterator[JudgedFinding]:
    """A `size` rule is asked once for each file that counts; one finding for each measure stands for all, the demands are kept apart."""
    for rule, search in judge.policy.searches().items():
        if isinstance(search, Size):
            files = [
                file
                for file in change.files
                if not search.paths or matches(search.paths, file.path)
            ]
            for name, value in measure(files).items():
                if name in search.measures:
                    yield from _judge_measure(
                        judge, rule, name, value, [file.path for file in files]
                    )


def measure(files: Iterable[FileChange]) -> dict[str, int]:
    """How much these file changes are, by the names of the options that limit it."""
    files = list(files)
    added, removed = (
        sum(file.added_lines for file in files),
        sum(file.removed_lines for file in files),
    )
    return {
        "max_added_lines": added,
        "max_removed_lines": removed,
        "max_changed_lines": added + removed,
        "max_files": len(files),
    }


def _judge_measure(
    judge: FindingJudge, rule_id: str, name: str, value: int, paths: list[str]
) -> Iterator[JudgedFinding]:
    provenance = judge.assessment(rule_id).verdict
    alike: dict[tuple[Action, object], tuple[EffectiveRule, list[str]]] = {}
    for path in paths:
        rule = judge.resolve(rule_id, path, provenance, code=name)
        if rule.action is not Action.OFF and value > rule.options[name]:
            strictest, raised_by = alike.setdefault((rule.action, rule.reviews), (rule, []))
            raised_by.append(path)
            # Of rules that ask alike the one with the smallest limit is reported: to keep it is to keep all.
            if rule.options[name] < strictest.options[name]:
                alike[rule.action, rule.reviews] = (rule, raised_by)
    for rule, raised_by in alike.values():
        deed, unit = _MEASURES[name]
        described = f"It {deed} {value:,} {unit}{'' if value == 1 else 's'}; the limit is {rule.options[name]:,}."
        finding = finding_of(judge.specs[rule_id], rule, None, described, provenance)
        message = f"{rule.message} {described}" if rule.message else described
        yield JudgedFinding(
            replace(finding, code=name, message=message), rule, tuple(raised_by)
        )
