"""Workflows as hostile files: read, or said to be unreadable, and never more than that."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.doctor.document import (
    DEEPEST_NESTING,
    LARGEST_FILE,
    MOST_NODES,
    UnreadableWorkflowError,
    read_nodes,
)
from judgegate.doctor.workflow import read_workflow
from judgegate.model.errors_and_exit_codes import ExitCode
from tests.doctor.repositories import TIGHT, altered, consult, ids, one

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{','.join(['*' + chr(97 + n)] * 10)}]\n"
    for n in range(8)
)


@pytest.mark.parametrize(
    ("content", "why", "line"),
    [
        (b"", "it is not a mapping", 0),
        (b"- a\n", "it is not a mapping", 0),
        (b"a: 1\n---\nb: 2\n", "it contains more than one document", 2),
        (b"a: 1\nb: [\n", "it is not YAML", 3),
        (b"a: \x00\n", "it is not YAML", 0),
        (b"a: 1\nb: \xff\n", "it is not UTF-8", 2),
        (b"a: 1\na: 2\n", "one mapping contains a key twice", 2),
        (b"[a, b]: 1\n", "a key is not a word", 1),
        (b"a: &a {x: 1}\nb:\n  <<: *a\n", "GitHub does not support merge keys", 3),
        (b"a: *gone\n", "an alias does not refer to a value that is complete before it", 1),
        (
            b"a: &a [*a]\n",
            "an alias does not refer to a value that is complete before it",
            1,
        ),
        (
            b"a: " + b"[" * (DEEPEST_NESTING + 1) + b"]" * (DEEPEST_NESTING + 1),
            "it is nested too deeply",
            1,
        ),
        (b"[" * 100_000, "it is nested too deeply", 1),
        (BOMB.encode(), "it contains too many values", 5),
        (b"a:\n" + b"- x\n" * MOST_NODES, "it contains too many values", MOST_NODES + 1),
        (b"#" * (LARGEST_FILE + 1), f"it is larger than {LARGEST_FILE >> 10} KiB", 0),
    ],
)
def test_what_cannot_be_read_says_why_and_where(
    content: bytes, why: str, line: int
) -> None:
    with pytest.raises(UnreadableWorkflowError) as error:
        read_nodes(content, "x.yml")
    assert (error.value.why, error.value.line) == (why, line)


def test_an_unreadable_workflow_is_a_diagnosis_and_may_hide_the_gate() -> None:
    report = consult("# judgegate\non: [\n")
    assert ids(report) == ["workflow-unreadable"]
    assert one(report, "workflow-unreadable").location.line == 3


def test_a_workflow_that_is_no_regular_file_is_a_diagnosis() -> None:
    report = consult(TIGHT, files={".github/workflows/link.yml": None})
    assert (
        one(report, "workflow-unreadable").what
        == "The workflow cannot be read: it is not a regular file."
    )
    assert report.exit_code is ExitCode.PASS


def test_anchors_are_followed_as_github_does() -> None:
    text = altered(
        TIGHT,
        ("    types: [submitted, dismissed]", "    types: &both [submitted, dismissed]"),
        ("name: judgegate\n", "name: judgegate\n"),
    )
    assert ids(consult(text + "  again: &again {}\n  more: *again\n")) == []


@pytest.mark.parametrize(
    "on",
    [
        "on: pull_request",
        "on: [pull_request]",
        '"on": {pull_request: }',
        "on:\n  pull_request: null",
        "on: {pull_request: [odd]}",
    ],
)
def test_every_way_to_write_on_is_understood(on: str) -> None:
    workflow = read_workflow(
        f"{on}\njobs: {{a: {{steps: [{{run: judgegate check}}]}}}}\n".encode(), "x.yml"
    )
    assert [trigger.event for trigger in workflow.triggers] == ["pull_request"]
    assert workflow.triggers[0].types == ("opened", "synchronize", "reopened")


VALUES = st.recursive(
    st.sampled_from(
        [
            "",
            "null",
            "true",
            "judgegate check",
            "judgegate/judgegate@v1",
            "pull_request",
            "write-all",
            "${{ x }}",
            "|| true",
        ]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["on", "jobs", "a", "steps", "uses", "run", "if", "with"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
KEYS = ["on", "jobs", "permissions", "concurrency", "env", "defaults", "name"]


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=7))
def test_any_shape_is_examined(document: dict[str, object]) -> None:
    consult(json.dumps(document))


@settings(max_examples=50, deadline=None)
@given(
    st.binary(max_size=80)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
)
def test_any_bytes_are_examined(content: bytes) -> None:
    consult(content, TIGHT.encode() + content)


JOB_KEYS = st.sampled_from(
    [
        "if",
        "needs",
        "strategy",
        "permissions",
        "steps",
        "uses",
        "with",
        "concurrency",
        "continue-on-error",
        "env",
        "name",
    ]
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(JOB_KEYS, VALUES, max_size=6), VALUES)
def test_any_shape_of_a_job_is_examined(job: dict[str, object], on: object) -> None:
    consult(
        json.dumps(
            {
                "on": on,
                "jobs": {"a": job, "b": {"steps": [job, {"uses": "x/judgegate@v1"}]}},
            }
        )
    )
