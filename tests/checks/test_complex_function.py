from collections import Counter
from pathlib import Path

import pytest

from judgegate.checks.complex_function_scan import METRIC, scan_complexity
from judgegate.model.observation import Observation
from judgegate.model.ranges import LineRange
from judgegate.sources.python import read_python
from tests.checks.commands import radon_command
from tests.checks.reading import read, see
from tests.checks.samples import COMPLEX, INSECURE


def measure(text: str) -> dict[str, int | None]:
    return {
        observation.subject: observation.measure
        for observation in see(scan_complexity, text)
    }


@pytest.mark.parametrize("text", [COMPLEX, *INSECURE.values()])
def test_the_complexities_are_those_of_the_radon_command(text: str, tmp_path: Path) -> None:
    # What catches groups of exceptions is no branch for radon.
    source = read(text.replace("except*", "except"))
    found = Counter(
        (seen.lines.start, seen.subject.rpartition(".")[2], seen.measure or 0)
        for seen in scan_complexity(source)
    )
    assert found == radon_command(tmp_path, {"source": source.text})["source"]


def test_except_star_counts_as_except() -> None:
    text = "def f():\n    try: ...\n    except* A: ...\n    except* B: ...\n    else: ...\n"
    [seen] = see(scan_complexity, text)
    assert seen.measure == 4


@pytest.mark.parametrize(
    ("body", "complexity"),
    [
        ("pass", 1),
        ("if a: pass\n elif b: pass\n else: pass", 3),
        ("return a and b or c", 3),
        ("return 1 if a else 2", 2),
        ("return [x for x in a if b if c]", 4),
        ("for x in a: pass\n else: pass", 3),
        ("while a: pass", 2),
        ("try: pass\n except A: pass\n except B: pass\n else: pass\n finally: pass", 4),
        ("assert a", 2),
        ("with a, b: pass", 1),
        ("match a:\n  case 1: pass\n  case 2: pass\n  case _: pass", 3),
        ("def g():\n  if a: pass", 1),
        ("return lambda: a if b else c", 2),
    ],
)
def test_a_functions_complexity_is_radons(body: str, complexity: int) -> None:
    assert measure(f"def f():\n {body}\n")["f"] == complexity


def test_every_function_is_counted_by_itself_wherever_it_stands() -> None:
    text = """
    def outer(x):
        if x: pass
        class Local:
            def method(self):
                if x and x: pass
                def closure():
                    if x: pass
                    class Deep:
                        async def deepest(self):
                            return 1 if x else 2 if x else 3
            class Nested:
                def other(self): ...
    """
    assert measure(text) == {
        "outer": 2,
        "outer.Local.method": 3,
        "outer.Local.method.closure": 2,
        "outer.Local.method.closure.Deep.deepest": 3,
        "outer.Local.Nested.other": 1,
    }


def test_an_observation_carries_the_measure_and_the_place() -> None:
    [seen] = see(
        scan_complexity,
        "class A:\n    @d\n    def f(self):\n        if self:\n            return 1\n\n",
    )
    assert (seen.rule, seen.code, seen.metric, seen.measure) == (
        "architecture/complex-function",
        "CC",
        METRIC,
        2,
    )
    assert (seen.subject, seen.lines, seen.definition) == (
        "A.f",
        LineRange(3, 5),
        LineRange(2, 5),
    )
    assert seen.message == "A.f has a cyclomatic complexity of 2"
    assert seen.excerpt == "def f(self):"
    assert (seen.severity, seen.confidence) == (None, None)


def only(text: str, salt: bytes = b"") -> Observation:
    [seen] = scan_complexity(read_python(text.encode(), salt))
    return seen


def test_the_fingerprint_names_the_function_and_not_its_lines() -> None:
    assert (
        only("def f():\n    return 1\n").fingerprint
        == only("\n\ndef f(x):\n    if x: pass\n").fingerprint
    )
    assert only("def f(): ...\n").fingerprint != only("def g(): ...\n").fingerprint


@pytest.mark.parametrize(
    "text",
    [
        "def renamed(x):\n    return x\n",
        "if x:\n    def f(x):\n\n        # why\n        return x\n",
        "@cached\ndef f(x):\n    return x\n",
        "class A:\n  def f(x):\n      return x\n",
    ],
)
def test_a_body_is_the_same_under_another_name_place_and_layout(text: str) -> None:
    assert only(text).body == only("def f(x):\n    return x\n").body


@pytest.mark.parametrize(
    "text",
    [
        "def f(y):\n    return x\n",
        "def f(x):\n    return x + 1\n",
        "async def f(x):\n    return x\n",
    ],
)
def test_a_body_with_other_words_is_another(text: str) -> None:
    assert only(text).body != only("def f(x):\n    return x\n").body


def test_a_body_cannot_be_guessed_without_the_runs_salt() -> None:
    text = "def f(x):\n    return 'hunter2'\n"
    assert only(text, b"one").body != only(text, b"two").body


@pytest.mark.parametrize(
    ("header", "shown"),
    [
        ("def f(a, b=1):", "def f(a, b):"),
        ("async def f(a, /, b, *, c: int = 2) -> str:", "async def f(a, b, *, c):"),
        ("def f(*rest, key, **more):", "def f(*rest, key, **more):"),
        ("def f():", "def f():"),
    ],
)
def test_the_line_that_is_shown_has_the_parameters_names(header: str, shown: str) -> None:
    assert only(f"{header}\n    return 1\n").excerpt == shown


@pytest.mark.parametrize(
    "header",
    ["def f(password='hunter2'):", 'def f(a, b=f"hunter2", c=r"x"):', "def f(a='''hunter2"],
)
def test_the_line_that_is_shown_holds_no_text_literal(header: str) -> None:
    rest = "\n'''): ..." if header.endswith("2") else "\n    return 1"
    assert "hunter2" not in only(header + rest + "\n").excerpt


def test_functions_behind_a_lone_carriage_return_stand_on_gits_lines() -> None:
    [first, second] = scan_complexity(
        read_python(b"def f():\r    return 1\rdef g():\n    return 2\n")
    )
    assert (first.lines, second.lines) == (LineRange(1, 1), LineRange(1, 2))
