"""Markers in commit messages: what is evidence, however it is written, and what is not."""

import pytest

from judgegate.model.levels import Certainty, Role
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_commit
from tests.provenance.changes import CLAUDE, a_commit, signals

FOOTER = "\U0001f916 Generated with [Claude Code](https://claude.com/claude-code)"
ADDRESS = "claude-code/address"
SUGGESTED = "gemini-code-assist/app"


def found(message: str | bytes, encoding: str | None = None) -> list[str]:
    evidence, _ = read_commit(a_commit(message, encoding=encoding), default_matcher())
    return signals(evidence)


@pytest.mark.parametrize(
    "message",
    [
        f"Add x\n\n{CLAUDE}",
        f"Add x\n{CLAUDE}",
        CLAUDE,
        f"Add x\n\n{CLAUDE}\n\nMore prose after the trailer.\n",
        f"Add x\n\n---\n\n{CLAUDE}",
        f"Add x\r\n\r\n{CLAUDE}\r\n",
        f"Add x\r\r{CLAUDE}\r",
        f"Add x\0\n\n{CLAUDE}",
        f"Add x\0{CLAUDE}",
        "Add x\n\nco-authored-by: claude <NOREPLY@anthropic.com>",
        "Add x\n\nCO-AUTHORED-BY : Claude <noreply@anthropic.com>",
        "Add x\n\nCo-authored-by:Claude <noreply@anthropic.com>",
        "Add x\n\nCo-authored-by: Claude\n <noreply@anthropic.com>",
        "Add x\n\nCo-authored-by:\n\tClaude <noreply@anthropic.com>",
        "Add x\n\nCo-authored-by: Claude\n<noreply@anthropic.com>",
        "Add x\n\nCo authored by: Claude <noreply@anthropic.com>",
        "Add x\n\n  Co-authored-by: Claude <noreply@anthropic.com>",
        "Add x\n\n# Co-authored-by: Claude <noreply@anthropic.com>",
        "Add x\n\n**Co-Authored-By:** Claude <noreply@anthropic.com>",
        "Add x\n\nCo-authored-by: Claude noreply@anthropic.com",
        "Add x\n\nCo-authored-by: Bob <bob@example.com>, Claude <noreply@anthropic.com>",
        "Add x\n\nC\u043e-auth\u043er\u0435d-by: Claude <noreply@anthropic.com>",
        "Add x\n\nCo-au\u200bthored-by: Claude <noreply@anthropic\u2060.com>",
        "Add x\n\n\uff23o-authored-by\uff1a Claude <noreply@anthropic.com>",
        "Add x\n\nCo\u2011authored\u2011by:\u00a0Claude <noreply@anthropic.com>",
        "Add x\n\nCo-auth\x08ored-by: Claude <noreply@anthropic.com>",
        f"Add x\n\n```\ncode\n```\n{CLAUDE}",
        f"Add x\n\n> quoted\n\n{CLAUDE}",
        f"Add x\n\n    code\n\n{CLAUDE}",
        f"Add x\n\n```text blocks that wrap to the margin\n\n{CLAUDE}",
        f"Add x\n\nUse `<!--` in a template.\n\n{CLAUDE}",
        f"Add x\n\nAn open <!-- in prose\n\n{CLAUDE}",
        f"Add x\n\n<!-- hidden --> {CLAUDE}",
        f"Add x\n\n<!-- two\nlines --> {CLAUDE}",
        f"Add x\n\ndiff --git a/a b/a\n+1\n{CLAUDE}",
    ],
)
def test_a_trailer_is_found_wherever_and_however_it_stands(message: str) -> None:
    assert found(message) == [ADDRESS]


