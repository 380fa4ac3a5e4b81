"""What a file's name says: its language, and whether it belongs to the tests.

The languages are those that patterns can be written for, a table of ast-grep's own
(https://ast-grep.github.io/reference/languages.html), without Markdown and without suffixes that
several languages share and no name distinguishes.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

PYTHON = "python"

TEXT = "text"
"""What regular expressions are searched in: any file, whatever else it is."""

SUFFIXES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "bash": (".sh", ".bash", ".bats", ".zsh", ".ksh"),
        "c": (".c", ".h"),
        "cpp": (".cc", ".cpp", ".cxx", ".c++", ".hh", ".hpp", ".hxx", ".cu", ".ino"),
        "csharp": (".cs",),
        "css": (".css", ".scss"),
        "dart": (".dart",),
        "elixir": (".ex", ".exs"),
        "go": (".go",),
        "haskell": (".hs",),
        "hcl": (".hcl", ".tf", ".tfvars"),
        "html": (".html", ".htm", ".xhtml"),
        "java": (".java",),
        "javascript": (".js", ".mjs", ".cjs", ".jsx"),
        "json": (".json",),
        "kotlin": (".kt", ".kts", ".ktm"),
        "lua": (".lua",),
        "nix": (".nix",),
        "php": (".php",),
        PYTHON: (".py", ".pyi", ".pyw"),
        "ruby": (".rb", ".rbw", ".gemspec"),
        "rust": (".rs",),
        "scala": (".scala", ".sc", ".sbt"),
        "solidity": (".sol",),
        "swift": (".swift",),
        "tsx": (".tsx",),
        "typescript": (".ts", ".mts", ".cts"),
        "yaml": (".yml", ".yaml"),
    }
)
_LANGUAGES = {
    suffix: language for language, suffixes in SUFFIXES.items() for suffix in suffixes
}

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

LONGEST_STEM = 200
"""Characters of a file's name that are compared with the pattern."""


def language_by_suffix(path: str) -> str | None:
    """The language that the file's suffix means, in any case, or None."""
    # Without a dot all of the name is in the last part, which is no suffix that the table has.
    _, dot, suffix = path.rpartition("/")[2].lower().rpartition(".")
    return _LANGUAGES.get(f"{dot}{suffix}")


def is_test(path: str, language: str | None) -> bool:
    """Whether a file belongs to the tests, going by its folder and its name."""
    *folders, name = path.split("/")
    if not FOLDERS.isdisjoint(map(str.lower, folders)):
        return True
    pattern = NAMES.get(language or "")
    if pattern is None:
        return False
    # A path is the change's own text: however long it is, to match it must not take long.
    stem = name.rpartition(".")[0][:LONGEST_STEM]
    return re.fullmatch(pattern, stem) is not None
