"""Which comments only people read.

A comment acts where a tool obeys it: it switches a check off, names what is built, installs a package.
No list of such comments is ever complete, so the shape decides: prose is left out of a normal form, and
everything else stays in it.
"""

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

FIRST_LINES = 2
"""Where shebangs, encodings and licences of tools stand: comments on these lines always count."""

_PROSE = re.compile(r"[^\W\d_]{1,40}[,.:']?[^\W\d_]{0,40}\s")
"""How prose begins: with a word of letters, and then a blank."""

_LATER_LINE = re.compile(
    r"""(?:[^\W_]|[("'`]|[-*]\ )(?:.*\s.*|\w*[.,;!?)'"`]*)""", re.VERBOSE
)
"""How a later line of prose looks: it has several words, or a single one without signs."""

_DIRECTIVE = re.compile(
    r"""
    @\w | \w\{ | \w= | \\ | \?\?/ | \?> | \$\{
    | (?<!\bTODO)(?<!\bFIXME)(?<!\bNOTE)(?<=\w):
    | \b(?:
        (?:auto)?generated | do\ not\ edit | ignor\w* | suppress\w* | disabl\w* | enabl\w* | skip\w*
        | exclud\w* | pragma | off | exported
        | no(?:sec|qa|lint\w*|sonar|semgrep|inspection|check|cover\w*|type|format|mypy|break)
        | \w*(?:lint|hint) | globals? | istanbul | coverage | codeql | lgtm | skipcq | shellcheck
        | safety | region | endregion | falls?\ ?through
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What tools look for: keys with a value, markers, and the words that switch a tool on and off."""

_MARKER = re.compile(r"(?!(?:TODO|FIXME|NOTE|XXX|HACK)\b)[A-Z]{3,}\b")
"""How a line begins that is for a tool, mostly: `NOPMD`, `SPDX`, `SBATCH`."""

_OPENING = re.compile(r"(?://+|#|--|/\*+|<!--)")
_CLOSING = re.compile(r"\s*(?:\*+/|-->)\Z")
_MARGIN = re.compile(r"[ \t]*(?:\*(?!/)|//+|#|--)?[ \t]*")


class CommentStyle(Struct, frozen=True):
    """How a language's comments are read.

    `documenting` are openings of comments that the language or its tools read as documentation.
    `none_beside`: a file in which this is found has no plain comments at all.
    """

    documenting: tuple[str, ...] = ()
    none_beside: str = ""


def find_plain(
    text: str, comments: Sequence[tuple[int, int]], style: CommentStyle
) -> frozenset[int]:
    """The offsets at which plain comments start.

    Args:
        text: the file.
        comments: where each comment starts and ends, in rising order.
        style: how the language writes them.
    """
    if style.none_beside and re.search(style.none_beside, text):
        return frozenset()
    first = end_of_first_lines(text)
    found: set[int] = set()
    for run in _runs(text, comments):
        written = [text[start:end] for start, end in run]
        if run[0][0] >= first and _is_plain(written, style):
            found.update(start for start, _ in run)
    return frozenset(found)


def end_of_first_lines(text: str) -> int:
    """Where the lines start that may hold a plain comment."""
    end = 0
    for _ in range(FIRST_LINES):
        end = text.find("\n", end) + 1
        if not end:
            return len(text) + 1
    return end


def _runs(
    text: str, comments: Sequence[tuple[int, int]]
) -> Iterator[list[tuple[int, int]]]:
    """Comments on consecutive lines of their own belong together: one may be the other's argument."""
    run: list[tuple[int, int]] = []
    for comment in comments:
        # More than a line break between two, and they are apart; some grammars count the break in.
        between = text[run[-1][1] - 1 : comment[0]] if run else ""
        if run and not (between[1:].isspace() and between.count("\n") == 1):
            yield run
            run = []
        run.append(comment)
    if run:
        yield run


def _is_plain(written: Sequence[str], style: CommentStyle) -> bool:
    """Whether comments that belong together are prose."""
    if any(one.startswith(style.documenting) for one in written):
        return False
    lines = [line for one in written for line in _lines_of(one)]
    said = [line for line in lines if line]
    return (
        bool(said)
        and _PROSE.match(f"{said[0]} " if len(said) > 1 else said[0]) is not None
        and all(_LATER_LINE.fullmatch(line) for line in said[1:])
        and not any(map(_may_act, said))
    )


def _may_act(line: str) -> bool:
    """Whether a line has anything that a tool may look for."""
    return (
        not line.isprintable()
        or _MARKER.match(line) is not None
        or _DIRECTIVE.search(line) is not None
    )


def _lines_of(comment: str) -> Iterator[str]:
    """What a comment says, line by line, without its signs."""
    opening = _OPENING.match(comment)
    inside = _CLOSING.sub("", comment[opening.end() if opening else 0 :])
    first, *others = inside.split("\n")
    # A sign that follows the opening at once, as in `/*!`, is no prose, and stays.
    yield first.strip()
    for line in others:
        yield line[_margin(line) :].rstrip()


def _margin(line: str) -> int:
    found = _MARGIN.match(line)
    return found.end() if found else 0
