"""The HTTP client, without what no run needs of it; and when to ask again, and after how long."""

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx


ATTEMPTS = 5
LONGEST_WAIT = 300.0
"""Seconds of waiting in one run, all waits together. A job that waits longer for a limit ends better in an error."""

SECONDARY_WAIT = 60.0
"""Seconds to wait after a secondary limit that does not say how long."""

TOO_MANY = 429
FORBIDDEN = 403
SERVER_ERRORS = range(500, 600)


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What of an answer decides whether to ask again; header names in lower case. `status` is None where none came."""

    status: int | None
    headers: Mapping[str, str]
    says_limited: bool = False
    """The body speaks of a rate limit."""

    @property
    def is_limited(self) -> bool:
        """Whether the request was refused for its number, so that it had no effect. A 403 without any sign of that is a permission."""
        if self.status == TOO_MANY:
            return True
        requests_made = self.headers.get("x-ratelimit-remaining") == "0" or "retry-after" in self.headers
        return self.status == FORBIDDEN and (requests_made or self.says_limited)

    @property
    def is_broken(self) -> bool:
        """Whether the server failed, so that nobody knows whether the request had an effect."""
        return self.status is None or self.status in SERVER_ERRORS


def wait_before_next(answer: ResponseHead, attempt: int, now: float) -> float | None:
    """Seconds to wait before the request is sent again, or None if it is not to be sent again.

    Args:
        answer: the last one.
        attempt: how many times it was sent, from 1.
        now: seconds since 1970, to compare with the limit's reset.
    """
    if attempt >= ATTEMPTS or not (answer.is_limited or answer.is_broken):
        return None
    if not answer.is_limited:
        return float(1 << (attempt - 1))
    if (wanted := _seconds(answer.headers.get("retry-after"))) is not None:
        return wanted
    reset = _seconds(answer.headers.get("x-ratelimit-reset"))
    if answer.headers.get("x-ratelimit-remaining") == "0" and reset is not None:
        return max(0.0, reset - now) + 1
    return SECONDARY_WAIT * (1 << (attempt - 1))


def pause(seconds: float) -> None:
    """Wait."""
    time.sleep(seconds)


def _seconds(value: str | None) -> float | None:
    return (
        float(value)
        if value is not None and value.isascii() and value.isdigit() and len(value) < len("9" * 12)
        else None
    )


_COMMAND_LINE = "httpx._main"
"""httpx's own command: its libraries (rich, pygments) take longer to import than httpx. Where they are missing httpx does without."""


def open_client(url: str, headers: dict[str, str], timeout: float) -> "httpx.Client":
    """A client for one server, to be closed. Redirects are not followed."""
    _import_httpx()
    import httpx

    # Authorities are read where there is something to verify: for a server without TLS that is nothing.
    return httpx.Client(timeout=timeout, headers=headers, verify=not url.startswith("http:"))


def _import_httpx() -> None:
    if "httpx" in sys.modules:
        return
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]  # None stands for a module that cannot be imported
    modules[_COMMAND_LINE] = None
    try:
        import httpx  # noqa: F401 - slow to import, and only needed here
    finally:
        del modules[_COMMAND_LINE]
