"""The kinds of a team's own rules.

What one may look for, how it is written, and whether it can be looked for at all.

A new kind is a value of `model.own_rules`, a row of `KINDS` here, and what looks for it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct

from judgegate.model.levels import Family, Severity
from judgegate.model.own_rules import (
    FileEvent,
    FileKind,
    Files,
    Imports,
    Pattern,
    Regex,
    Search,
    Size,
)
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter
from judgegate.policy.own_rule_imports import imports
from judgegate.policy.own_rule_pattern import in_one_line, pattern, pattern_fault
from judgegate.policy.problems import Placed, Problems
from judgegate.policy.reader import (
    Field,
    FieldReader,
    Shape,
    fields_schema,
    list_of,
    one_of,
    one_word,
    path_patterns,
    placed,
    refuse,
    table,
    truth,
    whole_number,
    word,
    written,
)
from judgegate.policy.yaml_document import Mapping, Node, Scalar

OWN_ID = re.compile(
    rf"(?:{'|'.join(family.value for family in Family)})/[a-z0-9]+(?:-[a-z0-9]+)*"
)
"""The id of a team's own rule."""

MOST = 1_000_000_000


class OwnRuleKind(Struct, frozen=True):
    """A kind of own rule. `about` ends the sentence "A rule that the policy brings: ...".

    `reads_contents`: it is looked for in the contents of files, so the plan names it; what is known
    of a file without them is in every analysis. `fault` says why a value cannot be looked for.
    """

    value: type[Search]
    shape: Shape[Placed[Any]]
    about: Callable[[Any], str]
    reads_contents: bool
    fault: Callable[[Any], str | None] = lambda _: None


_REGEX = (
    Field("pattern", word, needed="the regular expression itself"),
    Field(
        "in",
        one_word(
            ("added", "content"),
            "added (the lines that the change adds) or content (the whole file)",
        ).then(lambda place: place == "added"),
        name="added",
    ),
    Field("secret", truth),
)


def _read_regex(node: Node, problems: Problems) -> Placed[Regex] | None:
    """A pattern alone, or with what it is searched in."""
    if isinstance(node, Scalar):
        text = word(node, problems)
        return None if text is None else Placed(Regex(text), node.place)
    fields = table(node, problems, "a regular expression, or {pattern: ..., in: content}")
    if fields is None:
        return None
    values = fields.take_all(_REGEX)
    fields.close("a regular expression")
    place = fields.node_of("pattern")
    if place is None or "pattern" not in values:
        return None
    # The place is that of the pattern, because what the engine finds wrong is in it.
    return Placed(Regex(**values), place.place)


regex = Shape(
    _read_regex,
    {
        "description": "RE2's syntax, on added lines or whole files.",
        "anyOf": [word.schema, fields_schema(_REGEX)],
    },
)


def _describe_regex(search: Regex) -> str:
    """What such a rule looks for, as the end of a sentence."""
    return f"a text in {'the lines that a change adds' if search.added else 'a whole file'}"


def _regex_fault(search: Regex) -> str | None:
    """Why RE2 cannot search for it, or why it would be found anywhere; None if it is right."""
    import re2  # a C++ library, which only policies with such a rule load

    options = re2.Options()
    # RE2 would write to standard error as well, where it would be between the program's own lines.
    options.log_errors = False
    try:
        found = re2.compile(search.pattern.encode(), options).search(b"")
    except re2.error as error:
        return f"RE2 cannot read this regular expression: {in_one_line(_reason(error))}"
    except UnicodeEncodeError:
        return "this text cannot be a regular expression, because it is not valid Unicode"
    if found is None:
        return None
    return "this matches the empty text, and so every line; write a pattern that must match something"


def _reason(error: Exception) -> str:
    """What RE2 says, which it gives as bytes where the pattern was bytes."""
    reason = error.args[0]
    return reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)


def _read_mode(node: Node, problems: Problems) -> bool | None:
    """Whether the file's mode must have changed: there is only one word for it."""
    if written(node) == "changed":
        return True
    return refuse(node, problems, "changed")


_EVENTS = list_of(
    one_of(FileEvent), "added, removed, changed, or a list of them", alone=True
)
_TYPES = list_of(
    one_of(FileKind), "file, executable, link, submodule, or a list of them", alone=True
)
_FILES = (
    Field("change", _EVENTS.then(frozenset), name="events"),
    Field("type", _TYPES.then(frozenset), name="kinds"),
    Field("paths", path_patterns),
    Field("max_bytes", whole_number(0, MOST), name="more_than"),
    Field("mode", Shape(_read_mode, {"const": "changed"})),
)


