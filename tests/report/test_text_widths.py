"""The same report for narrow and wide terminals, in colour, in full and in two lines."""

from inline_snapshot import snapshot
from msgspec.structs import replace

from judgegate.model.levels import Action, Outcome
from judgegate.model.notices import Notice
from judgegate.report.options import Failure
from tests.report.scenes import a_block, text
from tests.report.verdicts import (
    a_finding,
    a_verdict,
    waiting,
)


def test_a_narrow_terminal() -> None:
    assert text(a_block(), width=40) == snapshot("""\
Judged 2 commits of feature/export since
  origin/main 4b825dc (from
  origin/HEAD).
2 files, +120 -6 lines. Policy:
  .judgegate.yml at 4b825dc.

BLOCK: it must not merge.
  - 1 finding of security/insecure-code
    blocks
  - 1 finding of
    reliability/swallowed-exception
    blocks
  - An AI helped to write the change
    (certain): robot.
    (oversight/ai-assisted)
  - 1 finding of
    architecture/complex-function needs
    a human

src/shop/cart.py:40: block
  reliability/swallowed-exception
  (medium)
  An exception is caught and dropped, so
  that a failed payment looks like a
  paid one.
    40 | except Exception: pass
  Why: We lost orders to this once.
  Fix: Handle the exception that you
    expect, and let the others rise.

src/shop/export.py:12: block
  security/insecure-code (B602, high,
  AI-assisted)
  A subprocess is started through a
  shell.
    12 | subprocess.call(f"convert {n...
  Fix: pass the arguments as a list,
    without a shell.

src/shop/cart.py:10: review
  architecture/complex-function (CC,
  medium, AI-assisted)
  total() has 17 paths (cyclomatic
  complexity); the limit is 10.
    10 | def total(cart, rates, custo...
  Fix: Split the function where it does
    several things.

Existing findings in code that this
change edits (no effect on the verdict):
  src/shop/cart.py:99:
    architecture/complex-function:
    refund() has 12 paths (cyclomatic
    complexity); the limit is 10.

Provenance: AI-assisted (certain), 18 of
  120 added lines.
  - robot (certain), co-author of 2
    commits: "Co-authored-by: Robot
    <robot@example.com>"
  Thanks for the disclosure: reviewers
  know where to look first.
Checked: 2 of 2 files.
Notes:
  - 2 files of the work tree have
    changes that were not judged.

Fix: 2 findings marked block. Check: 1
more finding. After you push:
  - 1 approval, from someone with write
    permission, not you
    (oversight/ai-assisted)
  - 2 approvals, from a code owner, not
    you (architecture/complex-function)
  One approval can count for several of
  these.
Verdict: BLOCK. It must not merge.
""")


def test_everything_and_the_details() -> None:
    assert text(a_block(), show_all=True, verbose=True) == snapshot("""\
Judged 2 commits of feature/export since origin/main 4b825dc (from origin/HEAD).
2 files, +120 -6 lines. Policy: .judgegate.yml at 4b825dc, digest sha256:5f1d.
  base 4b825dc642cb6eb9a060e54bf8d69288fbee4904
  merge base 4b825dc642cb6eb9a060e54bf8d69288fbee4904
  head 9fceb02d0ae598e95dc970b74767f19372d61af8

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
  in convert, lines 40-44, fingerprint 1:0123456789abcdef

src/shop/export.py:12: block security/insecure-code (B602, high, AI-assisted)
  A subprocess is started through a shell.
    12 | subprocess.call(f"convert {name}", shell=True)
  Fix: pass the arguments as a list, without a shell.
  in convert, fingerprint 1:0123456789abcdef

src/shop/cart.py:10: review architecture/complex-function (CC, medium,
  AI-assisted)
  total() has 17 paths (cyclomatic complexity); the limit is 10.
    10 | def total(cart, rates, customer, *, country, coupons=(), rounding=No...
  Fix: Split the function where it does several things.
  in total, lines 10-80, fingerprint 1:0123456789abcdef

Existing findings in code that this change edits (no effect on the verdict):
  src/shop/cart.py:99: architecture/complex-function: refund() has 12 paths
    (cyclomatic complexity); the limit is 10.

Existing findings elsewhere in the changed files (no effect on the verdict):
  src/shop/old.py:7: architecture/complex-function: legacy() has 31 paths.

Provenance: AI-assisted (certain), 18 of 120 added lines.
  - robot (certain), co-author of 2 commits [co-author, authored]:
    "Co-authored-by: Robot <robot@example.com>"
  Thanks for the disclosure: reviewers know where to look first.
Checked: 2 of 2 files.
  Rules that ran: security/insecure-code
Notes:
  - 2 files of the work tree have changes that were not judged. [dirty]

Fix: 2 findings marked block. Check: 1 more finding. After you push:
  - 1 approval, from someone with write permission, not you
    (oversight/ai-assisted)
  - 2 approvals, from a code owner, not you (architecture/complex-function)
  One approval can count for several of these.
Verdict: BLOCK. It must not merge.
""")


