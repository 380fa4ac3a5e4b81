"""What holds for the facts of any Python text."""

import random
import sys
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from judgegate.model.codec import decode_binary, encode_binary
from judgegate.model.facts import FileFacts, UnitKind
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python
from judgegate.sources.text import Unreadable
from judgegate.workers.wire import Limits
from tests.sources.form_pairs import pairs_of
from tests.sources.python_reading import facts

TEXTS = [pair.first for pair in pairs_of("python")]
SIGNS = "abf1(){}[];,:.=><+-*/\\\"'`#@!?&|% \n\t\r\f"
PROSE = "# This is only for people.\n"
FIRST_LINES = "import os\nimport sys as s\n"
"""Where prose would count."""


class Layout(Struct, frozen=True):
    """How a program is written down; `seed` decides where prose and blank lines stand."""

    quote: str = "'"
    indent: str = "    "
    seed: int | None = None

    def gaps(self) -> Iterator[str]:
        """What stands in front of each line."""
        chance = random.Random(self.seed)  # noqa: S311 - no secret
        while True:
            choices = ["", "", "\n", PROSE, f"\n\n  {PROSE}"]
            yield "" if self.seed is None else chance.choice(choices)


LAYOUTS = st.builds(
    Layout,
    quote=st.sampled_from(["'", '"', '"""', "'''"]),
    indent=st.sampled_from(["  ", "\t", "     "]),
    seed=st.integers(0, 1000),
)

Lines = list[tuple[int, str]]
"""Each line of a program with the depth of its block. `§` stands for a quote."""

NAMES = st.sampled_from(["a", "b", "c", "os", "run"])
ATOMS = NAMES | st.sampled_from(
    ["1", "2.5", "None", "§text§", "§§", "f§{a}x§", "b§x§", "()"]
)
VALUES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.builds("{}({})".format, NAMES, inner),
        st.builds("os.{}({}, k={})".format, NAMES, inner, inner),
        st.builds("({} + {})".format, inner, inner),
        st.builds("[{}, {}]".format, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("[{} for {} in {}]".format, inner, NAMES, inner),
        st.builds("(lambda {}: {})".format, NAMES, inner),
        st.builds("{}.{}".format, NAMES, NAMES),
        st.builds("not ({})".format, inner),
    ).map("({})".format),
    max_leaves=5,
)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{}: {} = {}".format, NAMES, NAMES, VALUES),
    st.builds("{}.{} = {}".format, NAMES, NAMES, VALUES),
    st.builds("import {} as {}".format, NAMES, NAMES),
    st.builds("from {} import {}".format, NAMES, NAMES),
    st.builds("assert {}, {}".format, VALUES, VALUES),
    st.builds("raise {}".format, VALUES),
    st.builds("del {}".format, NAMES),
    st.just("pass"),
    VALUES,
).map(lambda line: [(0, line)])
HEADS = st.one_of(
    st.builds("if {}:".format, VALUES),
    st.builds("while {}:".format, VALUES),
    st.builds("for {} in {}:".format, NAMES, VALUES),
    st.builds("with {} as {}:".format, VALUES, NAMES),
    st.builds("def {}({}={}):".format, NAMES, NAMES, VALUES),
    st.builds("async def {}(*{}):".format, NAMES, NAMES),
    st.builds("class {}({}):".format, NAMES, VALUES),
    st.builds("@{}\ndef {}(self):".format, VALUES, NAMES),
)


def block(head: str, body: list[Lines]) -> Lines:
    inner = [(depth + 1, line) for lines in body for depth, line in lines]
    return [*((0, line) for line in head.split("\n")), *inner]


