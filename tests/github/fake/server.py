"""The server: paths to answers, pages, permissions of the token, and what a test wants to go wrong."""

import json
import re
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.github.fake.contract import Contract
from tests.github.fake.routes import REPOSITORY, ROUTES
from tests.github.fake.world import World

API = "/api/v3"
NO_CONTENT = 204
TOKEN = "a-token-of-the-tests"


class Fault(Struct):
    """An answer that takes the place of the real one, so many times.

    `body` None: the connection ends in the middle of the answer.

    `late`: the request takes effect before the answer is spoilt.
    """

    method: str
    path: re.Pattern[str]
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = b'{"message": "as the test wants it"}'
    times: int = 1
    late: bool = False


class Entry(Struct, frozen=True):
    """A request in the log; `note` is what it wrote."""

    method: str
    path: str
    status: int
    note: str = ""

    def __str__(self) -> str:
        return (
            f"{self.method} {self.path} {self.status}{f' {self.note}' if self.note else ''}"
        )


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """The fake keeps its own log."""


class FakeGitHub:
    """GitHub on the loopback, with the interface where an enterprise's server has it: under `/api/v3`."""

    def __init__(self, path: Path) -> None:
        self.world = World(path)
        self.path = path
        self.contract = Contract()
        self.log: list[Entry] = []
        self.faults: list[Fault] = []
        self.before: list[tuple[re.Pattern[str], Callable[[], object]]] = []
        self.page_size: int | None = None
        self.authorizations: set[str] = set()
        self.git_requests: list[str] = []
        self.git_failures = 0
        self._lock = threading.Lock()
        self._server = make_server(
            "127.0.0.1", 0, self._serve, threaded=True, request_handler=_Quiet
        )
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    @property
    def api_url(self) -> str:
        return self.url + API

    def fail(
        self, pattern: str, status: int = 500, method: str = "GET", **more: Any
    ) -> None:
        """Answer requests whose path matches with something else."""
        self.faults.append(Fault(method, re.compile(pattern), status, **more))

    def when(self, pattern: str, do: Callable[[], object]) -> None:
        """Do something before the first request (`METHOD path`) that matches is answered."""
        self.before.append((re.compile(pattern), do))

    @contextmanager
    def running(self) -> Iterator["FakeGitHub"]:
        thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def _serve(self, environ: dict[str, Any], start_response: Any) -> Any:
        request = Request(environ)
        if request.path.startswith(API + "/"):
            with self._lock:
                response = self._answer_or_confess(request, request.path.removeprefix(API))
        else:
            response = self._serve_git(request)
        return response(environ, start_response)

    def _answer_or_confess(self, request: Request, path: str) -> Response:
        """A mistake in the fake itself must not look like a server's failure that a client may live with."""
        try:
            return self._answer(request, path)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must see it
            self.contract.violations.append(
                f"{request.method} {path}: the fake failed: {error!r}"
            )
            return _json(500, {"message": "the fake failed"})

    def _answer(self, request: Request, path: str) -> Response:
        self.authorizations.add(request.headers.get("Authorization", ""))
        requested = f"{request.method} {path}"
        for pattern, do in [one for one in self.before if one[0].search(requested)]:
            self.before.remove((pattern, do))
            do()
        described = self.contract.check_request(request, path)
        response = self._spoil(request, path)
        if response is None:
            response = self._route(request, path)
            self.contract.check_response(described, response)
        note = (
            _note(request)
            if request.method in {"POST", "PATCH"}
            else (f"page {request.args['page']}" if "page" in request.args else "")
        )
        self.log.append(
            Entry(request.method, path.removeprefix(REPOSITORY), response.status_code, note)
        )
        return response

    def _spoil(self, request: Request, path: str) -> Response | None:
        for fault in self.faults:
            if fault.times and fault.method == request.method and fault.path.search(path):
                fault.times -= 1
                if fault.late:
                    self._route(request, path)
                if fault.body is None:
                    response = Response(
                        b'[{"id":',
                        fault.status,
                        fault.headers,
                        content_type="application/json",
                    )
                    response.headers["Content-Length"] = "1000"
                    return response
                return Response(
                    fault.body, fault.status, fault.headers, content_type="application/json"
                )
        return None

    def _route(self, request: Request, path: str) -> Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _json(401, {"message": "Bad credentials"})
        for method, pattern, handle in ROUTES:
            found = re.fullmatch(pattern, path)
            if found and method == request.method:
                status, body = handle(self.world, request, *found.groups())
                return (
                    self._paged(request, body)
                    if isinstance(body, list) and method == "GET"
                    else _json(status, body)
                )
        return _json(404, {"message": "Not Found"})

    def _paged(self, request: Request, items: Sequence[Any]) -> Response:
        """One page, with the address of the next.

        GitHub gives pages of `per_page` at most; a test may make them smaller.
        """
        size = self.page_size or int(request.args.get("per_page", 30))
        cursor = "after" if request.path.endswith("/activity") else "page"
        page = int(request.args.get(cursor, 1))
        response = _json(200, items[(page - 1) * size : page * size])
        if page * size < len(items):
            query = "&".join(
                f"{name}={value}"
                for name, value in {**request.args, cursor: page + 1}.items()
            )
            response.headers["Link"] = f'<{self.url}{request.path}?{query}>; rel="next"'
        return response

    def _serve_git(self, request: Request) -> Response:
        self.git_requests.append(request.headers.get("Authorization", ""))
        if self.git_failures:
            self.git_failures -= 1
            return Response(status=503)
        if not request.headers.get("Authorization", "").startswith("Basic "):
            return Response(status=401, headers={"WWW-Authenticate": "Basic"})
        environment = {
            "GIT_PROJECT_ROOT": str(self.path),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": request.path,
            "QUERY_STRING": request.query_string.decode(),
            "REQUEST_METHOD": request.method,
            "CONTENT_TYPE": request.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            "PATH": "/usr/bin:/bin:/usr/local/bin:/opt/homebrew/bin",
        }
        # A commit that is not there is said in the answer, and by an exit code of 1 besides, which
        # no client sees.
        done = subprocess.run(
            ["git", "http-backend"],  # noqa: S607 - the git that the tests run with
            input=request.get_data(),
            env=environment,
            capture_output=True,
            check=False,
        )
        head, _, body = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().splitlines())
        return Response(body, int(headers.pop("Status", "200").split(" ")[0]), headers)


def _json(status: int, document: Any) -> Response:
    if status == NO_CONTENT:
        return Response(status=status)
    return Response(
        json.dumps(document), status, content_type="application/json; charset=utf-8"
    )


def _note(request: Request) -> str:
    match json.loads(request.get_data()):
        case {"context": context, "state": state, "description": description}:
            return f"{context}: {state}, {description!r}"
        case {"labels": names} | {"reviewers": names} | {"team_reviewers": names}:
            return ", ".join(names)
        case _:
            return ""
