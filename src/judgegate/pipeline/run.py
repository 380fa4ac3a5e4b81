"""One judgement from beginning to end, in the order that makes its start short."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from judgegate.model.notices import Advance, ignore_progress
from judgegate.model.verdict import Verdict
from judgegate.pipeline.pool_scaling import Background, ScalingPool
from judgegate.pipeline.request import Request

if TYPE_CHECKING:
    from judgegate.pipeline.approvals import AskForge


def run(
    request: Request,
    advance: Advance = ignore_progress,
    ask_forge: "AskForge | None" = None,
) -> Verdict:
    """The verdict on what was asked. `ask_forge` says who approved, where no file does.

    A small change waits for imports and for nothing else. So the first worker starts before
    anything is imported here, and imports what it needs meanwhile; and while git reads the change,
    a thread imports what judges it.

    Raises:
        UsageError: nothing was judged.
        IncompleteError: the gate could not complete.
    """
    # With a cache there may be nothing to collect: then no worker is started ahead.
    collects = request.cache is None
    with ScalingPool(request.directory, eager=collects) as pool:
        from judgegate.pipeline.read_change import open_repository, read_change

        imports = Background(lambda: _import_the_rest(collects=collects))
        with open_repository(request) as repository:
            change = read_change(repository, request)
            imports.result()
            from judgegate.pipeline.evaluate import evaluate_change

            today = datetime.now(UTC).date()
            return evaluate_change(
                request,
                repository,
                change,
                pool,
                today=today,
                advance=advance,
                ask_forge=ask_forge,
            ).verdict


def _import_the_rest(*, collects: bool) -> None:
    """Import what judges a change, and what collects from it if it is certain to be needed."""
    if collects:
        import judgegate.pipeline.collect
    import judgegate.pipeline.evaluate  # noqa: F401 - only to have it imported
