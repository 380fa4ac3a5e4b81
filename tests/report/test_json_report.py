"""The JSON report: the shape that its schema describes, and the same bytes for the same input."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from judgegate.model.change import FileStatus
from judgegate.model.hunks import Concern, Hunk, Reading, Stake
from judgegate.model.levels import (
    Action,
    Authorship,
    Certainty,
    Confidence,
    Origin,
    Outcome,
    Role,
    Severity,
)
from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
from judgegate.model.verdict import Counted, FileState, Ignored, Reason, Standing, Verdict
from judgegate.report.formats import read_schema, render_report
from judgegate.report.options import ReportOptions
from tests.report.scenes import failure_report
from tests.report.verdicts import (
    HEAD,
    OLDER,
    a_demand,
    a_file,
    a_finding,
    a_verdict,
    ai_assisted,
    evidence,
    waiting,
)

SCHEMA = json.loads(read_schema())
VALIDATOR = Draft202012Validator(SCHEMA)


def rendered(verdict: Verdict, *, show_all: bool = False) -> Any:
    """The report, read again and validated."""
    document = json.loads(render_report("json", verdict, ReportOptions(show_all=show_all)))
    VALIDATOR.validate(document)
    return document


A_GUARD_THAT_IS_GONE = Hunk(
    "src/z.py",
    added=None,
    removed=LineRange(3, 5),
    concerns=(
        Concern(Stake.GUARD, "`login_required` is removed", "Who can reach this now?", 4),
        Concern(Stake.GUARD, "`verify` is removed", "What makes sure now?", 5),
        Concern(
            Stake.CRITICAL, "its path suggests that it is about money", "Who loses money?"
        ),
    ),
    weight=18,
)
AN_UNREAD_FILE = Hunk(
    "src/a.py",
    None,
    None,
    (Concern(Stake.UNREAD, "it is a link", "Where does it lead?"),),
    weight=5,
    alike=2,
)


def a_full_verdict() -> Verdict:
    """Every list has at least two entries, in no order."""
    return a_verdict(
        Outcome.BLOCK,
        files=[
            a_file("src/z.py", old_path="src/old.py", status=FileStatus.TYPE_CHANGED),
            a_file("src/a.py", FileState.UNANALYSED, "larger than 1 MB"),
            a_file(
                "README.md",
                FileState.EXEMPT,
                "documentation",
                status=FileStatus.DELETED,
                added=0,
            ),
        ],
        reasons=(
            Reason(None, Action.WARN, "no policy"),
            Reason("security/insecure-code", Action.BLOCK, "1 finding blocks"),
        ),
        provenance=ai_assisted(
            evidence(),
            idle=(
                evidence(commit=None, confidence=Certainty.WEAK, role=Role.SUMMARY_ONLY),
            ),
        ),
        findings=(
            a_finding(
                path="src/z.py",
                line=3,
                confidence=Confidence.LOW,
                provenance=Authorship.AI,
                waiver="@alice until 2027-01-31",
            ),
            a_finding(path="src/z.py", line=1, end_line=2),
            a_finding(
                path=None,
                line=None,
                end_line=None,
                code=None,
                rule="oversight/ai-assisted",
                action=Action.REVIEW,
            ),
            a_finding(path="src/a.py", severity=Severity.CRITICAL),
        ),
        review=waiting(
            a_demand(
                rules=("security/b", "oversight/a"), who_can=("bob", "alice"), missing=0
            ),
            a_demand(standings=(Standing("team", "example/core"), Standing("code_owners"))),
            satisfied=False,
            counted=(Counted("bob", HEAD), Counted("alice", OLDER)),
            ignored=(
                Ignored("robot[bot]", "is not a person"),
                Ignored("mallory", "wrote part of the change"),
            ),
        ),
        hunks=(A_GUARD_THAT_IS_GONE, AN_UNREAD_FILE),
        reading=Reading(files=3, added=48, removed=9, exempt=3, hunks=4, at_stake=2),
        notices=(Notice("z", "Last."), Notice("a", "First.")),
        errors=(Notice("b", "Second."), Notice("a", "First.")),
    )


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def resolve(schema: Any) -> Any:
    """The schema behind a reference, or the one beside null."""
    while "$ref" in schema or {"type": "null"} in schema.get("oneOf", ()):
        schema = (
            SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]]
            if "$ref" in schema
            else schema["oneOf"][1]
        )
    return schema


def objects_of(value: Any, schema: Any) -> Iterator[tuple[dict[str, Any], Any]]:
    """Every object of the report with its schema."""
    schema = resolve(schema)
    if isinstance(value, list):
        for item in value:
            yield from objects_of(item, schema["items"])
    elif isinstance(value, dict) and "required" in schema:
        yield value, schema
        for key, item in value.items():
            yield from objects_of(item, schema["properties"][key])


def test_a_report_has_exactly_the_keys_of_its_schema() -> None:
    seen = []
    for value, schema in objects_of(rendered(a_full_verdict()), SCHEMA):
        assert list(value) == schema["required"] == list(schema["properties"])
        seen.append(schema)
    assert all(
        schema in seen for schema in SCHEMA["$defs"].values() if "required" in schema
    )


def test_keys_may_be_added_and_none_may_go() -> None:
    document = rendered(a_full_verdict())
    VALIDATOR.validate({**document, "later": 1})
    for key in document:
        assert not VALIDATOR.is_valid(
            {name: value for name, value in document.items() if name != key}
        ), key


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("outcome",), "warn"),
        (("version",), 2),
        (("change",), None),
        (("review",), None),
        (("change", "base"), "main"),
        (("change", "added_lines"), -1),
        (("change", "files", 0, "state"), "skipped"),
        (("change", "files", 0, "reason"), None),
        (("findings", 0, "action"), "off"),
        (("findings", 1, "line"), 0),
        (("findings", 1, "fingerprint"), "secret:00"),
        (("findings", 0, "rule"), "style/quotes"),
        (("provenance", "verdict"), "human"),
        (("provenance", "evidence", 0, "role"), "helped"),
        (("review", "satisfied"), "no"),
        (("review", "demands", 0, "approvals"), 0),
        (("review", "demands", 0, "from", 0), {"permission": "write", "team": "a/b"}),
    ],
)
def test_the_schema_refuses_what_no_report_says(
    path: tuple[str | int, ...], value: object
) -> None:
    document = rendered(a_full_verdict())
    *parents, last = path
    parent = document
    for key in parents:
        parent = parent[key]
    parent[last] = value
    assert not VALIDATOR.is_valid(document)


def test_lists_are_sorted() -> None:
    document = rendered(a_full_verdict())
    assert [reason["action"] for reason in document["reasons"]] == ["block", "warn"]
    assert [file["path"] for file in document["change"]["files"]] == [
        "README.md",
        "src/a.py",
        "src/z.py",
    ]
    places = [(finding["path"], finding["line"]) for finding in document["findings"]]
    assert places == [(None, None), ("src/a.py", 12), ("src/z.py", 1), ("src/z.py", 3)]
    assert [piece["confidence"] for piece in document["provenance"]["evidence"]] == [
        "certain",
        "weak",
    ]
    assert [demand["rules"] for demand in document["review"]["demands"]] == [
        ["oversight/a", "security/b"],
        ["oversight/ai-assisted"],
    ]
    assert document["review"]["demands"][0]["who_can"] == ["alice", "bob"]
    assert [approval["who"] for approval in document["review"]["counted"]] == [
        "alice",
        "bob",
    ]
    assert [approval["who"] for approval in document["review"]["ignored"]] == [
        "mallory",
        "robot[bot]",
    ]
    assert [notice["code"] for notice in document["notices"]] == ["a", "z"]
    assert [error["code"] for error in document["errors"]] == ["a", "b"]


def test_the_order_of_the_input_changes_no_byte() -> None:
    verdict = a_full_verdict()
    reversed_verdict = replace(
        verdict,
        reasons=verdict.reasons[::-1],
        files=verdict.files[::-1],
        provenance=replace(verdict.provenance, evidence=verdict.provenance.evidence[::-1]),
        findings=verdict.findings[::-1],
        review=replace(
            verdict.review,
            demands=verdict.review.demands[::-1],
            counted=verdict.review.counted[::-1],
            ignored=verdict.review.ignored[::-1],
        ),
        notices=verdict.notices[::-1],
        errors=verdict.errors[::-1],
    )
    assert render_report("json", verdict, ReportOptions()) == render_report(
        "json",
        reversed_verdict,
        ReportOptions(width=200, colour=True, verbose=True, quiet=True),
    )


def test_the_change_is_counted_by_state_and_by_line() -> None:
    change = rendered(a_full_verdict())["change"]
    assert change["counts"] == {"analysed": 1, "exempt": 1, "unanalysed": 1}
    assert (change["added_lines"], change["removed_lines"]) == (48, 9)
    assert change["files"][2] == {
        "path": "src/z.py",
        "old_path": "src/old.py",
        "status": "type_changed",
        "added": 24,
        "removed": 3,
        "state": "analysed",
        "reason": None,
        "rules": ["security/insecure-code"],
    }


def test_a_demand_names_who_may_approve_as_a_policy_does() -> None:
    demands = rendered(a_full_verdict())["review"]["demands"]
    assert [demand["from"] for demand in demands] == [
        [{"permission": "write"}],
        ["code_owners", {"team": "example/core"}],
    ]


def test_what_does_not_apply_is_null() -> None:
    document = rendered(a_verdict(change={"base": None, "head": None, "merge_bases": ()}))
    assert [document["change"][key] for key in ("base", "head", "merge_base")] == [
        None,
        None,
        None,
    ]
    assert document["provenance"]["confidence"] is None
    assert document["review"]["override"] is None


def test_bytes_that_are_not_text_are_spelt_out() -> None:
    document = rendered(
        a_verdict(
            files=[a_file("caf\udce9/\x7f\x1b.py")],
            findings=(a_finding(path="caf\udce9.py", message="\ud800"),),
        )
    )
    assert document["change"]["files"][0]["path"] == "caf\\xe9/\x7f\x1b.py"
    assert (document["findings"][0]["path"], document["findings"][0]["message"]) == (
        "caf\\xe9.py",
        "\\u{d800}",
    )


@pytest.mark.parametrize(
    ("fields", "shown", "shown_with_all"),
    [
        ({}, True, True),
        ({"origin": Origin.EXISTING}, False, True),
        ({"origin": Origin.EXISTING, "touched": True}, True, True),
        ({"action": Action.OFF}, False, False),
        ({"waiver": "accepted by @alice"}, True, True),
    ],
)
def test_what_was_there_before_is_left_out_unless_asked_for(
    fields: dict[str, Any], shown: bool, shown_with_all: bool
) -> None:
    verdict = a_verdict(findings=(a_finding(**fields),))
    assert bool(rendered(verdict)["findings"]) is shown
    assert bool(rendered(verdict, show_all=True)["findings"]) is shown_with_all


def test_a_gate_that_could_not_complete_still_reports() -> None:
    document = json.loads(
        failure_report(
            [Notice("incomplete", "The clone is shallow.\nFetch the whole history.")]
        )
    )
    VALIDATOR.validate(document)
    assert document["outcome"] == "error"
    assert document["errors"] == [
        {"code": "incomplete", "message": "The clone is shallow.\nFetch the whole history."}
    ]
    assert [key for key, value in document.items() if value is None] == [
        "change",
        "policy",
        "provenance",
        "review",
        "reading",
    ]


def test_the_brief_is_ranked_and_says_whose_lines_it_means() -> None:
    gone, unread = rendered(a_full_verdict())["brief"]
    assert gone == {
        "path": "src/z.py",
        "side": "base",
        "line": 3,
        "end_line": 5,
        "removed_line": 3,
        "removed_end_line": 5,
        "weight": 18,
        "alike": 0,
        "stakes": ["guard", "critical"],
        "concerns": [
            {
                "stake": "guard",
                "what": "`login_required` is removed",
                "question": "Who can reach this now?",
                "line": 4,
            },
            {
                "stake": "guard",
                "what": "`verify` is removed",
                "question": "What makes sure now?",
                "line": 5,
            },
            {
                "stake": "critical",
                "what": "its path suggests that it is about money",
                "question": "Who loses money?",
                "line": None,
            },
        ],
    }
    assert (unread["side"], unread["line"], unread["removed_line"], unread["alike"]) == (
        "head",
        None,
        None,
        2,
    )


def test_lines_that_the_head_has_come_before_those_that_are_gone() -> None:
    hunk = replace(A_GUARD_THAT_IS_GONE, added=LineRange(3, 4))
    (brief,) = rendered(replace(a_full_verdict(), hunks=(hunk,)))["brief"]
    assert (
        brief["side"],
        brief["line"],
        brief["end_line"],
        brief["removed_line"],
        brief["removed_end_line"],
    ) == ("head", 3, 4, 3, 5)


def test_a_file_without_lines_that_is_gone_is_the_base_s() -> None:
    gone = a_file(
        "logo.png",
        FileState.UNANALYSED,
        "no check covers it",
        status=FileStatus.DELETED,
        new=None,
        added=0,
    )
    hunk = replace(AN_UNREAD_FILE, path="logo.png")
    (brief,) = rendered(a_verdict(Outcome.REVIEW, files=[gone], hunks=(hunk,)))["brief"]
    assert (brief["side"], brief["line"]) == ("base", None)


def test_an_error_without_a_word_on_it_is_no_report() -> None:
    assert not VALIDATOR.is_valid(json.loads(failure_report([])))
