"""Path patterns: how they are written, what they match, and examples of what they tell apart.

Their one meaning: a line of `.gitignore`.

* A pattern without a slash, or with one at its end only, matches at any depth; any other is
  anchored at the policy's folder.
* `*` and `?` stop at a slash, `**/`, `/**` and `/**/` do not. `[a-z]` is a class, a backslash takes
  the next character as it is.
* What matches a folder matches everything in it; `docs/` matches in folders only.
* `!` takes out again what an earlier pattern of the same list matched; the last pattern that matches decides.
* Upper and lower case differ. Every character of a path counts, line ends too, and a pattern
  matches the whole name.
"""

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from itertools import permutations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

LONGEST_PATTERN = 300
MOST_STARS = 4
"""Stars in one segment: the time that a hostile path can cost grows with its length to this power."""
MOST_FOLDERS = 3
"""`**` in one pattern, for the same reason."""
MOST_EXAMPLES = 200
"""Examples of paths: each is one that a reader would have to think of, too."""


def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Whether the path matches the list of patterns.

    Patterns are those that `fault` finds nothing wrong with.
    """
    return bool(patterns) and _compiled(patterns).match_file(path)


@lru_cache(maxsize=1024)
def fault(pattern: str) -> str | None:
    """What is wrong with a pattern, as the end of "expected a path pattern ...", or None."""
    segments = pattern.removeprefix("!").split("/")
    is_padded = pattern != pattern.strip() or "\n" in pattern
    most_stars = max(segment.count("*") for segment in segments)
    faults = (
        (len(pattern) > LONGEST_PATTERN, f"of at most {LONGEST_PATTERN} characters"),
        (is_padded, "without white space at its ends"),
        (
            pattern.startswith("#"),
            "that is not a comment (write \\# for a name that starts with #)",
        ),
        (
            not {".", ".."}.isdisjoint(segments),
            "without . or .. as a folder: patterns start at the policy's folder",
        ),
        (most_stars > MOST_STARS, f"with at most {MOST_STARS} stars between two slashes"),
        (segments.count("**") > MOST_FOLDERS, f"with at most {MOST_FOLDERS} times **"),
    )
    for is_wrong, reason in faults:
        if is_wrong:
            return reason
    # The costly test comes last: it may have to compile the pattern.
    if not _selects(pattern):
        return "that can match something, in the language of .gitignore"
    return None


def _selects(pattern: str) -> bool:
    """Whether git would keep the line: it drops what is blank, a lone slash, and a class that does not end.

    Odd classes are refused.
    """
    if not set(pattern) & set("[\\") and pattern.strip("!/"):
        return True
    # Only unusual patterns pay for the import.
    from pathspec.patterns.gitignore import GitIgnorePatternError
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    try:
        regex, _ = GitIgnoreSpecPattern.pattern_to_regex(pattern)
        with warnings.catch_warnings():
            # A class that a later Python reads in another way is refused as well.
            warnings.simplefilter("error")
            return regex is not None and re.compile(regex) is not None
    except (GitIgnorePatternError, re.error, FutureWarning):
        return False


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> "GitIgnoreSpec":
    """The patterns as pathspec compiles them."""
    from pathspec import GitIgnoreSpec  # heavy, and a run may match no path
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

    class WholeName(GitIgnoreSpecPattern):
        """A pattern that matches names with line ends in them.

        pathspec's `$` also matches before a last line feed, and its `.` stops at one; git allows
        line ends anywhere in a path.
        """

        __slots__ = ()

        # The base class also takes bytes; here only str is asked for.
        @classmethod
        def pattern_to_regex(cls, pattern: str) -> tuple[str | None, bool | None]:  # type: ignore[override]
            regex, include = GitIgnoreSpecPattern.pattern_to_regex(pattern)
            if regex is None:
                return None, include
            if regex.endswith("$)"):
                regex = f"{regex.removesuffix('$)')}\\Z)"
            return f"(?s:{regex})", include

    return GitIgnoreSpec.from_lines(patterns, WholeName, backend="simple")


def seen_from_root(pattern: str, folder: str) -> str:
    """The same pattern as seen from the root."""
    bare = pattern.removeprefix("!")
    negation = "!" if bare != pattern else ""
    # The folder is a name and no pattern, so the characters that mean something in one are escaped.
    home = re.sub(r"([\\*?\[\] !#])", r"\\\1", folder)
    # As in .gitignore: a slash before the end anchors the pattern, without one it matches at any depth.
    if "/" in bare.rstrip("/"):
        return f"{negation}/{home}{bare.removeprefix('/')}"
    return f"{negation}/{home}**/{bare}"


def path_examples(
    patterns: Iterable[str], folders: Iterable[str]
) -> tuple[tuple[str, str], ...]:
    """Paths with what they are examples of.

    There is one for each pattern and folder, and for each two of them that a path can match at once.
    """
    bare = dict.fromkeys(pattern.removeprefix("!") for pattern in patterns)
    single = {
        pattern: example for pattern in bare if (example := example_of(pattern)) is not None
    }
    single |= {folder: f"{folder}file.other" for folder in folders}
    # Of several patterns that match the same examples the first one names them, so the later ones
    # are put in before it.
    named = {
        _matched(example, single): (pattern, example)
        for pattern, example in reversed(single.items())
    }
    for one, other in permutations(single, 2):
        for candidate in _joined(single[one], single[other]):
            held = _matched(candidate, single)
            if {one, other} <= held and len(named) < MOST_EXAMPLES:
                named.setdefault(held, (f"{one} and {other}", candidate))
    return tuple(dict.fromkeys([*single.items(), *named.values()]))


def example_of(pattern: str) -> str | None:
    """A path that the pattern matches, or None where none is found."""
    bare = pattern.removeprefix("!").removeprefix("/")
    shape = (
        re.sub(r"\[(.)[^\]]*\]", r"\1", bare)
        .replace("**/", "")
        .replace("/**", "/x")
        .replace("*", "x")
        .replace("?", "x")
    )
    example = re.sub(r"\\(.)", r"\1", shape)
    # A pattern that ends in a slash matches folders only, and so what is in them.
    candidates = (f"{example}x" if example.endswith("/") else example, f"{example}/x")
    wanted = (pattern.removeprefix("!"),)
    return next((path for path in candidates if matches(wanted, path)), None)


def _joined(one: str, other: str) -> tuple[str, ...]:
    """Paths that lie where the one does and are called as the other is."""
    folder, _, _ = one.rpartition("/")
    return (f"{folder}/{other.rpartition('/')[2]}", f"{folder}/{other}") if folder else ()


def _matched(path: str, patterns: Iterable[str]) -> frozenset[str]:
    """Those of the patterns (and folders, which end in a slash) that the path matches."""
    return frozenset(pattern for pattern in patterns if _lies_in(path, pattern))


def _lies_in(path: str, pattern: str) -> bool:
    """Whether the path matches the pattern, or is in the folder."""
    return matches((pattern,), path) or path.startswith(pattern)
