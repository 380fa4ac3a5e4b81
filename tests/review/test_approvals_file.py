"""Approvals from a file: what is read, what is refused, and the schema that says so."""

import copy
import json
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from judgegate.model.approvals import (
    AccountKind,
    Approvals,
    Comment,
    Contribution,
    Part,
    Permission,
    Person,
    Review,
    ReviewState,
    Unchecked,
    Unmapped,
)
from judgegate.review.approvals_file import (
    SIZE_LIMIT,
    ApprovalsFileError,
    approvals_schema,
    read_approvals,
)
from judgegate.review.approvals_form import describe
from tests.review.forum import HEAD, OLDER

VALIDATOR = Draft202012Validator(json.loads(approvals_schema()))

WHOLE: dict[str, Any] = {
    "version": 1,
    "head": HEAD,
    "opened_by": 1,
    "people": [
        {"id": 1, "login": "alice", "permission": "admin", "emails": ["Alice@example.com"]},
        {
            "id": 2,
            "login": "bob",
            "permission": "write",
            "teams": {"Org/Payments": "yes", "@org/db": "no"},
        },
        {
            "id": 3,
            "login": "carol",
            "teams": {"org/payments": "could not check"},
            "unchecked": "the token may not read teams",
        },
        {"id": 4, "login": "robot", "kind": "bot", "suspended": True, "permission": "none"},
    ],
    "everybody": True,
    "reviews": [
        {"by": 2, "state": "approved", "commit": OLDER},
        {"by": None, "state": "approved", "commit": None},
        {"by": 2, "state": "dismissed", "commit": HEAD},
    ],
    "contributors": [
        {"by": 1, "part": "author", "commit": HEAD},
        {"by": 3, "part": "requester"},
        {"unknown": "x@example.com", "part": "co_author", "commit": HEAD},
    ],
    "comments": [{"by": 1, "text": "/judgegate reviewed", "edited": True}],
    "carried": [OLDER],
}
LEAST: dict[str, Any] = {
    "version": 1,
    "head": HEAD,
    "opened_by": None,
    "people": [],
    "reviews": [],
    "contributors": [],
}

ALICE = Person(1, "alice")
BOB = Person(2, "bob")
CAROL = Person(3, "carol")
ROBOT = Person(4, "robot", AccountKind.BOT, suspended=True)
GHOST = Person(None, "ghost", AccountKind.DELETED)


def read(document: object) -> Approvals:
    return read_approvals(json.dumps(document).encode(), "approvals.json")


def problems_of(document: object) -> tuple[str, ...]:
    """What the reader has against the document, nothing if it reads it.

    Any other exception is the test's failure.
    """
    try:
        read(document)
    except ApprovalsFileError as error:
        return error.problems
    return ()


def changed(
    change: Callable[[dict[str, Any]], object], document: dict[str, Any] = WHOLE
) -> dict[str, Any]:
    copied = copy.deepcopy(document)
    change(copied)
    return copied


def test_everything_in_a_file_is_read() -> None:
    unread = Unchecked("the token may not read teams")
    assert read(WHOLE) == Approvals(
        head=HEAD,
        reviews=(
            Review(BOB, ReviewState.APPROVED, OLDER, 1),
            Review(GHOST, ReviewState.APPROVED, None, 2),
            Review(BOB, ReviewState.DISMISSED, HEAD, 3),
        ),
        permissions={
            1: Permission.ADMIN,
            2: Permission.WRITE,
            3: unread,
            4: Permission.NONE,
        },
        memberships={"org/payments": {2: True, 3: unread}, "org/db": {2: False}},
        addresses={"alice@example.com": ALICE},
        contributions=(
            Contribution(ALICE, Part.OPENER),
            Contribution(ALICE, Part.AUTHOR, HEAD),
            Contribution(CAROL, Part.REQUESTER),
        ),
        unmapped=(Unmapped("x@example.com", Part.CO_AUTHOR, HEAD),),
        comments=(Comment(ALICE, "/judgegate reviewed", edited=True),),
        reviewers=(ALICE, BOB, CAROL, ROBOT),
        carried=frozenset({OLDER}),
    )


def test_what_a_file_does_not_say_could_not_be_checked() -> None:
    approvals = read(LEAST | {"people": [{"id": 1, "login": "alice"}], "opened_by": 1})
    assert approvals.permission_of(ALICE) == Unchecked("the approvals file does not say")
    assert isinstance(approvals.is_member(ALICE, "org/payments"), Unchecked)
    assert approvals.reviewers is None


