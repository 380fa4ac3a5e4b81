"""Where a step's script runs judgegate, and what keeps its exit code from being the step's.

What looks as if it could swallow the exit code is said to. The script is never run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from judgegate.doctor.flow import Flow
from judgegate.doctor.shell import ShellCommand, bare, read_commands
from judgegate.policy.yaml_document import Scalar

UNKNOWN_LEVEL = "$"
"""Stands for a level that only the run knows."""
MOST_CALLS = 100
"""Calls of one script that differ in what is to be said of them: more are no script that somebody wrote."""

_INSIDE = re.compile(r"(?<![\w.-])judgegate[\"']?\s+(?:-\S+\s+)*(?P<command>check|github)(?![\w-])")
_CAPTURED = re.compile(r"\w+=[\"']?(?:\$\(|`)\s*judgegate\s(?P<words>[^;|&`()<>]*)(?:\)|`)[\"']?")
_ASSIGNMENT = re.compile(r"\w+\+?=")
_RUNNERS = re.compile(
    r"command|conda|docker|doas|env|exec|hatch|mise|nice|nix|npx|pdm|pipx|pixi|podman|poetry|py|python[\d.]*|rye|sudo|time|timeout|uv|uvx"
)
"""What runs the command that it is given, and ends with its exit code."""
_NO_RUN = re.compile(r"-[cvV]|:|\[|\S+\.py|cat|echo|false|grep|man|printf|test|true|type|which")
"""What shows that the runner runs something else."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_VALUED = re.compile(
    r"--(?:base|head|patch|repo|policy|org-policy|pull-request|branch|message|approvals|previous-report|format|cache|comment|annotations|labels"
    r"|request-reviews|acts-as)|-f"
)
"""Options that take the next word, whatever it is."""
_NO_JUDGING = frozenset({"--help", "-h", "--version", "--print-trailers"})
_BY_NAME = re.compile(
    r"\bJUDGEGATE_FAIL_ON\b(?:=(?:\"(?P<quoted>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s;|&\"'`>)]*)))?"
)


@dataclass(frozen=True, slots=True)
class Call:
    """A call of judgegate: `line` is the file's. `flaw` says in a clause what swallows its exit code, or is empty."""

    command: str
    line: int
    fail_on: str
    flaw: str


def find_calls(run: Scalar, shell: str) -> Iterator[Call]:
    """The calls in a script; of those of which the same is to be said, the first."""
    first = run.place.line + (0 if run.plain or "\n" not in run.text else 1)
    commands = read_commands(run.text)
    flow = Flow(commands, shell)
    seen: set[tuple[str, str, str]] = set()
    for index, command in enumerate(commands):
        found = _call_of(command)
        if found is None:
            continue
        name, level, hidden = found
        told = (name, level, hidden or flow.flaw(index))
        if told not in seen and len(seen) < MOST_CALLS:
            seen.add(told)
            yield Call(name, first + command.line, level, told[2])


def levels_named(script: str) -> set[str]:
    """What the script makes of JUDGEGATE_FAIL_ON, for itself or for what comes later."""
    return {
        found["quoted"] or found["single"] or found["plain"] or UNKNOWN_LEVEL
        for found in _BY_NAME.finditer(script)
    }


def mildest(levels: set[str]) -> str:
    """The one level of those that may hold, or what is worse; empty if there is none."""
    if len(levels) == 1:
        return next(iter(levels))
    return "never" if "never" in levels else UNKNOWN_LEVEL if levels else ""


def logical_lines(script: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where a backslash ends them; with the number of the first, from 0. Empty ones are left out."""
    kept, start = "", 0
    for number, line in enumerate(script.split("\n")):
        if not kept:
            start = number
        kept += line.removesuffix("\\")
        if line.endswith("\\"):
            kept += " "
            continue
        text = _COMMENT.sub("", kept).strip()
        kept = ""
        if text:
            yield start, text
    if text := _COMMENT.sub("", kept).strip():
        yield start, text


def _call_of(command: ShellCommand) -> tuple[str, str, str] | None:
    """What a command calls, the level that it names, and what hides the exit code already inside its words."""
    words = command.words
    if len(words) == 1 and (captured := _CAPTURED.fullmatch(words[0])):
        words = ["judgegate", *captured["words"].split()]
    elif inside := next(
        (match for word in words if "$(" in word or "`" in word for match in _INSIDE.finditer(word)), None
    ):
        return inside["command"], "", "it runs inside a substitution, whose exit code is lost"
    at = next(
        (index for index, word in enumerate(words) if PurePosixPath(bare(word)).name == "judgegate"), None
    )
    if at is None or not _runs(words[:at]):
        return None
    rest = [bare(word) for word in words[at + 1 :]]
    name = next((word for word in rest if not word.startswith("-")), "")
    if name not in {"check", "github"} or not _NO_JUDGING.isdisjoint(rest):
        return None
    return name, _level(rest[rest.index(name) + 1 :]), ""


def _runs(words: list[str]) -> bool:
    """Whether what stands in front of judgegate runs it."""
    names = [PurePosixPath(bare(word)).name for word in words if not _ASSIGNMENT.match(word)]
    return not names or (_RUNNERS.fullmatch(names[0]) is not None and not any(map(_NO_RUN.fullmatch, names)))


def _level(words: list[str]) -> str:
    """What the options fail on. A word that the shell fills in can be any option."""
    level, takes = "", ""
    for word in words:
        if takes == "--fail-on":
            level = word
        elif word == "--exit-zero" or (not takes and word.startswith(("$", "`"))):
            return "never" if word == "--exit-zero" else UNKNOWN_LEVEL
        elif not takes and word.startswith("--fail-on="):
            level = word.removeprefix("--fail-on=")
        takes = word if not takes and (word == "--fail-on" or _VALUED.fullmatch(word)) else ""
    return level
