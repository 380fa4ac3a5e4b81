"""Verdicts in which everything that a change can word is worded by an enemy."""

from typing import Any

from hypothesis import strategies as st

from judgegate.model.change import ChangeSource, FileStatus, Revision
from judgegate.model.hunks import Concern, Hunk, Stake
from judgegate.model.levels import (
    Action,
    Authorship,
    Certainty,
    FailOn,
    Origin,
    Outcome,
    Role,
    Severity,
)
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import (
    Counted,
    FileState,
    Ignored,
    Override,
    Reason,
    Standing,
    Verdict,
)
from judgegate.report.options import Audience, Failure, ReportOptions
from tests.report.verdicts import (
    BASE,
    HEAD,
    a_demand,
    a_file,
    a_finding,
    a_verdict,
    evidence,
    unmarked,
    waiting,
)

WEAPONS = (
    *(
        "\x1b[31m",
        "\x1b]0;title\x07",
        "\x9b2J",
        "\x7f",
        "\x00",
        "\r",
        "\n",
        "\t",
        "\x85",
        "\u2028",
    ),
    *(
        "\n::stop-commands::x",
        "::add-mask::x",
        " ::debug::",
        "##[error]",
        "##",
        "[group]",
        ":",
        "::",
    ),
    *(
        "\u202e",
        "\u2066",
        "\u200b",
        "\ufeff",
        "\u00ad",
        "\u3164",
        "\ufe0f",
        "\U000e0041",
        "\udcff",
        "\ud800",
        "e\u0301",
        "漢",
    ),
    *(
        "@alice",
        "@org/team",
        "#12",
        "GH-12",
        "owner/repo#1",
        "9fceb02d0ae5",
        ":tada:",
        "$x$",
        "$`x`$",
        "[^1]",
        "[ ]",
        "- [ ]",
        "> [!NOTE]",
    ),
    *(
        "</details>",
        "</summary>",
        "<img src=x>",
        "![a](b)",
        "[a](b)",
        "<http://b.c>",
        "http://b.c",
        "www.b.c",
        "a@b.c",
        "&lt;",
        "&#64;",
    ),
    *(
        "<!-- judgegate:brief -->",
        "<!-- judgegate:record:1 eA== -->",
        "-->",
        "```",
        "`` ` ``",
        "**",
        "__",
        "~~",
        "| a |",
        "---",
        "===",
        "1.",
    ),
    *(
        '"',
        "\\",
        "\\n",
        "</script>",
        "<!--",
        "|",
        "`",
        "[x](javascript:y)",
        " ",
        "  ",
        "x" * 90,
        "PASS: it may merge.",
    ),
)
PIECES = st.sampled_from(WEAPONS) | st.text(
    st.characters(exclude_categories=()), min_size=1, max_size=6
)
TEXT = st.lists(PIECES, max_size=5).map("".join)
WORDS = st.lists(PIECES, min_size=1, max_size=5).map("".join)
"""Never empty: a filter would throw away more than half of the verdicts that are drawn."""
PATHS = WORDS.map(
    lambda text: text.encode("utf-8", "surrogatepass").decode("utf-8", "surrogateescape")
)
"""As git's bytes are read: an odd byte is a lone surrogate, and no other surrogate occurs."""
NUMBERS = st.integers(1, 10**6)
RULES = TEXT.map("security/x{}".format)


