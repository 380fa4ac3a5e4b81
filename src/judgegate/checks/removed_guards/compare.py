"""Which guards a change takes away for good: those that stand nowhere in what it adds."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from msgspec import Struct

from judgegate.change.objects import MissingObjectError
from judgegate.checks.removed_guards.guard_lines import (
    GuardLine,
    LineContext,
    cut_lines,
    definition_name,
    find_guards,
    find_stand_ins,
    read_line_context,
    split_lines,
    squeeze,
)
from judgegate.checks.removed_guards.kinds import EXPECTATION, HANDLER, Where
from judgegate.model.analysis import LostGuard
from judgegate.model.change import Blob, FileChange
from judgegate.model.file_names import is_test, language_by_suffix
from judgegate.model.hunks import places_of
from judgegate.model.intervals import Intervals
from judgegate.model.ranges import LineRange

WITHOUT_GUARDS = frozenset({"css", "json", "nix", "yaml"})
"""Languages that hold none, unless they describe a pipeline."""

MORE_SUFFIXES = (
    ".vue",
    ".svelte",
    ".erb",
    ".jinja",
    ".jinja2",
    ".j2",
    ".groovy",
    ".pl",
    ".ps1",
    ".sql",
)
"""Of templates and languages that no table of languages here has."""

PIPELINE_FOLDERS = (
    ".github/workflows/",
    ".github/actions/",
    ".gitlab/",
    ".circleci/",
    ".buildkite/",
)
PIPELINE_NAMES = frozenset(
    {
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        ".travis.yml",
        "Jenkinsfile",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "tox.ini",
    }
)


def places_of_guards(path: str) -> frozenset[Where]:
    """Which kinds of guards a file can hold; none for prose and data."""
    name = path.rpartition("/")[2]
    if path.startswith(PIPELINE_FOLDERS) or name in PIPELINE_NAMES:
        return frozenset({Where.PIPELINES})
    language = language_by_suffix(path)
    if language in WITHOUT_GUARDS:
        return frozenset()
    # A file without a language is prose or data, unless its suffix is one of the known others.
    if language is None and not name.lower().endswith(MORE_SUFFIXES):
        return frozenset()
    return frozenset({Where.TESTS if is_test(path, language) else Where.CODE})


LARGEST = 1_000_000
"""Bytes of a side that is read."""

MOST_LINES = 100_000
"""Added and removed lines of a change in which guards are searched.