def _read_files(node: Node, problems: Problems) -> Placed[Files] | None:
    """Facts of a file change."""
    fields = table(node, problems, "files such as {change: added, paths: [*.zip]}")
    if fields is None:
        return None
    values = fields.take_all(_FILES)
    fields.close("files")
    if not fields.node.entries:
        return refuse(node, problems, "files such as {change: added, paths: [*.zip]}")
    return Placed(Files(**values), node.place)


files = Shape(
    _read_files,
    fields_schema(
        _FILES,
        description="Facts of a file change; every given entry must be true.",
        minProperties=1,
    ),
)

_MEASURES = {
    "max_added_lines": "The most lines that a change may add.",
    "max_removed_lines": "The most lines that a change may remove.",
    "max_changed_lines": "The most lines that a change may add and remove together.",
    "max_files": "The most files that a change may touch.",
}
_LIMITS = tuple(
    Field(name, whole_number(0, MOST), about) for name, about in _MEASURES.items()
)
_SIZE = (*_LIMITS, Field("paths", path_patterns))


def size_options(measures: Iterable[str]) -> tuple[Option, ...]:
    """The options that a rule on the size of a change has: one for each measure, set by the rule itself."""
    return tuple(
        Option(name, _MEASURES[name], MOST, 0, MOST, Stricter.SMALLER, limits_measure=True)
        for name in measures
    )


def _read_size(node: Node, problems: Problems) -> Placed[Size] | None:
    """Limits on the change as a whole.

    What is looked for are their names; their values are the rule's options (`limits_of`).
    """
    fields = table(node, problems, "limits such as {max_added_lines: 400}")
    if fields is None:
        return None
    values = fields.take_all(_SIZE)
    fields.close("limits on the size")
    if not fields.has(*_MEASURES):
        return refuse(node, problems, "limits such as {max_added_lines: 400}")
    measures = tuple(name for name in _MEASURES if name in values)
    if not measures:
        return None
    return Placed(Size(measures, values.get("paths", ())), node.place)


size = Shape(
    _read_size,
    fields_schema(
        _SIZE,
        description="Limits on the change as a whole.",
        anyOf=[{"required": [name]} for name in _MEASURES],
    ),
)


def limits_of(node: Node | None) -> dict[str, Placed[int]]:
    """The values of `size`, with their places. What is wrong with them was noted when it was read."""
    if not isinstance(node, Mapping):
        return {}
    return FieldReader(node, Problems()).take_all(
        [Field(row.key, placed(row.shape)) for row in _LIMITS]
    )


KINDS: dict[str, OwnRuleKind] = {
    "pattern": OwnRuleKind(
        Pattern,
        pattern,
        lambda search: f"a code pattern in {', '.join(search.languages)}",
        reads_contents=True,
        fault=pattern_fault,
    ),
    "regex": OwnRuleKind(
        Regex, regex, _describe_regex, reads_contents=True, fault=_regex_fault
    ),
    "imports": OwnRuleKind(
        Imports,
        imports,
        lambda _: "which Python modules may import which",
        reads_contents=True,
    ),
    "files": OwnRuleKind(
        Files,
        files,
        lambda _: "which files a change may touch, and how",
        reads_contents=False,
    ),
    "size": OwnRuleKind(
        Size, size, lambda _: "how large a change may be", reads_contents=False
    ),
}
"""By the key under which a rule says what it looks for."""

_KIND_OF = {kind.value: kind for kind in KINDS.values()}


def kind_of(search: Search) -> OwnRuleKind:
    """The row of what a rule looks for."""
    return _KIND_OF[type(search)]


_TUNE = (
    "The policy defines this rule, with its action, severity, `when` and `cases`. A later layer may set "
    "any of these."
)


def own_row(rule: str, search: Search, message: str, why: str) -> RuleSpec:
    """The row of a team's own rule."""
    page = RulePage(
        f"A rule of the policy's own: {kind_of(search).about(search)}.",
        why or "The policy that defines this rule gives no reason.",
        message or "Check the finding.",
        _TUNE,
    )
    options = size_options(search.measures) if isinstance(search, Size) else ()
    return RuleSpec(rule, message or rule, Severity.MEDIUM, "", page, options)


def provisional_row(rule: str) -> RuleSpec:
    """A row to read a rule with while its layers are not known.

    It has every option that such a rule may have.
    """
    return RuleSpec(
        rule,
        rule,
        Severity.MEDIUM,
        "",
        RulePage("", "", "", _TUNE),
        size_options(_MEASURES),
    )
