"""What nobody's check could look at."""

from collections.abc import Iterator

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import INSTRUCTIONS, LINK, PROGRAM, SUBMODULE
from judgegate.gate.attention.questions import UNREAD as WHAT_IS_IN_IT
from judgegate.gate.attention.weights import UNREAD, UNREAD_TEST
from judgegate.gate.looking.testing import is_test
from judgegate.model.attention import Concern, Stake
from judgegate.model.change import FileChange
from judgegate.model.languages import language_by_suffix
from judgegate.model.verdict import FileState, JudgedFile

PROSE = (".md", ".mdc", ".markdown", ".rst", ".txt")
"""Prose that no policy exempts is mostly what assistants obey."""


def weigh_unread(file: JudgedFile) -> Iterator[Weighed]:
    """The concern of an unanalysed file, with the reason why it is one."""
    if file.state is FileState.UNANALYSED:
        path = file.change.path
        weight = UNREAD_TEST if is_test(path, language_by_suffix(path)) else UNREAD
        yield Weighed(Concern(Stake.UNREAD, f"judgegate could not read it: {file.reason}", _ask(file.change)), weight)


def _ask(change: FileChange) -> str:
    sides = [side for side in (change.old, change.new) if side is not None]
    if any(side.is_submodule for side in sides):
        return SUBMODULE
    if any(side.is_link for side in sides):
        return LINK
    if any(side.is_executable for side in sides) or language_by_suffix(change.path) == "bash":
        return PROGRAM
    return INSTRUCTIONS if change.path.lower().endswith(PROSE) else WHAT_IS_IN_IT
