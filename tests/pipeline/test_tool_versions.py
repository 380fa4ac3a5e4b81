"""What is kept holds for the code that saw it."""

import os
from pathlib import Path

import pytest

from judgegate.pipeline import tool_versions
from judgegate.pipeline.tool_versions import (
    COLLECTING_ROOMS,
    digest_code,
    name_tools,
    stamp_code,
)
from tests.test_house import imports


def test_every_room_that_a_worker_can_import_from_counts() -> None:
    """A room that is missed would let what an older version saw pass for what this one sees."""
    pending = [
        name for name in imports() if name.split(".")[1:2][0:1] in (["checks"], ["workers"])
    ]
    reached = set(pending)
    while pending:
        found = imports().get(pending.pop(), frozenset()) - reached
        reached |= found
        pending.extend(found)
    rooms = {name.split(".")[1] for name in reached if "." in name}
    assert rooms <= set(COLLECTING_ROOMS)


@pytest.mark.parametrize("describe", [digest_code, stamp_code])
def test_a_file_that_was_edited_counts(
    describe: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "scan.py"
    file.write_text("A = 1\n")
    os.utime(file, ns=(1, 1))
    monkeypatch.setattr(tool_versions, "_files", lambda: [str(file)])
    assert callable(describe)
    before = name_tools([], describe)
    assert name_tools([], describe) == before
    file.write_text("A = 2\n")
    assert name_tools([], describe) != before
