"""The trailer block is what git takes for it: git itself is asked."""

import subprocess

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.message_lines import trailer_lines
from judgegate.provenance.messages import read_message
from tests.provenance.changes import CLAUDE

BOB = "Signed-off-by: Bob <bob@example.com>"
PIECES = [
    CLAUDE, BOB, "", "", "```", "~~~", "<!--", "-->", "> quoted", "    indented", " folded", "---", "--- ", "# comment", "prose",
    "Key: value", 'Revert "Add x"', "revert: Add x", "Add x", "Original message:", "Conflicts:", "\ta.py", "* Add y", "---------",
    "\x0b", "\r", "\u2028", "(cherry picked from commit 1)", "diff --git a/a b/a", "# ------------------------ >8 ------------------------",
]  # fmt: skip


def gits_trailers(message: str, *options: str) -> str:
    """What git takes for trailers; git 2.39 never comes back from some messages, and such an example says nothing."""
    command = ["git", "interpret-trailers", "--parse", *options]
    try:
        return (
            subprocess.run(
                command, input=message.encode(), capture_output=True, check=True, timeout=2
            )
            .stdout.decode()
            .lower()
        )
    except subprocess.TimeoutExpired:
        reject()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_a_marker_among_gits_trailers_is_always_found(lines: list[str]) -> None:
    message = "\n".join(["Subject", "", *lines]) + "\n"
    for options in ((), ("--no-divider",)):
        if f"\n{CLAUDE}\n".lower() in "\n" + gits_trailers(message, *options):
            assert "claude-code/address" in {
                marker.signal.id
                for marker in read_message(
                    message.encode(), None, default_matcher()
                ).markers
            }


@pytest.mark.parametrize(
    ("lines", "block"),
    [
        (["Subject", "", CLAUDE], {2}),
        (["Subject", "", CLAUDE, "", ""], {2}),
        (["Subject", "", CLAUDE, " folded", "Key: value"], {2, 3, 4}),
        (["Subject", "", "prose", CLAUDE], set()),
        (["Subject", "", "prose", "prose", "prose", BOB], {2, 3, 4, 5}),
        (["Subject", "", "prose", "prose", "prose", "prose", BOB], set()),
        (["Subject", "", " folded", " folded", " folded", " folded", BOB], set()),
        (["Subject", CLAUDE], set()),
        ([CLAUDE], set()),
        ([], set()),
        (["Subject", "", "    " + CLAUDE], set()),
        (["Subject", "", CLAUDE, "---", "prose"], {2}),
        (["Subject", "", CLAUDE, "# comment", "", "# comment"], {2}),
        (["Subject", "", CLAUDE, "# comment", "Key: value"], {2, 3, 4}),
        (["Subject", "", CLAUDE, "", "Conflicts:", "\ta.py"], {2}),
        (
            [
                "Subject",
                "",
                CLAUDE,
                "# ------------------------ >8 ------------------------",
                "diff",
            ],
            {2},
        ),
    ],
)
def test_the_trailer_block_is_the_last_paragraph_if_it_is_one(
    lines: list[str], block: set[int]
) -> None:
    assert trailer_lines(lines) == block
