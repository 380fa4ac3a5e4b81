"""A small client of GitHub's REST interface: whole lists or an error, and no doubtful request twice."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

from msgspec import Struct

from judgegate import __version__
from judgegate.model.errors_and_exit_codes import IncompleteError

if TYPE_CHECKING:
    import httpx


ATTEMPTS = 5
LONGEST_WAIT = 300.0
"""Seconds of waiting in one run, all waits together.

A job that waits longer for a limit ends better in an error.
"""

SECONDARY_WAIT = 60.0
"""Seconds to wait after a secondary limit that does not say how long."""

TOO_MANY = 429
FORBIDDEN = 403
SERVER_ERRORS = range(500, 600)


class ResponseHead(Struct, frozen=True):
    """What of an answer decides whether to ask again; header names in lower case.

    `status` is None where none came.
    """

    status: int | None
    headers: Mapping[str, str]
    says_limited: bool = False
    """The body speaks of a rate limit."""

    @property
    def is_limited(self) -> bool:
        """Whether the request was refused for its number, so that it had no effect.

        A 403 without any sign of that is a permission.
        """
        if self.status == TOO_MANY:
            return True
        requests_made = (
            self.headers.get("x-ratelimit-remaining") == "0"
            or "retry-after" in self.headers
        )
        return self.status == FORBIDDEN and (requests_made or self.says_limited)

    @property
    def is_broken(self) -> bool:
        """Whether the server failed, so that it is not known whether the request had an effect."""
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
        if value is not None
        and value.isascii()
        and value.isdigit()
        and len(value) < len("9" * 12)
        else None
    )


_COMMAND_LINE = "httpx._main"
"""httpx's own command: its libraries (rich, pygments) take longer to import than httpx.

Where they are missing httpx does without.
"""


def open_client(url: str, headers: dict[str, str], timeout: float) -> "httpx.Client":
    """A client for one server, to be closed. Redirects are not followed."""
    _import_httpx()
    import httpx

    # Authorities are read where there is something to verify: for a server without TLS that is nothing.
    return httpx.Client(
        timeout=timeout, headers=headers, verify=not url.startswith("http:")
    )


def _import_httpx() -> None:
    if "httpx" in sys.modules:
        return
    modules: dict[str, object] = sys.modules  # type: ignore[assignment]  # None stands for a module that cannot be imported
    modules[_COMMAND_LINE] = None
    try:
        import httpx  # noqa: F401 - slow to import, and only needed here
    finally:
        del modules[_COMMAND_LINE]


API_VERSION = "2022-11-28"
PAGE_SIZE = 100
MOST_PAGES = 100
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes of one answer; a page of the largest lists has about one million."""
TIMEOUT = 30.0
"""Seconds for each step of a request."""

Query = Mapping[str, str | int]


class ApiError(IncompleteError):
    """GitHub did not answer a question. `status` is the answer's, or None where no whole answer came."""

    code = "github-api"

    def __init__(
        self, request: str, why: str, status: int | None = None, remedy: str = ""
    ) -> None:
        super().__init__(f"GitHub did not answer {request}: {why}.", remedy)
        self.status = status


class ForbiddenError(ApiError):
    """The token may not do it, or may not see it."""


class NotFoundError(ApiError):
    """There is nothing by that name, or the token may not see it: GitHub does not say which."""


