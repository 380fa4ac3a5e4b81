r"""Patterns of CODEOWNERS: those of .gitignore, without `!`, `[ ]` and `\#`, and with `docs/*` not reaching below its directory.

https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
"""

import re

LONGEST_PATTERN = 4096
"""Characters. No path that git can check out is longer on the systems that judgegate runs on."""

_ANY_DIRECTORIES = "(?:[^/]+/)*?"
_TOKEN = re.compile(r"\\(?P<literal>.)|(?P<stars>\*+)|(?P<one>\?)|(?P<plain>.)", re.DOTALL)


def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern as an expression to `match` against a path without a leading slash.

    Every wildcard but the last one of a part stands in an atomic group, so that no pattern makes matching slow: leftmost is always
    right for `*` and `**`, because the next wildcard takes up what is left.

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
        raise ValueError("a pattern of slashes alone matches nothing")


def _tail(pattern: str) -> str:
    """What must follow the last name: something below it, the end, or either."""
    if pattern.endswith(("/", "/**")):
        return "/"
    return r"\Z" if pattern.endswith("/*") else r"(?:/|\Z)"


def _parts(segments: list[str]) -> list[tuple[bool, list[str]]]:
    """The segments between `**`, each part with whether a `**` stands before it."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    for segment in segments:
        if segment == "**":
            parts.append((True, []))
        else:
            parts[-1][1].append(segment)
    return parts


def _part(deep: bool, names: list[str]) -> str:
    return (_ANY_DIRECTORIES if deep else "") + "/".join(_name(name) for name in names)


def _name(glob: str) -> str:
    """One segment: between the first and the last piece every `*` takes as little as it can, for good."""
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
