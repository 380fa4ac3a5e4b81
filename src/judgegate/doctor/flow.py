"""Whether a command of a script runs, and whether its failure is the script's."""

import re
from dataclasses import dataclass

from judgegate.doctor.shell import ShellCommand, bare

LONGEST_GROUP = 20
"""Commands of a group behind `||` that are looked at."""

_WITH_ERREXIT = frozenset({"", "bash", "sh"})
_SHELLS = _WITH_ERREXIT | {"pwsh", "powershell", "cmd"}
_TEMPLATE = re.compile(
    r"(?:/\S*/)?(?:bash|sh|dash|zsh)(?:\s+(?:-[eluvx]*o\s+(?:errexit|nounset|pipefail|xtrace)|-[eluvx]+|--noprofile|--norc))*\s+\{0\}"
)
_ERREXIT = re.compile(r"\s-(?:[luvx]*e|\w*o\s+errexit)")
_JOINS = frozenset({"&&", "||", "|"})


@dataclass(frozen=True, slots=True)
class _State:
    """What the commands before leave behind. `flaw` is a clause, or empty."""

    errexit: bool
    pipefail: bool
    flaw: str = ""


@dataclass(frozen=True, slots=True)
class _Rest:
    """What stands behind a command in its list: `end` is the list's last command, `other` the one behind the next `||`."""

    end: int
    other: int | None = None
    has_and: bool = False
    in_background: bool = False


class Flow:
    """What holds at each command of a script, worked out in one pass forward and one back."""

    def __init__(self, commands: list[ShellCommand], shell: str) -> None:
        self.commands = commands
        self.states: list[_State] = []
        self.fronts: list[str] = []
        state = _start(shell)
        for index, command in enumerate(commands):
            self.states.append(state)
            earlier = self.fronts[index - 1] if index and command.before in {"&&", "|"} else ""
            self.fronts.append(
                "||"
                if "||" in {command.before, earlier}
                else "&&"
                if "&&" in {command.before, earlier}
                else ""
            )
            state = _after(command, state)
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
            return "what stands behind || takes the place of its exit code"
        if self.commands[index].after == "|" and not self.states[index].pipefail:
            return "the last command of the pipe gives the exit code, because pipefail is not set"
        if rest.in_background:
            return "it runs in the background"
        goes_on = rest.has_and and rest.other is None and not self._is_last(index)
        return "with && behind it, a failure does not end the script" if goes_on else ""

    def _in_front(self, index: int) -> str:
        if self.commands[index].asked:
            return "it is a condition, so its failure ends nothing"
        if self.fronts[index] == "||":
            return "it runs only if what stands in front of || fails"
        skipped = self.fronts[index] == "&&" and not self._is_last(index)
        return "it runs only if what stands in front of && succeeds" if skipped else ""

    def _around(self, index: int) -> str:
        state = self.states[index]
        if self.commands[index].blocks:
            return "it stands in a block that may not run"
        if state.flaw:
            return state.flaw
        goes_on = not state.errexit and self.rests[index].other is None and not self._is_last(index)
        return (
            "the script goes on after a failure, and what comes last gives the exit code" if goes_on else ""
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
        if first.blocks == inner:
            ends = first.name == "false" and self.states[index].errexit and first.after in {";", ""}
            return ends or (_exits_badly(first) and first.after not in {"|", "&"})
        for command in self.commands[other : other + LONGEST_GROUP]:
            if command.blocks != inner + 1 or command.asked or command.after in _JOINS | {"&"}:
                return False
            if command.name == "exit":
                return _exits_badly(command)
        return False


def _start(shell: str) -> _State:
    template = _TEMPLATE.fullmatch(shell) is not None
    return _State(
        errexit=shell in _WITH_ERREXIT or (template and _ERREXIT.search(shell) is not None),
        pipefail=shell == "bash" or (template and "pipefail" in shell),
        flaw="" if template or shell in _SHELLS else "the step's shell may end with another exit code",
    )


def _after(command: ShellCommand, state: _State) -> _State:
    """What holds after a command. One that may not run turns on nothing."""
    words = [bare(word) for word in command.words]
    runs = not (command.blocks or command.asked or command.before or command.after in _JOINS)
    text = " ".join(words).partition(" -- ")[0]
    errexit, pipefail = state.errexit, state.pipefail
    if words[0] in {"set", "shopt"}:
        errexit = (errexit or (runs and _turns(text, "-", "e", "errexit"))) and not _turns(
            text, "+", "e", "errexit"
        )
        pipefail = (pipefail or (runs and _turns(text, "-", "", "pipefail"))) and not _turns(
            text, "+", "", "pipefail"
        )
    return _State(errexit, pipefail, state.flaw or _flaw_after(command, words))


def _turns(text: str, sign: str, letter: str, name: str) -> bool:
    """Whether `set` turns an option on (`-`) or off (`+`), by its letter or its name; `shopt` can only turn off."""
    if text.startswith("shopt"):
        return sign == "+" and name in text
    by_letter = bool(letter) and re.search(rf"\s\{sign}\w*{letter}", text) is not None
    return by_letter or re.search(rf"\s\{sign}\w*o\s+{name}\b", text) is not None


def _flaw_after(command: ShellCommand, words: list[str]) -> str:
    name = words[0].lower()
    replaces = name == "exec" and len(words) > 1 and re.match(r"\d*[<>&]", words[1]) is None
    if (name == "exit" and not _exits_badly(command)) or replaces:
        return "the script may end before it"
    if name == "trap":
        return "a trap may change the exit code"
    defined = (
        words[1:2] == ["judgegate"] if name == "function" else name == "judgegate" and command.after == "("
    )
    if defined or (name == "alias" and any(word.startswith("judgegate=") for word in words)):
        return "the script calls something else judgegate"
    return ""


def _exits_badly(command: ShellCommand) -> bool:
    """Whether it is `exit` with a number other than 0."""
    code = bare(command.words[1]) if len(command.words) > 1 else ""
    return command.name == "exit" and re.fullmatch(r"[0-9]{1,3}", code) is not None and int(code) % 256 != 0


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
