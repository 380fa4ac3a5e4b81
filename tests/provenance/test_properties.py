"""Whatever the bytes: nothing raises, nothing hangs, and lines that are added take no evidence away."""

import json
from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st

from judgegate.model.approvals import PullRequest
from judgegate.model.change import Identity
from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.provenance.addresses import people_in
from judgegate.provenance.agent_traces import parse_record
from judgegate.provenance.gather import find_in_branch, find_in_pull_request
from judgegate.provenance.git_notes import parse_note, parse_older_note
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_commit, read_message, read_text
from judgegate.provenance.previous_reports import read_previous_report
from judgegate.provenance.pull_request_file import read_pull_request
from judgegate.provenance.text_lines import normalize, readings
from tests.provenance.changes import CLAUDE, a_commit

PIECES = [
    CLAUDE, "```", "~~~", "    ", "> ", "<!--", "-->", "---------", "* One", "Squashed commit of the following:", f"commit {'1' * 40}",
    'Revert "Add x"', "Add x", "Original message:", "diff --git a/a b/a", "+", " <noreply@anthropic.com>", "Co-authored-by: Claude",
    "Generated with", "[Claude Code](https://claude.ai/code)", "Signed-off-by: Bob <b@example.com>", "", "# This is a combination of",
    "- [x] No AI", "Made-with: Cursor", "https://claude.ai/code/session_1", "Assisted-by: Claude:opus", "\u2028", "\x0b", "\x85", "\x1c",
    "<!-- CURSOR_SUMMARY -->", "\t", "`", "\u200b", "\u0430", "\x08",
]  # fmt: skip
LINE = st.one_of(
    st.sampled_from(PIECES),
    st.lists(st.sampled_from(PIECES), max_size=3).map("".join),
    st.text(max_size=20),
)
MESSAGE = st.lists(LINE, max_size=14).map("\n".join)
MATCHER = default_matcher()


def ids(text: str) -> set[str]:
    return {marker.signal.id for marker in read_text(text, MATCHER, squashes=True).markers}


def leaves_open(text: str) -> bool:
    """Whether something in the text can be closed after it, or become a quotation when its last paragraph is the last no more."""
    opens = (
        "```",
        "~~~",
        "<!--",
        "revert",
        "diff --git",
        "    ",
        "\t",
        "> ",
        "signed-off-by",
    )
    return any(word in text.lower() for word in opens)


@given(MESSAGE, MESSAGE)
def test_appended_lines_never_remove_evidence_unless_something_was_left_open(
    message: str, more: str
) -> None:
    assert leaves_open(message) or ids(message) <= ids(f"{message}\n{more}")


@given(MESSAGE, MESSAGE)
def test_lines_appended_to_a_body_never_remove_evidence_unless_something_was_left_open(
    body: str, more: str
) -> None:
    before = {marker.signal.id for marker in read_text(body, MATCHER, boxes=True).markers}
    assert leaves_open(body) or before <= {
        marker.signal.id
        for marker in read_text(f"{body}\n{more}", MATCHER, boxes=True).markers
    }


@given(MESSAGE, MESSAGE)
def test_lines_appended_that_close_nothing_never_remove_evidence_before_the_trailers(
    message: str, more: str
) -> None:
    closes = any(sign in more for sign in ("```", "~~~", "-->"))
    assert closes or ids(f"{message}\n\nThe end.") <= ids(f"{message}\n\nThe end.\n{more}")


@given(MESSAGE)
def test_nothing_that_stands_before_it_hides_a_trailer_block(before: str) -> None:
    assert "claude-code/address" in ids(f"Subject\n\n{before}\n\n{CLAUDE}\n")


@given(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(["a@b", " ", ",", "<", ">", "mailto:", "(", "&lt;", "@", "x"]),
        max_size=30,
    ).map("".join),
)
def test_people_are_read_in_time_that_grows_with_the_text(text: str, value: str) -> None:
    for one in (text, value):
        assert sum(len(name) + len(address) for name, address in people_in(one)) <= len(one)


@given(
    MESSAGE,
    st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=30).filter(
        lambda text: text[:1].isalpha()
    ),
)
def test_a_line_of_prose_before_a_trailer_block_never_removes_it(
    message: str, prose: str
) -> None:
    if not ids(message):
        return
    opens = any(
        word in prose.lower() for word in ("revert", "diff", "squashed", "original")
    )
    assert (
        opens
        or ids(message) - {"aider/subject"} <= ids(f"Subject\n\n{prose}\n\n{message}")
        or message.startswith(("* ", "Revert", "Squashed"))
    )


@given(
    st.binary(max_size=300),
    st.one_of(
        st.none(),
        st.sampled_from(
            ["utf-16", "utf-7", "latin1", "punycode", "gb18030", "utf-8-sig", "x\0"]
        ),
        st.text(max_size=9),
    ),
)
def test_no_message_raises(raw: bytes, encoding: str | None) -> None:
    assert all(isinstance(text, str) for text in readings(raw, encoding))
    read_message(raw, encoding, MATCHER)


@given(MESSAGE, st.text(max_size=20), st.text(max_size=30))
def test_no_commit_raises(message: str, name: str, email: str) -> None:
    commit = a_commit(
        message.encode("utf-8", "surrogatepass"),
        author=Identity(name, email),
        committer=Identity(email, name),
    )
    evidence, _ = read_commit(commit, MATCHER)
    assert all(len(piece.quote) <= 200 for piece in evidence)


@given(st.lists(st.text(max_size=20), min_size=1, max_size=8))
def test_folding_keeps_the_lines(parts: list[str]) -> None:
    lines = [line for part in parts for line in part.splitlines()]
    assert len(normalize("\n".join(lines)).split("\n")) == max(len(lines), 1)


@given(
    MESSAGE,
    st.text(max_size=20),
    st.lists(st.text(max_size=9), max_size=3).map(tuple),
    st.one_of(st.none(), st.text(max_size=9)),
)
def test_no_pull_request_raises(
    body: str, branch: str, labels: tuple[str, ...], login: str | None
) -> None:
    find_in_pull_request(
        PullRequest(
            body=body, branch=branch, labels=labels, author=login, author_type=login
        ),
        MATCHER,
    )
    list(find_in_branch(branch, MATCHER))


KEYS = [
    "files", "path", "conversations", "contributor", "type", "ranges", "start_line", "end_line", "vcs", "revision", "tool",
    "name",
    "sessions", "prompts", "agent_id", "pull_request", "user", "login", "body", "labels", "head", "ref",
    "provenance", "evidence", "version",
]  # fmt: skip
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=6),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(KEYS),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@given(JSON)
def test_no_json_raises_anything_but_an_error_that_a_user_can_mend(
    document: object,
) -> None:
    raw = json.dumps(document).encode()
    parse_record(raw)
    parse_older_note(raw)
    list(parse_note(b"a.py\n  s_1::t_1 1-2\n---\n" + raw))
    for reader in (read_pull_request, read_previous_report):
        with suppress(UsageError):
            reader(raw)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_but_an_error_that_a_user_can_mend(raw: bytes) -> None:
    parse_record(raw)
    parse_older_note(raw)
    list(parse_note(raw))
    for reader in (read_pull_request, read_previous_report):
        with suppress(UsageError):
            reader(raw)
