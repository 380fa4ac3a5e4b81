"""What bandit's tests are asked about: which of them, and in which forms a call is shown to them.

Only tests that can say something of a call or a text are asked; one that is not in these tables is asked
always. A call that is written in another form than the one they read is turned into the plain call that it
comes to: `run(command, **{"shell": True})`, a flag that is given by its position, a function that is
handed to another one that calls it. A contract test holds all of it against bandit itself.
"""

import ast
import builtins
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

from judgegate.model.facts import ANYTHING

TextTests = list[tuple[Any, tuple[str, ...]]]
"""Tests of texts, each with how a text must begin that it can speak of."""


_ASYMMETRIC = "cryptography.hazmat.primitives.asymmetric"
_PAIRS_OF_KEYS = tuple(product(("Crypto", "Cryptodome"), ("DSA", "RSA")))
_VERBS = ("get", "options", "head", "post", "put", "patch", "delete")
_HTTP = (
    *(f"requests.{verb}" for verb in _VERBS),
    *(f"httpx.{name}" for name in (*_VERBS, "request", "stream", "Client", "AsyncClient")),
)
_HASHES = (
    *(f"hashlib.{name}" for name in ("md4", "md5", "sha", "sha1", "new")),
    "crypt.crypt",
    "crypt.mksalt",
)
_KEYS = (
    *(f"{package}.PublicKey.{kind}.generate" for package, kind in _PAIRS_OF_KEYS),
    *(f"{_ASYMMETRIC}.{kind}.generate_private_key" for kind in ("dsa", "rsa", "ec")),
)
_SAFE_STRINGS = tuple(
    f"django.utils.safestring.{name}"
    for name in ("mark_safe", "SafeText", "SafeUnicode", "SafeString", "SafeBytes")
)

NAMED: Mapping[str, tuple[str, ...]] = {
    "B102": ("exec",),
    "B113": _HTTP,
    "B201": ("flask.Flask.run",),
    "B324": _HASHES,
    "B501": _HTTP,
    "B502": ("ssl.wrap_socket", "pyOpenSSL.SSL.Context"),
    "B504": ("ssl.wrap_socket",),
    "B505": _KEYS,
    "B506": ("yaml.load",),
    "B507": ("paramiko.SSHClient.set_missing_host_key_policy",),
    "B508": ("pysnmp.hlapi.CommunityData",),
    "B509": ("pysnmp.hlapi.UsmUserData",),
    "B601": ("paramiko.SSHClient.exec_command",),
    "B610": ("django.db.models.QuerySet.extra",),
    "B611": ("django.db.models.expressions.RawSQL",),
    "B612": ("logging.config.listen",),
    "B614": ("torch.load", "torch.serialization.load"),
    "B615": (
        "transformers.from_pretrained",
        "datasets.load_dataset",
        "huggingface_hub.hf_hub_download",
        "huggingface_hub.snapshot_download",
        "huggingface_hub.repository_id",
    ),
    "B701": ("jinja2.Environment",),
    "B702": ("mako.template.Template",),
    "B703": _SAFE_STRINGS,
    "B704": ("markupsafe.Markup", "flask.Markup"),
}
"""Names that a test speaks of. Some tests go by the last part alone."""

CONTAINED: Mapping[str, str] = {"B103": "chmod", "B202": "extractall"}
"""What the last part of a name must contain."""

CONFIGURED = frozenset({"B602", "B603", "B605", "B606", "B607", "B609"})
"""Tests whose names are in their settings, in lists of full names."""

BLACKLIST = "B001"
_IMPORTING = frozenset({"__import__", "import_module"})

KEYWORDS: Mapping[str, frozenset[str]] = {
    "B502": frozenset({"method", "ssl_version"}),
    "B604": frozenset({"shell"}),
}
"""Tests that speak of any call with one of these keywords."""

ANY_KEYWORD = frozenset({"B106"})
"""Tests that speak of any call with a keyword."""

PARENTS: Mapping[str, frozenset[str]] = {
    "B105": frozenset({"Assign", "Dict", "Subscript", "Index", "Compare"}),
    "B608": frozenset({"BinOp", "Attribute", "JoinedStr"}),
}
"""Tests that speak of a text only in one of these nodes."""


_MOST_NAMES = 4096


