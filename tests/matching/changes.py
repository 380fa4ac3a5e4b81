"""Changes of made-up units, with few names and few statements, so that much of them is alike."""

from collections.abc import Iterator

from hypothesis import strategies as st
from msgspec import Struct

from judgegate.matching.units import FilePair
from judgegate.model.facts import FileFacts, Statement, Unit, UnitKind
from judgegate.model.ranges import LineRange

LONG = 12
"""Tokens of a statement, so that four of them are enough to be recognised in another file."""


class Sketch(Struct, frozen=True):
    """A unit to be, and what stands in it. `statements` are numbers that stand for digests."""

    kind: UnitKind
    name: str
    statements: tuple[int, ...] = ()
    header: int = 0
    inner: tuple["Sketch", ...] = ()
    binds: tuple[str, ...] = ()


def function(name: str, *statements: int, header: int = 0) -> Sketch:
    return Sketch(UnitKind.FUNCTION, name, statements, header)


def facts(sketches: tuple[Sketch, ...], language: str = "python") -> FileFacts:
    """Facts of a file in which every statement has a line."""
    return FileFacts(language, units=tuple(_units(sketches, "", 1)))


def _units(sketches: tuple[Sketch, ...], around: str, line: int) -> Iterator[Unit]:
    for sketch in sketches:
        name = f"{around}.{sketch.name}" if around else sketch.name
        inner = tuple(_units(sketch.inner, name, line + 1 + len(sketch.statements)))
        end = max([line + len(sketch.statements), *(unit.lines.end for unit in inner)])
        yield _unit(sketch, name, LineRange(line, end))
        yield from inner
        line = end + 1


def _unit(sketch: Sketch, name: str, lines: LineRange) -> Unit:
    kind = sketch.kind
    is_function = kind in (UnitKind.FUNCTION, UnitKind.METHOD)
    statements = tuple(Statement(f"{one:x}", LONG) for one in sketch.statements)
    return Unit(
        kind,
        name,
        lines,
        header=f"header {sketch.header}",
        body=f"body {sketch.statements}" if is_function else "",
        exposure=name.rpartition(".")[0],
        tokens=LONG * (1 + len(statements)),
        statements=statements if is_function else (),
        arity=sketch.header,
        binds=sketch.binds,
    )


NAMES = st.sampled_from(["a", "b", "c", "d"])
BOUND = st.lists(NAMES, max_size=2).map(tuple)
STATEMENTS = st.lists(st.integers(0, 7), max_size=6).map(tuple)
FUNCTIONS = st.builds(
    Sketch,
    st.sampled_from([UnitKind.FUNCTION, UnitKind.METHOD]),
    NAMES,
    STATEMENTS,
    st.integers(0, 2),
    binds=BOUND,
)
LONE = st.builds(
    Sketch,
    st.just(UnitKind.STATEMENT),
    NAMES,
    st.just(()),
    st.integers(0, 2),
    binds=BOUND,
)
CLASSES = st.builds(
    Sketch,
    st.just(UnitKind.CLASS),
    NAMES,
    st.just(()),
    st.integers(0, 2),
    st.lists(FUNCTIONS | LONE, max_size=4).map(tuple),
)
SKETCHES = st.lists(FUNCTIONS | LONE | CLASSES, max_size=6).map(tuple)
FACTS = st.none() | st.builds(facts, SKETCHES, st.sampled_from(["python", "java"]))


@st.composite
def hunks(draw: st.DrawFn) -> tuple[LineRange, ...]:
    """Ranges of lines that do not touch each other."""
    line, found = 1, []
    for gap, length in draw(
        st.lists(st.tuples(st.integers(0, 6), st.integers(1, 3)), max_size=3)
    ):
        found.append(LineRange(line + gap, line + gap + length - 1))
        line = found[-1].end + 2
    return tuple(found)


@st.composite
def changes(draw: st.DrawFn) -> list[FilePair]:
    """Files of a change, some of them renamed, some of unknown hunks."""
    files = []
    for number in range(draw(st.integers(1, 4))):
        base, head = draw(FACTS), draw(FACTS)
        how = draw(st.sampled_from(["hunks", "unknown", "renamed"]))
        old = f"old/{number}" if how == "renamed" and base and head else None
        known = how == "hunks"
        files.append(
            FilePair(
                f"new/{number}", base, head, old,
                draw(hunks()) if known else None, draw(hunks()) if known else None,
            )
        )  # fmt: skip
    return files


def exchanged(files: list[FilePair]) -> list[FilePair]:
    """The change that takes this one back."""
    return [
        FilePair(
            one.old_path or one.path,
            one.head,
            one.base,
            one.path if one.old_path else None,
            one.removed,
            one.added,
        )
        for one in files
    ]
