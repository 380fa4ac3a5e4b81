"""Which files are tests, by their names alone.

The conventions are those that the languages' own runners look for: pytest and unittest, `go test`, jest and vitest and mocha, JUnit and
surefire, rspec and minitest, cargo, phpunit, xunit, mix, XCTest.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

FOLDERS = frozenset({"test", "tests", "spec", "specs", "__tests__", "testing", "e2e"})
"""A file below a folder of one of these names belongs to the tests, in any language."""

NAMES: Mapping[str, str] = MappingProxyType(
    {
        "python": r"test_.*|.*_test|conftest",
        "go": r".*_test",
        "javascript": r".*[.-](?:test|spec|cy)",
        "typescript": r".*[.-](?:test|spec|cy)",
        "tsx": r".*[.-](?:test|spec|cy)",
        "java": r"Test.*|.*Tests?|.*IT",
        "kotlin": r"Test.*|.*Tests?|.*IT",
        "scala": r".*(?:Test|Spec|Suite)s?",
        "ruby": r"test_.*|.*_(?:test|spec)",
        "rust": r"tests?|.*_tests?",
        "php": r".*Test",
        "csharp": r".*Tests?",
        "swift": r".*Tests?",
        "elixir": r".*_test",
        "dart": r".*_test",
        "cpp": r"test_.*|.*_(?:unit)?test",
        "c": r"test_.*|.*_test",
        "bash": r".*[._-]test|test[._-].*",
    }
)
"""For each language what a test file's name looks like, without its suffix."""


def is_test(path: str, language: str | None) -> bool:
    """Whether a file belongs to the tests, going by its folder and its name."""
    *folders, name = path.split("/")
    if not FOLDERS.isdisjoint(folder.lower() for folder in folders):
        return True
    pattern = NAMES.get(language or "")
    return pattern is not None and re.fullmatch(pattern, name.rpartition(".")[0][:200]) is not None
