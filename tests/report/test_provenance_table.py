"""What `judgegate provenance` says to a person."""

from typing import Any

import pytest
from inline_snapshot import snapshot

from judgegate.model.change import ChangeSource, Revision
from judgegate.model.levels import Role
from judgegate.model.notices import Notice
from judgegate.model.verdict import ProvenanceVerdict
from judgegate.report.provenance_report import render_provenance_table
from judgegate.report.text_layout import TextLayout
from tests.report.scenes import HINT
from tests.report.verdicts import (
    BASE,
    OLDER,
    a_change,
    a_commit,
    a_file,
    ai_assisted,
    evidence,
    unmarked,
)

TRAILER = "Session: https://example.com/sessions/a-name-that-is-quite-long and then a few more words, so that no line can hold it"
FILES = (
    a_file(),
    a_file("src/a/path/that/is/longer/than/a/narrow/terminal.py", added=1),
    a_file("gone.py", added=0),
)


def render(
    provenance: ProvenanceVerdict,
    width: int = 80,
    notices: tuple[Notice, ...] = (),
    **change: Any,
) -> str:
    shares = [(file.change, file.change.added_lines // 2) for file in FILES]
    return render_provenance_table(
        a_change(FILES, **change),
        provenance,
        shares,
        notices,
        TextLayout.of(width, colour=False),
    )


def test_everything_that_was_found_with_equal_evidence_once() -> None:
    provenance = ai_assisted(
        evidence(),
        evidence(commit=OLDER),
        evidence(source="trailer", quote=TRAILER),
        idle=(
            HINT,
            evidence(
                tool="helper",
                role=Role.SUMMARY_ONLY,
                source="pull request body",
                commit=None,
                quote="Summary by Helper",
            ),
        ),
        declared_none=("AI-assisted: no",),
    )
    notices = (
        Notice("notes-not-fetched", "The notes are not here."),
        Notice("policy-default", "The pack default judges."),
    )
    assert render(
        provenance, notices=notices, commits=(a_commit(), a_commit(OLDER))
    ) == snapshot("""\
Checked 2 commits of feature/export since origin/main 4b825dc (from
  origin/HEAD): 25 added lines.
AI-assisted (certain), 18 of 24 added lines.
Thanks for the disclosure: reviewers know where to look first.

Evidence that counts:
  - robot (certain, authored), co-author of 2 commits:
    "Co-authored-by: Robot <robot@example.com>"
    9fceb02, 1a410ef
  - robot (certain, authored), trailer of 9fceb02:
    "Session: https://example.com/sessions/a-name-that-is-quite-long and then a
    few more words, so that no line can hold it"

Not counted, because it shows who summarised the change, not who wrote it:
  - helper (certain, summary_only), pull request body:
    "Summary by Helper"

Not counted, because weak evidence can be wrong, and the policy requires strong:
  - generic (weak, declared), trailer of 9fceb02:
    "Assisted-by: carol"

Stated: "AI-assisted: no" (shown, but it does not outweigh evidence)

AI-assisted lines of those added, by file:
      12 of 24      50 %  src/shop/export.py
       0 of 1        0 %  src/a/path/that/is/longer/than/a/narrow/terminal.py

- The pack default judges.
- The notes are not here.
""")


def test_on_a_narrow_terminal_quotes_are_wrapped_and_paths_stay_whole() -> None:
    assert render(
        ai_assisted(evidence(source="trailer", quote=TRAILER)), width=40
    ) == snapshot("""\
Checked 1 commit of feature/export since
  origin/main 4b825dc (from
  origin/HEAD): 25 added lines.
AI-assisted (certain), 18 of 24 added
lines.
Thanks for the disclosure: reviewers
know where to look first.

Evidence that counts:
  - robot (certain, authored), trailer
    of 9fceb02:
    "Session:
    https://example.com/sessions/a-name-that-is-quite-long
    and then a few more words, so that
    no line can hold it"

AI-assisted lines of those added, by
file:
      12 of 24      50 %  src/shop/export.py
       0 of 1        0 %  src/a/path/that/is/longer/than/a/narrow/terminal.py
""")


@pytest.mark.parametrize(
    ("change", "first"),
    [
        (
            {},
            "Checked 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD): 25 added lines.",
        ),
        (
            {
                "source": ChangeSource.STAGED,
                "base": Revision("HEAD", BASE, "HEAD"),
                "commits": (),
            },
            "Checked what is staged, against HEAD 4b825dc: 25 added lines.",
        ),
        (
            {
                "source": ChangeSource.WORKTREE,
                "base": Revision("HEAD", BASE, "--base"),
                "commits": (),
            },
            "Checked what is not committed, since HEAD 4b825dc: 25 added lines.",
        ),
        ({"source": ChangeSource.PATCH, "base": None}, "Checked a patch: 25 added lines."),
    ],
)
def test_the_first_lines_say_what_was_looked_at_and_what_came_of_it(
    change: dict[str, Any], first: str
) -> None:
    assert render(unmarked(), 100, **change).splitlines()[:2] == [
        first,
        "Unmarked. No marker of an AI was found, which proves nothing.",
    ]