@pytest.mark.parametrize(
    "message",
    [
        f"Add x\n\n> {CLAUDE}",
        f"Add x\n\n```\n{CLAUDE}\n```",
        f"Add x\n\n~~~ text\nmore\n\n{CLAUDE}\n~~~",
        f"Add x\n\n````\n```\n{CLAUDE}\n````",
        f"Add x\n\nSee:\n\n    {CLAUDE}",
        f"Add x\n\nSee:\n\n\t{CLAUDE}",
        f"Strip the line {CLAUDE} from messages",
        f"Add x\n\nThe hook removes {FOOTER}.",
        "Add CLAUDE.md, talk about Claude Code, Cursor and Copilot",
        "Add x\n\nWe asked Claude <noreply@anthropic.com> about it",
        "Add x\n\nCo-authored-by: Claude Martin <claude@example.com>",
        "Add x\n\nCo-authored-by: Devin <devin@example.com>\nCo-authored-by: Jules <81847+claude@users.noreply.github.com>",
        "Add x\n\nCo-authored-by: Claude Opus <alice@anthropic.com>",
        "Add x\n\nCo-authored-by: dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>",
        "Add x\n\nReviewed-by: Claude <noreply@anthropic.com>",
        "Add x\n\nReported-by: GitHub <noreply@github.com>",
        "Add x\n\nAssisted-by: Alice Example",
        "Add x\n\nAssisted-by: Claude Martin <claude@example.com>",
        "Add x\n\nAssisted-by: @alice",
        f"Add x\n\n<!--\n{CLAUDE}\n-->",
        f"Add x\n\n<!-- {CLAUDE} -->",
        f"Mend x\n\nIt broke here:\n\ncommit {'1' * 40}\nAuthor: Bob <bob@example.com>\n\n    Add x\n\n    {CLAUDE}",
        f"Add x\n\ndiff --git a/a b/a\n {CLAUDE}\n+{CLAUDE}",
        f'Revert "Add x"\n\nThis reverts commit {"1" * 40}.\n\nOriginal message:\n\nAdd x\n\n{CLAUDE}\n\nIt broke y.',
        f'Revert "Add x"\n\nOriginal message:\n\nAdd x\n\n{CLAUDE}\n\nSigned-off-by: Bob <bob@example.com>',
        f'Revert "Add x"\n\nThis reverts commit {"1" * 40}.\n\nOriginal commit message:\n{CLAUDE}',
        f'Revert "Add x" (#8)\n\nAdd x (#7)\n\nSome prose.\n\n{CLAUDE}\n\nIt broke y.',
        f"Add x\n\n```\n\n{CLAUDE}\n\n```\n\nSigned-off-by: Bob <bob@example.com>",
        f"Add x\n\n~~~~\n```\n\n{CLAUDE}\n\n~~~~",
        f"Add x\n\n<!--\n\n{CLAUDE}\n\n-->",
        f"Add x\n\n- > {CLAUDE}",
        f"Add x\n\nSigned-off-by: Bob <bob@example.com>\n\n> {CLAUDE}",
        'Add x\n\ngenerated_by = "claude"\nand more prose',
        "Add x\n\nCo-authored-by: Bob <bob+claude@example.com>",
        "Add x\n\nCo-authored-by: Alice <alice@mail.anthropic.com>",
        "Add x\n\nCo-authored-by: Nobody <noreply@mail.example.com>",
        f"revert: Add x\n\nThe original change description was:\nAdd x\n{CLAUDE}",
    ],
)  # fmt: skip
def test_what_is_quoted_hidden_or_prose_is_no_evidence(message: str) -> None:
    assert found(message) == []


NOT_CLOSED = [
    "Example:\n\n```\ncode",
    "~~~",
    "```\ncode\n```\n\n```",
    "````\n```",
    "<!--",
    "<!-- todo",
    "a <!-- b\n\n-->",
]


@pytest.mark.parametrize("before", NOT_CLOSED)
@pytest.mark.parametrize("after", ["", "\n\nMore prose.", "\n---\nA note."])
def test_a_fence_or_a_comment_that_is_not_closed_hides_nothing(
    before: str, after: str
) -> None:
    assert found(f"Add x\n\n{before}\n\n{CLAUDE}{after}") == [ADDRESS]


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "Add x"\n\nAdd x\n\n{CLAUDE}',
        f"revert: a\n\na\n\n{CLAUDE}",
        f'Revert "Add x"\n\nOriginal message:\n\nAdd x\n\nSome prose.\n\n{CLAUDE}',
        f"Add x\n\ndiff --git a/a b/a\n\n{CLAUDE}",
        f"revert: a\n\na\n\n{CLAUDE}\n---\n\nA note.",
        f"revert: a\n\na\n\n{CLAUDE}\n\nConflicts:\n\ta.py\n",
        f"revert: a\n\na\n\n{CLAUDE}\n\n# A comment\n",
        f"revert: a\n\na\n\n{CLAUDE}\n\0\nProse.",
        f"Add x\n\n```\n{CLAUDE}\n```\nSigned-off-by: Bob <bob@example.com>",
        f"Add x\n\nSigned-off-by: Bob <bob@example.com>\n    {CLAUDE}",
        "Add x\n\nCo-Authored-By= Claude <noreply@anthropic.com>",
        f"Feature (#7)\n\n* Add x\n\n```\n\n{CLAUDE}\n\n* Add y\n\n```\n",
    ],
)  # fmt: skip
def test_what_git_takes_for_a_trailer_counts_whatever_stands_before_it(
    message: str,
) -> None:
    assert ADDRESS in found(message)


