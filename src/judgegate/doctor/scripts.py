"""Where a step's script runs judgegate, and what keeps its exit code from being the step's."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec import Struct

from judgegate.doctor.shell import ShellCommand, bare, read_commands
from judgegate.policy.yaml_document import Scalar

LONGEST_GROUP = 20
"""Commands of a group behind `||` that are looked at."""

_WITH_ERREXIT = frozenset({"", "bash", "sh"})
_SHELLS = _WITH_ERREXIT | {"pwsh", "powershell", "cmd"}
_TEMPLATE = re.compile(
    r"(?:/\S*/)?(?:bash|sh|dash|zsh)(?:\s+(?:-[eluvx]*o\s+(?:errexit|nounset|pipefail|xtrace)|-[eluvx]+|--noprofile|--norc))*\s+\{0\}"
)
_ERREXIT = re.compile(r"\s-(?:[luvx]*e|\w*o\s+errexit)")
_JOINS = frozenset({"&&", "||", "|"})


class _State(Struct, frozen=True):
    """What the commands before leave behind. `flaw` is a clause, or empty."""

    errexit: bool
    pipefail: bool
    flaw: str = ""


class _Rest(Struct, frozen=True):
    """What stands behind a command in its list: `end` is the list's last command, `other` the one behind the next `||`."""

    end: int
    other: int | None = None
    has_and: bool = False
    in_background: bool = False


class ScriptFlow:
    """What holds at each command of a script, worked out in one pass forward and one back."""

    def __init__(self, commands: list[ShellCommand], shell: str) -> None:
        self.commands = commands
        self.states: list[_State] = []
        self.fronts: list[str] = []
        state = _start(shell)
        for index, command in enumerate(commands):
            self.states.append(state)
            earlier = (
                self.fronts[index - 1] if index and command.before in {"&&", "|"} else ""
            )
            self.fronts.append(_front(command.before, earlier))
            state = _after(command, state)
        # What stands behind a command is known from the last one on, so this pass goes back.
        rests: list[_Rest] = []
        for index in reversed(range(len(commands))):
            rests.append(_rest(index, commands[index].after, rests[-1] if rests else None))
        self.rests = rests[::-1]

    def flaw(self, index: int) -> str:
        """The first thing that swallows the exit code of the command, as a clause, or nothing."""
        return self._behind(index) or self._in_front(index) or self._around(index)

    def _behind(self, index: int) -> str:
        rest = self.rests[index]
        if rest.other is not None and not self._fails(index, rest.other):
            return "the command after || replaces its exit code"
        if self.commands[index].after == "|" and not self.states[index].pipefail:
            return "the last command of the pipe gives the exit code, because pipefail is not set"
        if rest.in_background:
            return "it runs in the background"
        goes_on = rest.has_and and rest.other is None and not self._is_last(index)
        return "&& follows it, so a failure does not end the script" if goes_on else ""

    def _in_front(self, index: int) -> str:
        if self.commands[index].asked:
            return "it is a condition, so its failure does not end the script"
        if self.fronts[index] == "||":
            return "it runs only if the command before || fails"
        skipped = self.fronts[index] == "&&" and not self._is_last(index)
        return "it runs only if the command before && succeeds" if skipped else ""

    def _around(self, index: int) -> str:
        state = self.states[index]
        if self.commands[index].blocks:
            return "it is in a block that may not run"
        if state.flaw:
            return state.flaw
        goes_on = (
            not state.errexit
            and self.rests[index].other is None
            and not self._is_last(index)
        )
        return (
            "the script continues after a failure, and the last command gives the exit code"
            if goes_on
            else ""
        )

    def _is_last(self, index: int) -> bool:
        """Whether nothing runs after the command's list."""
        return self.rests[index].end == len(self.commands) - 1

    def _fails(self, index: int, other: int) -> bool:
        """Whether what stands behind `||` ends the script with a failure: `exit 1`, or a group that does so without conditions."""
        inner = self.commands[index].blocks
        first = self.commands[other]
        if first.before != "||":
            return False
        if first.blocks != inner:
            return self._group_fails(other, inner + 1)
        ends = (
            first.name == "false"
            and self.states[index].errexit
            and first.after in {";", ""}
        )
        return ends or (_exits_badly(first) and first.after not in {"|", "&"})

    def _group_fails(self, first: int, depth: int) -> bool:
        """Whether the group that begins there ends with a failing `exit`, whatever its other commands do."""
        for command in self.commands[first : first + LONGEST_GROUP]:
            # Behind a deeper block, a condition or a link nobody knows whether the `exit` is reached.
            if command.blocks != depth or command.asked or command.after in _JOINS | {"&"}:
                return False
            if command.name == "exit":
                return _exits_badly(command)
        return False


