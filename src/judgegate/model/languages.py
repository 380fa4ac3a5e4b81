"""The languages that patterns can be written for, and the suffixes of their files.

A table of ast-grep's own (https://ast-grep.github.io/reference/languages.html), without Markdown and without suffixes that several
languages share and no name distinguishes.
"""

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

_LANGUAGES = {suffix: language for language, suffixes in SUFFIXES.items() for suffix in suffixes}


def language_by_suffix(path: str) -> str | None:
    """The language that the file's suffix stands for, in any case, or None."""
    name = path.rpartition("/")[2].lower()
    dot = name.rfind(".")
    return _LANGUAGES.get(name[dot:]) if dot >= 0 else None
