"""Filters of branches, by the examples of GitHub's page and its odd corners."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.doctor.expressions import lets_through
from judgegate.policy.problems import Place
from judgegate.policy.yaml_document import Scalar


def scalars(*patterns: str) -> tuple[Scalar, ...]:
    return tuple(Scalar(Place("x", 1, 1), pattern, plain=True) for pattern in patterns)


@pytest.mark.parametrize(
    ("patterns", "branch", "expected"),
    [
        (["main"], "main", True),
        (["main"], "mainline", False),
        (["*"], "main", True),
        (["*"], "release/1", False),
        (["**"], "release/1", True),
        (["releases/**"], "releases/beta/3-alpha", True),
        (["feature/*"], "feature/a/b", False),
        (["v2*"], "v2.0", True),
        (["v[12].[0-9]+.[0-9]+"], "v1.10.1", True),
        (["*.jsx?"], "page.js", True),
        (["**", "!main"], "main", False),
        (["**", "!main", "main"], "main", True),
        (["a\\+b"], "a+b", True),
        (["[z-a]"], "z", False),
        (["+"], "+", False),
        ([], "main", False),
    ],
)
def test_a_pattern_matches_as_github_says(
    patterns: list[str], branch: str, expected: bool
) -> None:
    assert lets_through({"branches": scalars(*patterns)}, branch) is expected
    assert lets_through({"branches-ignore": scalars(*patterns)}, branch) is not expected


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_any_pattern_is_answered(pattern: str, branch: str) -> None:
    assert lets_through({"branches": scalars(pattern)}, branch) in {True, False}
