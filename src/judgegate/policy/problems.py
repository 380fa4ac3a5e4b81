"""What is wrong with a policy: every mistake with its place, shown together."""

from collections.abc import Iterable
from operator import attrgetter
from typing import Generic, NoReturn, TypeVar

from msgspec import Struct, field

from judgegate.model.errors_and_exit_codes import UsageError

T = TypeVar("T")
U = TypeVar("U")

MOST_PROBLEMS = 50
"""Reading stops here: after fifty mistakes it is better to fix some and to look again."""

EXCERPT_WIDTH = 100
SHOWN_WORD = 40
LONGEST_GUESS = 40
"""Looking for the nearest word is quadratic in the word's length, so longer ones get no suggestion."""


class Place(Struct, frozen=True, order=True, array_like=True):
    """Where something is written. `line` and `column` count from 1, columns and `width` in characters."""

    file: str
    line: int
    column: int
    width: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Placed(Struct, Generic[T], frozen=True):
    """A value and where it was set."""

    value: T
    place: Place


def value_or(setting: Placed[T] | None, default: U) -> T | U:
    """What is set, or the default where nothing is."""
    return default if setting is None else setting.value


def underlined(text: str, column: int, width: int) -> tuple[str, str]:
    """A line and below it the carets, cut to a window where the line is long. `column` counts from 1."""
    start = column - 1
    cut = max(0, start - EXCERPT_WIDTH // 2) if len(text) > EXCERPT_WIDTH else 0
    shown = text[cut : cut + EXCERPT_WIDTH]
    carets = max(1, min(width, len(shown) - (start - cut)))
    return shown, " " * (start - cut) + "^" * carets


class PolicyProblem(Struct, frozen=True):
    """One mistake: its place, a sentence that says what was expected, and the line with carets below.

    `line` 0 is the file as a whole.
    """

    file: str
    line: int
    column: int
    message: str
    excerpt: str = ""
    underline: str = ""

    def __str__(self) -> str:
        if not self.line:
            return f"{self.file}: {self.message}"
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        if not self.excerpt.strip():
            return text
        margin = f"{self.line:>5} | "
        return (
            f"{text}\n{margin}{self.excerpt}\n{' ' * (len(margin) - 2)}| {self.underline}"
        )


class PolicyError(UsageError):
    """A policy that does not load, with all its problems.

    `paths` are the files that it was read from so far, as far as they are in
    the place of the repository's policy.
    """

    code = "policy"

    def __init__(
        self, problems: Iterable[PolicyProblem], paths: tuple[str, ...] = ()
    ) -> None:
        self.problems = tuple(problems)
        self.paths = paths
        count = len(self.problems)
        title = (
            "The policy does not load: 1 problem."
            if count == 1
            else f"The policy does not load: {count} problems."
        )
        super().__init__("\n".join([title, *map(str, self.problems)]))


class TooManyProblems(Exception):  # noqa: N818 - a signal inside this room
    """Enough was found: reading stops, and the problems so far are reported."""


class Problems(Struct):
    """Collects problems while files are read; `lines` are those of each file, for the excerpts.

    `folder` (empty, or with a slash at its end) is the one whose policy is being read: path
    patterns in it are relative to the folder. `brought` are the ids of rules that some layer
    brings, well or badly. `missing`: a layer could not be read, so others may name what it
    brings.
    """

    found: list[PolicyProblem] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    lines: dict[str, list[str]] = field(default_factory=dict)
    mentioned: list[tuple[Place, str]] = field(default_factory=list)
    brought: set[str] = field(default_factory=set)
    missing: bool = False
    folder: str = ""

    def add(self, place: Place, message: str) -> None:
        """Note a mistake at a place, with the line that it is on, as far as its file has been shown.

        Raises:
            TooManyProblems: there are so many that reading on is of no use.
        """
        lines = self.lines.get(place.file, ())
        text = (
            lines[place.line - 1].rstrip("\r").replace("\t", " ")
            if place.line <= len(lines)
            else ""
        )
        excerpt, underline = underlined(text, place.column, place.width)
        self._keep(
            PolicyProblem(place.file, place.line, place.column, message, excerpt, underline)
        )

    def mention(self, place: Place, rule: str) -> None:
        """Remember that a rule is named: whether there is one is known when all layers are read."""
        self.mentioned.append((place, rule))

    def add_file(self, file: str, message: str) -> None:
        """Note a mistake of a file as a whole."""
        self._keep(PolicyProblem(file, 0, 0, message))

    def extend(self, found: Iterable[tuple[Place, str]]) -> None:
        """Note several mistakes."""
        for place, message in found:
            self.add(place, message)

    def note_all(self, other: "Problems") -> None:
        """Note what was noted while a file without a mistake was read, as if it had been read now."""
        self.lines |= other.lines
        self.mentioned += other.mentioned
        self.brought |= other.brought
        self.folder = other.folder

    def _keep(self, problem: PolicyProblem) -> None:
        """Add a problem, unless it is known.

        Raises:
            TooManyProblems: there are so many that reading on is of no use.
        """
        # A rule is looked at in every scope, and a mistake that shows in several is reported once.
        if problem not in self.found:
            self.found.append(problem)
        if len(self.found) >= MOST_PROBLEMS:
            raise TooManyProblems

    def fail(self) -> NoReturn:
        """Raise what was found, in the order of the files and their lines.

        Raises:
            PolicyError: always.
        """
        raise PolicyError(
            sorted(self.found, key=attrgetter("file", "line", "column")),
            tuple(self.paths),
        )


def quoted(word: str) -> str:
    """The user's word inside a sentence, cut where it is long, control characters made visible."""
    shown = word if len(word) <= SHOWN_WORD else word[:SHOWN_WORD] + "..."
    return f'"{printable(shown)}"'


def printable(text: str) -> str:
    """The text with escapes in the place of what a terminal would act on or not show."""
    return "".join(
        letter if letter.isprintable() else repr(letter)[1:-1] for letter in text
    )


def listed(words: Iterable[str], joint: str = "or") -> str:
    """The words in a sentence: `a, b or c`. There must be at least one."""
    *most, last = list(words)
    return f"{', '.join(most)} {joint} {last}" if most else last


def nearest(word: str, known: Iterable[str]) -> str:
    """`; did you mean "review"?`, or nothing where no known word is near."""
    if len(word) > LONGEST_GUESS:
        return ""
    import difflib  # only a mistake needs it

    by_folded = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), by_folded, n=1, cutoff=0.6)
    return f"; did you mean {quoted(by_folded[near[0]])}?" if near else ""
