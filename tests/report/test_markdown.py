"""What a brief says, and in which order."""

from typing import Any

import pytest
from inline_snapshot import snapshot
from msgspec.structs import replace

from judgegate.model.hunks import Reading
from judgegate.model.levels import Action, Authorship, FailOn, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import Counted, FileState, Reason
from judgegate.report.markdown.report import render_brief
from judgegate.report.options import Audience, Failure
from tests.report.briefs import LINKED, a_concern, a_hunk, brief
from tests.report.rendering import render
from tests.report.scenes import (
    ASSISTED,
    COMPLEX,
    HINT,
    REFUND,
    a_block,
    many_findings,
    partly_read,
    unanalysed,
)
from tests.report.verdicts import (
    HEAD,
    a_file,
    a_finding,
    a_verdict,
    ai_assisted,
    unmarked,
    waiting,
)


def test_a_small_clean_change_is_reported_in_three_lines() -> None:
    lines = [
        line
        for line in brief(a_verdict()).split("\n")
        if line and not line.startswith("<!--")
    ]
    assert lines == snapshot(
        [
            "**✓ It may merge.** Nothing to fix. No review is required.",
            "**To read:** 1 file, +24 -3 lines. No marker of an AI.",
            "Judged `9fceb02`: 1 commit of feature/export since origin/main `4b825dc` (from origin/HEAD). Policy: `.judgegate.yml` at `4b825dc`.",
        ]
    )


def test_the_outcome_comes_first_then_the_questions_and_the_rest_is_folded() -> None:
    verdict = replace(
        a_block(), hunks=(a_hunk(a_concern(line=5)),), reading=Reading(2, 120, 6, 3, 4, 1)
    )
    assert brief(verdict) == snapshot("""\
**✗ It must not merge.** Fix: 2 findings marked block. Check: 1 more finding. Still needed: 2 approvals, from a code owner, not by a contributor of the change, and 1 more review, listed below.

**To read:** 2 files, +120 -6 lines (3 in exempt files); something is at stake in 1 of 4 hunks. AI-assisted (certain, robot): 18 of 120 added lines.

### To fix

- **block** `src/shop/export.py:12`  \n\
  A subprocess is started through a shell.  \n\
  `subprocess.call(f"convert {name}", shell=True)`  \n\
  Fix: pass the arguments as a list, without a shell.  \n\
  `security/insecure-code` (B602, high, AI-assisted)
- **block** `src/shop/cart.py:40-44`  \n\
  An exception is caught and dropped, so that a failed payment looks like a paid one.  \n\
  `except Exception: pass`  \n\
  Why: We lost orders to this once.  \n\
  Fix: Handle the exception that you expect, and let the others rise.  \n\
  `reliability/swallowed-exception` (medium)

### Question first

1. **Can an outsider reach it?**  \n\
   `src/shop/export.py:5`  \n\
   A shell starts it

<details>
<summary><b>Findings</b>: 1 review, 1 existing</summary>

- **review** `src/shop/cart.py:10-80`  \n\
  total() has 17 paths (cyclomatic complexity); the limit is 10.  \n\
  `def total(cart, rates, customer, *, country, coupons=(), rounding=None, tax_table=DEFAULT_TAXES):`  \n\
  Fix: Split the function where it does several things.  \n\
  `architecture/complex-function` (CC, medium, AI-assisted)
- existing, does not affect the verdict: `src/shop/cart.py:99-160` refund() has 12 paths (cyclomatic complexity); the limit is 10.  \n\
  `architecture/complex-function`

</details>

<details>
<summary><b>Review</b>: 2 approvals missing</summary>

- **Needed:** 1 approval, from someone with write permission, not by a contributor of the change  \n\
  for `oversight/ai-assisted`
- **Needed:** 2 approvals, from a code owner, not by a contributor of the change  \n\
  for `architecture/complex-function`
- One approval can count for several of these.

</details>

<details>
<summary><b>Who wrote it</b>: AI-assisted (certain)</summary>

- robot (certain), co-author of 2 commits: `Co-authored-by: Robot <robot@example.com>`

</details>

<details>
<summary><b>Notes</b>: 1 remark</summary>

- 2 files of the work tree have changes that were not judged.

</details>

<details>
<summary><b>For the squash message</b></summary>

```text
Assisted-by: AI tool robot
Judgegate-Head: 9fceb02d0ae598e95dc970b74767f19372d61af8
Judgegate-Outcome: block
```

</details>

Judged `9fceb02`: 2 commits of feature/export since origin/main `4b825dc` (from origin/HEAD). Policy: `.judgegate.yml` at `4b825dc`.

<!-- judgegate:brief -->

""")


