"""What keeps the exit code of a script's command from being the script's own."""

import re
from itertools import accumulate

from msgspec import Struct

from judgegate.doctor.shell import ShellCommand

LONGEST_GROUP = 20
"""Commands of a group behind `||` that are looked at."""

_WITH_ERREXIT = frozenset({"", "bash", "sh"})
_WITHOUT_ERREXIT = frozenset({"pwsh", "powershell", "cmd"})
_TEMPLATE = re.compile(
    r"(?:/\S*/)?(?:bash|sh|dash|zsh)"
    r"(?:\s+(?:-[eluvx]*o\s+(?:errexit|nounset|pipefail|xtrace)|-[eluvx]+|--noprofile|--norc))*"
    r"\s+\{0\}"
)
_ERREXIT = re.compile(r"\s-(?:[luvx]*e|\w*o\s+errexit)")
_JOINS = frozenset({"&&", "||", "|"})
_OPTIONS = {"errexit": r"(?:e|o\s+errexit\b)", "pipefail": r"o\s+pipefail\b"}
"""How `set` spells an option, behind the sign: by its letter if it has one, or by its name."""

_MAY_END = "the script may end before it"
_CONTINUES = (
    "the script continues after a failure, and the last command gives the exit code"
)


class _State(Struct, frozen=True):
    """What the commands before leave behind. `flaw` is a clause, or empty."""

    errexit: bool
    pipefail: bool
    flaw: str = ""


class _Rest(Struct, frozen=True):
    """What follows a command in its list, by the index of commands.

    `end` is the list's last command, `other` the one behind the next `||`.
    """

    end: int
    other: int | None = None
    has_and: bool = False
    in_background: bool = False


class ScriptFlow:
    """What is so at each command of a script, found in one pass forward and one back."""

    def __init__(self, commands: list[ShellCommand], shell: str) -> None:
        self.commands = commands
        self.states = list(accumulate(commands, _after, initial=_start(shell)))
        self.fronts = list(accumulate(commands, _front, initial=""))[1:]
        self.rests = _rests(commands)

    def flaw(self, index: int) -> str:
        """The first thing that swallows the exit code of the command, as a clause, or nothing."""
        return self._behind(index) or self._in_front(index) or self._around(index)

    def _behind(self, index: int) -> str:
        """What follows the command in its list and takes its exit code away."""
        rest = self.rests[index]
        if rest.other is not None and not self._fails(index, rest.other):
            return "the command after || replaces its exit code"
        if self.commands[index].after == "|" and not self.states[index].pipefail:
            return "the last command of the pipe gives the exit code, because pipefail is not set"
        if rest.in_background:
            return "it runs in the background"
        # errexit ignores a failure before `&&`: it counts only if the list is the script's last.
        if rest.has_and and self._goes_on(index):
            return "&& follows it, so a failure does not end the script"
        return ""

    def _in_front(self, index: int) -> str:
        """What decides, in the command's own list, whether it runs and whether it counts."""
        if self.commands[index].asked:
            return "it is a condition, so its failure does not end the script"
        if self.fronts[index] == "||":
            return "it runs only if the command before || fails"
        # As the script's last list it is no gap: where the command before `&&` fails, so does the script.
        if self.fronts[index] == "&&" and not self._is_last(index):
            return "it runs only if the command before && succeeds"
        return ""

    def _around(self, index: int) -> str:
        """What the rest of the script does to the command: blocks, earlier commands, options."""
        state = self.states[index]
        if self.commands[index].blocks:
            return "it is in a block that may not run"
        if state.flaw:
            return state.flaw
        if not state.errexit and self._goes_on(index):
            return _CONTINUES
        return ""

    def _goes_on(self, index: int) -> bool:
        """Whether the script has more to run after the command's list, and no `||` handles a failure."""
        return self.rests[index].other is None and not self._is_last(index)

    def _is_last(self, index: int) -> bool:
        """Whether nothing runs after the command's list."""
        return self.rests[index].end == len(self.commands) - 1

    def _fails(self, index: int, other: int) -> bool:
        """Whether the command behind `||` ends the script with a failure.

        That is `exit 1`, or a group that exits so without conditions.
        """
        inner = self.commands[index].blocks
        first = self.commands[other]
        if first.before != "||":
            return False
        if first.blocks != inner:
            return self._group_fails(other, inner + 1)
        # `false` fails, but only errexit lets that end the script.
        if first.name == "false":
            return self.states[index].errexit and first.after in {";", ""}
        return first.exits_badly and first.after not in {"|", "&"}

    def _group_fails(self, first: int, depth: int) -> bool:
        """Whether the group that begins there ends with a failing `exit`, whatever else it does."""
        for command in self.commands[first : first + LONGEST_GROUP]:
            # Behind a deeper block, a condition or a link it is not known whether the `exit` is reached.
            if command.blocks != depth or command.asked:
                return False
            if command.after in _JOINS | {"&"}:
                return False
            if command.name == "exit":
                return command.exits_badly
        return False


