"""The kinds of a team's own rules: what one may look for, how it is written, and whether it can be looked for at all.

A new kind is a value of `model.own_rules`, a row of `KINDS` here, and what looks for it.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.levels import Family, Severity
from judgegate.model.own_rules import (
    FileEvent,
    FileKind,
    Files,
    Forbidden,
    Imports,
    Independent,
    Layers,
    Pattern,
    Regex,
    Search,
    Size,
)
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter
from judgegate.policy.own_rule_pattern import in_one_line, pattern, pattern_fault
from judgegate.policy.problems import Problems, listed, quoted
from judgegate.policy.reader import (
    Field,
    FieldReader,
    Placed,
    Shape,
    fields_schema,
    list_of,
    matching,
    one_of,
    one_word,
    path_patterns,
    placed,
    refuse,
    table,
    truth,
    whole_number,
    word,
)
from judgegate.policy.schema_shapes import TEXT
from judgegate.policy.yaml_document import Mapping, Node, Scalar, Sequence

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FOLDER = re.compile(r"\.|(?!\.{0,2}/|/)[^\\]*[^\\/]/?")

_module = Shape(
    matching(_MODULE, "a module's name such as shop.orders").read,
    {"type": "string", "pattern": f"^{_MODULE.pattern}$"},
)
_modules = list_of(_module, "a module or a list of them", alone=True)


def _read_root(node: Node, problems: Problems) -> str | None:
    """A folder as seen from the repository's root, with a slash at its end; `.` is the policy's own."""
    text = matching(_FOLDER, "a folder such as services/shop/src")(node, problems)
    if text is None:
        return None
    return problems.folder + ("" if text == "." else text.rstrip("/") + "/")


def _read_layers(node: Node, problems: Problems) -> Layers | None:
    layers = list_of(_modules, "a list of layers, the highest first")(node, problems)
    if layers is None or not _are_apart(
        (name for layer in layers for name in layer), node, problems
    ):
        return None
    if len(layers) < 2 and isinstance(node, Sequence) and len(node.items) < 2:  # noqa: PLR2004 - a single layer has nothing above or below it
        problems.add(node.place, "expected at least two layers, the highest first")
        return None
    return Layers(layers)


_FORBIDDEN = (
    Field("from", _modules, needed="which modules may not import", name="sources"),
    Field("to", _modules, needed="what they may not import", name="targets"),
)


def _read_forbidden(node: Node, problems: Problems) -> Forbidden | None:
    fields = table(node, problems, "modules such as {from: shop.model, to: shop.web}")
    if fields is None:
        return None
    values = fields.take_all(_FORBIDDEN)
    fields.close("forbidden imports")
    sources, targets = values.get("sources"), values.get("targets")
    return Forbidden(sources, targets) if sources and targets else None


def _read_independent(node: Node, problems: Problems) -> Independent | None:
    modules = list_of(_module, "a list of modules")(node, problems)
    if modules is None or not _are_apart(modules, node, problems):
        return None
    if len(modules) < 2 and isinstance(node, Sequence) and len(node.items) < 2:  # noqa: PLR2004 - one module is independent of itself
        problems.add(node.place, "expected at least two modules")
        return None
    return Independent(modules)


def _are_apart(names: Iterable[str], node: Node, problems: Problems) -> bool:
    """Whether no module stands twice or lies in another one of the list: then it would be on both sides of the contract."""
    seen: list[str] = []
    for name in names:
        other = next(
            (
                one
                for one in seen
                if f"{name}.".startswith(f"{one}.") or f"{one}.".startswith(f"{name}.")
            ),
            None,
        )
        if other is not None:
            where = "is listed twice" if other == name else f"and {quoted(other)} overlap"
            problems.add(
                node.place, f"{quoted(name)} {where}: a module can be listed only once"
            )
            return False
        seen.append(name)
    return True


_CONTRACTS = (
    Field(
        "layers",
        Shape(_read_layers, {"type": "array", "items": _modules.schema, "minItems": 2}),
        "The highest first; each may import those below it.",
    ),
    Field("forbidden", Shape(_read_forbidden, fields_schema(_FORBIDDEN))),
    Field(
        "independent",
        Shape(_read_independent, {"type": "array", "items": _module.schema, "minItems": 2}),
    ),
)
_SETTINGS = (
    Field(
        "root", list_of(Shape(_read_root, TEXT), "a folder or a list of them", alone=True)
    ),
    Field("type_checking", truth),
)


def _read_imports(node: Node, problems: Problems) -> Placed[Imports] | None:
    """What an `imports` rule looks for; roots are relative to the policy's folder."""
    fields = table(node, problems, "a contract such as {layers: [shop.web, shop.model]}")
    if fields is None:
        return None
    names = [row.key for row in _CONTRACTS]
    held = [name for name in names if fields.node_of(name) is not None]
    contracts = fields.take_all(_CONTRACTS)
    settings = fields.take_all(_SETTINGS)
    fields.close("a contract")
    if len(held) != 1:
        found = listed(held, "and") if held else "none"
        problems.add(
            node.place, f"a contract needs exactly one of {listed(names)}, found {found}"
        )
        return None
    if not contracts:
        return None
    usual = Imports(contracts[held[0]])
    roots = settings.get("root") or tuple(problems.folder + root for root in usual.roots)
    return Placed(
        replace(
            usual,
            roots=roots,
            type_checking=settings.get("type_checking", usual.type_checking),
        ),
        node.place,
    )


imports = Shape(
    _read_imports,
    fields_schema(
        (*_CONTRACTS, *_SETTINGS),
        description="A contract on the imports of Python modules.",
        oneOf=[{"required": [row.key]} for row in _CONTRACTS],
    ),
)
"""What an `imports` rule looks for."""


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
    return (
        Placed(Regex(**values), place.place)
        if place is not None and "pattern" in values
        else None
    )


regex = Shape(
    _read_regex,
    {
        "description": "RE2's syntax, on added lines or whole files.",
        "anyOf": [word.schema, fields_schema(_REGEX)],
    },
)


def _describe_regex(search: Regex) -> str:
    return f"a text in {'the lines that a change adds' if search.added else 'a whole file'}"


def _regex_fault(search: Regex) -> str | None:
    import re2  # only who has such a rule pays for it

    options = re2.Options()
    options.log_errors = False
    try:
        found = re2.compile(search.pattern.encode(), options).search(b"")
    except re2.error as error:
        reason = error.args[0]
        shown = (
            reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        )
        return f"RE2 cannot read this regular expression: {in_one_line(shown)}"
    except UnicodeEncodeError:
        return "this text cannot be a regular expression, because it is not valid Unicode"
    return (
        None
        if found is None
        else "this matches the empty text, and so every line; write a pattern that must match something"
    )


def _read_mode(node: Node, problems: Problems) -> bool | None:
    return (
        True
        if isinstance(node, Scalar) and node.text == "changed"
        else refuse(node, problems, "changed")
    )


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
    if not any(fields.node_of(name) for name in _MEASURES):
        return refuse(node, problems, "limits such as {max_added_lines: 400}")
    measures = tuple(name for name in _MEASURES if name in values)
    return Placed(Size(measures, values.get("paths", ())), node.place) if measures else None


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
    """A row to read a rule with whose layers are not known yet: it has every option that such a rule may have."""
    return RuleSpec(
        rule,
        rule,
        Severity.MEDIUM,
        "",
        RulePage("", "", "", _TUNE),
        size_options(_MEASURES),
    )