@pytest.mark.parametrize(
    "value",
    [
        "Claude (noreply@anthropic.com)",
        "Claude <mailto:noreply@anthropic.com>",
        "[Claude](mailto:noreply@anthropic.com)",
        "Claude <noreply+1@anthropic.com>",
        "Claude <noreply@mail.anthropic.com>",
        "Claude <noreply@anthropic.com>.",
        "Claude &lt;noreply@anthropic.com&gt;",
        "@claude[bot], Claude <<noreply@anthropic.com>",
        f"{' ' * 2500}Claude <noreply@anthropic.com>",
        f"{'a' * 2500} <a@example.com>, Claude <noreply@anthropic.com>",
        "\x0bClaude <noreply@anthropic.com>",
        "Claude\n a\n b\n c\n d\n <noreply@anthropic.com>",
        "Claude <n\u0585reply@anthr\u0585pic.com>",
        "Claude <noreply@anthrop\u0269c.com>",
        "Claude <noreply@anthrop\u0131\u0107.com>",
    ],
)  # fmt: skip
def test_an_address_is_found_however_it_is_written(value: str) -> None:
    assert ADDRESS in found(f"Add x\n\nCo-Authored-By:{value}\n")


@pytest.mark.parametrize(
    "decoration",
    [
        "- ",
        "1. ",
        "2) ",
        "+ ",
        "## ",
        "* ",
        "\U0001f916 ",
        ":robot: ",
        '"',
        "'",
        "(",
        "[",
        "`",
        "| ",
        "- **",
    ],
)
def test_what_stands_before_a_key_does_not_hide_it(decoration: str) -> None:
    closing = {
        "(": ")",
        "[": "]",
        "| ": " |",
        "- **": "**",
        '"': '"',
        "'": "'",
        "`": "`",
    }.get(decoration, "")
    assert found(f"Add x\n\n{decoration}{CLAUDE}{closing}\n\nProse.") == [ADDRESS]
    assert found(f"Add x\n\n{decoration}Made-with: Cursor{closing}\n\nProse.") == [
        "cursor/made-with"
    ]


@pytest.mark.parametrize(
    "key",
    [
        f"Co-Authored-By{' ' * 50}:", "\u13dfo-authored-by:", "C\u0585-authored-by:", "Co\xadauthored\u2043by:", "Co-authored-by\u05c3",
        "Co-auth\u2800ored-by:", "Co-auth\x1cored-by:", "Co-auth\x85ored-by:", "Co-auth\u2028ored-by:", "Co-auth\rored-by:",
        "Co-auth\u0301ored-by:", "\u1d04o-authored-by:", "Co-auth\xf8red-by:".replace("\xf8", "\xf8"),
    ],
)  # fmt: skip
def test_a_key_is_read_as_it_looks(key: str) -> None:
    assert found(f"Add x\n\n{key} Claude <noreply@anthropic.com>\n") == [ADDRESS]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Co-authored-by: @claude", [("claude-code/app", Certainty.WEAK)]),
        ("Co-authored-by: @claude[bot]", [("claude-code/app", Certainty.CERTAIN)]),
        ("Co-authored-by: @alice", []),
        ("Assisted-by: Claude", [("any/assisted-by-name", Certainty.WEAK)]),
        ("Assisted-by: AI", [("any/assisted-by-ai", Certainty.STRONG)]),
    ],
)
def test_a_name_that_a_person_can_have_is_weak(
    line: str, expected: list[tuple[str, Certainty]]
) -> None:
    evidence, _ = read_commit(a_commit(f"Add x\n\n{line}"), default_matcher())
    assert [(piece.signal, piece.confidence) for piece in evidence] == expected


