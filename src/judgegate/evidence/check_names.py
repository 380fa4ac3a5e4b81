"""What the name of a call says of it: whether it checks something, and whether it returns at all."""

import builtins
import re
import sys
from collections.abc import Sequence

from msgspec import Struct

from judgegate.sources.python_calls import never_returns

STEMS = (
    *("allow", "assert", "auth", "check", "confirm", "csrf", "deny", "enforce", "ensure"),
    *("forbid", "guard", "limit", "login", "permi", "protect", "raise", "refuse", "reject"),
    *("requir", "restrict", "sanit", "throttle", "valid", "verif"),
)
"""How a word begins that says of a call that it checks: `verify_token`, `checkOwner`, `auth.required`."""

_OTHER_WORDS = ("authors?", "checkbox", "checkout", "checkpoints?", "checksum")
"""Words that begin so and mean something else."""

_CHECKING = re.compile(
    rf"(?<![a-z])(?!(?:{'|'.join(_OTHER_WORDS)})(?![a-z]))(?:{'|'.join(STEMS)}|fail(?![a-z]))"
)
_CHECKING_VERB = re.compile(rf"{_CHECKING.pattern}(?![a-z]*ed(?![a-z]))")
"""Such a word that is no quality: what is `allowed` or `protected` checks nothing."""

_ACTIONS = (
    *(
        "commit",
        "copy",
        "create",
        "delete",
        "draw",
        "dump",
        "emit",
        "execute",
        "executemany",
    ),
    *("link", "mkdir", "notify", "publish", "push", "render", "run", "save", "send", "set"),
    *("show", "start", "symlink", "touch", "write"),
)
"""First words that say that a call does something, so that what it takes makes no check of it."""

_ACTING = re.compile(rf"_*(?:{'|'.join(_ACTIONS)})(?![a-z])")

_SILENT = frozenset(
    {"add", "append", "appendleft", "clear", "close", "discard", "extend", "extendleft"}
    | {"flush", "insert", "pop", "popitem", "popleft", "print", "put", "remove", "reverse"}
    | {"setdefault", "sort", "update", "write", "writelines", "writerow"}
)
"""Methods of containers and streams, which check nothing, and `print`."""

_LOGGING = re.compile(
    r"(?:.*\.)?_*log(?:ger|ging)?_*\..*|_*log|(?:loguru|structlog|warnings)\..*"
)
"""What belongs to a logger or to a module that logs, and `log` itself."""

_BUILTIN_CHECKS = frozenset({"complex", "float", "int"})
"""Builtins that are called as a check: the call fails where a text is no number."""

_CONFINING = frozenset(
    {"os.chdir", "os.chroot", "os.fchdir", "os.initgroups", "os.putenv", "os.setegid"}
    | {"os.seteuid", "os.setgid", "os.setgroups", "os.setregid", "os.setresgid"}
    | {"os.setresuid", "os.setreuid", "os.setuid", "os.umask", "resource.setrlimit"}
)
"""What of Python's own decides what the program may do from then on."""

_ENTERING = frozenset({"enter_async_context", "enter_context"})
"""Methods that enter something as a `with` does."""

_JOINT = re.compile(r"(?<=[a-z])(?=[A-Z])")
"""Where a word begins in `checkOwner`."""


class CalledNames(Struct, frozen=True):
    """What a call calls: the name as it is written, empty where it is more than a name, and the full ones."""

    plain: str
    full: Sequence[str]

    @property
    def last_parts(self) -> list[str]:
        """The last parts of the full names, in small letters, with `_` between their words."""
        return [_JOINT.sub("_", name.rpartition(".")[2]).lower() for name in self.full]

    @property
    def is_silent(self) -> bool:
        """Whether it logs, fills a container, or prepares an object. None of that checks anything."""
        names = map(str.lower, (self.plain, *self.full))
        if any(map(_LOGGING.fullmatch, names)):
            return True
        return any(part in _SILENT or part.startswith("__") for part in self.last_parts)

    @property
    def is_of_python(self) -> bool:
        """Whether it is Python's own, and of no use as a check."""
        return any(map(_checks_nothing, self.full)) and not self.confines

    @property
    def confines(self) -> bool:
        """Whether it decides for all that comes behind what the program may do."""
        is_entering = not _ENTERING.isdisjoint(self.last_parts)
        return is_entering or not _CONFINING.isdisjoint(self.full)

    @property
    def says_check(self) -> bool:
        """Whether a word of its name says that something is checked."""
        owner, _, last = _JOINT.sub("_", self.plain).lower().rpartition(".")
        if _CHECKING_VERB.search(owner):
            return True
        return any(map(_CHECKING.search, (last, *self.last_parts)))

    @property
    def says_check_first(self) -> bool:
        """Whether the first word does: then it is what the function does, and not what it gives back."""
        return any(_CHECKING_VERB.match(part.lstrip("_")) for part in self.last_parts)

    @property
    def says_action_first(self) -> bool:
        """Whether the first word says that it does something else than to check."""
        return any(map(_ACTING.match, self.last_parts))

    @property
    def never_returns(self) -> bool:
        """Whether it ends the program, or raises whatever it gets."""
        return never_returns((self.plain, *self.full))


def is_of_python(name: str) -> bool:
    """Whether a full name is of a module that comes with Python."""
    root, dot, _ = name.partition(".")
    return dot != "" and root in sys.stdlib_module_names


def _checks_nothing(name: str) -> bool:
    """Whether what is called is known, and is of no use as a check: it is Python's own."""
    if name in _BUILTIN_CHECKS:
        return False
    return is_of_python(name) or hasattr(builtins, name)
