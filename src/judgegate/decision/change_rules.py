"""The rules on human judgement and on the change itself.

What they see comes from the verdict and from git, not from a check.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.decision.findings import FindingJudge, JudgedFinding
from judgegate.model.change import Blob, Change, FileChange, FileStatus
from judgegate.model.levels import Action, Authorship, Origin
from judgegate.model.observation import fingerprint
from judgegate.model.own_rules import FileEvent, FileKind, Files, Size, kind_of_entry
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import FileState, Finding, JudgedFile
from judgegate.policy.effective_rules import EffectiveRule
from judgegate.policy.oversight import AI_ASSISTED, POLICY_CHANGE, UNANALYSED
from judgegate.policy.path_patterns import matches
from judgegate.provenance.assessment import ProvenanceAssessment

if TYPE_CHECKING:
    from typing import TypeAlias

    from judgegate.policy.review import ReviewTerms

    _Asked: TypeAlias = tuple[Action, tuple[ReviewTerms, ...]]
    """What a rule leads to and asks for: files for which both are equal share a finding."""

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


class _Raised(Struct):
    """A rule and the files that raised a finding of it."""

    rule: EffectiveRule
    paths: list[str] = field(default_factory=list)

    def judged(self, finding: Finding) -> JudgedFinding:
        """The finding with what made it one."""
        return JudgedFinding(finding, self.rule, tuple(self.paths))


def judge_assistance(judge: FindingJudge, paths: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/ai-assisted`: one finding for all files for which the rule asks alike.

    The rule is asked once for each changed file, so that what it asks for can differ by path.
    """
    assessment = judge.assessment(AI_ASSISTED.id)
    if assessment.verdict is not Authorship.AI:
        return []
    message = describe_assistance(assessment)
    alike: dict[_Asked, _Raised] = {}
    # A change without files is asked about as a whole.
    for path in paths or (None,):
        rule = judge.resolve(AI_ASSISTED.id, path, Authorship.AI)
        if rule.action is Action.OFF:
            continue
        raised = alike.setdefault((rule.action, rule.reviews), _Raised(rule))
        if path is not None:
            raised.paths.append(path)
    return [
        raised.judged(finding_of(AI_ASSISTED, raised.rule, None, message, Authorship.AI))
        for raised in alike.values()
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
    unanalysed = (file for file in files if file.state is FileState.UNANALYSED)
    facts = ((file.change.path, f"Not analysed: {file.reason}.") for file in unanalysed)
    return _judge_paths(judge, UNANALYSED.id, facts)


def judge_policy_change(
    judge: FindingJudge, touched: Iterable[tuple[str, str]]
) -> list[JudgedFinding]:
    """`oversight/policy-change`: one finding for each file that decides how changes are judged.

    `touched` are the paths with what each is.
    """
    facts = ((path, f"The change touches {what}.") for path, what in touched)
    return _judge_paths(judge, POLICY_CHANGE.id, facts)


def judge_fallback(judge: FindingJudge, why: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/policy-change`, where the base's policy does not load.

    Those who may review the policy judge what happens without it.
    """
    if not why:
        return []
    message = (
        f"The base's policy does not load, so the pack strict is used instead. {why[0]}"
    )
    return _judge_paths(judge, POLICY_CHANGE.id, [(None, message)])


def _judge_paths(
    judge: FindingJudge, rule_id: str, facts: Iterable[tuple[str | None, str]]
) -> list[JudgedFinding]:
    """The findings that facts about files, each a path and a sentence, make."""
    judged = (judge_path(judge, rule_id, path, message) for path, message in facts)
    return [one for one in judged if one is not None]


def judge_path(
    judge: FindingJudge, rule_id: str, path: str | None, message: str
) -> JudgedFinding | None:
    """The finding that a fact about a file, or about the change as a whole, makes.

    It says `message`, unless the policy has a message of its own.
    """
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
            yield from _judge_paths(judge, rule, _describe_files(search, change.files))


def _describe_files(
    wanted: Files, files: Iterable[FileChange]
) -> Iterator[tuple[str, str]]:
    """The path of each file that is searched, with what the change does to it."""
    for file in files:
        described = describe_file(wanted, file)
        if described is not None:
            yield file.path, described


def describe_file(wanted: Files, file: FileChange) -> str | None:
    """What the change does to the file, in a sentence, or None where it is not what is searched."""
    event = _EVENTS.get(file.status, FileEvent.CHANGED)
    side = file.new if file.new is not None else file.old
    if side is None:
        return None
    kind = kind_of_entry(side)
    if not _is_wanted(wanted, file, event, kind):
        return None
    what = "executable file" if kind is FileKind.EXECUTABLE else kind.value
    words = f"The change {_DEEDS[event]} this {what}"
    if wanted.mode:
        # The bit differs on the two sides, so what the file is now says what it was.
        before = "was" if kind is FileKind.FILE else "was not"
        words = f"{words}, which {before} executable before"
    if wanted.more_than is None:
        return f"{words}."
    size = _describe_excess(file.new, wanted.more_than)
    if size is None:
        return None
    return f"{words}, {size}; the limit is {wanted.more_than:,}."


def _is_wanted(wanted: Files, file: FileChange, event: FileEvent, kind: FileKind) -> bool:
    """Whether the search fits in all but size."""
    if event not in wanted.events or kind not in wanted.kinds:
        return False
    if not _is_among(wanted.paths, file):
        return False
    return _changes_mode(file) if wanted.mode else True


def _is_among(patterns: tuple[str, ...], file: FileChange) -> bool:
    """Whether the patterns match the file; where there are none, every file counts."""
    return not patterns or matches(patterns, file.path)


def _describe_excess(new: Blob | None, limit: int) -> str | None:
    """The size of a file above the limit, in words.

    None where it is not above, or the file is gone.
    """
    if new is None:
        return None
    # What cannot be measured may be too large, and a file that is not here must not pass for that.
    if new.size is None:
        return "of unknown size"
    return f"of {new.size:,} bytes" if new.size > limit else None


def _changes_mode(file: FileChange) -> bool:
    """Whether the change makes the file executable, or takes that back."""
    if file.old is None or file.new is None:
        return False
    return file.old.is_executable != file.new.is_executable


def _judge_size(judge: FindingJudge, change: Change) -> Iterator[JudgedFinding]:
    """What the `size` rules find, each in the files that count for it."""
    for rule, search in judge.policy.searches().items():
        if not isinstance(search, Size):
            continue
        files = [file for file in change.files if _is_among(search.paths, file)]
        paths = [file.path for file in files]
        for name, value in measure(files).items():
            if name in search.measures:
                yield from _judge_measure(judge, rule, name, value, paths)


def measure(files: Iterable[FileChange]) -> dict[str, int]:
    """How much these file changes are, by the names of the options that limit it."""
    files = list(files)
    added = sum(file.added_lines for file in files)
    removed = sum(file.removed_lines for file in files)
    return {
        "max_added_lines": added,
        "max_removed_lines": removed,
        "max_changed_lines": added + removed,
        "max_files": len(files),
    }


def _judge_measure(
    judge: FindingJudge, rule_id: str, name: str, value: int, paths: list[str]
) -> Iterator[JudgedFinding]:
    """One finding for all files for which the rule asks alike, where its limit is exceeded."""
    provenance = judge.assessment(rule_id).verdict
    alike: dict[_Asked, _Raised] = {}
    for path in paths:
        rule = judge.resolve(rule_id, path, provenance, code=name)
        if rule.action is Action.OFF or value <= rule.options[name]:
            continue
        raised = alike.setdefault((rule.action, rule.reviews), _Raised(rule))
        raised.paths.append(path)
        # Of rules that ask alike the one with the smallest limit is reported: to keep it is to
        # keep all.
        raised.rule = min(raised.rule, rule, key=lambda one: one.options[name])
    for raised in alike.values():
        described = _describe_excess_of(name, value, raised.rule.options[name])
        own = raised.rule.message
        finding = replace(
            finding_of(judge.specs[rule_id], raised.rule, None, described, provenance),
            code=name,
            message=f"{own} {described}" if own else described,
        )
        yield raised.judged(finding)


def _describe_excess_of(name: str, value: int, limit: int) -> str:
    deed, unit = _MEASURES[name]
    plural = "" if value == 1 else "s"
    return f"It {deed} {value:,} {unit}{plural}; the limit is {limit:,}."
