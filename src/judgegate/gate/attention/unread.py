"""What nobody's check could look at."""

from collections.abc import Iterator

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.questions import LINK, SUBMODULE
from judgegate.gate.attention.questions import NO_CHECK as WHAT_DOES_IT_DO
from judgegate.gate.attention.questions import UNREAD as WHAT_IS_IN_IT
from judgegate.gate.attention.weights import UNREAD
from judgegate.gate.coverage import NO_CHECK
from judgegate.model.attention import Concern, Stake
from judgegate.model.change import FileChange
from judgegate.model.verdict import FileState, JudgedFile


def weigh_unread(file: JudgedFile) -> Iterator[Weighed]:
    """The concern of an unanalysed file, with the reason why it is one."""
    if file.state is FileState.UNANALYSED:
        what = f"judgegate could not read it: {file.reason}"
        yield Weighed(Concern(Stake.UNREAD, what, _ask(file.change, file.reason or "")), UNREAD)


def _ask(change: FileChange, reason: str) -> str:
    sides = [side for side in (change.old, change.new) if side is not None]
    if any(side.is_submodule for side in sides):
        return SUBMODULE
    if any(side.is_link for side in sides):
        return LINK
    return WHAT_DOES_IT_DO if reason.startswith(NO_CHECK) else WHAT_IS_IN_IT
