"""What a brief says, and in which order."""
# ruff: noqa: E501 - the lines of Markdown are as long as they are

from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from judgegate.model.attention import Concern, Hunk, Reading, Stake
from judgegate.model.lines import LineRange
from judgegate.model.notices import Notice
from judgegate.model.scales import Action, Authorship, FailOn, Outcome
from judgegate.model.verdict import Counted, FileState, Ignored, Override, Reason, ReviewVerdict, Standing, Verdict
from judgegate.report import Failure, Place, ReportOptions
from judgegate.report.links import Links
from judgegate.report.markdown import tell_brief
from judgegate.report.markdown.blocks import Block, fit
from tests.report.rendering import render, visible
from tests.report.scenes import ASSISTED, COMPLEX, HINT, REFUND, a_block, many_findings, partly_read, unanalysed
from tests.report.verdicts import BASE, HEAD, a_demand, a_file, a_finding, a_verdict, ai_assisted, unmarked, waiting

FORGE = ReportOptions(place=Place.FORGE)
LINKED = replace(FORGE, links=Links("https://github.com", "acme/shop", HEAD, BASE, 12))
REACH = "Can an outsider reach it?"
WORKS = "How do we know that it works?"


def brief(told: Verdict | Failure, options: ReportOptions = FORGE, **fields: Any) -> str:
    return visible(tell_brief(told, replace(options, **fields)))


def a_hunk(*concerns: Concern, path: str = "src/shop/export.py", **fields: Any) -> Hunk:
    return replace(Hunk(path, LineRange(3, 9), LineRange(2, 4), concerns, 5), **fields)


def a_concern(stake: Stake = Stake.FINDING, question: str = REACH, what: str = "a shell starts it", line: int | None = None) -> Concern:
    return Concern(stake, what, question, line)


def test_a_small_clean_change_is_told_in_three_lines() -> None:
    lines = [line for line in brief(a_verdict()).split("\n") if line and not line.startswith("<!--")]
    assert lines == snapshot(
        [
            "**✓ It may merge.** Nothing to mend. No review to wait for.",
            "**To read:** 1 file, +24 -3 lines. No marker of an AI.",
            "Judged `9fceb02`: 1 commit of feature/export since origin/main `4b825dc` (from origin/HEAD). Policy: `.judgegate.yml` at `4b825dc`.",
        ]
    )


