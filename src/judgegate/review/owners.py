"""Code owners: who owns a file, as the base's CODEOWNERS says and as GitHub reads it.

Written here because the one parser that could be had reads other things than GitHub does: names in
a trailing comment become owners, a line with an unsupported pattern counts or makes the whole file
fail, U+2028 ends a line, and `*a*a*a...` keeps it busy for ever.
"""

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

LONGEST_PATTERN = 4096
"""Characters. No path that git can check out is longer on the systems that judgegate runs on."""

_ANY_DIRECTORIES = "(?:[^/]+/)*?"
_TOKEN = re.compile(r"\\(?P<literal>.)|(?P<stars>\*+)|(?P<one>\?)|(?P<plain>.)", re.DOTALL)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression to `match` against a path without a leading slash.

    Every wildcard but the last one of a part stands in an atomic group, so that no pattern makes
    matching slow: leftmost is always right for `*` and `**`, because the next wildcard takes up
    what is left.

    Raises:
        ValueError: GitHub does not support the pattern; the message is a clause that says why.
    """
    _refuse_unsupported(pattern)
    anchored = "/" in pattern.rstrip("/")
    segments = pattern.strip("/").split("/")
    if not anchored:
        segments = ["**", *segments]
    tail = _tail(pattern)
    while segments and segments[-1] == "**":
        segments.pop()
    *parts, last = _parts(segments)
    if not last[1]:
        return re.compile("")
    leading = "".join(f"(?>{_part(deep, names)}/)" for deep, names in parts if names)
    return re.compile(leading + _part(*last) + tail)


def _refuse_unsupported(pattern: str) -> None:
    """Refuse what `.gitignore` has and GitHub does not support here, and what is no pattern."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a pattern of more than {LONGEST_PATTERN} characters")
    if pattern.startswith("!"):
        raise ValueError("`!` cannot negate a pattern here")
    if pattern.startswith("\\#"):
        raise ValueError("`\\#` cannot start a pattern here")
    if re.search(r"(?<!\\)(?:\\\\)*[\[\]]", pattern):
        raise ValueError("`[ ]` cannot name a range of characters here")
    if re.search(r"(?<!\\)(?:\\\\)*\\\Z", pattern):
        raise ValueError("a backslash at the end escapes nothing")
    if not pattern.strip("/"):
        raise ValueError("a pattern of only slashes matches nothing")


def _tail(pattern: str) -> str:
    """What must follow the last name: something below it, the end, or either."""
    if pattern.endswith(("/", "/**")):
        return "/"
    # `docs/*` matches what is in the folder, and nothing deeper.
    if pattern.endswith("/*"):
        return r"\Z"
    return r"(?:/|\Z)"


def _parts(segments: list[str]) -> list[tuple[bool, list[str]]]:
    """The segments between `**`, each part with whether a `**` is before it."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    for segment in segments:
        if segment == "**":
            parts.append((True, []))
        else:
            parts[-1][1].append(segment)
    return parts


def _part(deep: bool, names: list[str]) -> str:
    """The expression for the names, at any depth below what is before them if `deep`."""
    expression = "/".join(map(_name, names))
    return f"{_ANY_DIRECTORIES}{expression}" if deep else expression


def _name(glob: str) -> str:
    """The expression for one segment.

    Between the first and the last piece every `*` takes as little as it can, for good.
    """
    pieces = [""]
    for token in _TOKEN.finditer(glob):
        if token["stars"]:
            pieces.append("")
        elif token["one"]:
            pieces[-1] += "[^/]"
        else:
            pieces[-1] += re.escape(token["literal"] or token["plain"])
    first, *rest = pieces
    if not rest:
        return first
    *middle, last = rest
    return first + "".join(f"(?>[^/]*?{piece})" for piece in middle) + "[^/]*" + last


LOCATIONS = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""In GitHub's order: the first one that exists is the one that counts."""

SIZE_LIMIT = 3 * 1024 * 1024
"""Bytes. GitHub does not load a file that is not under 3 MB."""

_FIELD = re.compile(r"(?:\\.|[^\\ \t])+\\?|\\", re.DOTALL)
_OWNER = re.compile(
    r"""
    @[A-Za-z0-9][A-Za-z0-9_-]*                      # a user; an enterprise's users have an underscore
    (?: / [A-Za-z0-9_.-]+ )?                        # a team
    | [^@\s]+ @ [^@\s]+                             # an e-mail address
    """,
    re.VERBOSE,
)


class OwnerRule(Struct, frozen=True):
    """A line: the pattern, and who owns what it matches. No owners: what it matches has none."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    expression: re.Pattern[str]


class OwnerProblem(Struct, frozen=True):
    """A line that is skipped (0: the whole file), and why: a clause without a full stop."""

    line: int
    why: str


class CodeOwners(Struct, frozen=True):
    """The rules in the file's order. `source` is None where the base has no such file."""

    source: str | None = None
    rules: tuple[OwnerRule, ...] = ()
    problems: tuple[OwnerProblem, ...] = ()

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Who owns the path, as written: `@alice`, `@org/team`, `docs@example.com`.

        The last line that matches decides.
        """
        for rule in reversed(self.rules):
            if rule.expression.match(path):
                return rule.owners
        return ()


def find_owners(read: Callable[[str], bytes | None]) -> CodeOwners:
    """The code owners that the base names.

    `read` gives the bytes at a path of the base's tree, or None where there is no file.
    """
    for location in LOCATIONS:
        content = read(location)
        if content is not None:
            return parse_owners(content, location)
    return CodeOwners()


def parse_owners(content: bytes, source: str = "CODEOWNERS") -> CodeOwners:
    """Every line that GitHub would obey.

    The others are skipped, as GitHub skips them, and named; nothing raises.
    """
    if len(content) >= SIZE_LIMIT:
        why = f"it must have fewer than {SIZE_LIMIT} bytes, so no file has an owner"
        return CodeOwners(source, problems=(OwnerProblem(0, why),))
    rules: list[OwnerRule] = []
    problems: list[OwnerProblem] = []
    # A path's bytes that are not UTF-8 are lone surrogates everywhere, so they are here as well.
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    # Not `splitlines`, which also ends a line at U+2028 and others that GitHub does not.
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            rules.extend(_read_line(number, line.removesuffix("\r")))
        except ValueError as problem:
            problems.append(OwnerProblem(number, str(problem)))
    return CodeOwners(source, tuple(rules), tuple(problems))


def _read_line(number: int, line: str) -> Iterator[OwnerRule]:
    """The rule in a line; none where it is blank or a comment.

    Raises:
        ValueError: GitHub would skip the line; the message is a clause that says why.
    """
    fields = list(_fields(line))
    if not fields:
        return
    pattern, *owners = fields
    for owner in owners:
        if not _OWNER.fullmatch(owner):
            raise ValueError(f"`{owner}` must be @user, @org/team or an e-mail address")
    yield OwnerRule(number, pattern, tuple(dict.fromkeys(owners)), compile_pattern(pattern))


def _fields(line: str) -> Iterator[str]:
    """The words of a line up to a comment; a backslash keeps a space inside its word."""
    for field in _FIELD.finditer(line):
        if field[0].startswith("#"):
            return
        yield field[0]
