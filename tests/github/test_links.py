"""Where the lines of a change can be looked at."""

from hashlib import sha256

import pytest
from hypothesis import given

from judgegate.github.publish.thread import GitHubLinks
from judgegate.model.ranges import LineRange
from tests.report.hostile import PATHS

LINKS = GitHubLinks("https://github.example.com", "acme/shop", "beef", "cafe", 12)
PLACE = "https://github.example.com/acme/shop"


@pytest.mark.parametrize(
    ("path", "lines", "url"),
    [
        ("src/app.py", LineRange(3, 9), "/blob/beef/src/app.py#L3-L9"),
        ("src/app.py", LineRange(3, 3), "/blob/beef/src/app.py#L3"),
        ("src/app.py", None, "/blob/beef/src/app.py"),
        ("README.MD", LineRange(3, 3), "/blob/beef/README.MD?plain=1#L3"),
        ("a b/ü?#).py", LineRange(1, 1), "/blob/beef/a%20b/%C3%BC%3F%23%29.py#L1"),
        ("caf\udce9", LineRange(1, 1), "/blob/beef/caf%E9#L1"),
    ],
)
def test_added_lines_are_the_heads(path: str, lines: LineRange | None, url: str) -> None:
    assert LINKS.to_added(path, lines) == PLACE + url


def test_removed_lines_are_the_merge_bases() -> None:
    assert LINKS.to_removed("app.py", LineRange(3, 9)) == f"{PLACE}/blob/cafe/app.py#L3-L9"


def test_a_file_without_lines_is_shown_among_those_of_the_pull_request() -> None:
    assert (
        LINKS.to_diff("app.py")
        == f"{PLACE}/pull/12/files#diff-{sha256(b'app.py').hexdigest()}"
    )


def test_what_is_not_known_has_no_link() -> None:
    links = GitHubLinks("https://github.example.com", "acme/shop")
    assert (
        links.to_added("app.py", None)
        is links.to_removed("app.py", None)
        is links.to_diff("app.py")
        is None
    )


@given(PATHS)
def test_no_path_leaves_its_link(path: str) -> None:
    url = LINKS.to_added(path, LineRange(1, 2)) or ""
    assert url.isascii()
    assert not set(url) & set(" \"'()<>[]`\\|\n")
    assert url.startswith(f"{PLACE}/blob/beef/")
    assert url.endswith("#L1-L2")
    assert url.count("#") == 1
