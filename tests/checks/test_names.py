"""What bandit's tests say under every name that a callee may have."""

import re
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.checks.insecure_code.scan import find_issues
from judgegate.model.facts import ANYTHING
from judgegate.sources.python_names import MOST_READ
from judgegate.sources.python_scopes import ScopeKind
from tests.checks.reading import read

_CASES = Path(__file__).with_name("names.txt").read_text(encoding="utf-8")
_MARK = re.compile(r"#! (?P<codes>[B\d ]+)$")


def _cases() -> dict[str, str]:
    parts = re.split(r"^== (.+)\n", _CASES, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def _expected(text: str) -> set[tuple[int, str]]:
    found: set[tuple[int, str]] = set()
    for number, line in enumerate(text.splitlines(), start=1):
        marked = _MARK.search(line)
        if marked:
            found.update(product([number], marked["codes"].split()))
    return found


def _found(text: str) -> set[tuple[int, str]]:
    issues = find_issues(read(text))
    return {
        (node.lineno, issue.test_id)
        for issue, node in issues
        if issue.test_id < "B4" or issue.test_id > "B5"
    }


@pytest.mark.parametrize("name", _cases())
def test_a_callee_is_all_that_it_may_be(name: str) -> None:
    text = _cases()[name]
    assert _found(text) == _expected(text)


def test_a_call_is_reported_once_for_each_code() -> None:
    text = "import os\ntry:\n  from gevent import os\nexcept E:\n  pass\nos.system(c)\n"
    codes = [issue.test_id for issue, _ in find_issues(read(text))]
    assert codes.count("B605") == 1


def test_the_gravest_of_its_meanings_holds() -> None:
    text = (
        "import subprocess\nrun = subprocess.getoutput if X else subprocess.run\n"
        "run(c, **{'shell': True})\n"
    )
    [issue] = [issue for issue, _ in find_issues(read(text)) if issue.test_id == "B602"]
    assert (issue.severity, issue.confidence) == ("HIGH", "HIGH")


_NAMES = st.sampled_from(["a", "b", "c", "os", "run"])
_VALUES = st.one_of(
    _NAMES,
    st.builds("{}.{}".format, _NAMES, _NAMES),
    st.builds("getattr({}, '{}')".format, _NAMES, _NAMES),
    st.sampled_from(["os.system", "1", "x()", "lambda a: a", "[b for b in a]"]),
)
_LINES = st.one_of(
    st.builds("{} = {}".format, _NAMES, _VALUES),
    st.builds("import {} as {}".format, _NAMES, _NAMES),
    st.builds("from {} import {}".format, _NAMES, _NAMES),
    st.builds("def {}({}={}): return {}".format, _NAMES, _NAMES, _VALUES, _VALUES),
    st.builds("class {}: {} = {}".format, _NAMES, _NAMES, _VALUES),
    st.builds("for {} in ({}, {}): {}(c)".format, _NAMES, _VALUES, _VALUES, _NAMES),
    st.builds("{}({})".format, _VALUES, _NAMES),
)


@given(st.lists(_LINES, max_size=30))
@settings(max_examples=150)
def test_any_bindings_settle_within_their_bounds(lines: list[str]) -> None:
    walk = read("\n".join(lines)).walk
    assert walk.scopes[0].kind is ScopeKind.FILE
    for _, _, meanings in walk.names.bindings():
        assert len(meanings) <= MOST_READ
    for _, _, names in walk.named_calls:
        assert names
        assert list(names) == sorted(set(names))


def test_a_name_that_may_be_anything_leaves_the_others_what_they_are() -> None:
    many = [f"x = a{number}" for number in range(2 * MOST_READ)]
    walk = read("\n".join(["import os", "run = os.system", *many])).walk
    meanings = {name: found for _, name, found in walk.names.bindings()}
    assert meanings["x"] == {ANYTHING}
    assert meanings["run"] == {"os.system"}


@given(st.lists(_LINES, max_size=12), st.integers(0, 12))
@settings(max_examples=150)
def test_no_line_more_hides_what_was_found(lines: list[str], place: int) -> None:
    """A binding in another scope, or one that may not run, takes nothing away."""
    before = ["import os", *lines, "os.system(c)"]
    text = "\n".join(before)
    assert "B605" in {issue.test_id for issue, _ in find_issues(read(text))}
    more = "if 0:\n import json as os\ndef dump(os): import json as os"
    after = [*before[:place], *more.split("\n"), *before[place:]]
    found = {issue.test_id for issue, _ in find_issues(read("\n".join(after)))}
    assert "B605" in found
