"""Whatever reaches a sink when a program runs is found without running it.

Programs of every kind of statement are made up and run, along all of their ways up to a bound. What comes
out of `S(1)`, `S(2)` ... is told apart by its number. `c()` is decided anew on each run, `r()` may raise.
"""

import ast
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, Self

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.trace import Flow
from judgegate.sources.python import read_python

MOST_RUNS = 300
MOST_CHOICES = 9
"""After so many decisions in one run, all further ones are alike: no loop goes on, nothing is raised."""

Lines = list[str]


class ProgramError(Exception):
    """What the programs raise, and catch."""


STOPS = (
    ProgramError,
    NameError,
    AttributeError,
    TypeError,
    LookupError,
    RecursionError,
)


class Box:
    """A value: it holds numbers and other boxes, and can be changed."""

    def __init__(self, *held: Any) -> None:
        self.__dict__["held"] = list(held)

    def __add__(self, other: Any) -> "Box":
        return Box(self, other)

    def __iadd__(self, other: Any) -> Self:
        self.held.append(other)
        return self

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__[name] = value

    def __getattr__(self, name: str) -> Any:
        # What was never stored is a part of the whole.
        return Box(self)

    def __getitem__(self, key: Any) -> Any:
        return Box(self)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.held.append(value)

    def __iter__(self) -> Iterator[Any]:
        return iter([Box(self)])

    def append(self, value: Any) -> None:
        self.held.append(value)


def numbers_in(value: Any) -> set[int]:
    """All numbers that a value holds, at any depth."""
    found: set[int] = set()
    seen: set[int] = set()
    pending = [value]
    while pending:
        one = pending.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, int):
            found.add(one)
        elif isinstance(one, Box):
            pending.extend(one.held)
            pending.extend(part for name, part in one.__dict__.items() if name != "held")
        elif isinstance(one, list | tuple):
            pending.extend(one)
        elif isinstance(one, dict):
            pending.extend(one.values())
    return found


class Choices:
    """The decisions of one run: those that are given, and then no."""

    def __init__(self, given: Sequence[bool]) -> None:
        self._given = given
        self.made: list[bool] = []

    def choose(self) -> bool:
        number = len(self.made)
        if number >= MOST_CHOICES:
            return False
        self.made.append(number < len(self._given) and self._given[number])
        return self.made[-1]

    def may_raise(self) -> None:
        if self.choose():
            raise ProgramError

    def next(self) -> list[bool] | None:
        """What to decide in the next run, None when all ways were tried."""
        made = [*self.made]
        while made and made[-1]:
            made.pop()
        return [*made[:-1], True] if made else None


def run_all_ways(text: str) -> set[int]:
    """The numbers that reach the sink on any way through a program."""
    code = compile(text, "program", "exec")
    reached: set[int] = set()
    given: list[bool] | None = []
    for _ in range(MOST_RUNS):
        if given is None:
            break
        choices = Choices(given)
        names = {
            "S": Box,
            "E": ProgramError,
            "c": choices.choose,
            "r": choices.may_raise,
            "fill": lambda target, value: target.append(value),
            "suppress": suppress,
            "sink": lambda value: reached.update(numbers_in(value)),
        }
        # What stops a program was not reached by what comes behind it.
        with suppress(*STOPS):
            exec(code, names)  # noqa: S102 - the text was made here
        given = choices.next()
    return reached


def found_without_running(text: str) -> set[int]:
    source = read_python(text.encode(), b"salt")
    forms = ExpressionForms(source.walk)
    flow = Flow(source.walk, forms)
    nodes = list(ast.walk(source.tree))
    numbers = {
        forms.digest(one): one.value
        for one in nodes
        if isinstance(one, ast.Constant) and isinstance(one.value, int)
    }
    found: set[int] = set()
    for call in nodes:
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "sink":
            traced = flow.trace_call(call)
            if "too many steps" in traced.doubts:
                return set(numbers.values())
            digests = {one.digest for one in traced.constants}
            found.update(numbers[digest] for digest in digests & numbers.keys())
    return found


class Numbered:
    """Gives each source of a program a number of its own."""

    def __init__(self) -> None:
        self.last = 0

    def fill_in(self, line: str) -> str:
        while "#" in line:
            self.last += 1
            line = line.replace("#", str(self.last), 1)
        return line


NAMES = st.sampled_from(["x", "y", "z"])
VALUES = st.one_of(
    st.just("S(#)"),
    NAMES,
    st.builds("{} + S(#)".format, NAMES),
    st.builds("{}.a".format, NAMES),
    st.builds("{}[0]".format, NAMES),
    st.builds("[{}, {}]".format, NAMES, NAMES),
    st.builds("({} if c() else {})".format, NAMES, NAMES),
    st.builds("({} or {})".format, NAMES, NAMES),
    st.builds("[{0} for {0} in [{1}, S(#)]]".format, NAMES, NAMES),
    st.builds("({} := {})".format, NAMES, NAMES),
    st.builds("local({}, {})".format, NAMES, NAMES),
    st.builds("(lambda {}: {})({})".format, NAMES, NAMES, NAMES),
    st.builds("{{'k': {}}}".format, NAMES),
    st.just("GLOBAL"),
)
SIMPLE = st.one_of(
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{} = {}".format, NAMES, VALUES),
    st.builds("{} += {}".format, NAMES, VALUES),
    st.builds("{} = {} = {}".format, NAMES, NAMES, VALUES),
    st.builds("{}, {} = {}, {}".format, NAMES, NAMES, VALUES, VALUES),
    st.builds("{}.append({})".format, NAMES, VALUES),
    st.builds("{}.a = {}".format, NAMES, VALUES),
    st.builds("{}[0] = {}".format, NAMES, VALUES),
    st.builds("fill({}, {})".format, NAMES, VALUES),
    st.builds("store({}, {})".format, NAMES, VALUES),
    st.builds("put({})".format, VALUES),
    st.builds("del {}".format, NAMES),
    st.builds("sink({})".format, VALUES),
    st.just("Thing().run()"),
    st.just("if c(): return"),
    st.just("r()"),
    st.just("raise E"),
)
IN_LOOP = st.sampled_from(["break", "continue", "if c(): break", "if c(): continue"])


