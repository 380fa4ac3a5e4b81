"""One judgement from beginning to end, in the order that makes its start short."""

from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from judgegate.model.change import ChangeSource
from judgegate.model.notices import Advance, ignore_progress
from judgegate.model.verdict import Verdict
from judgegate.pipeline.pool_scaling import Background, ScalingPool
from judgegate.pipeline.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator

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

        import_the_rest = partial(_import_the_rest, collects=collects)
        imports = Background(import_the_rest) if request.answers is None else None
        with (
            open_repository(request) as repository,
            _kept_answers(request, repository, pool) as kept,
        ):
            # Not before: what is kept says whether a worker starts now, and need not wait for imports.
            imports = imports or Background(import_the_rest)
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
                kept=kept,
            ).verdict


@contextmanager
def _kept_answers(
    request: Request, repository: "Repository", pool: ScalingPool
) -> "Iterator[KeptAnswers | None]":
    """What earlier runs kept, until the block ends."""
    kept = _open_answers(request, repository, pool)
    try:
        yield kept
    finally:
        if kept is not None:
            kept.close()


def _open_answers(
    request: Request, repository: "Repository", pool: ScalingPool
) -> "KeptAnswers | None":
    if request.answers is None:
        return None
    # Imported here, because SQLite is only needed where answers are kept.
    from judgegate.pipeline.kept_answers import KeptAnswers

    kept = KeptAnswers(request.answers)
    kept.open(repository)
    pool.salt = kept.salt
    # Of a head that no run has seen some content is most likely new too. So the first worker starts
    # now, and need not wait until the change is read.
    if request.cache is None and request.source is ChangeSource.COMMITS:
        tip = _find_tip(repository, request.head or "HEAD")
        if tip is not None and not kept.know([tip]):
            pool.start()
    return kept


def _find_tip(repository: "Repository", name: str) -> str | None:
    """The commit to judge; None where it is not found: whoever reads the change says what is wrong."""
    try:
        return repository.look_up(name)
    except ValueError:
        return None


def _import_the_rest(*, collects: bool) -> None:
    """Import what judges a change, and what collects from it if it is certain to be needed."""
    if collects:
        import judgegate.pipeline.collect
    import judgegate.pipeline.evaluate  # noqa: F401 - only to have it imported