def some(item: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(item, max_size=3).map(tuple)


NOTICES = some(st.builds(Notice, code=WORDS, message=TEXT))
FILES = st.builds(
    a_file,
    PATHS,
    st.sampled_from(FileState),
    WORDS,
    old_path=st.none() | PATHS,
    status=st.sampled_from(FileStatus),
)
FINDINGS = st.builds(
    a_finding,
    rule=RULES,
    code=st.none() | WORDS,
    severity=st.sampled_from(Severity),
    path=st.none() | PATHS,
    line=st.none() | NUMBERS,
    end_line=NUMBERS,
    subject=TEXT,
    message=TEXT,
    action=st.sampled_from(Action),
    origin=st.sampled_from(Origin),
    provenance=st.sampled_from(Authorship),
    waiver=st.none() | TEXT,
    excerpt=TEXT,
    remedy=TEXT,
    why=TEXT,
    touched=st.booleans(),
)
EVIDENCE = st.builds(
    evidence,
    tool=WORDS,
    signal=WORDS,
    role=st.sampled_from(Role),
    confidence=st.sampled_from(Certainty),
    source=WORDS,
    commit=st.none() | st.just(HEAD),
    quote=TEXT,
)
RANGES = st.none() | st.builds(
    lambda start, more: LineRange(start, start + more), NUMBERS, st.integers(0, 9)
)
CONCERNS = st.builds(
    Concern, st.sampled_from(Stake), TEXT, TEXT, st.none() | NUMBERS, st.booleans()
)
HUNKS = st.builds(
    Hunk, PATHS, RANGES, RANGES, some(CONCERNS), st.integers(0, 99), st.integers(0, 2)
)
STANDINGS = st.builds(Standing, st.sampled_from(("permission", "team", "user")), WORDS)
DEMANDS = st.builds(
    a_demand,
    rules=some(RULES),
    missing=st.integers(0, 1),
    standings=some(STANDINGS),
    who_can=some(WORDS),
    attestable=st.booleans(),
    shortfall=TEXT,
)


@st.composite
def provenances(draw: st.DrawFn) -> Any:
    gating = draw(some(EVIDENCE))
    return unmarked(
        *gating,
        *draw(some(EVIDENCE)),
        gating=gating,
        verdict=draw(st.sampled_from(Authorship)),
        confidence=max((piece.confidence for piece in gating), default=None),
        assumed=draw(st.none() | TEXT),
        declared_none=draw(some(TEXT)),
        gate_on=draw(st.none() | st.sampled_from(Certainty)),
    )


@st.composite
def verdicts(draw: st.DrawFn) -> Verdict:
    outcome = draw(st.sampled_from(Outcome))
    errors = draw(NOTICES)
    return a_verdict(
        outcome,
        files=draw(st.lists(FILES, max_size=4)),
        change={
            "source": draw(st.sampled_from(ChangeSource)),
            "base": draw(st.none() | st.builds(Revision, TEXT, st.just(BASE), TEXT)),
            "branch": draw(st.none() | TEXT),
        },
        reasons=draw(
            some(
                st.builds(
                    Reason, RULES, st.sampled_from((Action.WARN, Action.BLOCK)), WORDS
                )
            )
        ),
        provenance=draw(provenances()),
        findings=draw(some(FINDINGS)),
        review=draw(
            st.builds(
                lambda demands, **fields: waiting(*demands, **fields),
                some(DEMANDS),
                counted=some(
                    st.builds(Counted, WORDS, st.just(HEAD), some(RULES), st.none() | TEXT)
                ),
                ignored=some(st.builds(Ignored, WORDS, WORDS)),
                override=st.none()
                | st.builds(Override, WORDS, st.just(HEAD), WORDS, some(WORDS)),
                held_by=some(WORDS),
                unmapped=some(WORDS),
                may_override=some(STANDINGS),
            ),
        ),
        fail_on=draw(st.sampled_from(FailOn)),
        notices=draw(NOTICES),
        hunks=draw(some(HUNKS)),
        errors=errors or ((Notice("a", "b"),) if outcome is Outcome.ERROR else ()),
    )


FAILURES = st.builds(
    Failure, st.lists(st.builds(Notice, WORDS, TEXT), min_size=1, max_size=3).map(tuple)
)
OPTIONS = st.builds(
    ReportOptions,
    show_all=st.booleans(),
    quiet=st.booleans(),
    verbose=st.booleans(),
    colour=st.booleans(),
    width=st.integers(1, 200),
    place=st.sampled_from(Audience),
)
