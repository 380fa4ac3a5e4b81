"""Whether a filter of branches lets a branch through, by GitHub's patterns.

https://docs.github.com/en/actions/reference/workflow-syntax-for-github-actions#filter-pattern-cheat-sheet
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from judgegate.policy.yaml_document import Scalar

_TOKEN = re.compile(
    r"\\(?P<literal>.)|(?P<deep>\*\*)|(?P<any>\*)|(?P<repeat>[?+])|(?P<set>\[[A-Za-z0-9_-]+\])|(?P<plain>.)",
    re.DOTALL,
)


def lets_through(filters: Mapping[str, Sequence[Scalar]], branch: str) -> bool:
    """Whether a trigger with these filters starts for a pull request that wants to join the branch."""
    if "branches" in filters and not _matches(filters["branches"], branch):
        return False
    return not ("branches-ignore" in filters and _matches(filters["branches-ignore"], branch))


def _matches(patterns: Sequence[Scalar], branch: str) -> bool:
    """The last pattern that matches decides; one that starts with `!` takes back. One that cannot be read matches nothing."""
    matched = False
    for pattern in patterns:
        text = pattern.text
        if _matches_one(text.removeprefix("!"), branch):
            matched = not text.startswith("!")
    return matched


def _matches_one(glob: str, branch: str) -> bool:
    import re2  # only a filter needs it

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.fullmatch("".join(_expression(glob)), branch, options=options) is not None
    except re2.error:
        return False


def _expression(glob: str) -> Iterator[str]:
    for token in _TOKEN.finditer(glob):
        if token["deep"]:
            yield ".*"
        elif token["any"]:
            yield "[^/]*"
        elif token["repeat"] or token["set"]:
            yield token[0]
        else:
            yield re.escape(token["literal"] or token["plain"])
