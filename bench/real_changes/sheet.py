"""A sheet of findings that a person reads and fills in: how it is written, and how it is read back."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from bench.history import git
from bench.real_changes.change_list import repository_folder
from bench.real_changes.plain_text import one_line
from bench.real_changes.problems import Problem

JUDGEMENTS = ("right", "harmless", "wrong")
CONTEXT = 8
"""Lines before and after the finding."""

_HEAD = """\
# Findings to read

Write a word behind each `judgement:`, then add the sheets up with `add`:

* right: it is as the finding says, and worth a reviewer's minute
* harmless: it is as the finding says, and nobody needs to do anything
* wrong: it is not as the finding says
"""
_TITLE, _FINDING, _JUDGEMENT = "## ", "- finding: ", "- judgement:"
_WIDEST = 160


class Judged(Struct, frozen=True):
    """What a person wrote: of which code, about which finding, and in which line of which sheet."""

    code: str
    finding: str
    judgement: str
    place: str


def write_sheet(entries: Sequence[Mapping[str, str]], repositories: Path) -> str:
    """The sheet of these findings.

    Raises:
        Problem: a repository is not there.
    """
    parts = [_write(number, entry, repositories) for number, entry in enumerate(entries, 1)]
    return "\n".join([_HEAD, *parts])


def identify(entry: Mapping[str, str]) -> str:
    """What tells a finding, or a difference in one, from all others in a sheet."""
    place = f"{entry['path']}:{entry['line']}" if int(entry["line"] or 0) else entry["path"]
    words = (entry["change"], place, entry["rule"], entry["code"], entry.get("field", ""))
    return " ".join(dict.fromkeys(filter(None, words)))


def _write(number: int, entry: Mapping[str, str], repositories: Path) -> str:
    grades = (
        entry.get(name, "") for name in ("severity", "action", "origin", "provenance")
    )
    change = (
        [f"{entry['field']} {entry['old']} -> {entry['new']}"] if "field" in entry else []
    )
    words = ", ".join(filter(None, (entry.get("kind", ""), *grades, *change)))
    lines = [
        f"{_TITLE}{number}. {entry['code']}",
        "",
        f"{_FINDING}{identify(entry)}",
        f"- says: {entry['message']}",
        f"- as: {words}",
        _JUDGEMENT,
        "- remark:",
        "",
        "```text",
        *show_code(entry, repositories),
        "```",
        "",
    ]
    return "\n".join(lines)


def show_code(entry: Mapping[str, str], repositories: Path) -> Iterator[str]:
    """The finding's lines and those around them, or why there are none."""
    repository, commits = entry["change"].split(" ")
    text = read_file(repository_folder(repositories, repository), commits, entry["path"])
    if text is None:
        return iter(["(neither commit has this file as text)"])
    line = int(entry["line"] or 0)
    return number_lines(text, line, int(entry["end_line"] or line))


def number_lines(text: str, first: int, last: int) -> Iterator[str]:
    """The lines around those, each with its number; those themselves are marked."""
    for number, content in enumerate(text.split("\n"), 1):
        if first - CONTEXT <= number <= last + CONTEXT:
            mark = ">" if first <= number <= last else " "
            yield f"{mark}{number:6} {one_line(content.expandtabs(4))[:_WIDEST]}".rstrip()


def read_file(folder: Path, commits: str, path: str) -> str | None:
    """The file in the head, or in the base where the change deletes it."""
    base, _, head = commits.partition("..")
    for commit in (head, base):
        try:
            return git(folder, "cat-file", "blob", f"{commit}:{path}").decode(
                "utf-8", "replace"
            )
        except subprocess.CalledProcessError:
            continue  # not in this commit
    return None


def read_sheet(path: Path) -> Iterator[Judged]:
    """What a person wrote into a sheet.

    Raises:
        Problem: it cannot be read, is no sheet, or a finding has no judgement or an unknown one.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{path} cannot be read: {error}") from error
    code = finding = ""
    # Lines of code begin with a blank or a mark, so none is taken for a line of the sheet.
    for number, line in enumerate(lines, 1):
        if line.startswith(_TITLE):
            code = line.partition(". ")[2].strip()
        elif line.startswith(_FINDING):
            finding = line.removeprefix(_FINDING).strip()
        elif line.startswith(_JUDGEMENT):
            word = line.removeprefix(_JUDGEMENT).strip().lower()
            yield Judged(
                code,
                finding,
                _require_judgement(word, f"{path}:{number}"),
                f"{path}:{number}",
            )
    if not finding:
        raise Problem(f"{path} is no sheet with findings: use sample")


def _require_judgement(word: str, place: str) -> str:
    if word not in JUDGEMENTS:
        written = f"{word!r} is no judgement" if word else "nothing is written"
        raise Problem(
            f"{place}: {written}; write {', '.join(JUDGEMENTS[:-1])} or {JUDGEMENTS[-1]}"
        )
    return word