def _start(shell: str) -> _State:
    """What is so when the step's shell starts the script."""
    # GitHub runs its own shells with `-e`, and with `-o pipefail` only where the step names bash.
    if shell in _WITH_ERREXIT:
        return _State(errexit=True, pipefail=shell == "bash")
    if _TEMPLATE.fullmatch(shell):
        return _State(
            errexit=_ERREXIT.search(shell) is not None, pipefail="pipefail" in shell
        )
    known = shell in _WITHOUT_ERREXIT
    flaw = "" if known else "the step's shell may end with another exit code"
    return _State(errexit=False, pipefail=False, flaw=flaw)


def _front(earlier: str, command: ShellCommand) -> str:
    """What decides whether a command runs: the link before it, or one further in front in its list.

    `earlier` is the same for the command before.
    """
    links = {command.before}
    if command.before in {"&&", "|"}:
        links.add(earlier)
    # `||` counts first: what runs only after a failure judges less often than what runs only after a success.
    for link in ("||", "&&"):
        if link in links:
            return link
    return ""


def _after(state: _State, command: ShellCommand) -> _State:
    """What is so after a command. One that may not run turns on nothing."""
    words = command.bare_words
    flaw = state.flaw or _flaw_after(command, words)
    if words[0] not in {"set", "shopt"}:
        return _State(state.errexit, state.pipefail, flaw)
    # Behind `--` there are the script's arguments, and no options.
    text = " ".join(words).partition(" -- ")[0]
    runs = _surely_runs(command)
    return _State(
        errexit=_option_after(text, "errexit", was_on=state.errexit, runs=runs),
        pipefail=_option_after(text, "pipefail", was_on=state.pipefail, runs=runs),
        flaw=flaw,
    )


def _surely_runs(command: ShellCommand) -> bool:
    """Whether the command runs in the script's own shell, whatever the other commands do."""
    # A block may be skipped or run in a shell of its own, and so may a condition's command.
    if command.blocks or command.asked:
        return False
    # All parts of a pipe run in shells of their own; a link before it may skip the command.
    return not command.before and command.after not in _JOINS


def _option_after(text: str, name: str, *, was_on: bool, runs: bool) -> bool:
    """Whether an option is on after `set`. What may not run can only turn it off: the worse is assumed."""
    if _turns(text, "+", name):
        return False
    return was_on or (runs and _turns(text, "-", name))


def _turns(text: str, sign: str, name: str) -> bool:
    """Whether `set` turns an option on (`-`) or off (`+`); `shopt` can only turn off."""
    if text.startswith("shopt"):
        return sign == "+" and name in text
    return re.search(rf"\s\{sign}\w*{_OPTIONS[name]}", text) is not None


def _flaw_after(command: ShellCommand, words: list[str]) -> str:
    """What a command does to all commands behind it, as a clause, or nothing."""
    name = words[0].lower()
    if name == "exit" and not command.exits_badly:
        return _MAY_END
    if name == "exec" and _starts_program(words):
        return _MAY_END
    if name == "trap":
        return "a trap may change the exit code"
    if _redefines(command, words):
        return "the script gives the name judgegate to something else"
    return ""


def _starts_program(words: list[str]) -> bool:
    """Whether `exec` replaces the shell: with a redirection alone the same shell goes on."""
    return len(words) > 1 and re.match(r"\d*[<>&]", words[1]) is None


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


def _rests(commands: list[ShellCommand]) -> list[_Rest]:
    """What follows each command."""
    rests: list[_Rest] = []
    rest: _Rest | None = None
    # What follows a command is known from the last one on, so this pass goes back.
    for index in reversed(range(len(commands))):
        rest = _rest(index, commands[index].after, rest)
        rests.append(rest)
    rests.reverse()
    return rests


def _rest(index: int, after: str, following: _Rest | None) -> _Rest:
    """What follows a command; `following` is the same for the next one, None for the last."""
    if following is None or after not in _JOINS:
        return _Rest(index, in_background=after == "&")
    other = index + 1 if after == "||" else following.other
    return _Rest(
        following.end,
        other,
        has_and=after == "&&" or following.has_and,
        in_background=following.in_background,
    )