def test_the_outcome_comes_first_then_the_questions_and_the_rest_is_folded() -> None:
    verdict = replace(a_block(), hunks=(a_hunk(a_concern(line=5)),), reading=Reading(2, 120, 6, 3, 4, 1))
    assert brief(verdict) == snapshot("""\
**✗ It must not merge.** To mend: 2 findings marked block. To look at: 1 more finding. Still needed: 2 approvals, from a code owner, not by a contributor of the change, and 1 review more, told below.

**To read:** 2 files, +120 -6 lines (3 in exempt files); something is at stake in 1 of 4 hunks. AI-assisted (certain, robot): 18 of 120 added lines.

### To mend

- **block** `src/shop/export.py:12`  \n\
  A subprocess is started through a shell.  \n\
  `subprocess.call(f"convert {name}", shell=True)`  \n\
  To mend: pass the arguments as a list, without a shell.  \n\
  `security/insecure-code` (B602, high, AI-assisted)
- **block** `src/shop/cart.py:40-44`  \n\
  An exception is caught and dropped, so that a failed payment looks like a paid one.  \n\
  `except Exception: pass`  \n\
  Why: We lost orders to this once.  \n\
  To mend: Handle the exception that you expect, and let the others rise.  \n\
  `reliability/swallowed-exception` (medium)

### Question first

1. **Can an outsider reach it?**  \n\
   `src/shop/export.py:5`  \n\
   A shell starts it

<details>
<summary><b>Findings</b>: 1 review, 1 there before</summary>

- **review** `src/shop/cart.py:10-80`  \n\
  total() has 17 paths (cyclomatic complexity); the limit is 10.  \n\
  `def total(cart, rates, customer, *, country, coupons=(), rounding=None, tax_table=DEFAULT_TAXES):`  \n\
  To mend: Split the function where it does several things.  \n\
  `architecture/complex-function` (CC, medium, AI-assisted)
- there before, decides nothing: `src/shop/cart.py:99-160` refund() has 12 paths (cyclomatic complexity); the limit is 10.  \n\
  `architecture/complex-function`

</details>

<details>
<summary><b>Review</b>: 2 approvals missing</summary>

- **Needed:** 1 approval, from someone with write permission, not by a contributor of the change  \n\
  for `oversight/ai-assisted`
- **Needed:** 2 approvals, from a code owner, not by a contributor of the change  \n\
  for `architecture/complex-function`
- One approval may serve several of these.

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


def test_a_question_is_asked_once_with_the_places_that_raise_it() -> None:
    hunks = [a_hunk(a_concern(line=3), a_concern(Stake.UNTESTED, WORKS, "no test touches it"), path=f"src/{n}.py") for n in range(5)]
    text = brief(a_verdict(Outcome.REVIEW, hunks=tuple(hunks)))
    assert text.count(REACH) == text.count(WORKS) == 1
    assert text.index(REACH) < text.index(WORKS)
    assert "`src/0.py:3`, `src/1.py:3`, `src/2.py:3` and 2 more" in text
    assert "`src/0.py:3-9`, `src/1.py:3-9`, `src/2.py:3-9` and 2 more" in text


def test_a_hunk_with_much_at_stake_does_not_hide_the_others() -> None:
    first = a_hunk(*(a_concern(question=f"Question {n}?") for n in range(4)), path="first.py")
    text = brief(a_verdict(Outcome.REVIEW, hunks=(first, a_hunk(a_concern(question="And here?"), path="second.py"))))
    asked = [line for line in text.split("\n") if "**" in line and "?" in line]
    assert [line.split("**")[1] for line in asked] == ["Question 0?", "Question 1?", "And here?", "Question 2?", "Question 3?"]


def a_generic(stake: Stake, question: str, what: str) -> Concern:
    return Concern(stake, what, question, generic=True)


def test_generic_questions_stand_under_the_weightiest_of_their_hunk() -> None:
    asked = a_generic(Stake.ASSISTED, "Does it do what was asked?", "an AI helped to write the line")
    tested = a_generic(Stake.UNTESTED, WORKS, "no test touches it")
    first = a_hunk(a_concern(line=5), a_concern(question="And this?"), asked, tested)
    second = a_hunk(a_generic(Stake.ASSISTED, "Does it do what was asked?", "an AI helped to write 3 of 5 lines"), tested, path="b.py")
    text = brief(a_verdict(Outcome.REVIEW, hunks=(first, second))).partition("### Question first\n\n")[2].partition("\n\n")[0]
    assert text == snapshot("""\
1. **Can an outsider reach it?**  \n\
   `src/shop/export.py:5`  \n\
   A shell starts it  \n\
   Also: Does it do what was asked? (an AI helped to write the line)  \n\
   Also: How do we know that it works? (no test touches it)
2. **And this?**  \n\
   `src/shop/export.py:3-9`  \n\
   A shell starts it
3. **Does it do what was asked?**  \n\
   `b.py:3-9`  \n\
   An AI helped to write 3 of 5 lines  \n\
   Also: How do we know that it works? (no test touches it)\
""")


def test_each_place_has_the_clause_that_is_true_of_it() -> None:
    asked = [a_generic(Stake.ASSISTED, REACH, f"an AI helped to write {lines}") for lines in ("the line", "3 of 5 lines", "", "", "")]
    hunks = tuple(a_hunk(one, path=f"{number}.py") for number, one in enumerate(asked))
    text = brief(a_verdict(Outcome.REVIEW, hunks=(replace(hunks[0], alike=2), *hunks[1:])))
    assert text.partition("### Question first\n\n")[2].partition("\n\n")[0] == snapshot("""\
1. **Can an outsider reach it?**  \n\
   `0.py:3-9` and 2 more like it in this file: an AI helped to write the line  \n\
   `1.py:3-9`: an AI helped to write 3 of 5 lines  \n\
   `2.py:3-9`: an AI helped to write  \n\
   and 2 more\
""")


def test_that_more_of_a_file_is_like_it_is_said_at_the_place() -> None:
    text = brief(a_verdict(Outcome.REVIEW, hunks=(a_hunk(a_concern(), alike=2), a_hunk(a_concern(), path="b.py"))))
    assert "`src/shop/export.py:3-9` and 2 more like it in this file, `b.py:3-9`  \n   A shell starts it" in text


def test_at_most_five_questions_are_asked_unless_all_are_wanted() -> None:
    verdict = a_verdict(Outcome.REVIEW, hunks=tuple(a_hunk(a_concern(question=f"Number {n}?"), path=f"{n}.py") for n in range(9)))
    assert "Number 4?" in brief(verdict)
    assert "Number 5?" not in brief(verdict)
    assert "And 4 more in the report." in brief(verdict)
    assert "Number 8?" in brief(verdict, show_all=True)


def test_where_all_is_well_but_the_tests_the_question_is_folded() -> None:
    hunks = (a_hunk(a_concern(Stake.UNTESTED, WORKS)),)
    assert "Question first" not in brief(a_verdict(hunks=hunks))
    assert "<summary><b>To question</b>: no test touches 1 hunk</summary>" in brief(a_verdict(hunks=hunks))
    assert "### Question first" in brief(a_verdict(Outcome.REVIEW, hunks=hunks))


@pytest.mark.parametrize(
    ("hunk", "place"),
    [
        (a_hunk(a_concern()), f"[`src/shop/export.py:3-9`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L3-L9)"),
        (a_hunk(a_concern(line=4)), f"[`src/shop/export.py:4`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L4)"),
        (a_hunk(a_concern(line=44)), f"[`src/shop/export.py:3-9`](https://github.com/acme/shop/blob/{HEAD}/src/shop/export.py#L3-L9)"),
        (
            a_hunk(a_concern(Stake.GUARD, line=2)),
            f"[`src/shop/export.py:2`](https://github.com/acme/shop/blob/{BASE}/src/shop/export.py#L2) (removed)",
        ),
        (
            a_hunk(a_concern(), added=None),
            f"[`src/shop/export.py:2-4`](https://github.com/acme/shop/blob/{BASE}/src/shop/export.py#L2-L4) (removed)",
        ),
    ],
)
def test_what_is_gone_is_shown_where_it_was(hunk: Hunk, place: str) -> None:
    assert f"   {place}  \n" in brief(a_verdict(Outcome.REVIEW, hunks=(hunk,)), LINKED)


def test_a_file_as_a_whole_is_shown_among_the_files_of_the_pull_request() -> None:
    text = brief(a_verdict(Outcome.REVIEW, hunks=(a_hunk(a_concern(Stake.UNREAD), path="logo.bin", added=None, removed=None),)), LINKED)
    assert "[`logo.bin`](https://github.com/acme/shop/pull/12/files#diff-" in text


def test_several_reviews_are_told_one_by_one_below_the_first_sentence() -> None:
    review = waiting(
        a_demand(),
        a_demand(rules=("oversight/x",), approvals=2, missing=2, shortfall="2 more approvals, from @org/team"),
        a_demand(missing=0),
    )
    text = brief(a_verdict(Outcome.REVIEW, review=review))
    assert "Still needed: 2 more approvals, from `@org/team`, and 1 review more, told below." in text.split("\n")[0]
    assert "- **Needed:** 2 more approvals, from `@org/team`  \n  for `oversight/x`" in text
    assert "- Given: 1 approval, for `oversight/ai-assisted`" in text


def test_the_review_says_what_counts_what_does_not_and_why() -> None:
    review = waiting(
        counted=(Counted("alice", HEAD, ("oversight/x",)), Counted("carol", HEAD, (), "I ran it")),
        ignored=(Ignored("bob", "approved an older commit"),),
        held_by=("@dave asks for changes",),
        unmapped=("erin@example.com",),
    )
    assert brief(a_verdict(Outcome.REVIEW, review=review)).split("<details>")[1] == snapshot("""\

<summary><b>Review</b>: changes requested, 1 approval missing, 2 counted, 1 ignored</summary>

- **Held:** `@dave` asks for changes; nothing passes until that is settled
- **Needed:** 1 approval, from someone with write permission, not by a contributor of the change  \n\
  for `oversight/ai-assisted`
- `alice` approved `9fceb02`, for `oversight/x`
- `carol` attests `9fceb02` in place of an approval: `I ran it`
- `bob` does not count: approved an older commit
- `erin@example.com`: no account is known for this contributor, which costs one approval more

</details>

""")


def test_how_to_attest_is_said_where_it_counts_and_that_there_is_an_override() -> None:
    line = f"`/judgegate reviewed {HEAD} what you checked`"
    attestable = waiting(a_demand(attestable=True))
    text = brief(a_verdict(Outcome.REVIEW, review=attestable))
    assert f"with admin permission, the author too, can attest it instead, in a comment that is nothing but this:  \n  {line}" in text
    assert "override" not in text
    given = a_verdict(Outcome.PASS, review=waiting(a_demand(attestable=True, missing=0)))
    for told in (a_verdict(Outcome.REVIEW, review=waiting()), given, replace(given, outcome=Outcome.REVIEW)):
        assert line not in brief(told)
    assert line not in brief(a_verdict(Outcome.REVIEW, review=attestable), place=Place.LOCAL)
    overridable = ReviewVerdict(required=False, satisfied=True, may_override=(Standing("permission", "admin"), Standing("user", "alice")))
    text = brief(a_verdict(Outcome.BLOCK, review=overridable))
    assert "<summary><b>Review</b>: not asked for</summary>" in text
    assert "- In an emergency someone with admin permission or `@alice` can override this, as far as it is negotiable" in text
    assert "emergency" not in brief(a_verdict(Outcome.PASS, review=overridable))


def test_an_override_is_said_at_once() -> None:
    review = waiting(a_demand(), a_demand(), override=Override("alice", HEAD, "the shop is down", ("bob",)))
    text = brief(a_verdict(Outcome.PASS, review=review))
    assert "**Overridden by** alice and bob: the shop is down" in text
    assert "<summary><b>Review</b>: overridden" in text


def test_what_no_rule_says_is_said_at_once_and_so_are_errors() -> None:
    verdict = a_verdict(
        Outcome.BLOCK,
        reasons=(Reason(None, Action.REVIEW, "Changes were requested by @dave."), Reason("a/b", Action.BLOCK, "told elsewhere")),
        errors=(Notice("policy-broken", "It does not load:\n  <b>here</b>"),),
    )
    text = brief(verdict)
    assert "- Changes were requested by `@dave`." in text
    assert "told elsewhere" not in text
    assert "```text\nIt does not load:\n  <b>here</b>\n```" in text


def test_findings_are_told_worst_first_and_each_advice_once() -> None:
    waived = a_finding(path="src/z.py", waiver="accepted by @alice", why="Never told.")
    old = replace(REFUND, path="src/old.py")
    text = brief(
        a_verdict(Outcome.BLOCK, findings=(waived, COMPLEX, a_finding(), a_finding(line=14), old, a_finding(path=None, excerpt="")))
    )
    block = text.partition("### To mend")[2]
    assert block.count("To mend: pass the arguments as a list") == 1
    assert "Never told." not in block
    assert "Waived: accepted by `@alice`" in block
    places = ["the whole change", "src/shop/export.py:12", "src/shop/export.py:14", "src/shop/cart.py:10-80", "src/z.py:12", "src/old.py"]
    assert sorted(places, key=block.index) == places
    assert "<summary><b>Findings</b>: 1 review, 1 waived, 1 there before</summary>" in block


def test_a_long_list_is_cut_with_a_word_on_the_rest() -> None:
    verdict = a_verdict(Outcome.REVIEW, findings=many_findings())
    assert brief(verdict).count("\n- **") == 20
    assert "And 7 more in the report." in brief(verdict)
    assert brief(verdict, show_all=True).count("\n- **") == 27


def test_what_blocks_stands_unfolded_as_long_as_it_does() -> None:
    blocking = tuple(a_finding(path=f"src/{number:02}.py") for number in range(14))
    unread = (unanalysed("a.bin", action=Action.BLOCK), unanalysed(".judgegate.yml", action=Action.BLOCK))
    change = replace(ASSISTED, rule="oversight/policy-change", path=".judgegate.yml", action=Action.BLOCK)
    verdict = a_verdict(Outcome.BLOCK, findings=(*blocking, COMPLEX, *unread, change))
    open_to_the_eye, _, folded = brief(verdict).partition("<details>")
    assert open_to_the_eye.count("\n- **block** `src/") == 10
    assert "`src/00.py:12`" in open_to_the_eye
    assert "To mend: pass the arguments as a list" in open_to_the_eye
    assert "And 1 more in the report." in open_to_the_eye
    assert "`src/00.py:12`" not in folded
    assert folded.count("\n- **block** `src/") == 4
    assert "<summary><b>Findings</b>: 5 block, 1 review</summary>" in folded
    everything = brief(verdict, show_all=True).partition("<details>")[0]
    assert everything.count("\n- **block** ") == 16
    assert everything.count("`.judgegate.yml`") == 1
    passed = brief(replace(verdict, outcome=Outcome.PASS))
    assert "### To mend" not in passed
    assert passed.count("\n- **block** ") == 15


def test_what_was_not_checked_is_named() -> None:
    assert brief(partly_read(), LINKED).split("<details>")[2] == snapshot("""\

<summary><b>Not checked</b>: 2 files</summary>

- Exempt, so that nothing is asked for them: media (1), prose (2)
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
        (unmarked(HINT), "No marker of an AI that counts.", "<b>Who wrote it</b>: unmarked, what was seen is not enough"),
        (unmarked(declared_none=("No AI.",)), "No marker of an AI.", "<b>Who wrote it</b>: unmarked, no marker of an AI"),
        (ai_assisted(), "AI-assisted (certain, robot): 18 of 24 added lines.", "<b>Who wrote it</b>: AI-assisted (certain)"),
    ],
)
def test_who_wrote_it_is_said_in_few_words(provenance: Any, said: str, folded: str | None) -> None:
    text = brief(a_verdict(provenance=provenance))
    assert f" {said}\n" in text
    assert ("Who wrote it" in text) is (folded is not None)
    assert folded is None or f"<summary>{folded}</summary>" in text


