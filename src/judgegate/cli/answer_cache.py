"""The options that say where answers are kept, and the folder where none says so."""

import os
import sys
from pathlib import Path

import click
from click.core import ParameterSource

from judgegate.cli.inputs import FILE
from judgegate.pipeline.request import AnswerCache

cache_folder = click.option(
    "--cache",
    type=FILE,
    metavar="DIR",
    help="Keep what the checks saw in DIR, a folder that only you can write to. "
    "[default: judgegate in your cache folder]",
)

no_cache = click.option(
    "--no-cache",
    is_flag=True,
    envvar="JUDGEGATE_NO_CACHE",
    help="Scan every file again, and keep nothing.",
)


def choose_cache(cache: Path | None, *, no_cache: bool) -> AnswerCache | None:
    """Where answers are kept; None: nowhere.

    Raises:
        click.UsageError: a folder is named, and none is wanted.
    """
    if cache is not None:
        source = click.get_current_context().get_parameter_source("no_cache")
        if no_cache and source is ParameterSource.COMMANDLINE:
            raise click.UsageError("--cache and --no-cache cannot be used together.")
        return AnswerCache(cache)
    # A machine that starts anew for each run has nothing from earlier ones; one that does not is
    # used by other people's changes too, so there somebody has to name a folder.
    if no_cache or is_automation():
        return None
    folder = usual_folder()
    return AnswerCache(folder, is_usual=True) if folder is not None else None


def usual_folder() -> Path | None:
    """Judgegate's own folder among the user's caches; None where the user has no home."""
    # The standard says that a relative path counts as none.
    named = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if named.is_absolute():
        return named / "judgegate"
    # Python takes an empty one for the root.
    if os.environ.get("HOME") == "":
        return None
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if not home.is_absolute():
        return None
    caches = "Library/Caches" if sys.platform == "darwin" else ".cache"
    return home / caches / "judgegate"


def is_automation() -> bool:
    """Whether this is a run of some CI system, which all of them say by the same variable."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false"}
