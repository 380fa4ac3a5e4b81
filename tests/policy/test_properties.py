"""No bytes make the loader do anything but load or say what is wrong; no layer weakens what is sealed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgegate.model.levels import Action, Authorship, Confidence, Severity
from judgegate.policy.condition_kinds import UNKNOWN
from judgegate.policy.conditions import Facts
from judgegate.policy.layers import read_pack
from judgegate.policy.loading import load_policy
from judgegate.policy.policy import Policy
from judgegate.policy.problems import PolicyError
from judgegate.policy.yaml_document import LARGEST_FILE
from tests.policy.policies import ROWS, MemoryReader, load_over

DEFAULT = (read_pack("default") or b"") + (read_pack("security") or b"").replace(
    b"version: 1", b""
)
WORDS = st.sampled_from(
    [
        *(
            "version",
            "extends",
            "rules",
            "cases",
            "when",
            "action",
            "with",
            "review",
            "from",
            "waivers",
            "exempt",
            "paths",
            "severity",
        ),
        *(
            "security/insecure-code",
            "oversight/unanalysed",
            "provenance",
            "any",
            "all",
            "not",
            "block",
            "off",
            "ai",
        ),
        *(
            "1",
            "010",
            ".nan",
            "1e3",
            "on",
            "~",
            "[]",
            "{}",
            "[",
            "]",
            "{",
            "}",
            "- ",
            ":",
            ",",
            "&",
            "*",
            "!",
            "|",
            ">",
            "'",
            '"',
        ),
        *("#", "---", "...", "<<", "?", "@", "%", "\n", "\t"),
    ]
)


def load_bytes(content: bytes) -> Policy | None:
    """The policy, or None where all that the loader raised is a policy error with problems that can be told."""
    try:
        return load_policy(ROWS, MemoryReader({".judgegate.yml": content}))
    except PolicyError as error:
        told = [
            problem
            for problem in error.problems
            if problem.message and problem.file and str(problem)
        ]
    assert told
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_a_policy_or_a_policy_error(content: bytes) -> None:
    load_bytes(content)


@given(
    st.lists(st.tuples(WORDS, st.sampled_from(["", " ", "\n", "\n  ", ": "])), max_size=40)
)
def test_any_soup_of_its_words_is_a_policy_or_a_policy_error(
    soup: list[tuple[str, str]],
) -> None:
    load_bytes(
        ("version: 1\nextends: []\n" + "".join(word + gap for word, gap in soup)).encode()
    )


@given(st.data())
def test_any_damaged_pack_is_a_policy_or_a_policy_error(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(DEFAULT)))
    end = data.draw(st.integers(start, min(len(DEFAULT), start + 50)))
    load_bytes(DEFAULT[:start] + data.draw(st.binary(max_size=10)) + DEFAULT[end:])


@pytest.mark.parametrize(
    "unit",
    [
        b"[",
        b"{",
        b"- ",
        b"? ",
        b"[a,",
        b"{a: ",
        b"a,",
        b"&a ",
        b"*a ",
        b"!a ",
        b"---\n",
        b": ",
        b"a:\n",
        b'"',
        b"'",
        b"|\n",
        b"\\",
        b"#",
        b"\n",
        b"a: b\n",
    ],
)
def test_a_file_full_of_one_thing_is_refused(unit: bytes) -> None:
    assert (
        load_bytes(b"version: 1\nextends: [" + (unit * LARGEST_FILE)[: LARGEST_FILE - 30])
        is None
    )
    assert load_bytes((unit * LARGEST_FILE)[:LARGEST_FILE]) is None


@pytest.mark.parametrize(
    "condition",
    [
        "{" + ", ".join(f"k{number}: 1" for number in range(3000)) + "}",
        "{any: [" + ", ".join("{provenance: ai}" for _ in range(4000)) + "]}",
        "{code: [" + ", ".join(f"B{number}" for number in range(15000)) + "]}",
        "{any: [" + ", ".join(f"{{labels: a{number}}}" for number in range(4000)) + "]}",
    ],
)
def test_a_huge_condition_is_read_in_bounded_steps(condition: str) -> None:
    cases = f"[{{when: {condition}, action: block}}, {{when: {{provenance: ai, severity: high}}, action: review}}]"
    load_bytes(
        f"version: 1\nextends: []\nrules: {{security/insecure-code: {{action: warn, cases: {cases}}}}}\n".encode()
    )


BANK = "version: 1\nextends: []\nrules:\n  security/insecure-code:\n    {rule}\n"
SCOPES = st.sampled_from(
    [
        "{paths: [src/]}",
        "{provenance: ai}",
        "{severity: high}",
        "{not: {author: alice}}",
        "{labels: x}",
        "{target_branch: main}",
    ]
)
ACTIONS = st.sampled_from(["off", "warn", "review", "block"])
FACTS = st.builds(
    Facts,
    path=st.sampled_from(["src/a.py", "b.py", None]),
    provenance=st.sampled_from(Authorship),
    severity=st.sampled_from([None, *Severity]),
    confidence=st.sampled_from([None, *Confidence]),
    target_branch=st.sampled_from([UNKNOWN, "main", "x"]),
    author=st.sampled_from([UNKNOWN, "alice", "bob"]),
    labels=st.sampled_from([UNKNOWN, frozenset[str](), frozenset({"x"})]),
)


@st.composite
def rules(draw: st.DrawFn, *, sealed: bool = False) -> str:
    """A rule in flow style, with up to three cases."""
    cases = draw(
        st.lists(st.tuples(SCOPES, ACTIONS), max_size=3, unique_by=lambda case: case[0])
    )
    parts = [f"action: {draw(ACTIONS)}", *(["non_negotiable: true"] if sealed else [])]
    if cases:
        parts.append(
            "cases: ["
            + ", ".join(f"{{when: {scope}, action: {action}}}" for scope, action in cases)
            + "]"
        )
    return "{" + ", ".join(parts) + "}"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bank=rules(sealed=True), mine=rules(), facts=FACTS)
def test_no_repository_weakens_what_its_organisation_sealed(
    tmp_path: Path, bank: str, mine: str, facts: Facts
) -> None:
    alone = load_over(BANK.replace("{rule}", bank), "version: 1\nextends: []\n", tmp_path)
    try:
        together = load_over(
            BANK.replace("{rule}", bank), BANK.replace("{rule}", mine), tmp_path
        )
    except PolicyError:
        return
    before, after = (
        policy.resolve("security/insecure-code", facts) for policy in (alone, together)
    )
    assert not after.action < before.action
    assert after.non_negotiable


@given(rule=rules(), facts=FACTS)
def test_what_is_not_known_never_weakens(rule: str, facts: Facts) -> None:
    policy = load_bytes(BANK.replace("{rule}", rule).encode())
    if policy is None:
        return
    asked = policy.resolve("security/insecure-code", facts)
    for branch in ("main", "x"):
        for author in ("alice", "bob"):
            for labels in (frozenset[str](), frozenset({"x"})):
                known = Facts(
                    facts.path,
                    facts.provenance,
                    facts.severity,
                    facts.confidence,
                    None,
                    branch,
                    author,
                    labels,
                )
                if any(
                    getattr(facts, name) not in {UNKNOWN, getattr(known, name)}
                    for name in ("target_branch", "author", "labels")
                ):
                    continue
                assert (
                    not asked.action
                    < policy.resolve("security/insecure-code", known).action
                )


@given(rule=rules(), facts=FACTS)
def test_a_label_never_weakens(rule: str, facts: Facts) -> None:
    policy = load_bytes(BANK.replace("{rule}", rule).encode())
    if policy is None:
        return
    actions: list[Action] = []
    for labels in (frozenset[str](), frozenset({"x"})):
        known = Facts(
            facts.path,
            facts.provenance,
            facts.severity,
            None,
            None,
            facts.target_branch,
            facts.author,
            labels,
        )
        actions.append(policy.resolve("security/insecure-code", known).action)
    assert not actions[1] < actions[0]
