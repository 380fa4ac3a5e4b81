"""Path patterns mean what a line of `.gitignore` means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.policy.path_patterns import fault, matches
from tests.repositories import RepositoryBuilder

CASES = [
    (["*.md"], "README.md", True),
    (["*.md"], "docs/a/b.md", True),
    (["*.md"], "docs.md/run", True),
    (["*.md"], "README.MD", False),
    (["docs/"], "docs/a.txt", True),
    (["docs/"], "src/docs/a.txt", True),
    (["docs/"], "docs", False),
    (["/docs"], "src/docs/a", False),
    (["docs/**"], "docs/a/b", True),
    (["docs/**"], "src/docs/a", False),
    (["src/*.py"], "src/a.py", True),
    (["src/*.py"], "src/a/b.py", False),
    (["src/**/test.py"], "src/test.py", True),
    (["src/**/test.py"], "src/a/b/test.py", True),
    (["**/a"], "b/c/a", True),
    (["a?c"], "abc", True),
    (["a?c"], "a/c", False),
    (["[a-c].py"], "b.py", True),
    (["[!a-c].py"], "b.py", False),
    (["\\[a].py"], "[a].py", True),
    (["\\!important"], "!important", True),
    (["*.md", "!keep.md"], "x/keep.md", False),
    (["!keep.md", "*.md"], "keep.md", True),
    (["**"], "anything/at/all", True),
]


@pytest.mark.parametrize(("patterns", "path", "expected"), CASES)
def test_a_pattern_matches_as_documented(
    patterns: list[str], path: str, expected: bool
) -> None:
    assert matches(tuple(patterns), path) is expected


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [case for case in CASES if not case[0][0].startswith("!")],
)
def test_git_itself_reads_the_pattern_the_same_way(
    repository: RepositoryBuilder, patterns: list[str], path: str, expected: bool
) -> None:
    repository.write(".gitignore", "\n".join(patterns)).write(path)
    ignored = repository.git(
        "ls-files", "--others", "--ignored", "--exclude-standard", "-z"
    )
    assert (path in ignored.split("\0")) is expected


@pytest.mark.parametrize(
    ("patterns", "path", "expected"),
    [
        (["*.md"], "a.md\n", False),
        (["*.md"], "a\n.md", True),
        (["src/**"], "src/a\nb.py", True),
        (["**/b"], "a\n/b", True),
        (["src/**"], "src/\udcff", True),
        (["a$)"], "a$)", True),
    ],
)
def test_every_character_of_a_path_counts(
    patterns: list[str], path: str, expected: bool
) -> None:
    assert matches(tuple(patterns), path) is expected


def test_no_patterns_match_nothing() -> None:
    assert not matches((), "a")


def test_a_pattern_is_not_longer_than_anybody_writes() -> None:
    assert fault("a" * 301) == "of at most 300 characters"
    assert fault("a/**/b/**/c/**/d/**") == "with at most 3 times **"


@given(st.text(max_size=30), st.text(min_size=1, max_size=30))
def test_a_pattern_without_fault_can_be_asked_about_any_path(
    pattern: str, path: str
) -> None:
    if fault(pattern) is None:
        assert matches((pattern,), path) in {True, False}


@given(
    st.text(alphabet="*?/[]!\\^-ab", max_size=20),
    st.text(alphabet="/ab\n", min_size=1, max_size=20),
)
def test_a_pattern_of_special_characters_can_be_asked_about_any_path(
    pattern: str, path: str
) -> None:
    if fault(pattern) is None:
        assert matches((pattern,), path) in {True, False}
