"""How a team's own rule says what it looks for: one reader for each of the five kinds."""

from collections.abc import Callable, Mapping

from judgegate.model.rules import Option, Stricter
from judgegate.model.searches import FileEvent, FileKind, Files, Regex, Search, Size
from judgegate.policy.condition_grammar import path_patterns
from judgegate.policy.contract_grammar import contract
from judgegate.policy.document import Node, Scalar
from judgegate.policy.pattern_grammar import pattern
from judgegate.policy.problems import Problems, nearest
from judgegate.policy.reading import Placed, Read, list_of, one_of, refuse, refuse_word, table, truth, whole_number, word

MOST = 1_000_000_000
_MEASURES = {
    "max_added_lines": "The most lines that a change may add.",
    "max_removed_lines": "The most lines that a change may take away.",
    "max_changed_lines": "The most lines that a change may add and take away together.",
    "max_files": "The most files that a change may touch.",
}
_PLACES = {"added": True, "content": False}


def size_options(limits: Mapping[str, int]) -> tuple[Option, ...]:
    """The options that a rule on the size of a change has, with the values that it sets as their defaults."""
    return tuple(Option(name, _MEASURES[name], value, 0, MOST, Stricter.SMALLER, limits_measure=True) for name, value in limits.items())


ALL_SIZE_OPTIONS = size_options(dict.fromkeys(_MEASURES, MOST))


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
    return refuse_word(node, problems, "added (the lines that the change adds) or content (the whole file)", hint)


def files(folder: str) -> Read[Placed[Files]]:
    """Facts of a file change."""

    def read(node: Node, problems: Problems) -> Placed[Files] | None:
        fields = table(node, problems, "files as {change: added, paths: [*.zip]}")
        if fields is None:
            return None
        events = fields.take("change", list_of(one_of(FileEvent), "added, removed, changed, or a list of them", alone=True))
        kinds = fields.take("type", list_of(one_of(FileKind), "file, executable, link, submodule, or a list of them", alone=True))
        paths = fields.take("paths", path_patterns(folder))
        more_than = fields.take("max_bytes", whole_number(0, MOST))
        mode = fields.take("mode", _mode)
        fields.close("files")
        if not fields.node.entries:
            return refuse(node, problems, "files as {change: added, paths: [*.zip]}")
        wanted = Files(frozenset(events or FileEvent), paths or (), frozenset(kinds or FileKind), more_than, bool(mode))
        return Placed(wanted, node.place)

    return read


def _mode(node: Node, problems: Problems) -> bool | None:
    return True if isinstance(node, Scalar) and node.text == "changed" else refuse(node, problems, "changed")


def size(folder: str) -> Read[tuple[Placed[Size], Mapping[str, int]]]:
    """Limits on the change as a whole. The names are what is looked for; their values are options, so that a case can set others."""

    def read(node: Node, problems: Problems) -> tuple[Placed[Size], Mapping[str, int]] | None:
        fields = table(node, problems, "limits as {max_added_lines: 400}")
        if fields is None:
            return None
        taken = {name: fields.take(name, whole_number(0, MOST)) for name in _MEASURES}
        paths = fields.take("paths", path_patterns(folder))
        fields.close("limits on the size")
        limits = {name: value for name, value in taken.items() if value is not None}
        if not any(fields.node_of(name) for name in _MEASURES):
            return refuse(node, problems, "limits as {max_added_lines: 400}")
        return (Placed(Size(tuple(limits), paths or ()), node.place), limits) if limits else None

    return read


def kinds(folder: str) -> Mapping[str, Read[tuple[Placed[Search], Mapping[str, int]]]]:
    """The readers by the key that says what a rule looks for; the numbers are the defaults of the rule's options."""
    return {
        "pattern": _without_options(pattern),
        "regex": _without_options(regex),
        "imports": _without_options(contract(folder)),
        "files": _without_options(files(folder)),
        "size": size(folder),  # type: ignore[dict-item]  # a size is a search
    }


KINDS = ("pattern", "regex", "imports", "files", "size")


def _without_options(read: Callable[[Node, Problems], Placed[Search] | None]) -> Read[tuple[Placed[Search], Mapping[str, int]]]:
    def read_search(node: Node, problems: Problems) -> tuple[Placed[Search], Mapping[str, int]] | None:
        found = read(node, problems)
        return None if found is None else (found, {})

    return read_search
