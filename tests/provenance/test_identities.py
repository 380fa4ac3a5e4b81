"""Who a commit says wrote it: agents, apps, people with an agent's name, and numbers that mislead."""

import pytest

from judgegate.model.change import Identity
from judgegate.model.levels import Certainty
from judgegate.provenance.matcher import default_matcher
from judgegate.provenance.messages import read_commit
from tests.provenance.changes import ALICE, a_commit

NO_REPLY = "users.noreply.github.com"


def identity(text: str) -> Identity:
    name, _, email = text.removesuffix(">").partition(" <")
    return Identity(name, email)


def seen(author: str, committer: str | None = None) -> list[tuple[str, str, Certainty]]:
    who = identity(author)
    commit = a_commit(author=who, committer=identity(committer) if committer else who)
    return [
        (piece.signal, piece.source, piece.confidence)
        for piece in read_commit(commit, default_matcher())[0]
    ]


@pytest.mark.parametrize(
    ("author", "signal"),
    [
        ("Claude <noreply@anthropic.com>", "claude-code/address"),
        ("Opus 9 <NoReply@Anthropic.com>", "claude-code/address"),
        ("Claude <noreply@anthr\u043epic.com>", "claude-code/address"),
        ("Claude <<noreply@anthropic.com>>", "claude-code/address"),
        ("Claude <noreply@anthropic.com 1 +0000", "claude-code/address"),
        ("Claude noreply@anthropic.com 1 +0000", "claude-code/address"),
        ("Claude <noreply+agent@anthropic.com>", "claude-code/address"),
        (f"claude[bot] <209825114+claude[bot]@{NO_REPLY}>", "claude-code/app"),
        (f"claude[bot] <41898282+claude[bot]@{NO_REPLY}>", "claude-code/app"),
        (
            f"copilot-swe-agent[bot] <198982749+Copilot@{NO_REPLY}>",
            "github-copilot/coding-agent",
        ),
        (f"Devin AI <158243242+devin-ai-integration[bot]@{NO_REPLY}>", "devin/app"),
        (f"Devin AI <devin-ai-integration[bot]@{NO_REPLY}>", "devin/app"),
        ("openhands <openhands@all-hands.dev>", "openhands/address"),
        ("Alice (aider) <alice@example.com>", "aider/author"),
        ("Bob (aider) <bob@aider.chat>", "aider/author"),
        (f"continue[bot] <continue[bot]@{NO_REPLY}>", "continue/app"),
        (f"kiro <244629292+kiro-agent@{NO_REPLY}>", "kiro/account"),
    ],
)
def test_an_agent_is_known_by_its_address(author: str, signal: str) -> None:
    assert [(found, place) for found, place, _ in seen(author)] == [(signal, "author")]


@pytest.mark.parametrize(
    "author",
    [
        "Claude <claude@example.com>",
        "Claude Code <claude.code@example.com>",
        "Devin <devin@example.com>",
        "Jules <jules@google.com>",
        "Alice <alice@anthropic.com>",
        "Alice <alice@openai.com>",
        "Alice <alice@continue.dev>",
        f"claude <81847+claude@{NO_REPLY}>",
        f"copilot <copilot@{NO_REPLY}>",
        f"copilot <42+copilot@{NO_REPLY}>",
        "GitHub <noreply@github.com>",
        f"github-actions[bot] <41898282+github-actions[bot]@{NO_REPLY}>",
        f"dependabot[bot] <49699333+dependabot[bot]@{NO_REPLY}>",
        f"renovate[bot] <29139614+renovate[bot]@{NO_REPLY}>",
        f"gemini-cli-robot <1+gemini-cli-robot@{NO_REPLY}>",
        "opencode <opencode@sst.dev>",
        "claude[bot] <claude[bot]@example.com>",
        "aider <someone@example.com>",
        "<>",
    ],
)
def test_nobody_is_taken_for_an_agent(author: str) -> None:
    assert seen(author) == []


def test_an_agent_that_only_committed_is_weak() -> None:
    assert seen("Alice <alice@example.com>", "Claude <noreply@anthropic.com>") == [
        ("claude-code/address", "committer", Certainty.WEAK)
    ]


def test_an_agent_that_wrote_and_committed_is_reported_once() -> None:
    assert seen(
        "Claude <noreply@anthropic.com>", "Claude Code <noreply@anthropic.com>"
    ) == [("claude-code/address", "author", Certainty.CERTAIN)]


def test_the_person_beside_an_agent_does_not_hide_it() -> None:
    message = "Add x\n\nCo-authored-by: Alice <alice@example.com>"
    agent = identity(f"Copilot <198982749+Copilot@{NO_REPLY}>")
    evidence, _ = read_commit(
        a_commit(message, author=agent, committer=ALICE), default_matcher()
    )
    assert [piece.signal for piece in evidence] == ["github-copilot/coding-agent"]


@pytest.mark.parametrize(
    ("login", "kind", "signal"),
    [
        ("claude[bot]", "Bot", "claude-code/app"),
        ("claude[bot]", None, "claude-code/app"),
        ("claude", "Bot", "claude-code/app"),
        ("claude", "User", None),
        ("claude", None, None),
        ("Copilot", "Bot", "github-copilot/login"),
        ("Copilot", "User", None),
        ("copilot", None, None),
        ("copilot-swe-agent", None, "github-copilot/app"),
        ("app/copilot-swe-agent", None, "github-copilot/app"),
        ("devin-ai-integration[bot]", "Bot", "devin/app"),
        ("devin-ai-integration", "Bot", "devin/app"),
        ("openhands-agent", "User", "openhands/login"),
        ("dependabot[bot]", "Bot", None),
        ("alice", "User", None),
        ("alice[bot]", "Bot", None),
    ],
)
def test_a_login_is_an_apps_only_if_no_person_can_hold_it(
    login: str, kind: str | None, signal: str | None
) -> None:
    found = default_matcher().login(login, kind)
    assert (found.id if found else None) == signal


@pytest.mark.parametrize(
    ("branch", "signal"),
    [
        ("copilot/fix-it", "github-copilot/branch"),
        ("devin/1750000000-fix", "devin/dated-branch"),
        ("DEVIN/fix", "devin/branch"),
        ("graphite-base/12", None),
        ("claude-vertex", None),
        ("feature/codex/x", None),
        ("main", None),
    ],
)
def test_a_branch_is_known_by_its_prefix(branch: str, signal: str | None) -> None:
    found = default_matcher().branch(branch)
    assert (found.id if found else None) == signal