def test_colour_if_asked_for() -> None:
    verdict = replace(a_block(), findings=(a_finding(),), review=waiting())
    assert text(verdict, colour=True) == snapshot("""\
\x1b[1mJudged 2 commits of feature/export since origin/main 4b825dc (from origin/HEAD).\x1b[0m
2 files, +120 -6 lines. Policy: .judgegate.yml at 4b825dc.

\x1b[1;31mBLOCK\x1b[0m: it must not merge.
  - 1 finding of security/insecure-code blocks
  - src/shop/cart.py:40: An exception is caught and dropped, so that a failed
    payment looks like a paid one. \x1b[2m(reliability/swallowed-exception)\x1b[0m
  - An AI helped to write the change (certain): robot. \x1b[2m(oversight/ai-assisted)\x1b[0m
  - src/shop/cart.py:10: total() has 17 paths (cyclomatic complexity); the limit
    is 10. \x1b[2m(architecture/complex-function)\x1b[0m

\x1b[1msrc/shop/export.py:12:\x1b[0m \x1b[1;31mblock\x1b[0m security/insecure-code \x1b[2m(B602, high)\x1b[0m
  A subprocess is started through a shell.
    \x1b[2m12 | \x1b[0msubprocess.call(f"convert {name}", shell=True)
  Fix: pass the arguments as a list, without a shell.

\x1b[1mProvenance:\x1b[0m AI-assisted (certain), 18 of 120 added lines.
  - robot (certain), co-author of 2 commits: \x1b[36m"Co-authored-by: Robot\x1b[0m
    \x1b[36m<robot@example.com>"\x1b[0m
  Thanks for the disclosure: reviewers know where to look first.
\x1b[1mChecked:\x1b[0m 2 of 2 files.
\x1b[1mNotes:\x1b[0m
  - 2 files of the work tree have changes that were not judged.

\x1b[1mFix: 1 finding marked block. After you push: 1 approval, from someone with write\x1b[0m
\x1b[1mpermission, not you.\x1b[0m
Verdict: \x1b[1;31mBLOCK\x1b[0m. It must not merge.
""")


def test_in_two_lines() -> None:
    verdict = replace(a_block(), review=waiting())
    assert text(verdict, quiet=True) == snapshot("""\
BLOCK 2 commits since origin/main 4b825dc (from origin/HEAD): 2 block, 2 review, AI-assisted.
Fix: 2 findings marked block. Check: 1 more finding. After you push: 1 approval, from someone with write permission, not you.
""")


def test_a_quiet_pass_is_one_line() -> None:
    assert text(a_verdict(), quiet=True) == snapshot(
        "PASS 1 commit since origin/main 4b825dc (from origin/HEAD): nothing found.\n"
    )


def test_a_quiet_failure_is_one_line() -> None:
    failure = Failure(
        (
            Notice("incomplete", "The clone is shallow.\nFetch it."),
            Notice("api", "No answer."),
        )
    )
    assert text(failure, quiet=True) == "ERROR The clone is shallow.; No answer.\n"


def test_a_quiet_error_says_what_went_wrong() -> None:
    verdict = a_verdict(Outcome.ERROR, errors=(Notice("api", "No answer.\nTry again."),))
    assert text(verdict, quiet=True) == snapshot("""\
ERROR 1 commit since origin/main 4b825dc (from origin/HEAD): No answer.
Fix: the error above; then judge the change again.
""")


def test_a_quiet_verdict_beside_a_broken_policy_still_says_what_was_found() -> None:
    errors = (Notice("policy-fallback", "The base's policy does not load:\nline 3"),)
    assert text(
        a_verdict(
            Outcome.REVIEW, errors=errors, findings=(a_finding(action=Action.REVIEW),)
        ),
        quiet=True,
    ) == snapshot("""\
REVIEW 1 commit since origin/main 4b825dc (from origin/HEAD): 1 review.
Fix .judgegate.yml on origin/main first. Nothing blocks. Check: 1 finding.
""")