class CallTests:
    """The tests of calls, to be chosen by the last part of a name, and by the keywords.

    Args:
        tests: bandit's, in its order.
    """

    def __init__(self, tests: Iterable[Any]) -> None:
        self._tests = tuple(tests)
        self._names = {id(test): _names_of(test) for test in self._tests}
        full_names = sorted(set().union(*map(_full_names, self._tests)))
        self._full_names: dict[str, list[str]] = {}
        for name in full_names:
            self._full_names.setdefault(name.rpartition(".")[2], []).append(name)
        self._every_name = full_names
        self._by_keyword = tuple(filter(_asks_for_keywords, self._tests))
        # Bounded, because a file can have any number of names and a worker reads many files.
        self.named = lru_cache(_MOST_NAMES)(self._named)

    def _named(self, last: str) -> tuple[Any, ...]:
        """The tests that can speak of a name with this last part."""
        return tuple(test for test in self._tests if self._speaks_of(test, last))

    def _speaks_of(self, test: Any, last: str) -> bool:
        names = self._names[id(test)]
        contained = CONTAINED.get(test._test_id)  # noqa: SLF001 - bandit's protocol
        if contained is not None:
            return contained in last
        if names is None:
            return not _asks_for_keywords(test)
        return last in names

    def with_keywords(self, keywords: Iterable[str | None]) -> tuple[Any, ...]:
        """The tests that speak of any call with these keywords."""
        given = frozenset(keywords)
        if not given:
            return ()
        return tuple(test for test in self._by_keyword if _takes(test, given))

    def meant_by(self, name: str, modules: Collection[str]) -> list[str]:
        """The full names that a test speaks of and that may be meant by a name with `ANYTHING` in it.

        `modules` are those that the file imports: what may be anything is of one of them, or a builtin.
        """
        root, _, rest = name.partition(".")
        last = name.rpartition(".")[2]
        roots = modules if root == ANYTHING else {root}
        # `module.*` is any name of the module, and `*.name` any with this last part.
        every = self._full_names.get(last, ()) if last != ANYTHING else self._every_name
        found = [full for full in every if _root(full) in roots]
        return found if rest else [*found, *filter(_is_builtin, every)]


def _is_builtin(name: str) -> bool:
    return hasattr(builtins, name)


def _root(name: str) -> str:
    return name.partition(".")[0]


def _asks_for_keywords(test: Any) -> bool:
    name = test._test_id  # noqa: SLF001 - bandit's protocol
    return name in KEYWORDS or name in ANY_KEYWORD


def _takes(test: Any, keywords: frozenset[str | None]) -> bool:
    name = test._test_id  # noqa: SLF001 - bandit's protocol
    return name in ANY_KEYWORD or not keywords.isdisjoint(KEYWORDS.get(name, ()))


def _names_of(test: Any) -> frozenset[str] | None:
    """The last parts of names that a test speaks of, None where that is not known."""
    name = test._test_id  # noqa: SLF001 - bandit's protocol
    lasts = {full.rpartition(".")[2] for full in _full_names(test)}
    if name == BLACKLIST:
        return frozenset(lasts | _IMPORTING)
    return frozenset(lasts) if lasts else None


def _full_names(test: Any) -> set[str]:
    """The full names that a test speaks of, by its settings or by our table."""
    settings = getattr(test, "_config", None) or {}
    name = test._test_id  # noqa: SLF001 - bandit's protocol
    if name == BLACKLIST:
        return {full for row in settings.get("Call", ()) for full in row["qualnames"]}
    if name in CONFIGURED:
        return {full for names in settings.values() for full in names}
    return set(NAMED.get(name, ()))


def text_tests(tests: Iterable[Any], parent: str) -> TextTests:
    """The tests that can speak of a text in this kind of node."""
    found = []
    for test in tests:
        name = test._test_id  # noqa: SLF001 - bandit's protocol
        if parent in PARENTS.get(name, (parent,)):
            found.append((test, _begins(test, name)))
    return found


def _begins(test: Any, name: str) -> tuple[str, ...]:
    """How a text begins that the test can speak of."""
    if name == "B108":
        return tuple(test._config["tmp_dirs"])  # noqa: SLF001 - bandit's protocol
    return ("0.0.",) if name == "B104" else ("",)


_POPEN = (
    "args",
    "bufsize",
    "executable",
    "stdin",
    "stdout",
    "stderr",
    "preexec_fn",
    "close_fds",
    "shell",
)
_PARAMETERS: Mapping[str, Sequence[str]] = {
    "subprocess.Popen": _POPEN,
    "subprocess.call": _POPEN,
    "subprocess.check_call": _POPEN,
    "subprocess.check_output": _POPEN,
    "subprocess.run": _POPEN,
    "ssl.wrap_socket": (
        "sock",
        "keyfile",
        "certfile",
        "server_side",
        "cert_reqs",
        "ssl_version",
    ),
}
"""The parameters of functions whose flags bandit reads by name only.

From Python's documentation of `subprocess` and `ssl`.
"""

_FIRST = frozenset(
    {"map", "filter", "filterfalse", "takewhile", "dropwhile", "starmap", "reduce"}
    | {"partial", "partialmethod", "submit", "to_thread", "run_sync", "register"}
    | {"apply", "apply_async", "map_async", "starmap_async", "imap", "imap_unordered"}
    | {"call_soon", "call_soon_threadsafe", "add_done_callback"}
)
"""Functions that call what their first argument is, with the arguments that follow."""