def branches(inner: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    bodies = st.lists(inner, min_size=1, max_size=4)
    return st.one_of(
        st.builds(block, HEADS, bodies),
        st.tuples(bodies, bodies).map(
            lambda both: [*block("try:", both[0]), *block("except a as b:", both[1])]
        ),
    )


STATEMENTS = st.recursive(SIMPLE, branches, max_leaves=8)
PROGRAMS: st.SearchStrategy[Lines] = st.lists(STATEMENTS, max_size=6).map(
    lambda every: [line for lines in every for line in lines]
)


def written(program: Lines, layout: Layout | None = None) -> str:
    layout = layout or Layout()
    gaps = layout.gaps()
    lines = [
        f"{next(gaps)}{layout.indent * depth}{line.replace('§', layout.quote)}\n"
        for depth, line in program
    ]
    return f"{FIRST_LINES}{''.join(lines)}"


def without_lines(value: Any) -> Any:
    """Facts as plain values, apart from where they stand."""
    match value:
        case Struct():
            return without_lines(msgspec.structs.asdict(value))
        case dict():
            kept = {key: one for key, one in value.items() if key not in {"line", "lines"}}
            return {key: without_lines(one) for key, one in kept.items()}
        case list() | tuple():
            return [without_lines(one) for one in value]
    return value


@settings(deadline=None, max_examples=50)
@given(PROGRAMS, LAYOUTS)
def test_layout_changes_nothing_but_lines(program: Lines, layout: Layout) -> None:
    plain, other = facts(written(program)), facts(written(program, layout))
    assert without_lines(plain) == without_lines(other)


@settings(deadline=None, max_examples=50)
@given(PROGRAMS)
def test_facts_survive_the_way_to_the_parent(program: Lines) -> None:
    found = facts(written(program))
    assert decode_binary(FileFacts, encode_binary(found)) == found


def digests(found: FileFacts) -> Iterator[str]:
    yield found.form
    for unit in found.units:
        yield from (unit.header, unit.body, unit.exposure)
        yield from (one.digest for one in unit.statements)
    for facts_of_a_sort in (found.assertions, found.guards, found.blocks):
        yield from (one.digest for one in facts_of_a_sort)


@settings(deadline=None, max_examples=50)
@given(PROGRAMS)
def test_another_salt_gives_other_digests(program: Lines) -> None:
    text = written(program)
    one, other = (set(digests(facts(text, salt))) - {""} for salt in (b"one", b"two"))
    assert one
    assert one.isdisjoint(other)
    assert one == set(digests(facts(text, b"one"))) - {""}


def around(inside: Lines) -> st.SearchStrategy[Lines]:
    """Programs that hold these lines somewhere."""

    def nest(before: Lines, after: Lines, heads: list[str]) -> Lines:
        lines = [*before, *inside, *after]
        for head in heads:
            lines = block(head, [lines])
        return lines

    return st.builds(nest, PROGRAMS, PROGRAMS, st.lists(HEADS, max_size=3))


@settings(deadline=None, max_examples=50)
@given(around([(0, "mark(12345)"), (0, "mark(12345)")]))
def test_another_constant_changes_the_units_that_hold_it(program: Lines) -> None:
    before = written(program)
    after = before.replace("12345", "54321", 1)
    line = before[: before.index("12345")].count("\n") + 1
    one, other = facts(before), facts(after)
    assert one.form != other.form
    for old, new in zip(one.units, other.units, strict=True):
        is_simple = old.kind is UnitKind.STATEMENT and old.lines.start == old.lines.end
        assert (old.header != new.header) == (is_simple and old.lines.start == line)
        is_around = old.lines.start < line <= old.lines.end
        assert (old.body != new.body) == (is_around and old.body != "")
        assert old.exposure == new.exposure


@settings(deadline=None, max_examples=50)
@given(around([(0, "def named(): a(b)")]))
def test_another_name_of_a_function_changes_only_what_holds_or_calls_it(
    program: Lines,
) -> None:
    before = written([*program, (0, "named(1)")])
    after = before.replace("named(", "renamed(")
    line = before[: before.index("def named")].count("\n") + 1
    one, other = facts(before), facts(after)
    assert one.form != other.form
    for old, new in zip(one.units[:-1], other.units[:-1], strict=True):
        holds = old.lines.start < line <= old.lines.end and old.body != ""
        assert old.header == new.header
        assert (old.body != new.body) == holds
        assert old.exposure == new.exposure
    assert one.units[-1].header != other.units[-1].header


@pytest.fixture(scope="module")
def _recursion_of_a_worker() -> Iterator[None]:
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(Limits().recursion)
    yield
    sys.setrecursionlimit(usual)


def read_or_refused(data: bytes) -> None:
    try:
        found = extract_python(read_python(data))
    except Unreadable as why:
        if not str(why):
            pytest.fail("no reason")
        return
    assert decode_binary(FileFacts, encode_binary(found)) == found


@pytest.mark.usefixtures("_recursion_of_a_worker")
@settings(deadline=None, max_examples=80)
@given(st.binary() | st.text(alphabet=SIGNS, max_size=80).map(str.encode))
def test_any_bytes_have_facts_or_a_reason(data: bytes) -> None:
    read_or_refused(data)


@pytest.mark.usefixtures("_recursion_of_a_worker")
@settings(deadline=None, max_examples=80)
@given(st.data())
def test_a_part_of_a_text_in_another_has_facts_or_a_reason(data: st.DataObject) -> None:
    texts = st.sampled_from(TEXTS) | PROGRAMS.map(written)
    one, other = data.draw(texts), data.draw(texts)
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(one))] * 2)))
    place = data.draw(st.integers(0, len(other)))
    text = f"{other[:place]}{one[start:end]}{other[place:]}"
    read_or_refused(text.encode())


