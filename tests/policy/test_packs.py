"""The shipped packs, with the rules as they are."""

from itertools import product

import pytest

from judgegate.checks.registry import RULES
from judgegate.model.change import Blob
from judgegate.model.levels import Action, Authorship, Confidence, FailOn, Severity
from judgegate.policy.conditions import Facts
from judgegate.policy.layers import pack_names, read_pack
from judgegate.policy.lint import unsound_conditions
from judgegate.policy.loading import FALLBACK_PACK, load_pack
from judgegate.policy.oversight import OVERSIGHT
from judgegate.policy.policy import Policy
from tests.policy.policies import ask

ROWS = (*RULES, *OVERSIGHT)
FILE = Blob(0o100644, "a" * 40, 1)
AI = Authorship.AI
LOW, MEDIUM, HIGH, CRITICAL = Severity
UNSURE, LIKELY, SURE = Confidence


@pytest.fixture(scope="module")
def default() -> Policy:
    return load_pack(ROWS, "default")


@pytest.fixture(scope="module")
def strict() -> Policy:
    return load_pack(ROWS, FALLBACK_PACK)


def insecure(policy: Policy, finding: Facts) -> Action:
    return policy.resolve("security/insecure-code", finding).action


def seen(
    code: str,
    severity: Severity,
    confidence: Confidence,
    by: str = "unmarked",
    path: str = "src/a.py",
) -> Facts:
    return ask(path, Authorship(by), code=code, severity=severity, confidence=confidence)


@pytest.mark.parametrize(
    ("finding", "action"),
    [
        (seen("B602", HIGH, SURE, "unmarked", "src/a.py"), Action.BLOCK),
        (seen("B602", HIGH, SURE, "ai", "src/a.py"), Action.BLOCK),
        (seen("B602", HIGH, SURE, "unmarked", "tests/test_a.py"), Action.BLOCK),
        (seen("B613", HIGH, LIKELY, "unmarked", "src/a.py"), Action.BLOCK),
        (seen("B411", HIGH, SURE, "unmarked", "src/a.py"), Action.BLOCK),
        (seen("B324", CRITICAL, LIKELY, "unmarked", "src/a.py"), Action.BLOCK),
        (seen("B999", HIGH, UNSURE, "unmarked", "src/a.py"), Action.WARN),
        (seen("B999", HIGH, UNSURE, "ai", "src/a.py"), Action.REVIEW),
        (seen("B608", MEDIUM, UNSURE, "unmarked", "src/a.py"), Action.WARN),
        (seen("B608", MEDIUM, UNSURE, "ai", "src/a.py"), Action.REVIEW),
        (seen("B301", MEDIUM, SURE, "ai", "src/a.py"), Action.REVIEW),
        (seen("B110", LOW, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B101", LOW, SURE, "unmarked", "src/a.py"), Action.WARN),
        (seen("B101", LOW, SURE, "ai", "tests/deep/a.py"), Action.OFF),
        (seen("B101", LOW, SURE, "ai", "src/test_a.py"), Action.OFF),
        (seen("B101", LOW, SURE, "ai", "src/a_test.py"), Action.OFF),
        (seen("B101", LOW, SURE, "ai", "conftest.py"), Action.OFF),
        (seen("B101", LOW, SURE, "ai", "src/contest.py"), Action.WARN),
        (seen("B105", LOW, LIKELY, "unmarked", "src/a.py"), Action.WARN),
        (seen("B105", LOW, LIKELY, "unmarked", "tests/a.py"), Action.OFF),
        (seen("B106", LOW, LIKELY, "ai", "tests/a.py"), Action.OFF),
        (seen("B311", LOW, SURE, "unmarked", "src/a.py"), Action.WARN),
        (seen("B311", LOW, SURE, "unmarked", "tests/a.py"), Action.OFF),
        (seen("B403", LOW, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B404", LOW, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B405", LOW, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B401", HIGH, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B413", HIGH, SURE, "unmarked", "src/a.py"), Action.REVIEW),
        (seen("B603", LOW, SURE, "ai", "src/a.py"), Action.OFF),
        (seen("B607", LOW, SURE, "ai", "src/a.py"), Action.OFF),
    ],
)
def test_default_judges_insecure_code(
    default: Policy, finding: Facts, action: Action
) -> None:
    assert insecure(default, finding) is action


def test_default_warns_of_complex_functions_and_reviews_those_of_an_ai(
    default: Policy,
) -> None:
    rule = default.resolve("architecture/complex-function", ask())
    assert (rule.action, rule.options["max_complexity"]) == (Action.WARN, 15)
    rule = default.resolve("architecture/complex-function", ask(provenance=AI))
    assert (rule.action, rule.options["max_complexity"]) == (Action.REVIEW, 10)


@pytest.mark.parametrize("name", ["default", "strict", "advisory"])
@pytest.mark.parametrize(
    "rule", ["oversight/ai-assisted", "oversight/unanalysed", "oversight/policy-change"]
)
def test_every_pack_asks_for_human_judgement_and_none_makes_it_non_negotiable(
    name: str, rule: str
) -> None:
    policy = load_pack(ROWS, name)
    assert policy.resolve(rule, ask()).action is Action.REVIEW
    assert not policy.is_non_negotiable(rule)
    assert policy.resolve(rule, ask()).review == policy.review


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/a.RST",
        "a.txt",
        "LICENSE.txt",
        "logo.png",
        "film.mp4",
        "a.woff2",
        "rows.csv",
        "a.po",
        "src/a.go",
        "a.tsx",
        "a.sql",
    ],
)
def test_default_exempts_prose_media_data_and_unread_languages(
    default: Policy, path: str
) -> None:
    assert default.exemption(path, FILE) is not None