def test_what_is_assumed_is_not_said_to_be_seen() -> None:
    assumed = replace(ai_assisted(), evidence=(), gating=(), confidence=None, assumed="the policy says so")
    text = brief(a_verdict(provenance=assumed))
    assert "No marker of an AI; treated as AI-assisted, because the policy says so." in text
    assert "<summary><b>Who wrote it</b>: not known, treated as AI-assisted</summary>" in text
    assert "- Treated as AI-assisted, whoever wrote it: the policy says so." in text
    seen = brief(a_verdict(provenance=replace(ai_assisted(), assumed="the policy says so")))
    assert "AI-assisted (certain, robot); all of it is treated as AI-assisted, because the policy says so." in seen


def test_nor_is_a_finding_said_to_be_an_ai_s_where_all_are_only_treated_so() -> None:
    finding = a_finding(provenance=Authorship.AI)
    assert "(B602, high, AI-assisted)" in brief(a_verdict(findings=(finding,), provenance=ai_assisted()))
    assumed = replace(ai_assisted(), assumed="the policy says so")
    assert "(B602, high, treated as AI-assisted)" in brief(a_verdict(findings=(finding,), provenance=assumed))


def test_notes_stand_at_the_end_and_decide_nothing() -> None:
    notices = (Notice("notes-not-fetched", "Hidden."), Notice("a", "First.\nSecond."))
    text = brief(a_verdict(notices=notices))
    assert "<summary><b>Notes</b>: 1 remark</summary>\n\n- First. Second.\n" in text
    assert "Hidden." in brief(a_verdict(notices=notices), verbose=True)