def _indented(block: Lines) -> Lines:
    return ["    " + line for line in block]


def _under(head: str, block: Lines) -> Lines:
    return [head, *_indented(block)]


def _blocks(lines: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    return st.lists(lines, min_size=1, max_size=3).map(
        lambda rows: [one for row in rows for one in row]
    )


def _compound(lines: st.SearchStrategy[Lines]) -> st.SearchStrategy[Lines]:
    block = _blocks(lines)
    looped = _blocks(lines | IN_LOOP.map(lambda line: [line]))
    under = st.builds
    return st.one_of(
        under(lambda one: _under("if c():", one), block),
        under(lambda one, two: _under("if c():", one) + _under("else:", two), block, block),
        under(
            lambda one, two, three: (
                _under("if c():", one) + _under("elif c():", two) + _under("else:", three)
            ),
            block,
            block,
            block,
        ),
        under(lambda one: _under("while c():", one), looped),
        under(lambda one: _under("while True:", ["if not c(): break", *one]), looped),
        under(
            lambda one, two: _under("while c():", one) + _under("else:", two), looped, block
        ),
        under(
            lambda name, value, one: _under(f"for {name} in {value}:", one),
            NAMES,
            VALUES,
            looped,
        ),
        under(
            lambda name, value, one, two: (
                _under(f"for {name} in {value}:", one) + _under("else:", two)
            ),
            NAMES,
            VALUES,
            looped,
            block,
        ),
        under(
            lambda one, two: (
                _under("try:", ["r()", *one, "r()"]) + _under("except E:", two)
            ),
            looped,
            block,
        ),
        under(
            lambda one, two, three: (
                _under("try:", ["r()", *one])
                + _under("except E:", two)
                + _under("else:", three)
            ),
            block,
            block,
            block,
        ),
        under(
            lambda one, two: _under("try:", ["r()", *one]) + _under("finally:", two),
            looped,
            block,
        ),
        under(lambda one: _under("with suppress(E):", [*one, "r()"]), block),
        under(
            lambda name, one, two: (
                _under(f"match [{name}, {name}]:", _under("case [x, y] if c():", one))
                + _indented(_under("case z:", two))
            ),
            NAMES,
            block,
            block,
        ),
    )


STATEMENTS = st.recursive(SIMPLE.map(lambda line: [line]), _compound, max_leaves=6)
HEAD = """
GLOBAL = S(#)
def put(v):
    global GLOBAL
    if c():
        GLOBAL = v + S(#)
    else:
        GLOBAL.append(v)
def local(p, q):
    if c():
        p = q
    return p
def store(p, q):
    p.append(q)
class Thing:
    a = S(#)
    b = S(#)
    def run(self):
        if c():
            self.a = S(#)
        elif c():
            self.more(S(#))
        sink(self.a)
        sink(self.b)
        sink(self.made(S(#)))
    def more(self, v):
        self.a = S(#)
        self.b.append(S(#))
    def made(self, v):
        return self.b + v
def main(x, y, z):
"""
INNER = """
    def inner(v):
        nonlocal x
        y.append(v)
        if c():
            x = v + S(#)
        else:
            sink(z)
    inner(S(#))
"""


@st.composite
def programs(draw: st.DrawFn) -> str:
    body = draw(_blocks(STATEMENTS))
    loops = draw(st.booleans())
    if loops:
        body = _under("while c():", [*body, *draw(_blocks(STATEMENTS))])
    inner = INNER if draw(st.booleans()) else ""
    sink = f"    sink({draw(NAMES)})\n"
    lines = [
        line
        for line in _indented(body)
        if loops or line.strip() not in {"break", "continue"}
    ]
    text = (
        f"{HEAD}    x = S(#)\n    y = S(#)\n    z = S(#)\n{inner}"
        + "\n".join(lines)
        + f"\n{sink}"
    )
    numbered = Numbered()
    text = "\n".join(numbered.fill_in(line) for line in text.splitlines())
    return text + f"\nmain({numbered.last + 1}, 0, 0)\n"


def _is_program(text: str) -> bool:
    try:
        compile(text, "program", "exec")
    except SyntaxError:
        return False
    return True


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(programs().filter(_is_program))
def test_nothing_that_reaches_the_sink_is_missed(text: str) -> None:
    assert run_all_ways(text) <= found_without_running(text), text
