"""The text report as its reader meets it."""

from inline_snapshot import snapshot

from judgegate.model.levels import Action, Outcome
from judgegate.model.notices import Notice
from judgegate.model.verdict import Counted, FileState, Ignored, PolicySource, Reason
from judgegate.report.options import Audience
from tests.report.scenes import (
    AI_REASON,
    ASSISTED,
    HINT,
    a_block,
    a_policy_change,
    failure_report,
    partly_read,
    text,
)
from tests.report.verdicts import (
    HEAD,
    a_demand,
    a_file,
    a_verdict,
    ai_assisted,
    unmarked,
    waiting,
)


def test_a_clean_pass() -> None:
    assert text(a_verdict()) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: .judgegate.yml at 4b825dc.

PASS: it may merge.

Provenance: unmarked. No marker of an AI was found, which proves nothing.
Checked: 1 of 1 file.

Nothing to fix. No review is required.
""")


def test_a_block_with_three_findings() -> None:
    assert text(a_block()) == snapshot("""\
Judged 2 commits of feature/export since origin/main 4b825dc (from origin/HEAD).
2 files, +120 -6 lines. Policy: .judgegate.yml at 4b825dc.

BLOCK: it must not merge.
  - 1 finding of security/insecure-code blocks
  - 1 finding of reliability/swallowed-exception blocks
  - An AI helped to write the change (certain): robot. (oversight/ai-assisted)
  - 1 finding of architecture/complex-function needs a human

src/shop/cart.py:40: block reliability/swallowed-exception (medium)
  An exception is caught and dropped, so that a failed payment looks like a paid
  one.
    40 | except Exception: pass
  Why: We lost orders to this once.
  Fix: Handle the exception that you expect, and let the others rise.

src/shop/export.py:12: block security/insecure-code (B602, high, AI-assisted)
  A subprocess is started through a shell.
    12 | subprocess.call(f"convert {name}", shell=True)
  Fix: pass the arguments as a list, without a shell.

src/shop/cart.py:10: review architecture/complex-function (CC, medium,
  AI-assisted)
  total() has 17 paths (cyclomatic complexity); the limit is 10.
    10 | def total(cart, rates, customer, *, country, coupons=(), rounding=No...
  Fix: Split the function where it does several things.

Existing findings in code that this change edits (no effect on the verdict):
  src/shop/cart.py:99: architecture/complex-function: refund() has 12 paths
    (cyclomatic complexity); the limit is 10.

Provenance: AI-assisted (certain), 18 of 120 added lines.
  - robot (certain), co-author of 2 commits: "Co-authored-by: Robot
    <robot@example.com>"
  Thanks for the disclosure: reviewers know where to look first.
Checked: 2 of 2 files.
Notes:
  - 2 files of the work tree have changes that were not judged.

Fix: 2 findings marked block. Check: 1 more finding. After you push:
  - 1 approval, from someone with write permission, not you
    (oversight/ai-assisted)
  - 2 approvals, from a code owner, not you (architecture/complex-function)
  One approval can count for several of these.
Verdict: BLOCK. It must not merge.
""")


def test_a_review_that_waits() -> None:
    review = waiting(
        ignored=(
            Ignored("bob", "approved an older commit"),
            Ignored("dana", "wrote part of the change"),
        )
    )
    verdict = a_verdict(
        Outcome.REVIEW,
        provenance=ai_assisted(),
        findings=(ASSISTED,),
        reasons=(AI_REASON,),
        review=review,
    )
    assert text(verdict) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: .judgegate.yml at 4b825dc.

REVIEW: a human must judge it first.
  - An AI helped to write the change (certain): robot. (oversight/ai-assisted)

Provenance: AI-assisted (certain), 18 of 24 added lines.
  - robot (certain), co-author of 9fceb02: "Co-authored-by: Robot
    <robot@example.com>"
  Thanks for the disclosure: reviewers know where to look first.
Checked: 1 of 1 file.
Approvals:
  - bob: does not count, approved an older commit
  - dana: does not count, wrote part of the change

Nothing to fix. After you push: 1 approval, from someone with write permission,
not you.
""")


def test_a_review_that_is_given() -> None:
    review = waiting(
        a_demand(missing=0),
        satisfied=True,
        counted=(Counted("bob", HEAD, ("oversight/ai-assisted",)),),
    )
    assert text(
        a_verdict(
            provenance=ai_assisted(),
            findings=(ASSISTED,),
            reasons=(AI_REASON,),
            review=review,
        ),
        place=Audience.FORGE,
    ) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: .judgegate.yml at 4b825dc.

PASS: it may merge.
  - An AI helped to write the change (certain): robot. (oversight/ai-assisted)

Provenance: AI-assisted (certain), 18 of 24 added lines.
  - robot (certain), co-author of 9fceb02: "Co-authored-by: Robot
    <robot@example.com>"
  Thanks for the disclosure: reviewers know where to look first.