_SECOND = frozenset(
    ["run_in_executor", "call_later", "call_at", "Timer", "accumulate", "enter"]
)
"""The same for the second argument."""

_BY_KEYWORD: Mapping[str, tuple[str, int | None]] = {
    "Thread": ("target", 1),
    "Process": ("target", 1),
    "Timer": ("function", 1),
    "sorted": ("key", None),
    "min": ("key", None),
    "max": ("key", None),
    "sort": ("key", None),
    "defaultdict": ("default_factory", 0),
}
"""The same for an argument that is given by keyword, with its position if it has one."""


def handed_on(call: ast.Call, names: Iterable[str]) -> Iterator[ast.Call]:
    """The calls that a call leads to, because it hands a function to one that calls it.

    `names` are those that the one which is called may have.
    """
    for last in sorted({name.rpartition(".")[2] for name in names}):
        if last in _BY_KEYWORD:
            yield from _handed_by_keyword(call, *_BY_KEYWORD[last])
        position = 0 if last in _FIRST else 1
        if last in _FIRST | _SECOND and len(call.args) > position:
            rest = call.args[position + 1 :]
            yield _call(call, call.args[position], rest, call.keywords)


def _handed_by_keyword(
    call: ast.Call, keyword: str, position: int | None
) -> Iterator[ast.Call]:
    given = [one.value for one in call.keywords if one.arg == keyword]
    if position is not None:
        given += call.args[position : position + 1]
    for function in given:
        yield _call(call, function, _arguments_of(call), ())


def decorating(decorator: ast.expr, definition: ast.AST, name: str) -> ast.Call:
    """The call that a decorator is."""
    argument = ast.copy_location(ast.Name(name, ast.Load()), decorator)
    call = _call(decorator, decorator, [argument], ())
    call._bandit_parent = definition  # type: ignore[attr-defined]  # noqa: SLF001 - bandit's protocol
    return call


def spelt_out(call: ast.Call, name: str) -> ast.Call | None:
    """The call with each flag under its name, None where it is written so already.

    Flags are those of `**{...}`, and those that are known by their position. `name` is the
    callee's full name.
    """
    arguments = list(call.args)
    more: list[ast.keyword] = []
    if any(keyword.arg is None for keyword in call.keywords):
        more += _unpacked(call)
    if name in _PARAMETERS:
        more += _placed(call, _PARAMETERS[name])
        arguments = arguments or _first_by_name(call, _PARAMETERS[name])
    if not more and arguments == call.args:
        return None
    keywords = [keyword for keyword in call.keywords if keyword.arg is not None]
    return _call(call, call.func, arguments, [*keywords, *more])


def _unpacked(call: ast.Call) -> Iterator[ast.keyword]:
    """What stands in dictionaries that are unpacked into the call."""
    for keyword in call.keywords:
        if keyword.arg is not None:
            continue
        match keyword.value:
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        yield _keyword(key.value, value)
            case ast.Call(func=ast.Name(id="dict"), keywords=keywords):
                yield from (_keyword(one.arg, one.value) for one in keywords if one.arg)


def _first_by_name(call: ast.Call, names: Sequence[str]) -> list[ast.expr]:
    """The first argument, where it is given by its name."""
    return [keyword.value for keyword in call.keywords if keyword.arg == names[0]]


def _placed(call: ast.Call, names: Sequence[str]) -> Iterator[ast.keyword]:
    """The arguments that stand behind the first one, under the names of their parameters."""
    for name, value in list(zip(names, call.args, strict=False))[1:]:
        if isinstance(value, ast.Starred):
            return
        yield _keyword(name, value)


def _arguments_of(call: ast.Call) -> list[ast.expr]:
    """What a thread's or process's function is called with."""
    for keyword in call.keywords:
        if keyword.arg == "args" and isinstance(keyword.value, ast.Tuple | ast.List):
            return list(keyword.value.elts)
    return list(call.args)


def _keyword(name: str, value: ast.expr) -> ast.keyword:
    return ast.copy_location(ast.keyword(name, value), value)


def _call(
    place: ast.AST,
    callee: ast.expr,
    args: Sequence[ast.expr],
    keywords: Sequence[ast.keyword],
) -> ast.Call:
    """A call in the place of a node."""
    # Some of bandit's tests rely on an argument where the function needs one.
    given = list(args) or [ast.copy_location(ast.Name("argument", ast.Load()), place)]
    call = ast.Call(callee, given, list(keywords))
    call._bandit_parent = getattr(place, "_bandit_parent", None)  # type: ignore[attr-defined]  # noqa: SLF001 - bandit's protocol
    return ast.copy_location(call, place)


def _last_name(callee: ast.expr) -> str:
    match callee:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