def test_a_deleted_account_may_do_nothing_and_belongs_nowhere() -> None:
    approvals = read(LEAST)
    assert approvals.contributions == (Contribution(GHOST, Part.OPENER),)
    assert approvals.permission_of(GHOST) is Permission.NONE
    assert approvals.is_member(GHOST, "org/payments") is False


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda document: document.update(version=2), "version: input should be 1"),
        (lambda document: document.pop("contributors"), "contributors: field required"),
        (lambda document: document.pop("opened_by"), "opened_by: field required"),
        (lambda document: document.update(approved=True), "approved: extra inputs are not permitted"),
        (lambda document: document.update({"a b": 1}), '["a b"]: extra inputs are not permitted'),
        (lambda document: document.update(head=HEAD[:7]), "head: string should match pattern"),
        (lambda document: document.update(head=HEAD.replace("1", "A")), "head: string should match pattern"),
        (lambda document: document["people"][1].update(id="2"), "people[1].id: input should be a valid integer"),
        (lambda document: document["people"][1].update(id=True), "people[1].id: input should be a valid integer"),
        (lambda document: document["people"][1].update(id=0), "people[1].id: input should be greater than or equal to 1"),
        (lambda document: document["people"][1].update(id=2**63), "people[1].id: input should be less than"),
        (lambda document: document["people"][1].update(login=""), "people[1].login: string should have at least 1"),
        (lambda document: document["people"][1].update(kind="person"), "people[1].kind: input should be 'user'"),
        (lambda document: document["people"][1].update(permission="owner"), "people[1].permission: input should be 'none'"),
        (lambda document: document["people"][1].update(teams={"org/db": True}), "people[1].teams[\"org/db\"]: input should be 'yes'"),
        (lambda document: document["reviews"][0].update(state="APPROVED"), "reviews[0].state: input should be 'approved'"),
        (lambda document: document["reviews"][0].pop("commit"), "reviews[0].commit: field required"),
        (lambda document: document["contributors"][0].update(unknown="x"), "contributors[0]: exactly one of `by` and `unknown`"),
        (lambda document: document["contributors"][0].pop("by"), "contributors[0]: exactly one of `by` and `unknown`"),
        (lambda document: document.update(opened_by=7), "opened_by: `people` has no account with the number 7"),
        (lambda document: document["reviews"][0].update(by=7), "reviews[0].by: `people` has no account with the number 7"),
        (lambda document: document["contributors"][0].update(by=7), "contributors[0].by: `people` has no account"),
        (lambda document: document["comments"][0].update(by=7), "comments[0].by: `people` has no account"),
        (lambda document: document["people"][1].update(id=1), 'people[1].id: "1" occurs twice'),
        (lambda document: document["people"][1].update(emails=["alice@EXAMPLE.com"]), 'people[1].emails: "alice@example.com" occurs twice'),
        (lambda document: document["people"][1].update(teams={"a/b": "yes", "@A/B": "no"}), 'people[1].teams: "a/b" occurs twice'),
    ],
)  # fmt: skip
def test_a_problem_is_reported_with_its_place(
    change: Callable[[dict[str, Any]], object], problem: str
) -> None:
    with pytest.raises(ApprovalsFileError) as error:
        read(changed(change))
    assert any(told.startswith(problem) for told in error.value.problems), (
        error.value.problems
    )
    assert "approvals.json" in error.value.what
    assert "judgegate schema approvals" in error.value.remedy


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "Expecting value"),
        (b"\xff", "byte 1 is not UTF-8"),
        (b"[1, 2", "Expecting"),
        (b"[]", "the file: input should be a valid dictionary"),
        (b'{"head": NaN}', "NaN is not JSON"),
        (b'{"head": "a", "head": "b"}', 'the key "head" occurs twice'),
        (b'{"a": ' + b"9" * 5000 + b"}", "Exceeds the limit"),
        (b"[" * 100_000, "nested too deeply"),
        (b" " * (SIZE_LIMIT + 1), f"it has more than {SIZE_LIMIT} bytes"),
    ],
)
def test_bytes_that_are_no_such_file_are_refused(content: bytes, problem: str) -> None:
    with pytest.raises(ApprovalsFileError, match=re.escape(problem)):
        read_approvals(content, "approvals.json")


def test_all_problems_are_reported_at_once_but_not_without_end() -> None:
    document = LEAST | {"people": [{}] * 30}
    with pytest.raises(ApprovalsFileError) as error:
        read(document)
    assert len(error.value.problems) == 60
    assert error.value.what.endswith("and 40 more")


def test_the_shipped_schema_is_the_readers_own() -> None:
    assert json.loads(approvals_schema()) == describe()
    Draft202012Validator.check_schema(describe())


@pytest.mark.parametrize("document", [WHOLE, LEAST, *describe()["examples"]])
def test_what_the_reader_reads_the_schema_allows(document: dict[str, Any]) -> None:
    VALIDATOR.validate(document)
    read(document)


def test_pydantic_is_not_imported_before_a_file_is_read() -> None:
    code = (
        "import sys, judgegate.review.approvals_file; sys.exit('pydantic' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 5), st.just(2**63), st.text(max_size=3), st.sampled_from(["yes", "approved", "write", HEAD]),
    st.just([]), st.just({}), st.just([1]), st.just({"by": 1}),
)  # fmt: skip


def places(node: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a document that a mutation can hit."""
    pairs = list(
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else []
    )
    return [
        found
        for key, value in pairs
        for found in [(*path, key), *places(value, (*path, key))]
    ]


@given(st.sampled_from(places(WHOLE)), st.sampled_from(["drop", "set", "add"]), VALUES)
def test_the_schema_and_the_reader_agree_on_every_mutation(
    place: tuple[Any, ...], how: str, value: object
) -> None:
    document = copy.deepcopy(WHOLE)
    node: Any = document
    for step in place[:-1]:
        node = node[step]
    if how == "drop":
        del node[place[-1]]
    elif how == "add" and isinstance(node, dict):
        node["another"] = value
    else:
        node[place[-1]] = value
    problems = problems_of(document)
    beyond = bool(problems) and all(
        "stands twice" in one or "`people` has no account" in one for one in problems
    )
    assert VALIDATOR.is_valid(document) is (not problems or beyond)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_but_the_rooms_error(content: bytes) -> None:
    with pytest.raises(ApprovalsFileError):
        read_approvals(content, "approvals.json")


JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(st.characters(), max_size=5),
        st.just("\ud800"),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from([*WHOLE, "id", "by", "\ud800"]), inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "\ud800", "x"]), JSON, max_size=9))
def test_no_json_raises_anything_but_the_rooms_error(document: dict[str, object]) -> None:
    for problem in problems_of(LEAST | document):
        assert problem.encode("ascii")
