"""What calls of Python's own functions and methods do with what they get.

Whoever reads these tables must see to it that the name is not given to something else in the file.
"""

import ast
from collections.abc import Iterable, Sequence
from functools import cache

from msgspec import Struct

_HARMLESS = frozenset(
    {
        "abs", "all", "any", "ascii", "bin", "bool", "bytes", "callable", "chr", "dict", "divmod",
        "enumerate", "float", "format", "frozenset", "getattr", "hasattr", "hash", "hex", "id", "int",
        "isinstance", "issubclass", "iter", "len", "list", "max", "min", "next", "oct", "open", "ord",
        "pow", "print", "range", "repr", "reversed", "round", "set", "slice", "sorted", "str", "sum",
        "super", "tuple", "type", "zip",
    }
)  # fmt: skip
"""Builtins that change nothing of what they get."""

_WITH_EFFECT = frozenset({"file", "key"})
"""Keywords by which such a builtin gets a function or a file that it uses."""

_HARMLESS_MODULES = (
    "base64.", "binascii.", "fnmatch.", "glob.", "hashlib.", "hmac.", "html.", "itertools.", "json.dumps",
    "json.loads", "logging.", "math.", "os.", "pathlib.", "re.", "shlex.", "shutil.", "subprocess.",
    "sys.exit", "tempfile.", "textwrap.", "time.", "typing.", "urllib.parse.", "warnings.warn",
)  # fmt: skip
"""The beginnings of the full names of functions that change nothing of what they get."""

_TEXT_METHODS = frozenset(
    {
        "capitalize", "casefold", "center", "decode", "encode", "expandtabs", "format", "format_map", "hex",
        "isoformat", "join", "ljust", "lower", "lstrip", "removeprefix", "removesuffix", "replace", "rjust",
        "rstrip", "strftime", "strip", "swapcase", "title", "translate", "upper", "zfill",
    }
)  # fmt: skip

_HARMLESS_METHODS = _TEXT_METHODS | frozenset(
    {
        # Of a logger.
        "critical", "debug", "error", "exception", "info", "isEnabledFor", "log", "warn", "warning",
        # What only reads.
        "as_posix", "copy", "count", "endswith", "exists", "find", "get", "index", "is_dir", "is_file",
        "isalnum", "isalpha", "isdigit", "isidentifier", "isnumeric", "items", "keys", "partition", "rfind",
        "rindex", "rpartition", "rsplit", "split", "splitlines", "startswith", "values",
        # What takes away and adds nothing.
        "clear", "close", "discard", "flush", "pop", "popitem", "popleft", "read", "readline", "readlines",
        "remove", "reverse", "seek", "sort",
    }
)  # fmt: skip
"""Methods that put nothing into their object, and change nothing of what they get."""

_FILLING = frozenset(
    {
        "add", "append", "appendleft", "extend", "extendleft", "insert", "push", "put", "put_nowait",
        "setdefault", "update", "write", "writelines",
    }
)  # fmt: skip
"""Methods that put what they get into their object, and do nothing else."""

_FILLING_FUNCTIONS = frozenset(
    {
        "bisect.insort", "deque.append", "dict.update", "heapq.heappush", "list.append", "list.extend",
        "list.insert", "object.__setattr__", "set.add", "set.update", "setattr",
    }
)  # fmt: skip
"""Functions that put what they get into the first of it, and do nothing else."""

_TEXT_FUNCTIONS = frozenset(
    {
        "ascii", "bin", "bool", "bytes", "chr", "float", "format", "hash", "hex", "id", "input", "int",
        "isinstance", "len", "oct", "ord", "repr", "round", "str",
        "base64.b64decode", "base64.b64encode", "getpass.getpass", "html.escape", "html.unescape",
        "json.dumps", "os.fspath", "os.getcwd", "os.getenv", "os.path.abspath", "os.path.basename",
        "os.path.dirname", "os.path.expanduser", "os.path.expandvars", "os.path.join", "os.path.normpath",
        "os.path.realpath", "os.path.relpath", "pathlib.Path", "pathlib.PurePath", "pathlib.PurePosixPath",
        "re.escape", "re.sub", "shlex.join", "shlex.quote",
        "shutil.which", "tempfile.mkdtemp", "textwrap.dedent", "textwrap.indent", "urllib.parse.quote",
        "urllib.parse.quote_plus", "urllib.parse.unquote", "urllib.parse.unquote_plus",
        "urllib.parse.urlencode", "urllib.parse.urljoin", "urllib.parse.urlunparse",
    }
)  # fmt: skip
"""Functions whose result is text, a number or a path, which nothing can change."""

_TEXT_RESULTS = _TEXT_METHODS | frozenset(
    {"as_posix", "count", "find", "hexdigest", "index"}
)