def test_what_no_rule_says_is_said_at_once_and_so_are_errors() -> None:
    verdict = a_verdict(
        Outcome.BLOCK,
        reasons=(
            Reason(None, Action.REVIEW, "@dave requests changes."),
            Reason("a/b", Action.BLOCK, "told elsewhere"),
        ),
        errors=(Notice("policy-broken", "It does not load:\n  <b>here</b>"),),
    )
    text = brief(verdict)
    assert "- `@dave` requests changes." in text
    assert "told elsewhere" not in text
    assert "```text\nIt does not load:\n  <b>here</b>\n```" in text


def test_findings_are_reported_worst_first_and_each_advice_once() -> None:
    waived = a_finding(path="src/z.py", waiver="accepted by @alice", why="Never told.")
    old = replace(REFUND, path="src/old.py")
    text = brief(
        a_verdict(
            Outcome.BLOCK,
            findings=(
                waived,
                COMPLEX,
                a_finding(),
                a_finding(line=14),
                old,
                a_finding(path=None, excerpt=""),
            ),
        )
    )
    block = text.partition("### To fix")[2]
    assert block.count("Fix: pass the arguments as a list") == 1
    assert "Never told." not in block
    assert "Waived: accepted by `@alice`" in block
    places = [
        "the whole change",
        "src/shop/export.py:12",
        "src/shop/export.py:14",
        "src/shop/cart.py:10-80",
        "src/z.py:12",
        "src/old.py",
    ]
    assert sorted(places, key=block.index) == places
    assert "<summary><b>Findings</b>: 1 review, 1 waived, 1 existing</summary>" in block


def test_a_long_list_is_cut_with_a_word_on_the_rest() -> None:
    verdict = a_verdict(Outcome.REVIEW, findings=many_findings())
    assert brief(verdict).count("\n- **") == 20
    assert "And 7 more in the report." in brief(verdict)
    assert brief(verdict, show_all=True).count("\n- **") == 27


def test_what_blocks_stands_unfolded_as_long_as_it_does() -> None:
    blocking = tuple(a_finding(path=f"src/{number:02}.py") for number in range(14))
    unread = (
        unanalysed("a.bin", action=Action.BLOCK),
        unanalysed(".judgegate.yml", action=Action.BLOCK),
    )
    change = replace(
        ASSISTED, rule="oversight/policy-change", path=".judgegate.yml", action=Action.BLOCK
    )
    verdict = a_verdict(Outcome.BLOCK, findings=(*blocking, COMPLEX, *unread, change))
    open_to_the_eye, _, folded = brief(verdict).partition("<details>")
    assert open_to_the_eye.count("\n- **block** `src/") == 3
    assert "`src/00.py:12`" in open_to_the_eye
    assert "Fix: pass the arguments as a list" in open_to_the_eye
    assert "And 1 more in the report." in open_to_the_eye
    assert "`src/00.py:12`" not in folded
    assert folded.count("\n- **block** `src/") == 11
    assert "<summary><b>Findings</b>: 12 block, 1 review</summary>" in folded
    everything = brief(verdict, show_all=True).partition("<details>")[0]
    assert everything.count("\n- **block** ") == 16
    assert everything.count("`.judgegate.yml`") == 1
    passed = brief(replace(verdict, outcome=Outcome.PASS))
    assert "### To fix" not in passed
    assert passed.count("\n- **block** ") == 15


def test_what_was_not_checked_is_named() -> None:
    assert brief(partly_read(), LINKED).split("<details>")[2] == snapshot("""\

<summary><b>Not checked</b>: 2 files, and 3 exempt</summary>

- 3 of 6 files have no check and were not read: media (`assets/logo.png`), prose (`README.md`, `docs/export.md`)
- [`caf\\xe9\\n.py`](https://github.com/acme/shop/pull/12/files#diff-2c83aa40f23f208ec6c7630ee72afbe10f1c2432125dc41f6b95a415ff6399d4): larger than 1 MB
- [`vendor/parser.bin`](https://github.com/acme/shop/pull/12/files#diff-3b2ead7ed18a2938bcb09a3f21a2395d0d29f6f7a8edefc8f80ebbf4efb37103): no check covers it

</details>

Judged `9fceb02`: 1 commit of feature/export since origin/main `4b825dc` (from origin/HEAD). Policy: `.judgegate.yml` at `4b825dc`.

<!-- judgegate:brief -->

""")


@pytest.mark.parametrize(
    ("provenance", "said", "folded"),
    [
        (unmarked(), "No marker of an AI.", None),
        (
            unmarked(HINT),
            "No marker of an AI that counts.",
            "<b>Who wrote it</b>: unmarked, the evidence is not enough",
        ),
        (
            unmarked(declared_none=("No AI.",)),
            "No marker of an AI.",
            "<b>Who wrote it</b>: unmarked, no marker of an AI",
        ),
        (
            ai_assisted(),
            "AI-assisted (certain, robot): 18 of 24 added lines.",
            "<b>Who wrote it</b>: AI-assisted (certain)",
        ),
    ],
)
def test_who_wrote_it_is_said_in_few_words(
    provenance: Any, said: str, folded: str | None
) -> None:
    text = brief(a_verdict(provenance=provenance))
    assert f" {said}\n" in text
    assert ("Who wrote it" in text) is (folded is not None)
    assert folded is None or f"<summary>{folded}</summary>" in text