def _start(shell: str) -> _State:
    template = _TEMPLATE.fullmatch(shell) is not None
    return _State(
        errexit=shell in _WITH_ERREXIT or (template and _ERREXIT.search(shell) is not None),
        pipefail=shell == "bash" or (template and "pipefail" in shell),
        flaw=""
        if template or shell in _SHELLS
        else "the step's shell may end with another exit code",
    )


def _front(before: str, earlier: str) -> str:
    """What decides whether a command runs: the link before it, or one further in front in its list.

    `||` counts first: what runs only after a failure judges less often than what runs only after a success.
    """
    if "||" in {before, earlier}:
        return "||"
    return "&&" if "&&" in {before, earlier} else ""


def _after(command: ShellCommand, state: _State) -> _State:
    """What holds after a command. One that may not run turns on nothing."""
    words = [bare(word) for word in command.words]
    errexit, pipefail = state.errexit, state.pipefail
    if words[0] in {"set", "shopt"}:
        runs = not (
            command.blocks or command.asked or command.before or command.after in _JOINS
        )
        # Behind `--` stand the script's arguments, and no options.
        text = " ".join(words).partition(" -- ")[0]
        errexit = _option_after(text, "e", "errexit", was_on=errexit, runs=runs)
        pipefail = _option_after(text, "", "pipefail", was_on=pipefail, runs=runs)
    return _State(errexit, pipefail, state.flaw or _flaw_after(command, words))


def _option_after(text: str, letter: str, name: str, *, was_on: bool, runs: bool) -> bool:
    """Whether an option is on after `set`. What may not run can only turn it off: the worse is assumed."""
    if _turns(text, "+", letter, name):
        return False
    return was_on or (runs and _turns(text, "-", letter, name))


def _turns(text: str, sign: str, letter: str, name: str) -> bool:
    """Whether `set` turns an option on (`-`) or off (`+`), by its letter or its name; `shopt` can only turn off."""
    if text.startswith("shopt"):
        return sign == "+" and name in text
    by_letter = bool(letter) and re.search(rf"\s\{sign}\w*{letter}", text) is not None
    return by_letter or re.search(rf"\s\{sign}\w*o\s+{name}\b", text) is not None


def _flaw_after(command: ShellCommand, words: list[str]) -> str:
    name = words[0].lower()
    # `exec` with a redirection alone goes on in the same shell; with a command it ends the script.
    replaces = name == "exec" and len(words) > 1 and re.match(r"\d*[<>&]", words[1]) is None
    if (name == "exit" and not _exits_badly(command)) or replaces:
        return "the script may end before it"
    if name == "trap":
        return "a trap may change the exit code"
    return (
        "the script gives the name judgegate to something else"
        if _redefines(command, words)
        else ""
    )


def _redefines(command: ShellCommand, words: list[str]) -> bool:
    """Whether the command gives the name judgegate to a function or an alias."""
    match words[0].lower():
        case "function":
            return words[1:2] == ["judgegate"]
        case "judgegate":
            return command.after == "("
        case "alias":
            return any(word.startswith("judgegate=") for word in words)
        case _:
            return False


def _exits_badly(command: ShellCommand) -> bool:
    """Whether it is `exit` with a number other than 0."""
    code = bare(command.words[1]) if len(command.words) > 1 else ""
    return (
        command.name == "exit"
        and re.fullmatch(r"[0-9]{1,3}", code) is not None
        and int(code) % 256 != 0
    )


def _rest(index: int, after: str, following: _Rest | None) -> _Rest:
    if following is None or after not in _JOINS:
        return _Rest(index, in_background=after == "&")
    other = index + 1 if after == "||" else following.other
    return _Rest(
        following.end,
        other,
        has_and=after == "&&" or following.has_and,
        in_background=following.in_background,
    )


