"""Clone the repositories of a list, so that its changes can be judged: bare, with all their history."""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.history import find_pair
from bench.real_changes.change_list import ListedChange, place_of, read_list
from bench.real_changes.problems import Problem

GITHUB = "https://github.com"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the command takes."""
    parser.add_argument("lists", nargs="+", type=Path, metavar="LIST")
    parser.add_argument(
        "--repositories", type=Path, required=True, metavar="DIR", help="where to put them"
    )
    parser.add_argument(
        "--from",
        dest="source",
        default=GITHUB,
        metavar="URL",
        help=f"what OWNER/NAME is added to [default: {GITHUB}]",
    )


def run(options: argparse.Namespace) -> int:
    """Clone what is not there yet, and name the changes that are incomplete all the same."""
    changes = [change for path in options.lists for change in read_list(path)]
    for name in dict.fromkeys(
        change.repository for change in find_missing(changes, options)
    ):
        fetch(name, options.source, options.repositories)
    missing = find_missing(changes, options)
    for change in missing:
        print(f"missing in {change.repository}: {change.commits}", file=sys.stderr)
    print(f"{len(changes) - len(missing)} of {len(changes)} changes are here")
    return int(bool(missing))


def find_missing(
    changes: Sequence[ListedChange], options: argparse.Namespace
) -> list[ListedChange]:
    """The changes of which the repositories lack a commit, or an object that it brings."""
    return [change for change in changes if not is_here(change, options.repositories)]


def fetch(name: str, source: str, folder: Path) -> None:
    """Clone one repository, or bring its branches up to date.

    Raises:
        Problem: git could not.
    """
    target = place_of(folder, name)
    print(f"fetching {name}", flush=True)
    if target.is_dir():
        _git("-C", str(target), "fetch", "--quiet", "origin", "+refs/heads/*:refs/heads/*")
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    _git("clone", "--quiet", "--bare", f"{source}/{name}", str(target))


def is_here(change: ListedChange, folder: Path) -> bool:
    """Whether all that the change brings is in its repository."""
    place = place_of(folder, change.repository)
    return find_pair(place, change.base, change.head) is not None


def _git(*arguments: str) -> None:
    """Git with the user's settings, as a proxy may be among them."""
    environment = os.environ | {"GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *arguments], env=environment, check=False)  # noqa: S607 - the user's git
    if done.returncode:
        raise Problem(f"git {' '.join(arguments)} ended with {done.returncode}")
