"""What a brief says of the human review."""

from inline_snapshot import snapshot
from msgspec.structs import replace

from judgegate.model.levels import Outcome
from judgegate.model.verdict import Counted, Ignored, Override, ReviewVerdict, Standing
from judgegate.report.options import Audience
from tests.report.briefs import brief
from tests.report.verdicts import HEAD, a_demand, a_verdict, waiting


def test_several_reviews_are_reported_one_by_one_below_the_first_sentence() -> None:
    review = waiting(
        a_demand(),
        a_demand(
            rules=("oversight/x",),
            approvals=2,
            missing=2,
            shortfall="2 more approvals, from @org/team",
        ),
        a_demand(missing=0),
    )
    text = brief(a_verdict(Outcome.REVIEW, review=review))
    assert (
        "Still needed: 2 more approvals, from `@org/team`, and 1 more review, listed below."
        in text.split("\n")[0]
    )
    assert "- **Needed:** 2 more approvals, from `@org/team`  \n  for `oversight/x`" in text
    assert "- Given: 1 approval, for `oversight/ai-assisted`" in text


def test_the_review_says_what_counts_what_does_not_and_why() -> None:
    review = waiting(
        counted=(
            Counted("alice", HEAD, ("oversight/x",)),
            Counted("carol", HEAD, (), "I ran it"),
        ),
        ignored=(Ignored("bob", "approved an older commit"),),
        held_by=("@dave requests changes",),
        unmapped=("erin@example.com",),
    )
    assert brief(a_verdict(Outcome.REVIEW, review=review)).split("<details>")[
        1
    ] == snapshot("""\

<summary><b>Review</b>: changes requested, 1 approval missing, 2 counted, 1 ignored</summary>

- **Stopped:** `@dave` requests changes; the change cannot pass until this is resolved
- **Needed:** 1 approval, from someone with write permission, not by a contributor of the change  \n\
  for `oversight/ai-assisted`
- `alice` approved `9fceb02`, for `oversight/x`
- `carol` attests `9fceb02` instead of an approval: `I ran it`
- `bob` does not count: approved an older commit
- `erin@example.com`: no account is known, so each review needs one more approval

</details>

""")


def test_how_to_attest_is_said_where_it_counts_and_that_there_is_an_override() -> None:
    line = f"`/judgegate reviewed {HEAD} what you checked`"
    attestable = waiting(a_demand(attestable=True))
    text = brief(a_verdict(Outcome.REVIEW, review=attestable))
    assert (
        f"with admin permission, including the author, can attest it instead, in a comment with only this text:  \n  {line}"
        in text
    )
    assert "override" not in text
    given = a_verdict(Outcome.PASS, review=waiting(a_demand(attestable=True, missing=0)))
    for rendered in (
        a_verdict(Outcome.REVIEW, review=waiting()),
        given,
        replace(given, outcome=Outcome.REVIEW),
    ):
        assert line not in brief(rendered)
    assert line not in brief(
        a_verdict(Outcome.REVIEW, review=attestable), place=Audience.LOCAL
    )
    overridable = ReviewVerdict(
        required=False,
        satisfied=True,
        may_override=(Standing("permission", "admin"), Standing("user", "alice")),
    )
    text = brief(a_verdict(Outcome.BLOCK, review=overridable))
    assert "<summary><b>Review</b>: not required</summary>" in text
    assert (
        "- In an emergency someone with admin permission or `@alice` can override this, except what is non-negotiable"
        in text
    )
    assert "emergency" not in brief(a_verdict(Outcome.PASS, review=overridable))


def test_an_override_is_said_at_once() -> None:
    review = waiting(
        a_demand(),
        a_demand(),
        override=Override("alice", HEAD, "the shop is down", ("bob",)),
    )
    text = brief(a_verdict(Outcome.PASS, review=review))
    assert "**Overridden by** alice and bob: the shop is down" in text
    assert "<summary><b>Review</b>: overridden" in text