@pytest.mark.parametrize(
    "message",
    [
        f'Revert "Add x"\n\nThis reverts commit {"1" * 40}.\n\nIt broke the build.\n\n{CLAUDE}',
        f'Revert "Add x"\n\nOriginal message:\nAdd x\n\nSigned-off-by: Bob <bob@example.com>\n\n{CLAUDE}',
        f'Revert "Revert "Add x""\n\nOriginal message:\nAdd x\n{CLAUDE}',
        f'Reland "Add x"\n\nOriginal message:\nAdd x\n{CLAUDE}',
        f"Add x\n\n(cherry picked from commit {'1' * 40})\n{CLAUDE}",
    ],
)
def test_a_revert_by_an_agent_and_what_is_applied_again_are_evidence(message: str) -> None:
    assert found(message) == [ADDRESS]


@pytest.mark.parametrize(
    "lines",
    [
        FOOTER,
        "Generated with [Claude Code](https://claude.ai/code)",
        "\\U0001F916 Generated with [Claude Code](https://claude.ai/code)",
        ":robot: Generated with [Claude Code](https://claude.ai/code)",
        "\U0001f916 Generated with [Claude\nCode](https://claude.com/claude-code)",
        "\U0001f916 Generated with\n[Claude Code](https://claude.com/claude-code)",
        "\U0001f916 Generated\nwith\n[Claude Code](https://claude.com/claude-code)",
        "_\U0001f916 Generated with [Claude Code](https://claude.com/claude-code)_",
        "<sub>Generated with [Claude Code](https://claude.com/claude-code)</sub>",
        "\u2764\ufe0f\u200d\U0001f525 Generated with [Claude Code](https://claude.com/claude-code)",
    ],
)
def test_a_footer_is_found_with_any_ornament_and_when_it_is_wrapped(lines: str) -> None:
    assert found(f"Add x\n\n{lines}\n") == ["claude-code/footer"]


LOG = "Squashed commit of the following:\n\n"
ONE, TWO = (
    f"commit {digit * 40}\nAuthor: Bob <bob@example.com>\nDate:   Monday\n\n"
    for digit in "12"
)
SECOND = "# This is the commit message #2:"
THIRTY = "\n\n".join(
    f"* Change {number}\n\nSome prose.\n\n```\nan open fence" for number in range(29)
)


@pytest.mark.parametrize(
    "message",
    [
        f"Feature (#7)\n\n{THIRTY}\n\n* Change 30\n\n{CLAUDE}",
        f"Feature (#7)\n\n{THIRTY}\n\n---------\n\n{CLAUDE}",
        f"{LOG}{ONE}    Add x\n\n    {CLAUDE}",
        f"Feature\n\n{LOG}{ONE}    ```\n\n{TWO}    {CLAUDE}",
        f"{LOG}commit {'1' * 40}\nAuthor: Claude <noreply@anthropic.com>\nDate:   Monday\n\n    Add x",
        f"# This is a combination of 2 commits.\n# This is the 1st commit message:\n\nA\n\n~~~\n\n{SECOND}\n\nB\n\n{CLAUDE}",
        f"merge of bob/x, squashed\n\nAuthor: Bob <bob@example.com>\nDate:   Monday\n\n    Add x\n\n{ONE}    {CLAUDE}",
        f'Feature (#7)\n\n* Revert "Add y"\n\nOriginal message:\nAdd y\n\n* Add x\n\n{CLAUDE}',
    ],
)
def test_a_squash_is_read_message_by_message(message: str) -> None:
    assert found(message) == [ADDRESS]


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (f"Add x\n\n{CLAUDE}".encode("utf-16-le"), "UTF-16"),
        (f"Add x\n\n{CLAUDE}".encode("utf-16-be"), None),
        (f"Add x\n\n{CLAUDE}".encode("utf-16"), "utf-16"),
        (f"Add x\n\n{CLAUDE}".encode("utf-32"), "no-such-encoding"),
        (f"Add \xe4\n\n{CLAUDE}".encode("latin-1"), "ISO-8859-1"),
        (f"Add \xe4\n\n{CLAUDE}".encode("latin-1"), None),
        (f"Add x\n\n{CLAUDE}".encode(), "punycode"),
        (f"Add \xe4\n\n{CLAUDE}".encode(), "zip"),
        (f"Add \xe4\n\n{CLAUDE}".encode(), "utf-8\0"),
        (f"Add \xe4\n\n{CLAUDE}".encode(), "utf-9"),
        (f"Add x\n\n{CLAUDE}".encode(), "UTF-16"),
        (f"Add x\n\n{CLAUDE.replace(':', '+ADo-')}".encode(), "UTF-7"),
        (f"Add x\n\n{CLAUDE}".encode("cp500"), "cp500"),
        (f"Add x\n\n{CLAUDE}".encode("cp500"), "IBM500"),
        (f"Add x\n\n{CLAUDE}".encode("cp500"), "EBCDIC-INT"),
        (f"Add x\n\n{CLAUDE}".encode("utf-16-be"), "UCS-2BE"),
        (b"Add \xff\xfe\n\n" + CLAUDE.encode(), None),
    ],
)
def test_an_encoding_does_not_hide_a_marker(raw: bytes, encoding: str | None) -> None:
    assert found(raw, encoding) == [ADDRESS]


