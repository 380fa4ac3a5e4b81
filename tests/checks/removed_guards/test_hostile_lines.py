"""Whatever stands in a removed line: it is read, it names an identifier at most, and it stays cheap."""

import re
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.change.objects import MissingObjectError
from judgegate.checks.removed_guards.compare import find_lost_guards
from judgegate.checks.removed_guards.guard_lines import (
    LONGEST,
    find_guards,
    find_stand_ins,
    read_line_context,
    split_lines,
)
from judgegate.checks.removed_guards.kinds import Where
from judgegate.model.change import Blob, FileChange, FileStatus
from judgegate.model.ranges import LineRange

WORDS = (
    "if", "raise", "throw new", "assert", "verify", "validate", "login_required", "timeout", "=", "(", ")", "{", "}", "\t", " ", "\n",
    "\u202e", "\x1b[31m", "\x00", "\udcff", "@", "class", "def", "func", "catch", "except", "lock", "with", "pytest", "_", ".", "é",
)  # fmt: skip
LINES = st.lists(st.one_of(st.sampled_from(WORDS), st.text(max_size=8)), max_size=60).map(
    "".join
)
EVERYWHERE = frozenset(Where)


@given(LINES)
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_and_names_hold_no_literal(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    lines = split_lines(content)
    if lines is None:
        assert b"\0" in content
        return
    ranges = [LineRange(1, len(lines) + 3)]
    found = [
        *find_guards(lines, ranges, EVERYWHERE),
        *find_stand_ins(lines, ranges, EVERYWHERE),
    ]
    around = read_line_context(lines, {guard.line for guard in found})
    for guard in found:
        assert guard.name
        assert guard.name.isprintable()
        assert not re.search(r"[\"'`<>\x1b\u202e]", guard.name)
        assert guard.line in around
        assert 1 <= guard.line <= len(lines)


@pytest.mark.parametrize(
    "piece",
    [
        *string.punctuation,
        "a",
        "A",
        " ",
        "_",
        "valid",
        "if ",
        "x.",
        "))",
        "a b ",
        "lock.",
        "raise a.",
    ],
)
def test_a_line_without_end_is_looked_at_in_part(piece: str) -> None:
    line = (piece * (1_000_000 // len(piece))).encode()
    for guard in find_stand_ins([line], [LineRange(1, 1)], EVERYWHERE):
        assert len(guard.text) <= LONGEST
    assert read_line_context([line], {1}).keys() == {1} or not line.strip()


@given(LINES, LINES)
@settings(max_examples=100, deadline=None)
def test_what_is_lost_stood_on_a_removed_line_and_not_on_an_added_one(
    before: str, after: str
) -> None:
    sides = {
        "1" * 40: before.encode("utf-8", "replace"),
        "2" * 40: after.encode("utf-8", "replace"),
    }
    old, new = (Blob(0o100644, oid, len(content)) for oid, content in sides.items())
    counts = [content.count(b"\n") + 1 for content in sides.values()]
    change = FileChange(
        "app.py",
        FileStatus.MODIFIED,
        old,
        new,
        (LineRange(1, counts[1]),),
        (LineRange(1, counts[0]),),
    )
    lost = find_lost_guards([change], sides.__getitem__).get(0, ())
    for guard in lost:
        assert 1 <= guard.line <= counts[0]
    kept = {"".join(line.split()) for line in after.split("\n")}
    texts = before.encode("utf-8", "replace").split(b"\n")
    for guard in lost:
        line = "".join(texts[guard.line - 1][:LONGEST].decode("utf-8", "replace").split())
        assert (
            before.split("\n").count(line) > after.split("\n").count(line)
            or line not in kept
        )


def test_the_same_file_twice_loses_nothing() -> None:
    content = b"@login_required\ndef a():\n    verify(x)\n"
    one = Blob(0o100644, "1" * 40, len(content))
    change = FileChange(
        "a.py", FileStatus.MODIFIED, one, one, (LineRange(1, 3),), (LineRange(1, 3),)
    )
    assert find_lost_guards([change], lambda _oid: content) == {}


def test_a_side_that_is_not_in_the_clone_is_passed_over() -> None:
    def missing(oid: str) -> bytes:
        raise MissingObjectError(oid)

    old, new = Blob(0o100644, "1" * 40, 9), Blob(0o100644, "2" * 40, 9)
    change = FileChange(
        "a.py", FileStatus.MODIFIED, old, new, (LineRange(1, 3),), (LineRange(1, 3),)
    )
    assert find_lost_guards([change], missing) == {}
