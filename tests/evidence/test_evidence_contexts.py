"""Evidence contexts: what must tell a dangerous edit from a harmless one, and what must not."""

import random
import sysconfig
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.checks.insecure_code.scan import scan_insecure_code
from judgegate.evidence.digests import MOST_NAMES
from judgegate.evidence.exposure import MOST_SURROUNDINGS
from judgegate.model.codec import decode_binary, encode_binary
from judgegate.model.evidence_context import (
    MOST_CONSTANTS,
    MOST_ROOTS,
    EvidenceContext,
    RootKind,
)
from judgegate.model.facts import LONGEST_NAME
from judgegate.sources.python import read_python
from tests.evidence.context_pairs import FOLDER, Edit, context_of, edits_of, unlike
from tests.sources.test_python_properties import (
    LAYOUTS,
    PROGRAMS,
    STATEMENTS,
    Layout,
    Lines,
    around,
    block,
    written,
)

FEWEST = 60
"""Edits of each kind."""

EVERY = [edit for path in sorted(FOLDER.glob("*.txt")) for edit in edits_of(path.stem)]
SINKS = [(0, "os.system(a + b)"), (0, "c = eval(b)")]


def found_in(text: str) -> list[tuple[str, EvidenceContext]]:
    """The code and context of each finding, in the order of the file."""
    source = read_python(text.encode("utf-8", "surrogateescape"), b"salt")
    seen = ((one.code, one.context) for one in scan_insecure_code(source))
    return [(code, context) for code, context in seen if context is not None]


@pytest.mark.parametrize("edit", [pytest.param(edit, id=edit.title) for edit in EVERY])
def test_an_edit_changes_the_parts_that_it_is_about(edit: Edit) -> None:
    assert unlike(context_of(edit.before), context_of(edit.after)) == edit.parts


def test_attacks_and_controls_are_enough() -> None:
    kinds = Counter(edit.is_control for edit in EVERY)
    assert min(kinds[True], kinds[False]) >= FEWEST
    assert all(edit.title.startswith("control: ") == edit.is_control for edit in EVERY)
    assert max(Counter(edit.title for edit in EVERY).values()) == 1


@settings(deadline=None, max_examples=30)
@given(around([*SINKS]), LAYOUTS)
def test_layout_changes_no_context(program: Lines, layout: Layout) -> None:
    assert found_in(written(program)) == found_in(written(program, layout))


@settings(deadline=None, max_examples=30)
@given(st.lists(STATEMENTS, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_unrelated_definitions_changes_no_context(
    bodies: list[Lines], chance: random.Random
) -> None:
    """Each body stands in a function of its own, whose name nothing in the others mentions."""
    functions = [
        block(f"def f{number}(a, b):", [body, list(SINKS)])
        for number, body in enumerate(bodies)
    ]
    shuffled = functions.copy()
    chance.shuffle(shuffled)
    one, other = (
        found_in(written([line for lines in order for line in lines]))
        for order in (functions, shuffled)
    )
    assert Counter(one) == Counter(other)


@settings(deadline=None, max_examples=30)
@given(around([*SINKS]))
def test_a_context_is_made_in_one_way_and_bounded(program: Lines) -> None:
    found = found_in(written(program))
    assert found == found_in(written(program))
    for _, context in found:
        assert decode_binary(EvidenceContext, encode_binary(context)) == context
        assert_bounded(context)


def assert_bounded(context: EvidenceContext) -> None:
    assert len(context.roots) <= MOST_ROOTS
    for parts in (context.constants, context.keywords, context.guards, context.meanings):
        assert len(parts) <= MOST_CONSTANTS
    assert len(context.exposure) <= MOST_SURROUNDINGS
    names = [callee.name for callee in context.meanings]
    names += [root.name for root in context.roots]
    names += [callee.name for root in context.roots for callee in root.through]
    names += [one.name for one in context.keywords]
    names += [one.name for one in context.exposure]
    names += [name for guard in context.guards for name in guard.names]
    assert all(len(name) <= LONGEST_NAME for name in names)
    assert all(len(guard.names) <= MOST_NAMES for guard in context.guards)
    for guard in context.guards:
        assert list(guard.names) == sorted(set(guard.names))
    assert list(context.doubts) == sorted(set(context.doubts))


@settings(deadline=None, max_examples=30)
@given(PROGRAMS, st.sampled_from(["x" * 300, "é" * 250, "x." * 200 + "x"]))
def test_no_name_is_longer_than_names_may_be(program: Lines, name: str) -> None:
    sink = [
        (0, f"if {name}({name}):"),
        (1, f"os.system({name}, {name.replace('.', '_')}=1)"),
    ]
    for _, context in found_in(written([*program, *sink])):
        assert_bounded(context)


def test_half_a_character_in_a_name_is_replaced() -> None:
    text = "import os\ndef f(a):\n  getattr(os, '\\ud800')(a)\n  os.system(getattr(a, '\\ud800')())"
    for _, context in found_in(text):
        assert encode_binary(context)


def test_a_default_is_a_part_of_its_parameter() -> None:
    text = "import os\ndef run(cmd={}):\n  os.system(cmd)\n"
    one, other = (found_in(text.format(given))[-1][1] for given in ("'a'", "'b'"))
    [root] = [root for root in one.roots if root.name == "cmd"]
    assert root.kind is RootKind.PARAMETER
    assert one.exposure != other.exposure


STANDARD_LIBRARY = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(
    "name", ["subprocess", "pickle", "sqlite3/dbapi2", "turtle", "typing", "test/test_ast"]
)
def test_real_files_have_contexts(name: str) -> None:
    path = STANDARD_LIBRARY / f"{name}.py"
    if not path.exists():
        pytest.skip("this Python comes without it")
    for _, context in found_in(path.read_text("utf-8", "surrogateescape")):
        assert_bounded(context)
