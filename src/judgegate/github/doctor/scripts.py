"""Where a step's script runs judgegate, and what keeps its exit code from being the step's.

Shell is read as far as a line tells: what looks as if it could swallow the exit code is said to. The script is never run.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from judgegate.policy.document import Scalar

_CALL = re.compile(r"(?:^|(?<=[\s;&|(!`\"'/=]))judgegate[\"']?\s+(?:-\S+\s+)*(?P<command>check|github)(?![\w-])")
_SAID = re.compile(r"\s*(?:echo|printf|:)\s(?!.*(?:\$\(|`))")
_COMMENT = re.compile(r"(?:^|\s)#.*")
_ASSIGNMENT = re.compile(r"\s*\w+=[\"']?(?:\$\(|`)[^;|&]*")
_FAILS = re.compile(r"\|\|\s*(?:exit\s+[1-9]|return\s+[1-9]|false\b|\{[^}]*\bexit\s+[1-9])")
_BACKGROUND = re.compile(r"(?<![&>|])&(?![&>\d])")
_PIPE = re.compile(r"(?<!\|)\|(?!\|)")
_NO_ERREXIT = re.compile(r"\bset\s+(?:\+\w*e|\+o\s+errexit)")
_PIPEFAIL = re.compile(r"\bset\s+-[\w -]*o\s+pipefail|\bpipefail\b")
_OPENS = re.compile(r"^\s*(?:if|for|while|until|case)\b|[({]\s*$")
_CLOSES = re.compile(r"^\s*(?:fi|done|esac)\b|^\s*[)}]")
_FAIL_ON = re.compile(r"--fail-on[= ]\s*[\"']?(?P<level>[^\s\"';|&]+)|(?P<zero>--exit-zero)(?![\w-])")
_WITH_ERREXIT = frozenset({"", "bash", "sh"})


@dataclass(frozen=True, slots=True)
class Call:
    """A call of judgegate: `line` is the file's. `flaw` says in a clause what swallows its exit code, or is empty."""

    command: str
    line: int
    fail_on: str
    flaw: str


def find_calls(run: Scalar, shell: str) -> Iterator[Call]:
    """Every call in a script."""
    first = run.place.line + (0 if run.plain or "\n" not in run.text else 1)
    lines = list(logical_lines(run.text))
    for index, (number, text) in enumerate(lines):
        for match in _CALL.finditer(text):
            segment = re.split(r"[;|&]", text[: match.start()])[-1]
            if not _SAID.match(segment):
                told = _FAIL_ON.search(text, match.end())
                level = "never" if told and told["zero"] else told["level"] if told else ""
                earlier = [one for _, one in lines[:index]]
                flaw = _flaw(text, match, earlier, shell, is_last=index == len(lines) - 1)
                yield Call(match["command"], first + number, level, flaw)


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


def _flaw(text: str, match: re.Match[str], earlier: list[str], shell: str, *, is_last: bool) -> str:
    """The first thing that swallows the exit code."""
    before, after = text[: match.start()], text[match.end() :]
    return (
        _flaw_behind(after, earlier, shell, is_last=is_last)
        or _flaw_in_front(before, is_last=is_last)
        or _flaw_around(earlier, shell, is_last=is_last)
    )


def _flaw_behind(after: str, earlier: list[str], shell: str, *, is_last: bool) -> str:
    if "||" in after and not _FAILS.search(after):
        return "what stands behind || takes the place of its exit code"
    if _PIPE.search(after) and shell != "bash" and not any(_PIPEFAIL.search(line) for line in earlier):
        return "the last command of the pipe gives the exit code, because pipefail is not set"
    if _BACKGROUND.search(after):
        return "it runs in the background"
    return "with && behind it, a failure does not end the script" if "&&" in after and not is_last else ""


def _flaw_in_front(before: str, *, is_last: bool) -> str:
    segment = re.split(r"\|\||&&|;", before)[-1]
    if re.match(r"\s*(?:!|(?:if|elif|while|until)\b)", segment):
        return "it is a condition, so its failure ends nothing"
    if ("$(" in before or "`" in before) and not _ASSIGNMENT.fullmatch(before):
        return "it runs inside a substitution, whose exit code is lost"
    if "||" in before:
        return "it runs only if what stands in front of || fails"
    return "it runs only if what stands in front of && succeeds" if "&&" in before and not is_last else ""


def _flaw_around(earlier: list[str], shell: str, *, is_last: bool) -> str:
    if sum(bool(_OPENS.search(line)) - bool(_CLOSES.search(line)) for line in earlier) > 0:
        return "it stands in a block that may not run"
    if any(re.match(r"exit\b", line) for line in earlier):
        return "the script may end before it"
    if any(re.match(r"trap\b", line) for line in earlier):
        return "a trap may change the exit code"
    goes_on = any(_NO_ERREXIT.search(line) for line in earlier) or (shell not in _WITH_ERREXIT and not re.search(r"\s-\w*e", shell))
    return "the script goes on after a failure, and what comes last gives the exit code" if goes_on and not is_last else ""
