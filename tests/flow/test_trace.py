"""What flows into a call: cases by example."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import Struct

from judgegate.flow.expression_forms import ExpressionForms
from judgegate.flow.trace import Flow
from judgegate.model.evidence_context import Root
from judgegate.sources.python import read_python

FOLDER = Path(__file__).parent / "cases"
_DIGEST = re.compile(r" [0-9a-f]{8,}$")


class Case(Struct, frozen=True):
    """A file with a call of `sink`, and the lines that say what flows into it."""

    name: str
    text: str
    expected: tuple[str, ...]


def read_cases() -> Iterator[Case]:
    for path in sorted(FOLDER.glob("*.txt")):
        for block in f"\n{path.read_text('utf-8')}".split("\n== ")[1:]:
            name, _, rest = block.partition("\n")
            lines = rest.splitlines()
            text = [line for line in lines if not line.startswith("-> ")]
            expected = [line[3:] for line in lines if line.startswith("-> ")]
            yield Case(f"{path.stem}: {name}", "\n".join(text), tuple(sorted(expected)))


def flows_into_sink(text: str) -> list[str]:
    """What flows into the call of `sink`, in lines such as `0 parameter a > quote#`.

    A `#` stands for the digest of a function's body, a `+` for that of a root.
    """
    source = read_python(text.encode(), b"salt")
    forms = ExpressionForms(source.walk)
    flow = Flow(source.walk, forms)
    nodes = [node for node in ast.walk(source.tree) if isinstance(node, ast.expr)]
    texts = {forms.digest(node): ast.unparse(node) for node in nodes}
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    [sink] = [call for call in calls if ast.unparse(call.func).endswith("sink")]
    traced = flow.trace_call(sink)
    lines = [_written(root) for root in traced.roots]
    lines += [f"{one.slot} constant {texts[one.digest]}" for one in traced.constants]
    lines += [f"doubt {_DIGEST.sub('', doubt)}" for doubt in traced.doubts]
    return sorted(lines)


def _written(root: Root) -> str:
    through = [callee.name + ("#" if callee.body else "") for callee in root.through]
    name = root.name + ("+" if root.detail else "")
    return " > ".join([f"{root.slot} {root.kind.value} {name}", *through])


CASES = list(read_cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_flows_in(case: Case) -> None:
    assert flows_into_sink(case.text) == list(case.expected)