NEVER_EXEMPT = [
    "notebook.ipynb",
    ".github/workflows/ci.yml",
    ".github/workflows/notes.md",
    "Dockerfile",
    "Dockerfile.md",
    "api.Dockerfile",
    "Containerfile",
    "Makefile",
    "CMakeLists.txt",
    "build.rs",
    "crate/build.rs",
    "Package.swift",
    "app/build.gradle.kts",
    "vite.config.js",
    "next.config.mjs",
    ".eslintrc.js",
    "gulpfile.js",
    "requirements.txt",
    "requirements-dev.txt",
    "requirements/dev.txt",
    "constraints.txt",
    "package.json",
    "config.yml",
    "pyproject.toml",
    "pom.xml",
    "setup.cfg",
    "deploy.sh",
    "main.tf",
    "model.pkl",
    "data.parquet",
    "archive.zip",
    "logo.svg",
    "paper.pdf",
    "unknown.xyz",
    "no-suffix",
    ".md",
    "docs.md/run",
    "CLAUDE.md",
    "docs/claude.md",
    "AGENT.md",
    ".windsurf/rules/style.md",
    "GulpFile.JS",
    ".yarn/releases/yarn.cjs",
    "karma.conf.js",
    "Requirements.txt",
    "sub/AGENTS.md",
    ".claude/commands/a.md",
    ".github/copilot-instructions.md",
    ".vscode/readme.md",
    "CODEOWNERS",
    ".judgegate.yml",
    "a.py",
]


@pytest.mark.parametrize("path", NEVER_EXEMPT)
def test_what_builds_configures_instructs_or_is_unknown_is_not_exempt(
    default: Policy, path: str
) -> None:
    assert default.exemption(path, FILE) is None


@pytest.mark.parametrize(
    ("path", "exempt"),
    [("a.md", True), ("a.png", True), ("a.csv", True), ("a.go", False), ("a.js", False)],
)
def test_strict_does_not_exempt_source_code(
    strict: Policy, path: str, exempt: bool
) -> None:
    assert (strict.exemption(path, FILE) is not None) is exempt


@pytest.mark.parametrize(
    ("finding", "action"),
    [
        (seen("B602", HIGH, UNSURE, path="src/a.py"), Action.BLOCK),
        (seen("B301", MEDIUM, SURE, path="src/a.py"), Action.BLOCK),
        (seen("B608", MEDIUM, LIKELY, path="src/a.py"), Action.REVIEW),
        (seen("B110", LOW, SURE, path="src/a.py"), Action.OFF),
        (seen("B105", LOW, LIKELY, path="tests/a.py"), Action.WARN),
        (seen("B101", LOW, SURE, path="tests/a.py"), Action.OFF),
        (seen("B404", LOW, SURE, path="src/a.py"), Action.OFF),
        (seen("B603", LOW, SURE, path="src/a.py"), Action.WARN),
    ],
)
def test_strict_reviews_what_default_warns_of(
    strict: Policy, finding: Facts, action: Action
) -> None:
    assert insecure(strict, finding) is action


@pytest.mark.parametrize("code", ["B101", "B105", "B403", "B413", "B603", "B602"])
def test_strict_is_nowhere_weaker_than_default(
    default: Policy, strict: Policy, code: str
) -> None:
    for severity, confidence, by, path in product(
        Severity, Confidence, Authorship, ("src/a.py", "tests/a.py")
    ):
        finding = seen(code, severity, confidence, by.value, path)
        assert not insecure(strict, finding) < insecure(default, finding)


def test_strict_holds_every_function_to_ten(strict: Policy) -> None:
    actions = [
        strict.resolve("architecture/complex-function", ask(provenance=by))
        for by in (Authorship.UNMARKED, AI)
    ]
    assert [(rule.action, rule.options["max_complexity"]) for rule in actions] == [
        (Action.REVIEW, 10),
        (Action.BLOCK, 10),
    ]


def test_advisory_is_default_that_never_fails(default: Policy) -> None:
    advisory = load_pack(ROWS, "advisory")
    assert (advisory.fail_on, default.fail_on) == (FailOn.NEVER, FailOn.REVIEW)
    assert advisory.plan() == default.plan()
    assert advisory.layers[:-1] == default.layers


@pytest.mark.parametrize("name", pack_names())
def test_every_pack_loads_and_says_nothing_that_cannot_be(name: str) -> None:
    policy = load_pack(ROWS, name)
    assert [list(unsound_conditions(layer)) for layer in policy.layers] == [
        [] for _ in policy.layers
    ]


@pytest.mark.parametrize("name", pack_names())
def test_every_case_of_a_pack_has_its_reason_above_it(name: str) -> None:
    lines = (read_pack(name) or b"").decode().splitlines()
    cases = [
        index for index, line in enumerate(lines) if line.lstrip().startswith("- when:")
    ]
    assert [
        lines[index].strip()
        for index in cases
        if not lines[index - 1].lstrip().startswith("#")
    ] == []
