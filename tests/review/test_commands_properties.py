"""What holds of any comment, whoever wrote it."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from judgegate.model.approvals import Comment
from judgegate.model.verdict import Standing
from judgegate.policy.override import OverrideTerms
from judgegate.policy.review import AuthorApproval
from judgegate.review.agreement import weigh_approvals
from judgegate.review.commands import read_commands
from tests.review.forum import ALICE, BOB, FRANK, GHOST, HEAD, OLDER, ROBOT, ask, forum

WORDS = ["/judgegate", "override", "reviewed", HEAD, OLDER, HEAD[:12], HEAD.upper(), "why"]
PIECES = st.sampled_from([*WORDS, " ", "\t", "\n", "\u00a0", "\u200b", ">", "<!--", "."])
TEXTS = st.lists(PIECES | st.text(max_size=4), max_size=12).map("".join) | st.lists(
    PIECES, max_size=8
).map(" ".join)
COMMENTS = st.builds(
    Comment, st.sampled_from([ALICE, BOB, FRANK, ROBOT, GHOST]), TEXTS, st.booleans()
)
ADMINS = OverrideTerms((Standing("permission", "admin"),))


@given(st.lists(COMMENTS, max_size=6))
def test_only_a_whole_comment_in_exactly_these_words_overrides(
    comments: list[Comment],
) -> None:
    review = weigh_approvals(
        [ask()], forum(comments=tuple(comments)), HEAD, override=ADMINS
    )
    good = [
        one
        for one in comments
        if one.person == FRANK
        and not one.edited
        and one.text.split()[:2] == ["/judgegate", "override"]
    ]
    if review.override is not None:
        assert review.override.who == "frank"
        assert any(
            one.text.split()[2].lower() == HEAD for one in good if len(one.text.split()) > 2
        )
        assert review.override.reason.isprintable() or any(
            character.isalnum() for character in review.override.reason
        )
    assert {one.who for one in review.ignored} <= {one.person.login for one in comments}


@given(st.lists(COMMENTS, max_size=6), st.sampled_from(["override", "reviewed"]))
def test_a_comment_is_one_command_at_most_and_edited_ones_change_nothing(
    comments: list[Comment], word: str
) -> None:
    found = [command.comment for command in read_commands(word, comments)]
    assert found == [one for one in comments if one in found]
    assert all(
        one.text.strip().startswith("/judgegate") and word in one.text for one in found
    )
    edited = tuple(replace(one, edited=True) for one in comments)
    review = weigh_approvals(
        [ask(author=AuthorApproval.ATTEST)], forum(comments=edited), HEAD, override=ADMINS
    )
    assert (review.override, review.counted) == (None, ())
