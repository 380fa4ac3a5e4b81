"""The catalogue: strict when loaded, every row with a text that matches and a near miss that does not."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.evidence import NotAi, Signal, SignalKind
from judgegate.model.levels import Certainty, Role
from judgegate.provenance.catalogue import (
    Catalogue,
    CatalogueError,
    load_catalogue,
    parse_catalogue,
)
from judgegate.provenance.matcher import Matcher, default_matcher
from judgegate.provenance.messages import read_text

ROWS: Mapping[str, Mapping[str, list[str]]] = yaml.safe_load(
    Path(__file__).with_name("rows.yml").read_text("utf-8")
)
CATALOGUE = load_catalogue()
ENTRIES: list[Signal | NotAi] = [*CATALOGUE.signals, *CATALOGUE.denials, *CATALOGUE.not_ai]
TEXT = frozenset(
    {
        SignalKind.TRAILER_KEY,
        SignalKind.TRAILER,
        SignalKind.FOOTER,
        SignalKind.SUBJECT,
        SignalKind.FRAGMENT,
        SignalKind.COMMENT,
    }
)
TOOLS = [
    "agent-trace", "aider", "amazon-q", "amp", "any", "claude-code", "claude-flow", "cline", "codeflash", "codegen", "coderabbit",
    "continue", "crush", "cubic-dev-ai", "cursor", "devin", "ellipsis", "entire", "factory-droid", "gemini-cli", "gemini-code-assist",
    "git-ai", "github-copilot", "google-jules", "goose", "greptile-apps", "hyperlint-ai", "junie", "kiro", "lovable", "macroscopeapp",
    "mentat", "mistral-vibe", "openai-codex", "opencode", "openhands", "qwen-code", "replit", "roo-code", "sisyphus", "sourcery-ai",
    "swe-agent", "sweep", "tembo", "v0", "warp", "windsurf", "zed",
]  # fmt: skip


def alone(entry: Signal | NotAi) -> Matcher:
    """A matcher that knows one row only, so that no other can answer for it."""
    if isinstance(entry, NotAi):
        return Matcher(Catalogue((), (entry,), ()))
    return Matcher(
        Catalogue((), (), (entry,))
        if entry in CATALOGUE.denials
        else Catalogue((entry,), (), ())
    )


def fits(entry: Signal | NotAi, text: str) -> bool:  # noqa: PLR0911 - one case for each kind
    matcher = alone(entry)
    if isinstance(entry, NotAi):
        return fits_nobody(entry, matcher, text)
    if entry.kind in TEXT:
        found = read_text(
            f"Subject\n\n{text}\n" if entry.kind is not SignalKind.SUBJECT else text,
            matcher,
        )
        return bool(found.markers or found.denials)
    match entry.kind:
        case SignalKind.EMAIL | SignalKind.CO_AUTHOR_EMAIL | SignalKind.BOT:
            return matcher.co_author("Somebody", text) is not None
        case SignalKind.CO_AUTHOR_NAME:
            return matcher.co_author(text, "somebody@example.com") is not None
        case SignalKind.AUTHOR_NAME:
            return matcher.author(text, "somebody@example.com") is not None
        case SignalKind.LOGIN | SignalKind.BOT_LOGIN:
            return matcher.login(text, "Bot") is not None
        case SignalKind.CHECKBOX:
            found = read_text(f"- [x] {text}", matcher, boxes=True)
            return bool(found.markers or found.denials)
        case SignalKind.BRANCH:
            return matcher.branch(text) is not None
        case _:
            return matcher.whole(entry.kind, text) is not None


def fits_nobody(entry: NotAi, matcher: Matcher, text: str) -> bool:
    match entry.kind:
        case SignalKind.EMAIL | SignalKind.BOT:
            return matcher.is_not_ai(text)
        case SignalKind.LOGIN:
            return matcher.is_persons_login(text)
        case _:
            return matcher.is_not_ai_branch(text)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_every_row_matches_its_texts_and_not_its_near_misses(entry: Signal | NotAi) -> None:
    row = ROWS[entry.id]
    assert row["match"]
    assert row["near"]
    assert [text for text in row["match"] if not fits(entry, text)] == []
    assert [text for text in row["near"] if fits(entry, text)] == []


def test_no_test_row_is_left_over() -> None:
    assert sorted(ROWS) == sorted(entry.id for entry in ENTRIES)


def test_every_known_tool_is_in_the_catalogue() -> None:
    assert sorted({signal.tool for signal in CATALOGUE.signals}) == TOOLS


@pytest.mark.parametrize(
    "entry",
    [
        entry
        for entry in CATALOGUE.not_ai
        if entry.kind in {SignalKind.EMAIL, SignalKind.BOT}
    ],
    ids=lambda entry: entry.id,
)
def test_what_is_not_an_ai_is_no_evidence(entry: NotAi) -> None:
    assert [
        text
        for text in ROWS[entry.id]["match"]
        if default_matcher().author("Somebody", text)
    ] == []


def test_every_row_states_its_source() -> None:
    assert all(signal.source for signal in (*CATALOGUE.signals, *CATALOGUE.denials))
    assert all(entry.reason for entry in CATALOGUE.not_ai)


GOOD = "{id: tool/name, kind: email, literal: x@example.com, confidence: certain, source: seen}"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            "{id: Tool, kind: email, literal: x, confidence: certain, source: seen}",
            "tool/name",
        ),
        (
            "{id: tool/name, kind: email, literal: x, confidence: certain}",
            "source is missing",
        ),
        (
            "{id: tool/name, kind: email, literal: x, confidence: certain, source: seen, colour: red}",
            "colour is not a key",
        ),
        (
            "{id: tool/name, kind: telegram, literal: x, confidence: certain, source: seen}",
            "telegram",
        ),
        (
            "{id: tool/name, kind: email, literal: x, confidence: sure, source: seen}",
            "sure",
        ),
        (
            "{id: tool/name, kind: email, literal: x, regex: y, confidence: certain, source: seen}",
            "exactly one of literal and regex",
        ),
        (
            "{id: tool/name, kind: email, confidence: certain, source: seen}",
            "exactly one of literal and regex",
        ),
        (
            "{id: tool/name, kind: email, literal: [1], confidence: certain, source: seen}",
            "exactly one of literal and regex",
        ),
        (
            "{id: tool/name, kind: footer, regex: x, confidence: certain, source: seen}",
            "needs a hint",
        ),
        (f"{GOOD}\n- {GOOD}", "two rows called tool/name"),
        ("just words", "not a list of rows"),
        ("{id: tool/name", "not YAML"),
    ],
)
def test_a_damaged_row_is_an_error_that_names_it(row: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        parse_catalogue(
            [("agents.yml", f"- {row}")], ("not_ai.yml", "[]"), ("denials.yml", "[]")
        )


def test_a_damaged_row_of_what_is_not_ai_is_an_error() -> None:
    with pytest.raises(CatalogueError, match="telegram"):
        parse_catalogue(
            [],
            ("not_ai.yml", "- {id: tool/name, kind: telegram, literal: x, reason: none}"),
            ("denials.yml", "[]"),
        )


OWN = Signal(
    "our-agent/address",
    SignalKind.EMAIL,
    Certainty.CERTAIN,
    Role.AUTHORED,
    "the team's policy",
    literals=("agent@example.com",),
)


def test_a_policy_can_add_a_signal() -> None:
    matcher = Matcher(CATALOGUE.with_signals([OWN]))
    assert matcher.author("Agent", "AGENT@example.com") == OWN


def test_an_added_signal_needs_a_name_of_its_own() -> None:
    with pytest.raises(UsageError, match="already in the catalogue"):
        CATALOGUE.with_signals([OWN, OWN])
