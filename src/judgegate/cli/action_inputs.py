"""The options of `judgegate github`: the Action's inputs, which come as environment variables."""

import os
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from judgegate.cli.inputs import FILE
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.levels import FailOn

if TYPE_CHECKING:
    from judgegate.github.runner import Inputs
    from judgegate.pipeline.request import CacheKey

SHORTEST_KEY = 32
"""Characters: in hexadecimal these are 128 random bits."""

FAIL_ON = click.Choice([level.value for level in FailOn])
WORDS = {"true": True, "false": False}


def _read_switch(_context: click.Context, option: click.Parameter, value: str) -> bool:
    """`true` or `false` and no other word: what was meant as a no must not be taken for a yes."""
    if value not in WORDS:
        name = (option.name or "").replace("_", "-")
        raise click.UsageError(f"The input {name} is {value!r}: write true or false.")
    return WORDS[value]


def _switch(
    name: str, variable: str, default: str, description: str
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """An option that takes `true` or `false`. It is no flag, since the Action gives each input a value."""
    description = f"{description} [default: {default}]"
    return click.option(
        name,
        metavar="true|false",
        default=default,
        callback=_read_switch,
        envvar=variable,
        help=description,
    )


_OPTIONS = (
    click.option(
        "--fail-on",
        type=FAIL_ON,
        envvar="JUDGEGATE_FAIL_ON",
        help="The mildest outcome that stops the change; never is report mode.",
    ),
    click.option(
        "--org-policy",
        metavar="ADDRESS",
        envvar="JUDGEGATE_ORG_POLICY",
        help="The organisation's policy: owner/repo:path@commit.",
    ),
    click.option(
        "--pull-request",
        metavar="NUMBER",
        envvar="JUDGEGATE_PULL_REQUEST",
        help="The pull request's number, for an event that does not name one.",
    ),
    _switch(
        "--comment",
        "JUDGEGATE_COMMENT",
        "true",
        "Write the brief into a comment, and update the comment.",
    ),
    _switch(
        "--annotations",
        "JUDGEGATE_ANNOTATIONS",
        "true",
        "Show findings next to their lines.",
    ),
    _switch("--labels", "JUDGEGATE_LABELS", "false", "Label the pull request."),
    _switch(
        "--request-reviews",
        "JUDGEGATE_REQUEST_REVIEWS",
        "false",
        "Request reviews from the people whom the policy or CODEOWNERS names.",
    ),
    click.option(
        "--acts-as",
        metavar="LOGIN",
        envvar="JUDGEGATE_ACTS_AS",
        help="The account that the token belongs to. [default: github-actions[bot]]",
    ),
    click.option(
        "--cache",
        type=FILE,
        metavar="DIR",
        envvar="JUDGEGATE_CACHE",
        help="Cache analyses in a folder outside of the checkout.",
    ),
)


def action_inputs(command: Callable[["Inputs"], int]) -> Callable[..., int]:
    """Give a command the Action's inputs, as one value."""

    @wraps(command)
    def wrapper(**values: Any) -> int:
        return command(_read(**values))

    for option in reversed(_OPTIONS):
        wrapper = option(wrapper)
    return wrapper


def _read(
    *,
    fail_on: str | None,
    org_policy: str | None,
    pull_request: str | None,
    acts_as: str | None,
    cache: Path | None,
    **switches: bool,
) -> "Inputs":
    """The inputs as one value. An empty one counts as left out, as the Action passes it."""
    from judgegate.github.client.connection import JOB_ACCOUNT
    from judgegate.github.runner import Inputs, parse_address

    return Inputs(
        fail_on=FailOn(fail_on) if fail_on else None,
        org_policy=parse_address(org_policy) if org_policy else None,
        number=pull_request or None,
        acts_as=acts_as or JOB_ACCOUNT,
        cache=_outside(cache, os.environ.get("GITHUB_WORKSPACE")),
        cache_key=_read_key(os.environ.get("JUDGEGATE_CACHE_KEY", "")),
        **switches,
    )


def _read_key(secret: str) -> "CacheKey | None":
    """The secret that seals what is kept; None where there is none.

    It has no option: a process's arguments can be read by others, and end up in logs.

    Raises:
        UsageError: it is short enough to be guessed by whoever sees what it sealed.
    """
    secret = secret.strip()
    if not secret:
        return None
    from judgegate.pipeline.request import CacheKey

    if len(secret) < SHORTEST_KEY:
        raise UsageError(
            f"The input cache-key has fewer than {SHORTEST_KEY} characters, so it could be guessed.",
            "Write a random one: openssl rand -hex 32",
        )
    return CacheKey(secret.encode("utf-8", "surrogateescape"))


def _outside(cache: Path | None, checkout: str | None) -> Path | None:
    """The folder, which a checkout of the pull request cannot have brought; None: no folder is named."""
    if cache is None:
        return None
    from judgegate.pipeline.cache_folder import (
        forbid_inside,  # only who names a folder needs it
    )

    folder = cache.expanduser()
    if checkout:
        forbid_inside(folder, Path(checkout))
    return folder
