"""httpx, without what no run needs of it."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

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