def test_trailers_for_the_squash_are_there_if_they_say_something() -> None:
    assert "squash message" not in brief(a_verdict())
    assert "```text\nAssisted-by: AI tool robot\n" in brief(a_verdict(provenance=ai_assisted()))
    assert "Reviewed-by: @alice\n" in brief(a_verdict(review=waiting(counted=(Counted("alice", HEAD),))))


def test_report_mode_says_that_nothing_is_held() -> None:
    text = brief(a_verdict(Outcome.REVIEW, review=waiting(), fail_on=FailOn.NEVER))
    said = "**○ A human must judge it first.** Reported only, because `fail_on` is `never`. Nothing to mend."
    assert text.startswith(said)
    assert "Reported only" not in brief(a_verdict(Outcome.REVIEW, review=waiting()))


def test_an_empty_change_has_nothing_to_read() -> None:
    assert "No file differs: only the history was judged." in brief(a_verdict(files=[]))


def test_a_failure_says_why_and_what_to_do() -> None:
    assert brief(Failure((Notice("incomplete", "No git was found.\nInstall it."),))) == snapshot("""\
**✗ The gate could not complete, which is not a pass.**

```text
No git was found.
Install it.
```

Mend what is named above, then run it again. Until then nothing has been judged.

<!-- judgegate:brief -->
""")


