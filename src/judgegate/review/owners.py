"""Code owners: who owns a file, as the base's CODEOWNERS says and as GitHub reads it.

Written here because the one parser that could be had reads other things than GitHub does: names in a trailing comment become owners, a
line with an unsupported pattern counts or makes the whole file fail, U+2028 ends a line, and `*a*a*a...` keeps it busy for ever.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from judgegate.review.owner_patterns import compile_pattern

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


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A line: the pattern, and who owns what it matches. No owners: what it matches is nobody's."""

    line: int
    pattern: str
    owners: tuple[str, ...]
    expression: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class OwnerProblem:
    """A line that is skipped (0: the whole file), and why: a clause without a full stop."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class CodeOwners:
    """The rules in the file's order. `source` is None where the base has no such file."""

    source: str | None = None
    rules: tuple[OwnerRule, ...] = ()
    problems: tuple[OwnerProblem, ...] = ()

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Who owns the path, as written: `@alice`, `@org/team`, `docs@example.com`. The last line that matches decides."""
        return next((rule.owners for rule in reversed(self.rules) if rule.expression.match(path)), ())


def find_owners(read: Callable[[str], bytes | None]) -> CodeOwners:
    """The code owners that the base names; `read` gives the bytes at a path of the base's tree, None where there is no file."""
    for location in LOCATIONS:
        content = read(location)
        if content is not None:
            return parse_owners(content, location)
    return CodeOwners()


def parse_owners(content: bytes, source: str = "CODEOWNERS") -> CodeOwners:
    """Every line that GitHub would obey. The others are skipped, as GitHub skips them, and named; nothing raises."""
    if len(content) >= SIZE_LIMIT:
        return CodeOwners(source, problems=(OwnerProblem(0, f"it is not under {SIZE_LIMIT} bytes, so nobody owns anything"),))
    rules: list[OwnerRule] = []
    problems: list[OwnerProblem] = []
    text = content.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            rules.extend(_read_line(number, line.removesuffix("\r")))
        except ValueError as problem:
            problems.append(OwnerProblem(number, str(problem)))
    return CodeOwners(source, tuple(rules), tuple(problems))


def _read_line(number: int, line: str) -> Iterator[OwnerRule]:
    fields = list(_fields(line))
    if not fields:
        return
    pattern, *owners = fields
    for owner in owners:
        if not _OWNER.fullmatch(owner):
            raise ValueError(f"`{owner}` is neither @user, @org/team nor an e-mail address")
    yield OwnerRule(number, pattern, tuple(dict.fromkeys(owners)), compile_pattern(pattern))


def _fields(line: str) -> Iterator[str]:
    """The words of a line up to a comment; a backslash keeps a space inside its word."""
    for field in _FIELD.finditer(line):
        if field[0].startswith("#"):
            return
        yield field[0]
