"""Rows of the two shapes that no shipped check has yet.

The workers of these tests import this module, and so do the tests.
"""

from collections.abc import Iterator

from judgegate.checks.check_types import Check, Compare, ScannedSide, Sighting, Survey, Tree
from judgegate.model.change import Change
from judgegate.model.levels import Severity
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.ranges import LineRange
from judgegate.sources.python import PythonSource

LOST = "reliability/lost-assertion"
LICENCE = "architecture/licence"


def observe(rule: str, text: str) -> Observation:
    mark = fingerprint(rule, "X", "", [text])
    return Observation(
        rule, "X", LineRange(1, 1), "", text, mark, mark, text, Severity.HIGH
    )


def compare_assertions(
    before: PythonSource | None, after: PythonSource | None
) -> Iterator[Sighting]:
    """An observation for each assertion that went; a source that asks for it makes the check fail."""
    texts = [source.text if source else "" for source in (before, after)]
    if "explode" in texts[1]:
        raise RuntimeError("no")
    for number in range(texts[0].count("assert") - texts[1].count("assert")):
        yield Sighting(observe(LOST, f"assertion {number} is gone"))


def survey_licences(change: Change, base: Tree, head: Tree) -> Iterator[Sighting]:
    """An observation in each file of the head without a licence, also in those that the change leaves alone."""
    for tree, side in ((base, ScannedSide.BASE), (head, ScannedSide.HEAD)):
        for path in tree.paths():
            if b"licence" not in (tree.read(path) or b""):
                yield Sighting(observe(LICENCE, f"{path} has no licence"), side, path)
    if not change.files:
        yield Sighting(observe(LICENCE, "nothing changed"))


COMPARE = Compare("assertions", (LOST,), ("python",), compare_assertions, covers=True)
SURVEY = Survey("licences", (LICENCE,), survey_licences)
CHECKS: tuple[Check, ...] = (COMPARE, SURVEY)