def test_an_exempt_file_alone_opens_no_list() -> None:
    verdict = a_verdict(files=[a_file("README.md", FileState.EXEMPT, "prose")], reading=Reading(1, 24, 3, 27, 1, 0))
    assert "+24 -3 lines (27 in exempt files); something is at stake in 0 of 1 hunk." in brief(verdict)
    assert "<details>" not in brief(verdict)


def test_a_rendered_brief_holds_every_word_of_it() -> None:
    page = render(tell_brief(a_block(), LINKED))
    assert page.tags.count("details") == 5
    assert len(page.links) == 4
    assert "An exception is caught and dropped, so that a failed payment looks like a paid one." in page.text


def test_what_does_not_fit_goes_from_the_end_and_as_a_whole() -> None:
    blocks = [Block("head", ("a" * 10, "b" * 10)), Block("<details>", ("c" * 10, "d" * 10), "</details>", others=3)]
    whole = fit(blocks, 1000)
    assert whole == f"head\n\n{'a' * 10}\n{'b' * 10}\n\n<details>\n\n{'c' * 10}\n{'d' * 10}\n\nAnd 3 more in the report.\n\n</details>"
    for room in range(90, len(whole) + 20):
        text = fit(blocks, room)
        assert len(text) <= room
        assert text.endswith("</details>")
    assert "a" * 10 in fit(blocks, len(whole) - 1)
    assert "d" * 10 not in fit(blocks, len(whole) - 1)
