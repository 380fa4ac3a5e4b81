"""Where a step's script runs judgegate, at which level, and what swallows its exit code."""

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import PurePosixPath

from msgspec import Struct

from judgegate.doctor.script_flow import ScriptFlow
from judgegate.doctor.shell import ShellCommand, bare, read_commands
from judgegate.policy.yaml_document import Scalar

UNKNOWN_LEVEL = "$"
"""In place of a level that only the run knows."""
MOST_CALLS = 100
"""Calls of one script of which different things are to be said. No script that a person wrote has more."""

_INSIDE = re.compile(
    r"(?<![\w.-])judgegate[\"']?\s+(?:-\S+\s+)*(?P<command>check|github)(?![\w-])"
)
_CAPTURED = re.compile(
    r"\w+=[\"']?(?:\$\(|`)\s*judgegate\s(?P<words>[^;|&`()<>]*)(?:\)|`)[\"']?"
)
_ASSIGNMENT = re.compile(r"\w+\+?=")
_RUNNERS = re.compile(
    r"command|conda|docker|doas|env|exec|hatch|mise|nice|nix|npx|pdm|pipx|pixi|podman|poetry"
    r"|py|python[\d.]*|rye|sudo|time|timeout|uv|uvx"
)
"""What runs the command that it is given, and ends with its exit code."""
_NO_RUN = re.compile(
    r"-[cvV]|:|\[|\S+\.py|cat|echo|false|grep|man|printf|test|true|type|which"
)
"""What shows that the runner runs something else."""
_COMMENT = re.compile(r"(?:^|\s)#.*")
_VALUED = re.compile(
    r"--(?:base|head|patch|repo|policy|org-policy|pull-request|branch|message|approvals"
    r"|previous-report|format|cache|comment|annotations|labels|request-reviews|acts-as)|-f"
)
"""Options that take the next word, whatever it is."""
_NO_JUDGING = frozenset({"--help", "-h", "--version", "--print-trailers"})
_BY_NAME = re.compile(
    r"\bJUDGEGATE_FAIL_ON\b"
    r"(?:=(?:\"(?P<quoted>[^\"\n]*)\"|'(?P<single>[^'\n]*)'|(?P<plain>[^\s;|&\"'`>)]*)))?"
)


class Call(Struct, frozen=True):
    """A call of judgegate: `line` is the file's.

    `flaw` says in a clause what swallows its exit code, or is empty.
    """

    command: str
    line: int
    fail_on: str
    flaw: str


class _Target(Struct, frozen=True):
    """What one command calls: `check` or `github`, and the level that it names.

    `flaw` says what hides the exit code inside the command's own words, or is empty.
    """

    command: str
    fail_on: str = ""
    flaw: str = ""


def find_calls(run: Scalar, shell: str) -> Iterator[Call]:
    """The calls in a script; of those of which the same is to be said, the first."""
    commands = read_commands(run.text)
    flow = ScriptFlow(commands, shell)
    # The text of a block scalar begins on the line behind its `|` or `>`.
    is_block = not run.plain and "\n" in run.text
    first_line = run.place.line + is_block
    calls: dict[tuple[str, str, str], Call] = {}
    for index, command in enumerate(commands):
        target = _target_of(command)
        if target is not None:
            flaw = target.flaw or flow.flaw(index)
            call = Call(target.command, first_line + command.line, target.fail_on, flaw)
            calls.setdefault((call.command, call.fail_on, call.flaw), call)
    return islice(calls.values(), MOST_CALLS)


def levels_named(script: str) -> set[str]:
    """What the script makes of JUDGEGATE_FAIL_ON, for itself or for what comes later."""
    return {
        next(filter(None, found.groups()), UNKNOWN_LEVEL)
        for found in _BY_NAME.finditer(script)
    }


def mildest(levels: set[str]) -> str:
    """The one level of those that may apply, or what is worse; empty if there is none."""
    if len(levels) == 1:
        return next(iter(levels))
    if "never" in levels:
        return "never"
    return UNKNOWN_LEVEL if levels else ""


def logical_lines(script: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where a backslash ends them; with the number of the first, from 0.

    Empty ones are left out.
    """
    lines = script.split("\n")
    joined: list[str] = []
    for number, line in enumerate(lines):
        joined.append(line.removesuffix("\\"))
        if line.endswith("\\") and number + 1 < len(lines):
            continue
        text = _COMMENT.sub("", " ".join(joined)).strip()
        if text:
            yield number + 1 - len(joined), text
        joined = []


def _target_of(command: ShellCommand) -> _Target | None:
    """What a command calls, if it runs judgegate and that judges."""
    words = command.words
    # An assignment alone ends with the exit code of its substitution: `x=$(judgegate check)` hides nothing.
    captured = _CAPTURED.fullmatch(words[0]) if len(words) == 1 else None
    if captured:
        return _target_in(["judgegate", *captured["words"].split()])
    for word in words:
        inside = _INSIDE.search(word)
        if inside and _has_substitution(word):
            flaw = "it runs inside a substitution, whose exit code is lost"
            return _Target(inside["command"], flaw=flaw)
    return _target_in(words)


def _has_substitution(word: str) -> bool:
    """Whether the shell puts a command's output into the word."""
    return "$(" in word or "`" in word


def _target_in(words: list[str]) -> _Target | None:
    """What the words call. Nothing hides the exit code."""
    programs = list(map(_program, words))
    if "judgegate" not in programs:
        return None
    at = programs.index("judgegate")
    rest = [bare(word) for word in words[at + 1 :]]
    if not _runs(words[:at]):
        return None
    # With one of these options, wherever it is, the command judges nothing.
    if not _NO_JUDGING.isdisjoint(rest):
        return None
    # What other options there are in front of the command's name, only the program knows.
    name = next((word for word in rest if not word.startswith("-")), "")
    if name not in {"check", "github"}:
        return None
    return _Target(name, _level(rest[rest.index(name) + 1 :]))


def _program(word: str) -> str:
    """The name of the program that a word names, without its folder."""
    return PurePosixPath(bare(word)).name


def _runs(words: list[str]) -> bool:
    """Whether the words in front of judgegate run it."""
    programs = [_program(word) for word in words if not _ASSIGNMENT.match(word)]
    if not programs:
        return True
    # Only some programs start another one: `echo judgegate check` judges nothing.
    if not _RUNNERS.fullmatch(programs[0]):
        return False
    return not any(map(_NO_RUN.fullmatch, programs))


def _level(words: list[str]) -> str:
    """The level that the options name; the last one counts."""
    level = ""
    following = iter(words)
    for word in following:
        if word == "--exit-zero":
            return "never"
        # A word that the shell fills in can be any option.
        if word.startswith(("$", "`")):
            return UNKNOWN_LEVEL
        if word == "--fail-on":
            level = next(following, level)
        elif word.startswith("--fail-on="):
            level = word.removeprefix("--fail-on=")
        elif _VALUED.fullmatch(word):
            # Its value is no option, even if it looks like one.
            next(following, None)
    return level
