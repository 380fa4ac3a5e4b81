"""The whole story: read the change, look at it, judge it."""

from datetime import UTC, datetime
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

from judgegate.model.progress import Advance
from judgegate.model.verdict import Verdict
from judgegate.pipeline.background import Background
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.request import Request

if TYPE_CHECKING:
    from judgegate.pipeline.approvals import AskForge


def run(
    request: Request, advance: Advance = lambda _done, _total: None, ask_forge: "AskForge | None" = None
) -> Verdict:
    """The verdict on what was asked. `ask_forge` says who approved, where no file does.

    Raises:
        UsageError: nothing was judged.
        IncompleteError: the gate could not complete.
    """
    # Where an analysis may be kept, there may be nothing to look at.
    with ScalingPool(request.directory, eager=request.cache is None) as workforce:
        # The first worker imports what it needs while this process does the same; and while git is asked, the rest of the gate is imported.
        from judgegate.pipeline.read_change import open_repository, read_change  # see above

        gate = Background(lambda: _import_gate(looks=request.cache is None))
        with open_repository(request) as repository:
            change = read_change(repository, request)
            evaluate_change = gate.result().evaluate_change
            today = datetime.now(UTC).date()
            evaluation = evaluate_change(
                request, repository, change, workforce, today=today, advance=advance, ask_forge=ask_forge
            )
            verdict: Verdict = evaluation.verdict
            return verdict


def _import_gate(*, looks: bool) -> ModuleType:
    """The rest of the gate. `looks`: it is certain that something is looked at; else what that needs waits until then."""
    if looks:
        import_module("judgegate.pipeline.collect")
    return import_module("judgegate.pipeline.evaluate")