_NEW = frozenset(
    {
        "getpass.getpass",
        "input",
        "os.getcwd",
        "os.getenv",
        "shutil.which",
        "tempfile.mkdtemp",
    }
)

_HANDING_ON = (
    _TEXT_FUNCTIONS
    | frozenset(
        {
            "abs", "all", "any", "bytearray", "dict", "enumerate", "filter", "frozenset", "getattr", "iter",
            "list", "map", "max", "memoryview", "min", "next", "pow", "range", "reversed", "set", "slice",
            "sorted", "sum", "tuple", "type", "zip",
            "collections.OrderedDict", "collections.deque", "copy.copy", "copy.deepcopy", "functools.partial",
            "io.BytesIO", "io.StringIO", "itertools.chain", "json.loads", "os.path.split",
            "os.path.splitext", "re.compile",
            "re.split", "shlex.split", "typing.cast", "urllib.parse.parse_qs", "urllib.parse.parse_qsl",
            "urllib.parse.urlparse", "urllib.parse.urlsplit",
        }
    )
) - _NEW  # fmt: skip
"""Functions whose result holds what they get and nothing else."""

_HANDING_ON_METHODS = (
    _TEXT_METHODS
    | frozenset(
        {
            "as_posix", "copy", "items", "keys", "partition", "rpartition", "rsplit", "split", "splitlines",
            "values",
        }
    )
)  # fmt: skip
"""Methods whose result holds what is in their object and what they get, and nothing else."""

ENTERED = frozenset(
    {
        "NamedTemporaryFile", "Popen", "StringIO", "TemporaryDirectory", "TemporaryFile", "ZipFile",
        "catch_warnings", "open", "socket", "urlopen",
    }
)  # fmt: skip
"""Calls whose result, when a `with` enters it, lets every exception through."""


_MAKING = frozenset(
    {
        "bytearray", "dict", "list", "set", "sorted",
        "collections.Counter", "collections.OrderedDict", "collections.defaultdict", "collections.deque",
        "copy.copy", "copy.deepcopy", "io.BytesIO", "io.StringIO", "shlex.split",
    }
)  # fmt: skip
"""Functions whose result is a new container."""

_MAKING_METHODS = frozenset({"copy", "rsplit", "split", "splitlines"})


_DEFAULTS = {
    "get": ("1", "default"),
    "getattr": ("2",),
    "getenv": ("1", "default"),
    "next": ("1",),
    "pop": ("1", "default"),
    "setdefault": ("1", "default"),
}
"""The slots in which functions and methods of these names get what they give back if nothing is found."""


class CallEffects(Struct, frozen=True):
    """What is known of what a call does with what it gets.

    `hands_on`: the result holds what the call gets and nothing else; `gives_text`: nothing can
    change the result. `is_harmless`: it changes nothing that it gets. `filled` is the slot of what
    it puts all that it gets into, empty where it does nothing of that kind. `makes_new`: the result
    is a new container or object. `is_own`: all that may be called is defined in the same file, and
    can be read.
    """

    hands_on: bool = False
    gives_text: bool = False
    is_harmless: bool = False
    filled: str = ""
    makes_new: bool = False
    is_own: bool = False


NO_EFFECTS = CallEffects()
"""Nothing is known."""


def is_harmless(name: str, call: ast.Call) -> bool:
    """Whether a call of a function by its full name changes nothing of what it gets."""
    if name in _HARMLESS:
        return all(keyword.arg not in _WITH_EFFECT for keyword in call.keywords)
    return name.startswith(_HARMLESS_MODULES)


def effects_of_function(names: Iterable[str], call: ast.Call) -> CallEffects:
    """What a function does that may have any of these full names."""
    known = set(names)
    return CallEffects(
        hands_on=known <= _HANDING_ON,
        gives_text=known <= _TEXT_FUNCTIONS,
        is_harmless=all(is_harmless(name, call) for name in known),
        filled="0" if known <= _FILLING_FUNCTIONS else "",
        makes_new=known <= _MAKING,
    )


def slots_of_default(name: str) -> Sequence[str]:
    """The slots of what is given back as it is by something of this full name, if nothing is found."""
    return _DEFAULTS.get(name.rpartition(".")[2], ())


@cache
def effects_of_method(name: str) -> CallEffects:
    """What a method of this name does, if its object is one of Python's own kinds."""
    return CallEffects(
        hands_on=name in _HANDING_ON_METHODS,
        gives_text=name in _TEXT_RESULTS,
        is_harmless=name in _HARMLESS_METHODS,
        filled="receiver" if name in _FILLING else "",
        makes_new=name in _MAKING_METHODS,
    )
