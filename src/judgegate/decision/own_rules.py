"""A team's own rules on what is known of a change without its content: which files it touches and how, and how large it is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from judgegate.decision.findings import FindingJudge, JudgedFinding
from judgegate.decision.oversight import finding_of, judge_path
from judgegate.model.change import Blob, Change, FileChange, FileStatus
from judgegate.model.scales import Action
from judgegate.model.searches import FileEvent, FileKind, Files, Size
from judgegate.policy.path_patterns import matches

if TYPE_CHECKING:
    from judgegate.policy.merge import EffectiveRule

_EVENTS = {FileStatus.ADDED: FileEvent.ADDED, FileStatus.DELETED: FileEvent.REMOVED}
_DEEDS = {FileEvent.ADDED: "adds", FileEvent.REMOVED: "removes", FileEvent.CHANGED: "changes"}
_MEASURES: Mapping[str, tuple[str, str]] = {
    "max_added_lines": ("adds", "line"),
    "max_removed_lines": ("removes", "line"),
    "max_changed_lines": ("adds and removes", "line"),
    "max_files": ("touches", "file"),
}


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
                judged = judge_path(judge, rule, file.path, described) if described is not None else None
                if judged is not None:
                    yield judged


def describe_file(wanted: Files, file: FileChange) -> str | None:
    """What the change does to the file, in a sentence, or None where it is not what is searched."""
    event = _EVENTS.get(file.status, FileEvent.CHANGED)
    side = file.new if file.new is not None else file.old
    if side is None or event not in wanted.events or (wanted.paths and not matches(wanted.paths, file.path)):
        return None
    kind = kind_of(side)
    if kind not in wanted.kinds or (wanted.mode and not _changes_mode(file)):
        return None
    words = (
        f"The change {_DEEDS[event]} this {'executable file' if kind is FileKind.EXECUTABLE else kind.value}"
    )
    if wanted.mode:
        words += f", which {'was' if kind is FileKind.FILE else 'was not'} executable before"
    if wanted.more_than is None:
        return f"{words}."
    size = file.new.size if file.new is not None else None
    if file.new is None or (size is not None and size <= wanted.more_than):
        return None
    shown = "of unknown size" if size is None else f"of {size:,} bytes"
    return f"{words}, {shown}; the limit is {wanted.more_than:,}."


def kind_of(blob: Blob) -> FileKind:
    """What an entry of a tree is."""
    if blob.is_submodule:
        return FileKind.SUBMODULE
    if blob.is_link:
        return FileKind.LINK
    return FileKind.EXECUTABLE if blob.is_executable else FileKind.FILE


def _changes_mode(file: FileChange) -> bool:
    return file.old is not None and file.new is not None and file.old.is_executable != file.new.is_executable


def _judge_size(judge: FindingJudge, change: Change) -> Iterator[JudgedFinding]:
    """A `size` rule is asked once for each file that counts; one finding for each measure stands for all, the demands are kept apart."""
    for rule, search in judge.policy.searches().items():
        if isinstance(search, Size):
            files = [file for file in change.files if not search.paths or matches(search.paths, file.path)]
            for name, value in measure(files).items():
                if name in search.measures:
                    yield from _judge_measure(judge, rule, name, value, [file.path for file in files])


def measure(files: Iterable[FileChange]) -> dict[str, int]:
    """How much these file changes are, by the names of the options that limit it."""
    files = list(files)
    added, removed = sum(file.added_lines for file in files), sum(file.removed_lines for file in files)
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
            if rule.options[name] < strictest.options[name]:
                alike[rule.action, rule.reviews] = (rule, raised_by)
    for rule, raised_by in alike.values():
        deed, unit = _MEASURES[name]
        described = (
            f"It {deed} {value:,} {unit}{'' if value == 1 else 's'}; the limit is {rule.options[name]:,}."
        )
        finding = finding_of(judge.specs[rule_id], rule, None, described, provenance)
        message = f"{rule.message} {described}" if rule.message else described
        yield JudgedFinding(replace(finding, code=name, message=message), rule, tuple(raised_by))
