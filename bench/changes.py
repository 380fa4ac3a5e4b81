"""Changes of known size to judge, and the repository that brings one."""

import sysconfig
from collections.abc import Callable, Mapping
from pathlib import Path

from msgspec import Struct

from bench.history import git

STDLIB = (
    "argparse",
    "ast",
    "bdb",
    "calendar",
    "cmd",
    "codecs",
    "configparser",
    "copy",
    "csv",
    "difflib",
)
CHANGED_LINES = 10
SMALL_FILES, SMALL_LINES = 14, 300
HUNKS = 8_000

_NOT_ITS_OWN = {"test", "tests", "idle_test", "site-packages", "dist-packages"}
_PERSON = (
    "-c",
    "user.name=Alice",
    "-c",
    "user.email=alice@example.com",
    "-c",
    "commit.gpgsign=false",
)


class Change(Struct, frozen=True):
    """The files before (`old`) and after."""

    old: Mapping[str, str]
    new: Mapping[str, str]

    @property
    def lines(self) -> int:
        """How long the files are after it."""
        return sum(text.count("\n") for text in self.new.values())


def add_ten_files() -> Change:
    """Ten files of the standard library, all new."""
    return Change({}, _ten_files())


def modify_ten_files() -> Change:
    """The same files, ten lines changed in each."""
    texts = _ten_files()
    return Change(texts, {path: change_lines(text) for path, text in texts.items()})


def add_standard_library() -> Change:
    """The whole standard library without its tests, all new."""
    folder = _library()
    texts = {
        str(file.relative_to(folder)): _read(file)
        for file in sorted(folder.rglob("*.py"))
        if not _NOT_ITS_OWN.intersection(file.relative_to(folder).parts)
    }
    return Change({}, texts)


def change_every_second_line() -> Change:
    """One file with a finding on every second line, which changes: each is paired, and each is a hunk."""
    lines = "value_{0} = {0}\nsubprocess.call(command_{0}, {1}shell=True)\n"
    old, new = (
        "import subprocess\n"
        + "".join(lines.format(number, more) for number in range(HUNKS))
        for more in ("", "timeout=1, ")
    )
    return Change({"table.py": old}, {"table.py": new})


def add_small_files() -> Change:
    """Small modules, such as an ordinary pull request brings."""
    texts = {
        f"package/part_{number}.py": _small_module(number) for number in range(SMALL_FILES)
    }
    return Change({}, texts)


CHANGES: Mapping[str, Callable[[], Change]] = {
    "modified": modify_ten_files,
    "added": add_ten_files,
    "small": add_small_files,
    "stdlib": add_standard_library,
    "hunks": change_every_second_line,
}


def change_lines(text: str) -> str:
    """Put a comment behind ten lines, spread over the file, that open a block or look like it."""
    lines = text.split("\n")
    openers = [number for number, line in enumerate(lines) if line.endswith(":")]
    step = len(openers) / CHANGED_LINES
    for number in {openers[int(step * index)] for index in range(CHANGED_LINES)}:
        lines[number] += "  # changed"
    changed = "\n".join(lines)
    compile(changed, "changed", "exec", dont_inherit=True)
    return changed


def build(repository: Path, change: Change) -> None:
    """A repository whose branch `topic` is checked out and brings the change."""
    repository.mkdir(exist_ok=True)
    git(repository, "init", "--quiet", "--initial-branch=main")
    for branch, files in (
        ("main", {"README.md": "Measured.\n", **change.old}),
        ("topic", change.new),
    ):
        for path, text in files.items():
            (repository / path).parent.mkdir(parents=True, exist_ok=True)
            (repository / path).write_text(
                text, encoding="utf-8", errors="surrogateescape", newline="\n"
            )
        git(repository, "checkout", "--quiet", "-B", branch)
        git(repository, "add", "--all")
        git(repository, *_PERSON, "commit", "--quiet", "--message", "Change")


def _library() -> Path:
    return Path(sysconfig.get_path("stdlib"))


def _ten_files() -> dict[str, str]:
    return {f"{module}.py": _read(_library() / f"{module}.py") for module in STDLIB}


def _read(file: Path) -> str:
    """A file's text; a byte that is not UTF-8 becomes a lone surrogate, which `build` writes back."""
    return file.read_text(encoding="utf-8", errors="surrogateescape")


def _small_module(number: int) -> str:
    lines = SMALL_LINES * (number + 1) // SMALL_FILES - SMALL_LINES * number // SMALL_FILES
    head = [
        "import subprocess",
        "",
        "",
        f"def run_{number}(words, limit=3):",
        "    found = []",
        "    for word in words:",
    ]
    body = [
        f"        if len(word) > limit + {index}:\n            found.append(word)"
        for index in range((lines - 8) // 2)
    ]
    tail = [
        "    return subprocess.run(found, check=True)",
        *["# the end"] * ((lines - 8) % 2 + 1),
    ]
    return "\n".join([*head, *body, *tail]) + "\n"
