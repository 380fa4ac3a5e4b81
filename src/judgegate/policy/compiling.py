"""Whether what a team's rules look for can be looked for at all: patterns and regular expressions are compiled once, and thrown away.

The engines are imported here only where a policy has such rules. Shipped packs are compiled by the tests, not on every run.
"""

import json
import re
from collections.abc import Iterator

from judgegate.model.searches import Pattern, Regex, Search
from judgegate.policy.model import PolicyFile
from judgegate.policy.problems import Place
from judgegate.policy.reader import Placed

Mistake = tuple[Place, str]

_METAVARIABLE = re.compile(r"\$\$\$[A-Z0-9_]*|\$\$?[A-Z_][A-Z0-9_]*")
_CAUSE = re.compile(r"^\s+(?:\d+: )?(\S.*)$", re.MULTILINE)
LONGEST_REASON = 200


def broken_searches(file: PolicyFile) -> Iterator[Mistake]:
    """Patterns and regular expressions of this file that do not compile, and those that would find anything."""
    for block in file.rules.values():
        if block.looks_for is not None:
            reason = fault_of(block.looks_for)
            if reason is not None:
                yield block.looks_for.place, reason


def fault_of(placed: Placed[Search]) -> str | None:
    """Why it cannot be looked for, or None."""
    match placed.value:
        case Pattern() as pattern:
            return next(
                (fault for language in pattern.languages if (fault := _pattern_fault(pattern, language))),
                None,
            )
        case Regex() as regex:
            return _regex_fault(regex)
        case _:
            return None


def _regex_fault(regex: Regex) -> str | None:
    import re2  # only who has such a rule pays for it

    options = re2.Options()
    options.log_errors = False
    try:
        found = re2.compile(regex.pattern.encode(), options).search(b"")
    except re2.error as error:
        reason = error.args[0]
        shown = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        return f"this is no regular expression that RE2 reads: {_in_one_line(shown)}"
    except UnicodeEncodeError:
        return "this is no text that a regular expression can be made of"
    return None if found is None else "this matches the empty text, so every line; say what must be there"


def _pattern_fault(pattern: Pattern, language: str) -> str | None:
    from ast_grep_py import SgRoot

    try:
        if (
            pattern.code
            and SgRoot(_METAVARIABLE.sub("_", pattern.code), language).root().find(kind="ERROR") is not None
        ):
            return f"this is not {language}, read by itself; give a `rule` with `pattern: {{context: ..., selector: ...}}`"
        SgRoot("", language).root().find(json.loads(pattern.matcher))
    except Exception as error:  # noqa: BLE001 - the engine raises whatever it likes, and every one means that it cannot use the rule
        return f"ast-grep cannot use this for {language}: {_cause_of(str(error))}"
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        return f"ast-grep cannot use this for {language}: it gives up on it"
    return None


def _cause_of(message: str) -> str:
    """The last cause that the engine names, without its stack."""
    causes = _CAUSE.findall(message.partition("Caused by:")[2].partition("Stack backtrace:")[0])
    return _in_one_line(causes[-1] if causes else message)


def _in_one_line(text: str) -> str:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(shown.split())[:LONGEST_REASON].rstrip(".")