UNKNOWN_LEVEL = "$"
"""Stands for a level that only the run knows."""
MOST_CALLS = 100
"""Calls of one script that differ in what is to be said of them: more are no script that somebody wrote."""

_INSIDE = re.compile(
    r"(?<![\w.-])judgegate[\"']?\s+(?:-\S+\s+)*(?P<command>check|github)(?![\w-])"
)
_CAPTURED = re.compile(
    r"\w+=[\"']?(?:\$\(|`)\s*judgegate\s(?P<words>[^;|&`()<>]*)(?:\)|`)[\"']?"
)
_ASSIGNMENT = re.compile(r"\w+\+?=")
_RUNNERS = re.compile(
    r"command|conda|docker|doas|env|exec|hatch|mise|nice|nix|npx|pdm|pipx|pixi|podman|poetry|py|python[\d.]*|rye|sudo|time|timeout|uv|uvx"
)
"""What runs the command that it is given, and ends with its exit code."""
_NO_RUN = re.compile(
    r"-[cvV]|:|\[|\S+\.py|cat|echo|false|grep|man|printf|test|true|type|which"
)
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


class Call(Struct, frozen=True):
    """A call of judgegate: `line` is the file's.

    `flaw` says in a clause what swallows its exit code, or is empty.
    """

    command: str
    line: int
    fail_on: str
    flaw: str


def find_calls(run: Scalar, shell: str) -> Iterator[Call]:
    """The calls in a script; of those of which the same is to be said, the first."""
    first = run.place.line + (0 if run.plain or "\n" not in run.text else 1)
    commands = read_commands(run.text)
    flow = ScriptFlow(commands, shell)
    seen: set[tuple[str, str, str]] = set()
    for index, command in enumerate(commands):
        found = _call_of(command)
        if found is None:
            continue
        name, level, hidden = found
        reported = (name, level, hidden or flow.flaw(index))
        if reported not in seen and len(seen) < MOST_CALLS:
            seen.add(reported)
            yield Call(name, first + command.line, level, reported[2])


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
    if "never" in levels:
        return "never"
    return UNKNOWN_LEVEL if levels else ""


def logical_lines(script: str) -> Iterator[tuple[int, str]]:
    """Lines without comments, joined where a backslash ends them; with the number of the first, from 0.

    Empty ones are left out.
    """
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
    # An assignment alone ends with the exit code of its substitution: `x=$(judgegate check)` hides nothing.
    if len(words) == 1 and (captured := _CAPTURED.fullmatch(words[0])):
        return _judging_call(["judgegate", *captured["words"].split()])
    substituted = (word for word in words if "$(" in word or "`" in word)
    if inside := next(
        (match for word in substituted for match in _INSIDE.finditer(word)), None
    ):
        return (
            inside["command"],
            "",
            "it runs inside a substitution, whose exit code is lost",
        )
    return _judging_call(words)


def _judging_call(words: list[str]) -> tuple[str, str, str] | None:
    """What the words call, if they run judgegate and it judges; nothing hides the exit code."""
    at = next(
        (
            index
            for index, word in enumerate(words)
            if PurePosixPath(bare(word)).name == "judgegate"
        ),
        None,
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
    names = [
        PurePosixPath(bare(word)).name for word in words if not _ASSIGNMENT.match(word)
    ]
    return not names or (
        _RUNNERS.fullmatch(names[0]) is not None and not any(map(_NO_RUN.fullmatch, names))
    )


def _level(words: list[str]) -> str:
    """What the options fail on. A word that the shell fills in can be any option."""
    level = ""
    option = ""  # the one before, if it takes the word as its value
    for word in words:
        if option == "--fail-on":
            level, option = word, ""
        elif word == "--exit-zero":
            return "never"
        elif option:
            option = ""
        elif word.startswith(("$", "`")):
            return UNKNOWN_LEVEL
        elif word.startswith("--fail-on="):
            level = word.removeprefix("--fail-on=")
        elif word == "--fail-on" or _VALUED.fullmatch(word):
            option = word
    return level
