"""The whole story: read the change, look at it, judge it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from judgegate.gate.request import Request
from judgegate.gate.workforce import Workforce
from judgegate.model.verdict import Verdict

if TYPE_CHECKING:
    from judgegate.gate.approvals import AskForge

Advance = Callable[[int, int], None]


def judge(request: Request, advance: Advance = lambda _done, _total: None, ask_forge: "AskForge | None" = None) -> Verdict:
    """The verdict on what was asked. `ask_forge` says who approved, where no file does.

    Raises:
        UsageError: nothing was judged.
        IncompleteError: the gate could not complete.
    """
    with Workforce(request.directory) as workforce:
        # The first worker imports what it needs while this process does the same, and then asks git.
        from judgegate.gate.proceedings import hear  # noqa: PLC0415 - see above

        return hear(request, workforce, datetime.now(UTC).date(), advance, ask_forge)