@pytest.mark.parametrize(
    ("line", "signal", "role"),
    [
        ("Assisted-by: Claude:claude-3-opus coccinelle sparse", "any/assisted-by-model", Role.DECLARED),
        ("Assisted-by: generic LLM chatbot", "any/assisted-by-tool", Role.DECLARED),
        ("Assisted-by: ChatGPTv5", "any/assisted-by-tool", Role.DECLARED),
        ("Assisted-by: Claude Opus 4.6", "any/assisted-by-named-model", Role.DECLARED),
        ("Generated-by: GitHub Copilot", "any/generated-by-tool", Role.DECLARED),
        ("Assisted-by: gpt-5 via Crush <crush@charm.land>", "crush/assisted-by", Role.AUTHORED),
        ("Co-authored-by: gemini <1+gemini-code-assist[bot]@users.noreply.github.com>", SUGGESTED, Role.REVIEW_SUGGESTION),
        ("<!-- CURSOR_SUMMARY -->", "cursor/summary", Role.SUMMARY_ONLY),
        ("(Commit message generated by Copilot)", "github-copilot/message", Role.MESSAGE_ONLY),
        ("Agent-Logs-Url: https://github.com/o/r/sessions/1", "github-copilot/logs", Role.AUTHORED),
    ],
)  # fmt: skip
def test_a_marker_has_its_role(line: str, signal: str, role: Role) -> None:
    evidence, _ = read_commit(a_commit(f"Add x\n\n{line}\n"), default_matcher())
    assert (signal, role) in {(piece.signal, piece.role) for piece in evidence}


@pytest.mark.parametrize(
    "line",
    [
        "Assisted-by: none",
        "AI-assisted: no",
        "No AI tools were used.",
        "Written without AI",
    ],
)
def test_a_statement_that_no_ai_took_part_is_kept_and_is_no_evidence(line: str) -> None:
    evidence, denials = read_commit(a_commit(f"Add x\n\n{line}\n"), default_matcher())
    assert (evidence, denials) == ((), (line,))


def test_a_comment_beside_a_trailer_is_read_too() -> None:
    assert found(f"Add x\n\n{CLAUDE}<!-- CURSOR_SUMMARY -->") == [ADDRESS, "cursor/summary"]


def test_an_agents_sign_off_is_weak() -> None:
    evidence, _ = read_commit(
        a_commit("Add x\n\nSigned-off-by: Claude <noreply@anthropic.com>"),
        default_matcher(),
    )
    assert [(piece.signal, piece.confidence) for piece in evidence] == [
        (ADDRESS, Certainty.WEAK)
    ]


def test_each_marker_is_reported_once_with_its_place_and_quote() -> None:
    evidence, _ = read_commit(a_commit(f"Add x\n\n{CLAUDE}\n{CLAUDE}\n"), default_matcher())
    assert [
        (piece.tool, piece.source, piece.quote, piece.commit) for piece in evidence
    ] == [("claude-code", "co-author", CLAUDE, "c" * 40)]


def test_a_quote_is_short() -> None:
    evidence, _ = read_commit(a_commit(f"Add x\n\n{CLAUDE}{' x' * 500}"), default_matcher())
    assert [len(piece.quote) for piece in evidence] == [200]