No reviewer reads a larger one, and hostile lines take long.
"""

MOST_READ = 2000
"""Guards that are read on a side of a file."""

MOST = 100
"""Guards that are kept of one file: a reviewer asks after no more of them one by one."""

Read = Callable[[str], bytes]


class ChangedGuard(Struct, frozen=True):
    """A guard on a changed line: the number of its file, and of the place in it."""

    guard: GuardLine
    file: int
    place: int


class Removed(Struct, frozen=True):
    """A guard on a removed line. Two texts are empty unless the change removes those as well.

    `taken_with` names the definition around it, `above` is the line above it without white space.
    """

    at: ChangedGuard
    taken_with: str
    above: str = ""


class Added(Struct, frozen=True):
    """What the change adds.

    How often the lines that were removed, which of the definitions' names, and all guards.
    """

    texts: Counter[str]
    names: frozenset[str]
    guards: tuple[ChangedGuard, ...]


def find_lost_guards(
    changes: Sequence[FileChange], read: Read
) -> dict[int, tuple[LostGuard, ...]]:
    """The guards that the files of a change lost, by the file's number.

    None at all where the change is too large. What the change adds is read only where it removes a
    guard.

    Args:
        changes: the files; their numbers are their places here.
        read: reads a blob by its id.
    """
    if _count_lines(changes) > MOST_LINES:
        return {}
    removed: list[Removed] = []
    for number, change in enumerate(changes):
        removed += _read_removed(number, change, read)
    if not removed:
        return {}
    added = _read_added(changes, removed, read)
    lost: dict[int, list[LostGuard]] = defaultdict(list)
    for guard, number in find_lost(removed, added, _renamed(changes)):
        lost[number].append(LostGuard(guard.kind.key, guard.name, guard.line))
    return {number: tuple(guards[:MOST]) for number, guards in lost.items()}


def _count_lines(changes: Iterable[FileChange]) -> int:
    """Added and removed lines of the files that can have guards."""
    searched = [change for change in changes if places_of_guards(change.path)]
    return sum(change.added_lines + change.removed_lines for change in searched)


def find_lost(
    removed: Iterable[Removed], added: Added, renamed: Mapping[int, int]
) -> Iterator[tuple[GuardLine, int]]:
    """The guards that are gone, each with the number of its file.

    A guard came back if the change adds the same line anywhere, or adds in its stead another one of
    its kind. It is no loss where what it guarded is gone as well: the definition that it stood in,
    or the last line of what a handler was for.

    Args:
        removed: the guards on removed lines.
        added: what can make up for them.
        renamed: the number of what a file became, by the file's own number.
    """
    stock = _Stock(added)
    # The line itself first, and also for what goes along with its code: what one guard takes is not
    # there for another.
    left = [one for one in removed if not stock.take_text(one.at.guard.text)]
    left = [one for one in left if not _goes_along(one, added)]
    # From the surest substitute to the least sure, each for all guards before the next.
    for substitute in (_of_its_name, _in_its_place, _in_its_file):
        left = [one for one in left if not stock.take(substitute(one.at, renamed))]
    for one in left:
        yield one.at.guard, one.at.file


def _goes_along(one: Removed, added: Added) -> bool:
    """Whether there is nothing left that it could guard."""
    kind = one.at.guard.kind
    if kind.stays:
        return False
    if kind is HANDLER and one.above and not added.texts[one.above]:
        return True
    return bool(one.taken_with) and one.taken_with not in added.names


class _Stock:
    """The added guards, each of which stands in for one that was removed."""

    def __init__(self, added: Added) -> None:
        self._texts = Counter(added.texts)
        self._used: set[int] = set()
        self._by_key: dict[Hashable, list[int]] = defaultdict(list)
        # Backwards, because they are taken from the end: so the first one is taken first.
        for number, one in reversed(list(enumerate(added.guards))):
            for key in (one.guard.text, *_keys(one)):
                self._by_key[key].append(number)

    def take_text(self, text: str) -> bool:
        """Whether the line itself was added once more."""
        if not self._texts[text]:
            return False
        self._texts[text] -= 1
        self.take(text)
        return True

    def take(self, key: Hashable) -> bool:
        """Whether there is a guard of this sort that stands in for no other yet."""
        waiting = self._by_key.get(key, [])
        # A guard is listed under each of its keys, so one that is here may be used already.
        while waiting:
            number = waiting.pop()
            if number not in self._used:
                self._used.add(number)
                return True
        return False


def _keys(one: ChangedGuard) -> list[Hashable]:
    """What an added guard can be asked for by.

    Its kind in its file, that with its name, and that with its place.
    """
    kind = one.guard.kind.key
    return [(one.file, kind), (one.file, kind, one.guard.name), (one.file, kind, one.place)]


def _of_its_name(one: ChangedGuard, renamed: Mapping[int, int]) -> Hashable:
    """By its name, anywhere in its file."""
    return (renamed.get(one.file, one.file), one.guard.kind.key, one.guard.name)


def _in_its_place(one: ChangedGuard, _renamed: Mapping[int, int]) -> Hashable:
    """By its place, whatever its name."""
    return (one.file, one.guard.kind.key, one.place)


def _in_its_file(one: ChangedGuard, renamed: Mapping[int, int]) -> Hashable:
    """In a test that is written anew, and in a file with a new name, where the places are others."""
    anywhere = one.guard.kind is EXPECTATION or one.file in renamed
    return (renamed.get(one.file, one.file), one.guard.kind.key) if anywhere else None


def _read_removed(number: int, change: FileChange, read: Read) -> list[Removed]:
    """The guards among the lines that a file loses."""
    places = places_of_guards(change.path)
    lines = _lines(change.old, read) if change.removed and places else None
    if lines is None:
        return []
    found = list(islice(find_guards(lines, change.removed, places), MOST_READ))
    around = read_line_context(lines, {guard.line for guard in found})
    hunks = Intervals(place.removed for place in places_of(change))
    removed: list[Removed] = []
    for guard in found:
        context = around[guard.line]
        if guard.kind.conditional and not context.conditional:
            continue
        at = ChangedGuard(guard, number, hunks.find(guard.line))
        above = _above(guard.line, lines, change.removed_at)
        removed.append(Removed(at, _taken_with(context, change.removed_at), above))
    return removed


def _above(line: int, lines: Sequence[bytes], gone: Intervals) -> str:
    """The line above, to be compared; empty unless it is removed as well."""
    if gone.find(line - 1) < 0:
        return ""
    above = cut_lines(lines, [LineRange(line - 1, line - 1)])
    return "".join(squeeze(text) for _, text in above)


def _taken_with(around: LineContext, gone: Intervals) -> str:
    """The name of the definition around; empty unless its header is removed as well."""
    if around.header is None or gone.find(around.header) < 0:
        return ""
    return around.name


def _read_added(
    changes: Iterable[FileChange], removed: Iterable[Removed], read: Read
) -> Added:
    """What the change adds, as far as it can make up for what is removed."""
    wanted = frozenset(text for one in removed for text in (one.at.guard.text, one.above))
    texts: Counter[str] = Counter()
    names: set[str] = set()
    guards: list[ChangedGuard] = []
    for number, change in enumerate(changes):
        added, found = _read_added_lines(number, change, read)
        # Most lines of a change are of no interest, and need not be kept.
        texts.update(text for text in map(squeeze, added) if text in wanted)
        names.update(filter(None, (definition_name(text.lstrip()) for text in added)))
        guards += found
    return Added(texts, frozenset(names), tuple(guards))


def _read_added_lines(
    number: int, change: FileChange, read: Read
) -> tuple[list[str], list[ChangedGuard]]:
    """The lines that a file gains, and what in them could stand in for a guard."""
    places = places_of_guards(change.path)
    lines = _lines(change.new, read) if change.added and places else None
    if lines is None:
        return [], []
    added = [text for _, text in cut_lines(lines, change.added)]
    hunks = Intervals(place.added for place in places_of(change))
    found = islice(find_stand_ins(lines, change.added, places), MOST_READ)
    return added, [ChangedGuard(one, number, hunks.find(one.line)) for one in found]


def _renamed(changes: Sequence[FileChange]) -> dict[int, int]:
    """From the number of a file that is gone to that of what it became."""
    numbers = {change.path: number for number, change in enumerate(changes)}
    became: dict[int, int] = {}
    for number, change in enumerate(changes):
        if change.old_path in numbers:
            became[numbers[change.old_path]] = number
    return became


def _lines(blob: Blob | None, read: Read) -> list[bytes] | None:
    """The lines of a side, or None where there is nothing to read."""
    if blob is None or not blob.is_file:
        return None
    if blob.size is None or blob.size > LARGEST:
        return None
    try:
        return split_lines(read(blob.oid))
    except MissingObjectError:
        return None
