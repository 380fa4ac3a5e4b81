"""CODEOWNERS as GitHub reads it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.review.owners import LOCATIONS, SIZE_LIMIT, find_owners, parse_owners


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*", "a", True),
        ("*", "a/b/c.py", True),
        ("*", "odd\nname", True),
        ("*.js", "app.js", True),
        ("*.js", "src/deep/app.js", True),
        ("*.js", "app.jsx", False),
        ("*.js", "app.js\n", False),
        ("*.js", "build.js/out", True),
        ("/build/logs/", "build/logs/a/b.txt", True),
        ("/build/logs/", "build/logs", False),
        ("/build/logs/", "x/build/logs/a", False),
        ("docs/*", "docs/start.md", True),
        ("docs/*", "docs/build/troubleshooting.md", False),
        ("docs/*", "x/docs/start.md", False),
        ("/*", "README.md", True),
        ("/*", "src/README.md", False),
        ("apps/", "apps/a.py", True),
        ("apps/", "src/apps/deep/a.py", True),
        ("apps/", "apps", False),
        ("/apps", "apps", True),
        ("/apps", "apps/deep/a.py", True),
        ("/apps", "appsuite/a.py", False),
        ("apps", "x/apps/y", True),
        ("**/logs", "logs/a", True),
        ("**/logs", "build/x/logs", True),
        ("**/logs", "build/xlogs", False),
        ("/docs/**", "docs/a/b", True),
        ("/docs/**", "docs", False),
        ("docs/**/", "docs/a/b", True),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b/c", True),
        ("a/**/b", "ab", False),
        ("a/**/b/*", "a/b/b/c", True),
        ("a/**/b/*", "a/b/c/d", False),
        ("a/**/b/**/c", "a/b/x/b/c", True),
        ("a/**/b*c/d", "a/bc/e/bxc/d", True),
        ("**", "a/b", True),
        ("/**", "a/b", True),
        ("**/*", "a/b", True),
        ("a**b", "axxb", True),
        ("a**b", "a/b", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("a*b*c", "aXbYbZc", True),
        ("a*b*c", "aXbYbZcd", False),
        ("*b*b", "xbb", True),
        ("*b*b", "xb", False),
        ("a.c", "abc", False),
        (r"with\ space/*", "with space/a", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        ("CASE", "case", False),
        ("a//b", "a/b", False),
    ],
)
def test_a_pattern_matches_as_github_matches_it(
    pattern: str, path: str, matches: bool
) -> None:
    owners = parse_owners(f"{pattern} @alice".encode())
    assert owners.problems == ()
    assert owners.owners_of(path) == (("@alice",) if matches else ())


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("!src @bob", "negate"),
        ("[ab].txt @bob", "range"),
        ("[section]", "range"),
        ("src/[ @bob", "range"),
        (r"\#file @bob", "cannot start"),
        ("/ @bob", "only slashes"),
        ("src\\", "escapes nothing"),
        ("* bob", "must be @user"),
        ("* @bob,@carol", "must be @user"),
        ("* @org/team/more", "must be @user"),
        ("* @", "must be @user"),
        ("* a@b@c", "must be @user"),
        ("a" * 4097 + " @bob", "more than 4096"),
    ],
)
def test_a_line_that_github_does_not_obey_is_skipped_and_named(line: str, why: str) -> None:
    owners = parse_owners(f"* @alice\n{line}\n".encode())
    assert owners.owners_of("a.txt") == ("@alice",)
    (problem,) = owners.problems
    assert problem.line == 2
    assert why in problem.why


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "* @alice @org/team docs@example.com",
            ("@alice", "@org/team", "docs@example.com"),
        ),
        ("* @alice @alice", ("@alice",)),
        ("*\t@alice\t@bob\r", ("@alice", "@bob")),
        ("  * @alice", ("@alice",)),
        ("* @alice # not @mallory", ("@alice",)),
        ("* @alice #@mallory", ("@alice",)),
        ("# * @mallory", ()),
        ("\ufeff* @alice", ("@alice",)),
        ("* @alice\n# a comment\u2028* @mallory", ("@alice",)),
        ("* @alice\n# a comment\x0b* @mallory", ("@alice",)),
        ("* @alice\n*.py", ()),
        ("* @alice\n*.py @bob", ("@bob",)),
        ("*.py @bob\n* @alice", ("@alice",)),
        ("* @enterprise_user", ("@enterprise_user",)),
        ("\n\n", ()),
    ],
)
def test_the_last_line_that_matches_names_the_owners(
    text: str, expected: tuple[str, ...]
) -> None:
    owners = parse_owners(text.encode())
    assert owners.owners_of("app.py") == expected
    assert owners.problems == ()


def test_a_path_that_is_not_utf8_has_owners_too() -> None:
    owners = parse_owners(b"/caf\xe9/ @alice")
    assert owners.owners_of("caf\udce9/menu.txt") == ("@alice",)


def test_a_file_of_3_mb_is_not_loaded_and_says_so() -> None:
    line = b"* @alice\n"
    largest = line + b"#" * (SIZE_LIMIT - len(line) - 1)
    assert parse_owners(largest).owners_of("a") == ("@alice",)
    too_large = parse_owners(largest + b"#")
    assert too_large.owners_of("a") == ()
    assert too_large.problems[0].line == 0


@pytest.mark.parametrize("first", range(len(LOCATIONS)))
def test_the_first_location_that_exists_counts(first: int) -> None:
    files = {
        location: f"* @owner-{place}".encode()
        for place, location in enumerate(LOCATIONS)
        if place >= first
    }
    owners = find_owners(files.get)
    assert owners.source == LOCATIONS[first]
    assert owners.owners_of("a") == (f"@owner-{first}",)


def test_without_a_file_nobody_owns_anything() -> None:
    owners = find_owners(lambda _: None)
    assert owners.source is None
    assert owners.owners_of("a") == ()


@pytest.mark.parametrize(
    "pattern", ["*a" * 60 + "b", "**/a*/" * 60 + "b", "a/**/" * 60 + "b", "?*" * 60 + "b/*"]
)
def test_no_pattern_makes_matching_slow(pattern: str) -> None:
    owners = parse_owners(f"{pattern} @alice".encode())
    assert owners.owners_of("a" * 4000) == ()
    assert owners.owners_of("a/" * 400 + "c") == ()


def _matches(segments: list[str], names: list[str]) -> bool:
    """The slow and plain reading of `**`, to compare with."""
    match segments:
        case []:
            return not names
        case ["**", *rest]:
            return any(_matches(rest, names[skipped:]) for skipped in range(len(names) + 1))
        case [segment, *rest]:
            return (
                bool(names)
                and _matches_name(segment, names[0])
                and _matches(rest, names[1:])
            )
    raise AssertionError


def _matches_name(glob: str, name: str) -> bool:
    if not glob:
        return not name
    if glob[0] == "*":
        return any(
            _matches_name(glob[1:], name[skipped:]) for skipped in range(len(name) + 1)
        )
    return bool(name) and glob[0] in {"?", name[0]} and _matches_name(glob[1:], name[1:])


@given(
    st.lists(
        st.sampled_from(["**", "a", "b", "*", "a*", "*b", "?", "a*b*"]),
        min_size=1,
        max_size=5,
    ),
    st.lists(st.text("ab", min_size=1, max_size=3), min_size=1, max_size=6),
)
def test_atomic_wildcards_match_what_trying_everything_matches(
    segments: list[str], names: list[str]
) -> None:
    below = {"**": ["*"], "*": []}.get(segments[-1], ["**"])
    owners = parse_owners(f"/{'/'.join(segments)} @alice".encode())
    assert bool(owners.owners_of("/".join(names))) is _matches([*segments, *below], names)


@given(st.binary(max_size=200), st.text(max_size=40))
def test_no_bytes_raise(content: bytes, path: str) -> None:
    owners = parse_owners(content)
    assert set(owners.owners_of(path)) <= {
        owner for rule in owners.rules for owner in rule.owners
    }


@given(
    st.text("ab*?/\\ #![]@\t\n\r", max_size=80),
    st.text("ab/ *#\\", min_size=1, max_size=20),
)
def test_no_line_of_its_own_characters_raises(text: str, path: str) -> None:
    owners = parse_owners(text.encode())
    assert len(owners.rules) + len(owners.problems) <= text.count("\n") + 1
    owners.owners_of(path)
