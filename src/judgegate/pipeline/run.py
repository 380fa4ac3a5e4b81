"""One judgement from beginning to end, in the order that makes its start short."""

from contextlib import closing, nullcontext
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from judgegate.model.notices import Advance, ignore_progress
from judgegate.model.verdict import Verdict
from judgegate.pipeline.pool_scaling import Background, ScalingPool
from judgegate.pipeline.request import Request

if TYPE_CHECKING:
    from judgegate.change.repository import Repository
    from judgegate.pipeline.approvals import AskForge
    from judgegate.pipeline.kept_answers import KeptAnswers


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
    # With a cache there may be nothing to scan: then no worker is started ahead.
    collects = request.cache is None
    scans = collects and request.answers is None
    with ScalingPool(request.directory, eager=scans) as pool:
        from judgegate.pipeline.read_change import open_repository, read_change

        imports = Background(lambda: _import_the_rest(collects=collects))
        with open_repository(request) as repository:
            opening = Background(lambda: _open_answers(request, repository))
            change = read_change(repository, request)
            imports.result()
            from judgegate.pipeline.evaluate import evaluate_change

            today = datetime.now(UTC).date()
            kept = opening.result()
            with nullcontext() if kept is None else closing(kept):
                return evaluate_change(
                    request,
                    repository,
                    change,
                    pool,
                    today=today,
                    advance=advance,
                    ask_forge=ask_forge,
                    kept=kept,
                ).verdict


def _open_answers(request: Request, repository: "Repository") -> "KeptAnswers | None":
    if request.answers is None:
        return None
    # Imported here, because SQLite is only needed where answers are kept.
    from judgegate.pipeline.kept_answers import open_answers

    return open_answers(request.answers, repository)


def _import_the_rest(*, collects: bool) -> None:
    """Import what judges a change, and what collects from it if it is certain to be needed."""
    if collects:
        import judgegate.pipeline.collect
    import judgegate.pipeline.evaluate  # noqa: F401 - only to have it imported