def test_what_is_assumed_is_not_said_to_be_seen() -> None:
    assumed = replace(
        ai_assisted(), evidence=(), gating=(), confidence=None, assumed="the policy says so"
    )
    text = brief(a_verdict(provenance=assumed))
    assert "No marker of an AI; treated as AI-assisted, because the policy says so." in text
    assert (
        "<summary><b>Who wrote it</b>: not known, treated as AI-assisted</summary>" in text
    )
    assert "- Treated as AI-assisted, no matter who wrote it: the policy says so." in text
    seen = brief(a_verdict(provenance=replace(ai_assisted(), assumed="the policy says so")))
    assert (
        "AI-assisted (certain, robot); all of it is treated as AI-assisted, because the policy says so."
        in seen
    )


def test_nor_is_a_finding_said_to_be_an_ai_s_where_all_are_only_treated_so() -> None:
    finding = a_finding(provenance=Authorship.AI)
    assert "(B602, high, AI-assisted)" in brief(
        a_verdict(findings=(finding,), provenance=ai_assisted())
    )
    assumed = replace(ai_assisted(), assumed="the policy says so")
    assert "(B602, high, treated as AI-assisted)" in brief(
        a_verdict(findings=(finding,), provenance=assumed)
    )


def test_notes_stand_at_the_end_and_decide_nothing() -> None:
    notices = (Notice("notes-not-fetched", "Hidden."), Notice("a", "First.\nSecond."))
    text = brief(a_verdict(notices=notices))
    assert "<summary><b>Notes</b>: 1 remark</summary>\n\n- First. Second.\n" in text
    assert "Hidden." in brief(a_verdict(notices=notices), verbose=True)


def test_trailers_for_the_squash_are_there_if_they_say_something() -> None:
    assert "squash message" not in brief(a_verdict())
    assert "```text\nAssisted-by: AI tool robot\n" in brief(
        a_verdict(provenance=ai_assisted())
    )
    assert "Reviewed-by: @alice\n" in brief(
        a_verdict(review=waiting(counted=(Counted("alice", HEAD),)))
    )


def test_report_mode_says_that_nothing_is_held() -> None:
    text = brief(a_verdict(Outcome.REVIEW, review=waiting(), fail_on=FailOn.NEVER))
    said = "**○ A human must judge it first.** Reported only, because `fail_on` is `never`. Nothing to fix."
    assert text.startswith(said)
    assert "Reported only" not in brief(a_verdict(Outcome.REVIEW, review=waiting()))


def test_a_status_waits_for_a_review_whatever_fails_the_step() -> None:
    lenient = a_verdict(Outcome.REVIEW, review=waiting(), fail_on=FailOn.BLOCK)
    assert "Reported only" not in brief(lenient)
    assert "Reported only" in brief(lenient, place=Audience.LOCAL)


def test_an_empty_change_has_nothing_to_read() -> None:
    assert "No file differs: only the history was judged." in brief(a_verdict(files=[]))


def test_a_failure_says_why_and_what_to_do() -> None:
    assert brief(
        Failure((Notice("incomplete", "No git was found.\nInstall it."),))
    ) == snapshot("""\
**✗ The gate could not complete, which is not a pass.**

```text
No git was found.
Install it.
```

Fix what is named above, then run it again. Until then, nothing has been judged.

<!-- judgegate:brief -->
""")


def test_an_exempt_file_is_named_although_nothing_is_asked_for_it() -> None:
    verdict = a_verdict(
        files=[a_file("README.md", FileState.EXEMPT, "prose")],
        reading=Reading(1, 24, 3, 27, 1, 0),
    )
    assert (
        "+24 -3 lines (27 in exempt files); something is at stake in 0 of 1 hunk."
        in brief(verdict)
    )
    assert brief(verdict).startswith(
        "**✓ Nothing held against it (0 of 1 file checked).** "
    )
    assert "<summary><b>Not checked</b>: 1 exempt file</summary>" in brief(verdict)
    assert "\n- 1 of 1 file has no check and was not read: prose (`README.md`)\n" in brief(
        verdict
    )


def test_a_file_that_patterns_read_is_not_one_that_nobody_looked_at() -> None:
    script = replace(a_file("app.js", FileState.EXEMPT, "source"), searched=True)
    shown = brief(a_verdict(files=[a_file(), script]))
    assert (
        "1 of 2 files has no check and was read by patterns only: source code in other languages (`app.js`)"
        in shown
    )


def test_a_rendered_brief_holds_every_word_of_it() -> None:
    page = render(render_brief(a_block(), LINKED))
    assert page.tags.count("details") == 5
    assert len(page.links) == 4
    assert (
        "An exception is caught and dropped, so that a failed payment looks like a paid one."
        in page.text
    )