DEEP: list[Callable[[int], str]] = [
    lambda depth: "a" + ".b()" * depth,
    lambda depth: "a" + " + b" * depth,
    lambda depth: "a = " * depth + "b",
    lambda depth: "not " * depth + "a",
    lambda depth: "a = " + "b if c else " * depth + "d.e\na()",
    lambda depth: "a = " + "lambda: " * depth + "b",
    lambda depth: "a = " + "-" * depth + "1",
    lambda depth: "a" + "['b']" * depth + "()",
    lambda depth: "if a: b()\n" + "elif c: import d as e\n" * depth,
    lambda depth: "a" + ".__dict__['b']" * depth + "()",
    lambda depth: "@a\n" * depth + "def f(): pass",
    lambda depth: "f(" * (depth % 90) + ")" * (depth % 90),
    lambda depth: "".join(f"{' ' * one}if a:\n" for one in range(depth % 99)) + " " * 99 + "b",
    lambda depth: "\n".join(f"a{one} = a{one + 1}" for one in range(depth)),
]  # fmt: skip


@pytest.mark.usefixtures("_recursion_of_a_worker")
@settings(deadline=None, max_examples=20)
@given(st.sampled_from(DEEP), st.integers(0, 1500))
def test_what_is_deep_has_facts_or_a_reason(text: Callable[[int], str], depth: int) -> None:
    read_or_refused(text(depth).encode())


@pytest.mark.usefixtures("_recursion_of_a_worker")
@pytest.mark.parametrize("number", range(len(DEEP)))
def test_what_is_twice_as_deep_takes_twice_the_steps(number: int) -> None:
    assert steps(DEEP[number](400)) <= 2.2 * steps(DEEP[number](200)) + 2000


@settings(deadline=None, max_examples=5)
@given(PROGRAMS)
def test_twice_the_file_takes_twice_the_steps(program: Lines) -> None:
    text = written(program) * 4
    assert steps(text * 2) <= 2.2 * steps(text)


def steps(text: str) -> int:
    """How many functions are called to get the facts of a text."""
    count = 0

    def note(_frame: object, _event: str, _argument: object) -> None:
        nonlocal count
        count += 1

    usual = sys.getprofile()
    sys.setprofile(note)
    try:
        read_or_refused(text.encode())
    finally:
        sys.setprofile(usual)
    return count
