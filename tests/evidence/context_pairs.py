"""The pairs by which evidence contexts are tested: a text before and after an edit, and what of the context differs.

A file begins with lines that stand at the top of every text. Then it holds pairs like these:

    === guards: what the edit is
     def run(cmd):
    -    if not allowed(cmd): return
         os.system(cmd)  #! B605

What stands before the colon are the parts of the context that differ, or `same`. A line begins with `-` if only the
text before has it, with `+` if only the one after, else with a blank. The mark `#!` ends the line of the finding, and
names its code. A title that begins with `control` is of an edit that changes nothing about the danger.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from judgegate.checks.insecure_code.scan import scan_insecure_code
from judgegate.model.evidence_context import EvidenceContext
from judgegate.sources.python import read_python

FOLDER = Path(__file__).parent / "pairs"

_HEAD = re.compile(r"^=== (?P<parts>[a-z, ]+): (?P<title>.+)\n", re.MULTILINE)
_MARK = re.compile(r"#! (?P<code>B\d+)$")


class Edit(NamedTuple):
    title: str
    parts: frozenset[str]
    before: str
    after: str

    @property
    def is_control(self) -> bool:
        return not self.parts


def edits_of(name: str) -> Iterator[Edit]:
    text = (FOLDER / f"{name}.txt").read_text("utf-8")
    heads = list(_HEAD.finditer(text))
    top = text[: heads[0].start()]
    ends = [head.start() for head in heads[1:]]
    for head, end in zip(heads, [*ends, len(text)], strict=True):
        lines = text[head.end() : end].rstrip("\n").split("\n")
        before = "\n".join(line[1:] for line in lines if not line.startswith("+"))
        after = "\n".join(line[1:] for line in lines if not line.startswith("-"))
        parts = frozenset(head["parts"].split(", ")) - {"same"}
        yield Edit(head["title"], parts, f"{top}{before}\n", f"{top}{after}\n")


def marked(text: str) -> tuple[int, str]:
    """The line of the finding that is marked, and its code."""
    [found] = [
        (number, mark["code"])
        for number, line in enumerate(text.split("\n"), start=1)
        if (mark := _MARK.search(line))
    ]
    return found


def context_of(text: str, salt: bytes = b"salt") -> EvidenceContext:
    """The context of the finding that is marked."""
    line, code = marked(text)
    [context] = [
        one.context
        for one in scan_insecure_code(read_python(text.encode(), salt))
        if one.code == code and one.lines.start <= line <= one.lines.end
    ]
    assert context is not None
    return context


def unlike(one: EvidenceContext, other: EvidenceContext) -> frozenset[str]:
    """The parts in which two contexts differ."""
    before, after = map(msgspec.structs.asdict, (one, other))
    return frozenset(name for name, part in before.items() if part != after[name])
