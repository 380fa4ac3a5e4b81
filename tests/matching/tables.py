"""Changes with the map that must come out, as they stand in `tables/*.txt`.

A file holds cases like this one:

    === what the case shows
    --- base a.py
    def run():
        pass
    --- head a.py
    def start():
        pass
    --- map
    a.py run -> a.py start: form renamed

`--- renamed old.py new.py` says that a file of the head was renamed. In the map `+` is added, `-` removed,
`=` a tie and `~` a share; `exposed` says that what decorates or encloses it is another. What is the same bytes at the same place is left out. A statement is shown by its
first line, and of several units with a name, the second one as `run#2`.
"""

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from judgegate.matching.units import FilePair
from judgegate.model.definition_map import DefinitionMap, Equality, Pair, UnitPlace
from judgegate.model.facts import FileFacts, UnitKind
from judgegate.model.file_names import PYTHON, language_by_suffix
from judgegate.model.ranges import LineRange
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python
from judgegate.sources.syntax_facts import extract_facts

FOLDER = Path(__file__).parent / "tables"
SALT = b"salt"
_PART = re.compile(r"^--- (?P<words>.+)\n", re.MULTILINE)

Texts = dict[str, str]


class Case(NamedTuple):
    """A change: texts by path on both sides, new paths by the old ones, and the lines of the map."""

    title: str
    base: Texts
    head: Texts
    renamed: dict[str, str]
    expected: list[str]

    def files(self) -> list[FilePair]:
        """What is matched."""
        renamed = {new: old for old, new in self.renamed.items()}
        paths = (self.base.keys() - self.renamed.keys()) | self.head.keys()
        return [self._file(path, renamed.get(path)) for path in sorted(paths)]

    def exchanged(self) -> "Case":
        """The change that takes this one back."""
        back = {new: old for old, new in self.renamed.items()}
        return Case(self.title, self.head, self.base, back, [])

    def _file(self, path: str, old_path: str | None) -> FilePair:
        base, head = self.base.get(old_path or path), self.head.get(path)
        added = removed = None
        if old_path is None:
            added, removed = hunks(base or "", head or "")
        return FilePair(
            path,
            None if base is None else facts_of(old_path or path, base),
            None if head is None else facts_of(path, head),
            old_path,
            added,
            removed,
        )


def hunks(base: str, head: str) -> tuple[tuple[LineRange, ...], tuple[LineRange, ...]]:
    """The lines of the head that are added, and those of the base that are removed."""
    added, removed = [], []
    lines = base.split("\n"), head.split("\n")
    for _, start, end, new_start, new_end in SequenceMatcher(
        None, *lines, autojunk=False
    ).get_opcodes():
        same = lines[0][start:end] == lines[1][new_start:new_end]
        if start < end and not same:
            removed.append(LineRange(start + 1, end))
        if new_start < new_end and not same:
            added.append(LineRange(new_start + 1, new_end))
    return tuple(added), tuple(removed)


def facts_of(path: str, text: str) -> FileFacts:
    """The facts of a text, in the language that its path means."""
    language = language_by_suffix(path)
    assert language is not None
    if language == PYTHON:
        return extract_python(read_python(text.encode(), SALT))
    return extract_facts(text, language, SALT)


def cases() -> Iterator[Case]:
    """All cases of all files."""
    for file in sorted(FOLDER.glob("*.txt")):
        for text in re.split(r"^=== ", file.read_text("utf-8"), flags=re.MULTILINE)[1:]:
            yield _read(text, file.stem)


def _read(text: str, group: str) -> Case:
    title, _, rest = text.partition("\n")
    case = Case(f"{group}: {title}", {}, {}, {}, [])
    _, *parts = _PART.split(rest)
    for words, part in zip(parts[::2], parts[1::2], strict=True):
        match words.split():
            case ["base", path]:
                case.base[path] = part
            case ["head", path]:
                case.head[path] = part
            case ["renamed", old, new]:
                case.renamed[old] = new
            case ["map"]:
                case.expected.extend(filter(None, part.split("\n")))
            case _:
                raise ValueError(words)
    return case


def shown(case: Case, result: DefinitionMap) -> list[str]:
    """The lines of a map, sorted by the head's places as in the map."""
    base, head = _Names(case.base), _Names(case.head)
    lines = [
        f"{base.of(pair.base)} -> {head.of(pair.head)}: {_words(pair)}"
        for pair in result.pairs
        if not _is_untouched(pair)
    ]
    for tie in result.ties:
        sides = (map(base.of, tie.bases), map(head.of, tie.heads))
        ends = " | ".join(", ".join(side) for side in sides)
        lines.append(f"= {ends}" + ": taken" * tie.taken)
    lines += [f"~ {base.of(one.base)} -> {head.of(one.head)}" for one in result.shares]
    lines += [f"+ {head.of(place)}" for place in result.added]
    lines += [f"- {base.of(place)}" for place in result.removed]
    return lines + ["cut"] * result.cut


def _is_untouched(pair: Pair) -> bool:
    is_same = pair.same_name and pair.same_exposure and not pair.taken
    return is_same and pair.equal is Equality.BYTES


def _words(pair: Pair) -> str:
    words = [pair.equal.value if pair.equal is not Equality.NONE else "edited"]
    words += ["moved"] * pair.is_moved
    words += ["renamed"] * (not pair.same_name)
    words += ["exposed"] * (not pair.same_exposure)
    words += ["taken"] * pair.taken
    return " ".join(words)


class _Names:
    """How the units of a side are shown."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._lines = {path: text.split("\n") for path, text in texts.items()}
        self._seen: dict[str, list[UnitPlace]] = {}
        for path, text in texts.items():
            for number, unit in enumerate(facts_of(path, text).units):
                place = UnitPlace(path, number, unit.kind, unit.name, unit.lines)
                self._seen.setdefault(self._name(place), []).append(place)

    def of(self, place: UnitPlace) -> str:
        name = self._name(place)
        number = self._seen[name].index(place) + 1
        return name if number == 1 else f"{name}#{number}"

    def _name(self, place: UnitPlace) -> str:
        name = place.name
        if place.kind is UnitKind.STATEMENT:
            name = repr(self._lines[place.path][place.lines.start - 1].strip())
        return f"{place.path} {name}"