Checked: 1 of 1 file.
Approvals:
  - bob: counts, approved 9fceb02, for oversight/ai-assisted

Nothing to fix. The required review is given.
""")


def test_files_that_nothing_checked() -> None:
    assert text(partly_read()) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
6 files, +144 -18 lines. Policy: .judgegate.yml at 4b825dc.

REVIEW: a human must judge it first.
  - 2 files could not be checked (oversight/unanalysed)

Provenance: unmarked. No marker of an AI was found, which proves nothing.
Checked: 1 of 6 files.
  2 could not be checked and need a human:
    caf\\xe9\\n.py: larger than 1 MB
    vendor/parser.bin: no check covers it
    To let files pass that no check covers, use `exempt` in the policy; see
      judgegate rules oversight/unanalysed
  3 of 6 files have no check and were not read: media (assets/logo.png), prose
    (README.md, docs/export.md)

Nothing blocks. Check: 2 unchecked files. After you push: 1 approval, from
someone with write permission, not you.
""")


def test_weak_evidence_only() -> None:
    assert text(a_verdict(provenance=unmarked(HINT))) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: .judgegate.yml at 4b825dc.

PASS: it may merge.

Provenance: unmarked. The evidence is not enough to call it AI-assisted.
  Not counted, because weak evidence can be wrong, and the policy requires
    strong:
    - generic (weak), trailer of 9fceb02: "Assisted-by: carol"
Checked: 1 of 1 file.

Nothing to fix. No review is required.
""")


def test_equal_trees_with_a_commit_between() -> None:
    assert text(a_verdict(files=())) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
No file differs: only the history was judged. Policy: .judgegate.yml at 4b825dc.

PASS: it may merge.

Provenance: unmarked. No marker of an AI was found, which proves nothing.

Nothing to fix. No review is required.
""")


def test_a_gate_that_could_not_complete() -> None:
    why = Notice(
        "incomplete",
        "The clone is shallow, so the merge base is missing.\nFetch the whole history: git fetch --unshallow",
    )
    assert failure_report([why], "text") == snapshot("""\
ERROR: the gate could not complete, which is not a pass.
  The clone is shallow, so the merge base is missing.
  Fetch the whole history: git fetch --unshallow
""")


def test_a_verdict_that_could_not_complete() -> None:
    verdict = a_verdict(
        Outcome.ERROR, errors=(Notice("api", "The list of reviews is cut off at 3000."),)
    )
    assert text(verdict) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: .judgegate.yml at 4b825dc.

ERROR: the gate could not complete, which is not a pass.
  The list of reviews is cut off at 3000.

Provenance: unmarked. No marker of an AI was found, which proves nothing.
Checked: 1 of 1 file.

Fix: the error above; then judge the change again.
""")


def test_a_policy_that_does_not_load_is_shown_beside_the_verdict() -> None:
    errors = (
        Notice(
            "policy-fallback",
            "The base's policy does not load:\n.judgegate.yml:3:1: unknown key `rulez`; did you mean `rules`?",
        ),
    )
    reasons = (
        Reason(
            "oversight/policy-change",
            Action.REVIEW,
            "The base's policy does not load, so the pack strict is used instead.",
        ),
    )
    policy = PolicySource("pack strict", None, "sha256:00")
    findings = (a_policy_change(path=None),)
    verdict = a_verdict(
        Outcome.REVIEW,
        errors=errors,
        reasons=reasons,
        policy=policy,
        findings=findings,
        review=waiting(),
    )
    assert text(verdict) == snapshot("""\
Judged 1 commit of feature/export since origin/main 4b825dc (from origin/HEAD).
1 file, +24 -3 lines. Policy: pack strict.

REVIEW: a human must judge it first.
  - The base's policy does not load, so the pack strict is used instead.
    (oversight/policy-change)
Errors:
  The base's policy does not load:
  .judgegate.yml:3:1: unknown key `rulez`; did you mean `rules`?

Provenance: unmarked. No marker of an AI was found, which proves nothing.
Checked: 1 of 1 file.

Fix .judgegate.yml on origin/main first. After you push: 1 approval, from
someone with write permission, not you.
""")


def test_a_report_longer_than_a_screen_ends_with_the_outcome() -> None:
    assert text(a_block()).endswith("\nVerdict: BLOCK. It must not merge.\n")
    assert "Verdict:" not in text(a_block(), quiet=True)
    short = text(a_verdict())
    assert "PASS: it may merge." in short
    assert "Verdict:" not in short
    many = a_verdict(
        Outcome.REVIEW,
        files=[
            a_file(f"{number}", FileState.UNANALYSED, "too large") for number in range(30)
        ],
    )
    assert (
        text(many, show_all=True).count("\nVerdict: REVIEW. A human must judge it first.\n")
        == 1
    )
    assert "Verdict:" not in text(many)
