"""Evidence contexts: what must tell a dangerous edit from a harmless one, and what must not."""

import pytest

from tests.sources.context_pairs import FOLDER, Edit, context_of, edits_of, unlike

FEWEST = 60
"""Edits of each kind."""

EVERY = [edit for path in sorted(FOLDER.glob("*.txt")) for edit in edits_of(path.stem)]


@pytest.mark.parametrize("edit", [pytest.param(edit, id=edit.title) for edit in EVERY])
def test_an_edit_changes_the_parts_that_it_is_about(edit: Edit) -> None:
    assert unlike(context_of(edit.before), context_of(edit.after)) == edit.parts
