"""How a team's own rule says what it looks for: one reader for each of the five kinds."""

from collections.abc import Iterable
from typing import Any

from judgegate.model.rules import Option, Stricter
from judgegate.model.searches import FileEvent, FileKind, Files, Regex, Search, Size
from judgegate.policy.own_rule_imports import contract
from judgegate.policy.own_rule_pattern import pattern
from judgegate.policy.path_patterns import path_patterns
from judgegate.policy.problems import Problems, nearest
from judgegate.policy.reader import (
    FieldReader,
    Placed,
    Read,
    list_of,
    one_of,
    refuse,
    refuse_word,
    table,
    truth,
    whole_number,
    word,
)
from judgegate.policy.yaml_document import Mapping, Node, Scalar

MOST = 1_000_000_000
_MEASURES = {
    "max_added_lines": "The most lines that a change may add.",
    "max_removed_lines": "The most lines that a change may take away.",
    "max_changed_lines": "The most lines that a change may add and take away together.",
    "max_files": "The most files that a change may touch.",
}
_PLACES = {"added": True, "content": False}


def size_options(measures: Iterable[str]) -> tuple[Option, ...]:
    """The options that a rule on the size of a change has: one for each measure, set by the rule itself."""
    return tuple(
        Option(name, _MEASURES[name], MOST, 0, MOST, Stricter.SMALLER, limits_measure=True)
        for name in measures
    )


ALL_SIZE_OPTIONS = size_options(_MEASURES)


def regex(node: Node, problems: Problems) -> Placed[Regex] | None:
    """A pattern alone, or with what it is searched in."""
    if isinstance(node, Scalar):
        text = word(node, problems)
        return None if text is None else Placed(Regex(text), node.place)
    fields = table(node, problems, "a regular expression, or {pattern: ..., in: content}")
    if fields is None:
        return None
    found = fields.need("pattern", word, "the regular expression itself")
    added = fields.take("in", _place)
    secret = fields.take("secret", truth)
    fields.close("a regular expression")
    place = fields.node_of("pattern")
    if found is None or place is None:
        return None
    return Placed(Regex(found, added is not False, bool(secret)), place.place)


def _place(node: Node, problems: Problems) -> bool | None:
    if isinstance(node, Scalar) and node.text in _PLACES:
        return _PLACES[node.text]
    hint = nearest(node.text, _PLACES) if isinstance(node, Scalar) else ""
    return refuse_word(
        node, problems, "added (the lines that the change adds) or content (the whole file)", hint
    )


def files() -> Read[Placed[Files]]:
    """Facts of a file change."""

    def read(node: Node, problems: Problems) -> Placed[Files] | None:
        fields = table(node, problems, "files as {change: added, paths: [*.zip]}")
        if fields is None:
            return None
        events = fields.take(
            "change", list_of(one_of(FileEvent), "added, removed, changed, or a list of them", alone=True)
        )
        kinds = fields.take(
            "type",
            list_of(one_of(FileKind), "file, executable, link, submodule, or a list of them", alone=True),
        )
        paths = fields.take("paths", path_patterns)
        more_than = fields.take("max_bytes", whole_number(0, MOST))
        mode = fields.take("mode", _mode)
        fields.close("files")
        if not fields.node.entries:
            return refuse(node, problems, "files as {change: added, paths: [*.zip]}")
        wanted = Files(
            frozenset(events or FileEvent), paths or (), frozenset(kinds or FileKind), more_than, bool(mode)
        )
        return Placed(wanted, node.place)

    return read


def _mode(node: Node, problems: Problems) -> bool | None:
    return True if isinstance(node, Scalar) and node.text == "changed" else refuse(node, problems, "changed")


def size() -> Read[Placed[Size]]:
    """Limits on the change as a whole. What is looked for are their names; their values are the rule's options (`limits_of`)."""

    def read(node: Node, problems: Problems) -> Placed[Size] | None:
        fields = table(node, problems, "limits as {max_added_lines: 400}")
        if fields is None:
            return None
        limits = {name: fields.take(name, whole_number(0, MOST)) for name in _MEASURES}
        paths = fields.take("paths", path_patterns)
        fields.close("limits on the size")
        if not any(fields.node_of(name) for name in _MEASURES):
            return refuse(node, problems, "limits as {max_added_lines: 400}")
        measures = tuple(name for name, value in limits.items() if value is not None)
        return Placed(Size(measures, paths or ()), node.place) if measures else None

    return read


def limits_of(node: Node | None) -> dict[str, Placed[int]]:
    """The values of `size`, with their places. What is wrong with them was noted when it was read."""
    if not isinstance(node, Mapping):
        return {}
    fields = FieldReader(node, Problems())
    found = {name: fields.placed(name, whole_number(0, MOST)) for name in _MEASURES}
    return {name: value for name, value in found.items() if value is not None}


KINDS = ("pattern", "regex", "imports", "files", "size")


def readers(folder: str) -> dict[str, Read[Placed[Search]]]:
    """The readers of what a rule looks for, by the key that says it. Paths in it are relative to the folder."""
    found: dict[str, Any] = {
        "pattern": pattern,
        "regex": regex,
        "imports": contract(folder),
        "files": files(),
        "size": size(),
    }
    return found
