"""The state of each file: whether it was analysed, is exempt, or could not be analysed, and why."""

from judgegate.model.analysis import AnalysedFile
from judgegate.model.change import Blob, FileChange
from judgegate.model.scales import Action, Authorship
from judgegate.model.verdict import FileState, JudgedFile
from judgegate.policy.conditions import Facts
from judgegate.policy.policy import Policy

SWITCHED_OFF = "the policy switched its checks off"
NO_CHECK = "no check covers it"


def judge_file(file: AnalysedFile, policy: Policy, ai_lines: int) -> JudgedFile:
    """The file's state, with the reason if it is not `analysed`."""
    state, reason = _state(file, policy)
    return JudgedFile(file.change, state, reason, file.rules if state is FileState.ANALYSED else (), ai_lines)


def _state(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    if file.covered:
        analysed = file.obstacle is None
        return (FileState.ANALYSED if analysed else FileState.UNANALYSED), file.obstacle
    if file.coverable:
        return FileState.EXEMPT, SWITCHED_OFF
    return _uncovered(file, policy)


def _uncovered(file: AnalysedFile, policy: Policy) -> tuple[FileState, str | None]:
    odd = describe_oddity(file.change) or file.oddity or (file.obstacle if file.unread else None)
    if odd is not None:
        return FileState.UNANALYSED, odd
    exemption = policy.exemption(file.change.path, file.change.old, file.change.new, *file.change.others)
    if exemption is not None and not any(_applies(rule, file.change.path, policy) for rule in file.missed):
        return FileState.EXEMPT, exemption.name
    return FileState.UNANALYSED, file.obstacle or NO_CHECK


def _applies(rule: str, path: str, policy: Policy) -> bool:
    """Whether an own rule could have held the change up for what it found in a file: then that it could not run does so too."""
    return any(
        policy.resolve(rule, Facts(path, provenance)).action >= Action.REVIEW for provenance in Authorship
    )


def describe_oddity(change: FileChange) -> str | None:
    """What no exemption may cover: links, submodules, executables, on either side."""
    sides = [side for side in (change.old, change.new, *change.others) if side is not None]
    return next((oddity for side in sides if (oddity := _oddity(side)) is not None), None)


def _oddity(side: Blob) -> str | None:
    if side.is_submodule:
        return "it is a submodule: what it brings lies in another repository"
    if side.is_link:
        return "it is a symbolic link"
    if side.is_executable:
        return f"{NO_CHECK}, and it is executable"
    return None
