"""Old code is not blamed, and nothing new passes for old."""

import pytest

from judgegate.model.levels import Origin
from tests.decision.old_code_tables import Case, TextChange, cases, origins_of, paired
from tests.evidence import context_pairs

EDITS = [
    pytest.param(edit, id=edit.title)
    for file in sorted(context_pairs.FOLDER.glob("*.txt"))
    for edit in context_pairs.edits_of(file.stem)
]


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.title)
def test_what_is_old_and_what_is_new(case: Case) -> None:
    assert origins_of(case.files) == case.expected


@pytest.mark.parametrize("edit", EDITS)
def test_a_finding_is_old_if_nothing_about_its_danger_changed(
    edit: context_pairs.Edit,
) -> None:
    line, code = context_pairs.marked(edit.after)
    [found] = [
        one
        for one in paired((TextChange("a.py", "a.py", edit.before, edit.after),))
        if one.now.seen.code == code
        and one.now.seen.lines.start <= line <= one.now.seen.lines.end
    ]
    assert found.origin is (Origin.EXISTING if edit.is_control else Origin.INTRODUCED)
