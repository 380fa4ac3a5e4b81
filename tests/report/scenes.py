"""Whole verdicts that several tests render."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from judgegate.model.levels import (
    Action,
    Authorship,
    Certainty,
    Origin,
    Outcome,
    Role,
    Severity,
)
from judgegate.model.notices import Notice
from judgegate.model.verdict import FileState, Finding, Reason, Standing, Verdict
from judgegate.report.formats import render_report
from judgegate.report.options import Failure, ReportOptions
from tests.report.verdicts import (
    OLDER,
    a_commit,
    a_demand,
    a_file,
    a_finding,
    a_verdict,
    ai_assisted,
    evidence,
    waiting,
)

AI_REASON = Reason(
    "oversight/ai-assisted",
    Action.REVIEW,
    "An AI helped to write the change (certain): robot.",
)
ASSISTED = a_finding(
    rule="oversight/ai-assisted",
    code=None,
    path=None,
    line=None,
    end_line=None,
    severity=Severity.MEDIUM,
    action=Action.REVIEW,
    provenance=Authorship.AI,
    message="An AI helped to write the change (certain): robot.",
    excerpt="",
    remedy="Ask someone who had no part in the change to review it.",
)
SWALLOWED = a_finding(
    path="src/shop/cart.py",
    rule="reliability/swallowed-exception",
    code=None,
    line=40,
    end_line=44,
    severity=Severity.MEDIUM,
    message="An exception is caught and dropped, so that a failed payment looks like a paid one.",
    excerpt="    except Exception: pass",
    remedy="Handle the exception that you expect, and let the others rise.",
    why="We lost orders to this once.",
)
COMPLEX = a_finding(
    path="src/shop/cart.py",
    rule="architecture/complex-function",
    code="CC",
    line=10,
    end_line=80,
    severity=Severity.MEDIUM,
    action=Action.REVIEW,
    subject="total",
    provenance=Authorship.AI,
    message="total() has 17 paths (cyclomatic complexity); the limit is 10.",
    excerpt="def total(cart, rates, customer, *, country, coupons=(), rounding=None, tax_table=DEFAULT_TAXES):",
    remedy="Split the function where it does several things.",
)
REFUND = replace(
    COMPLEX,
    line=99,
    end_line=160,
    subject="refund",
    message="refund() has 12 paths (cyclomatic complexity); the limit is 10.",
    origin=Origin.EXISTING,
    touched=True,
)
LEGACY = replace(
    REFUND, path="src/shop/old.py", line=7, message="legacy() has 31 paths.", touched=False
)
HINT = evidence(
    tool="generic",
    signal="assisted-by",
    role=Role.DECLARED,
    confidence=Certainty.WEAK,
    source="trailer",
    quote="Assisted-by: carol",
)


def text(rendered: Verdict | Failure, **options: Any) -> str:
    return render_report("text", rendered, replace(ReportOptions(), **options))


def failure_report(errors: Sequence[Notice], name: str = "json") -> str:
    return render_report(name, Failure(tuple(errors)), ReportOptions())


def a_block() -> Verdict:
    return a_verdict(
        Outcome.BLOCK,
        files=[a_file(), a_file("src/shop/cart.py", added=96)],
        change={"commits": (a_commit(), a_commit(OLDER))},
        reasons=(
            AI_REASON,
            Reason(
                "security/insecure-code",
                Action.BLOCK,
                "src/shop/export.py:12: A subprocess is started through a shell.",
            ),
            Reason(
                SWALLOWED.rule, Action.BLOCK, f"src/shop/cart.py:40: {SWALLOWED.message}"
            ),
            Reason(COMPLEX.rule, Action.REVIEW, f"src/shop/cart.py:10: {COMPLEX.message}"),
        ),
        findings=(
            REFUND,
            SWALLOWED,
            LEGACY,
            COMPLEX,
            a_finding(provenance=Authorship.AI),
            ASSISTED,
        ),
        provenance=ai_assisted(evidence(), evidence(commit=OLDER), added_lines=120),
        review=waiting(
            a_demand(),
            a_demand(
                rules=(COMPLEX.rule,),
                approvals=2,
                missing=2,
                standings=(Standing("code_owners"),),
            ),
        ),
        notices=(
            Notice("dirty", "2 files of the work tree have changes that were not judged."),
        ),
    )


def unanalysed(path: str, **fields: Any) -> Finding:
    return replace(
        ASSISTED,
        rule="oversight/unanalysed",
        path=path,
        message="Not analysed: too large.",
        **fields,
    )


def a_policy_change(path: str | None = ".judgegate.yml", **fields: Any) -> Finding:
    return replace(
        ASSISTED,
        rule="oversight/policy-change",
        path=path,
        message="The change touches the policy.",
        **fields,
    )


def partly_read() -> Verdict:
    return a_verdict(
        Outcome.REVIEW,
        reasons=(
            Reason(
                "oversight/unanalysed",
                Action.REVIEW,
                "vendor/parser.bin: Not analysed: too large. (and 1 more)",
            ),
        ),
        findings=(unanalysed("vendor/parser.bin"), unanalysed("caf\udce9\n.py")),
        review=waiting(a_demand(rules=("oversight/unanalysed",))),
        files=[
            a_file(),
            a_file("docs/export.md", FileState.EXEMPT, "prose"),
            a_file("README.md", FileState.EXEMPT, "prose"),
            a_file("assets/logo.png", FileState.EXEMPT, "media"),
            a_file("vendor/parser.bin", FileState.UNANALYSED, "no check covers it"),
            a_file("caf\udce9\n.py", FileState.UNANALYSED, "larger than 1 MB"),
        ],
    )


def many_findings() -> tuple[Finding, ...]:
    warnings = [
        a_finding(path=f"src/{number:02}.py", action=Action.WARN, severity=Severity.LOW)
        for number in range(25)
    ]
    return (
        *warnings,
        a_finding(path="src/99.py"),
        a_finding(path="src/99.py", line=3, waiver="accepted by @alice"),
    )