class Api:
    """GitHub's REST interface. Close it, or use it as a context manager."""

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._waited = 0.0
        self._client = open_client(
            url,
            {
                "accept": "application/vnd.github+json",
                "authorization": f"Bearer {token}",
                "user-agent": f"judgegate/{__version__}",
                "x-github-api-version": API_VERSION,
            },
            TIMEOUT,
        )

    def get(self, path: str, query: Query | None = None) -> Any:
        """The JSON at a path.

        Raises:
            NotFoundError: there is nothing, as far as the token can see.
            ForbiddenError: the token may not read it.
            ApiError: no whole answer could be had.
        """
        return self._decode("GET", path, self._ask("GET", self._url + path, query))

    def list(
        self, path: str, query: Query | None = None, *, key: str | None = None
    ) -> Iterator[Any]:
        """Every item of a list, page by page to the end; with `key`, of the list by that name in each page.

        Raises:
            ApiError: as in `get`; also if a page is no list, or there is no end.
        """
        url, parameters = self._url + path, {"per_page": PAGE_SIZE, **(query or {})}
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            response = self._ask("GET", url, parameters)
            page = self._decode("GET", path, response)
            items = page.get(key) if key is not None and isinstance(page, dict) else page
            if not isinstance(items, list):
                raise ApiError(f"GET {path}", "a page of the list is not a list")
            yield from items
            following = response.links.get("next", {}).get("url")
            if following is None:
                return
            url, parameters = self._own(path, following), {}
            if url in seen:
                break
            seen.add(url)
        raise ApiError(
            f"GET {path}", f"the list does not end, or has more than {MOST_PAGES} pages"
        )

    def post(
        self, path: str, body: Mapping[str, object], is_done: Callable[[], bool]
    ) -> Any:
        """Make something; what GitHub says of it, or None if only `is_done` says that it is there.

        `is_done` says whether it is there already; it is asked before the request is sent another time.

        Raises:
            ForbiddenError: the token may not.
            ApiError: it could not be made, or it is not known whether it was.
        """
        response = self._ask("POST", self._url + path, body=body, is_done=is_done)
        return self._decode("POST", path, response) if response.content else None

    def patch(self, path: str, body: Mapping[str, object]) -> None:
        """Make something other than it was. To do so twice is to do so once.

        Raises:
            ApiError: as in `get`.
        """
        self._ask("PATCH", self._url + path, body=body)

    def delete(self, path: str) -> None:
        """Take something away.

        Raises:
            ApiError: as in `get`; `NotFoundError` also where it is gone already.
        """
        self._ask("DELETE", self._url + path)

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _ask(
        self,
        method: str,
        url: str,
        query: Query | None = None,
        body: Mapping[str, object] | None = None,
        is_done: Callable[[], bool] | None = None,
    ) -> "httpx.Response":
        """The first answer that is neither a limit nor a failure of the server; an error's status raises."""
        request = f"{method} {url.removeprefix(self._url).partition('?')[0]}"
        attempt = 0
        while True:
            attempt += 1
            response, why = self._send(method, url, query, body)
            answer = _judge_answer(response)
            if response is not None and response.is_success:
                return response
            wait = wait_before_next(answer, attempt, time.time())
            if wait is None or self._waited + wait > LONGEST_WAIT:
                raise _failure(request, response, answer, why)
            self._waited += wait
            pause(wait)
            if answer.is_broken and is_done is not None and is_done():
                return _nothing()

    def _send(
        self, method: str, url: str, query: Query | None, body: Mapping[str, object] | None
    ) -> tuple["httpx.Response | None", str]:
        """The whole answer, or None and why there is none."""
        import httpx

        try:
            with self._client.stream(
                method, url, params=dict(query) if query else None, json=body
            ) as response:
                size = 0
                chunks = []
                for chunk in response.iter_bytes():
                    size += len(chunk)
                    if size > LARGEST_ANSWER:
                        raise ApiError(
                            f"{method} {urlsplit(url).path}",
                            f"the answer is larger than {LARGEST_ANSWER >> 20} MiB",
                        )
                    chunks.append(chunk)
                headers = [
                    (name, value)
                    for name, value in response.headers.items()
                    if name.lower() not in _OF_THE_WIRE
                ]
                return httpx.Response(
                    response.status_code,
                    headers=headers,
                    content=b"".join(chunks),
                    request=response.request,
                ), ""
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return None, f"{type(error).__name__}: {error}" if str(error) else type(
                error
            ).__name__

    def _decode(self, method: str, path: str, response: "httpx.Response") -> Any:
        try:
            return json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise ApiError(
                f"{method} {path}", "the answer is not JSON", response.status_code
            ) from error

    def _own(self, path: str, following: str) -> str:
        """The next page's URL, if it is of the same server: the token goes nowhere else."""
        if not following.startswith(self._url + "/"):
            raise ApiError(f"GET {path}", "its next page is on another server")
        return following


_OF_THE_WIRE = frozenset({"content-encoding", "content-length", "transfer-encoding"})
"""Headers that say how a body came; it is decoded by now."""

_REMEDIES = {
    401: "The token is not valid; give the Action a github-token.",
    403: "Give the job the permissions that docs/github.md lists.",
    404: (
        "GitHub also answers this if the token may not see something: give the job the permissions that "
        "docs/github.md lists."
    ),
}


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="")


def _judge_answer(response: "httpx.Response | None") -> ResponseHead:
    if response is None:
        return ResponseHead(None, {})
    return ResponseHead(
        response.status_code,
        dict(response.headers),
        b"rate limit" in response.content[:10_000].lower(),
    )


def _failure(
    request: str, response: "httpx.Response | None", answer: ResponseHead, why: str
) -> ApiError:
    if response is None:
        return ApiError(request, f"there was no complete answer ({why})")
    status = response.status_code
    if answer.is_limited:
        return ApiError(
            request, f"its rate limit is used up ({status})", status, "Try again later."
        )
    said = f"{status} {_message(response)}"
    if needed := response.headers.get("x-accepted-github-permissions"):
        said += f"; it needs {needed}"
    kind = {403: ForbiddenError, 404: NotFoundError}.get(status, ApiError)
    return kind(request, said, status, _REMEDIES.get(status, ""))


def _message(response: "httpx.Response") -> str:
    """What GitHub says of an error, at most 200 characters of it, in one line."""
    try:
        document = json.loads(response.content)
    except (ValueError, RecursionError):
        document = None
    said = document.get("message") if isinstance(document, dict) else None
    return (
        " ".join(said[:200].split())
        if isinstance(said, str) and said
        else "without a reason"
    )


def _nothing() -> "httpx.Response":
    import httpx

    return httpx.Response(204)
