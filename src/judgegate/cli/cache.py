"""`judgegate cache`: where `judgegate check` keeps answers, and how to be rid of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from judgegate.cli.answer_cache import usual_folder
from judgegate.cli.inputs import FILE
from judgegate.cli.streams import print_lines
from judgegate.model.errors_and_exit_codes import ExitCode, UsageError
from judgegate.report.escape import escape

if TYPE_CHECKING:
    from judgegate.pipeline.answer_store import StoreFigures

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)

FOLDER = click.option(
    "--cache",
    type=FILE,
    metavar="DIR",
    help="The folder. [default: judgegate in your cache folder]",
)


@click.group("cache")
def command() -> None:
    """Show or clear what `judgegate check` keeps from one run to the next."""


@command.command("info")
@FOLDER
def info(cache: Path | None) -> ExitCode:
    """Show where the cache is, how much it holds, and since when."""
    from judgegate.pipeline.answer_store import measure_store
    from judgegate.pipeline.cache_folder import open_cache_directory

    place = _find(cache)
    with _explained(place):
        figures = measure_store(open_cache_directory(place, None, None))
    where = escape(str(place))
    print_lines(
        [f"There is no cache in {where}."] if figures is None else _describe(where, figures)
    )
    return ExitCode.PASS


@command.command("clear")
@FOLDER
def clear(cache: Path | None) -> ExitCode:
    """Remove the cache. Other files in its folder stay."""
    from judgegate.pipeline.answer_store import DATABASE, remove_store
    from judgegate.pipeline.cache_folder import open_cache_directory

    place = _find(cache)
    with _explained(place):
        was_there = (place / DATABASE).exists()
        remove_store(open_cache_directory(place, None, None))
    where = escape(str(place))
    print_lines(
        [
            f"The cache in {where} is removed."
            if was_there
            else f"There is no cache in {where}."
        ]
    )
    return ExitCode.PASS


def _find(cache: Path | None) -> Path:
    """The folder that is named, or the usual one.

    Raises:
        UsageError: there is none.
    """
    folder = usual_folder() if cache is None else cache
    if folder is None:
        raise UsageError("You have no home folder, so there is no cache.")
    return folder


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Say what is wrong with a store, and what to do.

    Raises:
        UsageError: something is.
    """
    from judgegate.pipeline.answer_tables import DamagedStoreError, StoreBusyError
    from judgegate.pipeline.cache_folder import UntrustedError, reason

    try:
        yield
    except (DamagedStoreError, UntrustedError) as error:
        raise UsageError(
            f"The cache in {folder} cannot be used: {error}.",
            f"Remove it: judgegate cache clear --cache {folder}",
        ) from error
    except StoreBusyError as error:
        raise UsageError("Another run writes to the cache. Try again.") from error
    except OSError as error:
        raise UsageError(
            f"The cache in {folder} cannot be reached: {reason(error)}."
        ) from error


def _describe(where: str, figures: "StoreFigures") -> Iterator[str]:
    """A line for each thing that is known of a store."""
    from judgegate.pipeline.answer_store import LARGEST_STORE

    yield f"folder    {where}"
    yield f"answers   {figures.rows:,}"
    yield f"size      {figures.size / (1 << 20):.1f} MiB, at most {LARGEST_STORE >> 20}"
    if figures.oldest is not None:
        day = (_BEGINNING + timedelta(days=figures.oldest)).date()
        yield f"used      on {day} or later"
