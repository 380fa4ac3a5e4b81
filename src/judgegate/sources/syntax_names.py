"""What names mean, scope by scope, in a file that is no Python."""

from collections.abc import Iterable, Iterator

from judgegate.model.facts import ANYTHING, LONGEST_NAME, MOST_MEANINGS, Binding

_DEEPEST_SCOPE = 50
_LONGEST_CHAIN = 8
"""How many aliases of aliases are followed."""


class SyntaxScope:
    """A file or a function, with what names mean in it. A name may mean several things."""

    __slots__ = ("_name", "_resolved", "above", "aliases", "depth", "meanings", "taken")

    def __init__(self, name: str, above: "SyntaxScope | None" = None) -> None:
        self._name = name
        self.above = above
        self.depth: int = above.depth + 1 if above is not None else 0
        self.meanings: dict[str, set[str]] = {}
        self.aliases: dict[str, set[str]] = {}
        self.taken: set[str] = set()
        self._resolved: dict[str, frozenset[str]] = {}

    def take(self, name: str, meaning: str) -> None:
        """Let a name mean something that the file takes in."""
        self.taken.add(name)
        self._add(self.meanings, name, meaning)

    def declare(self, name: str) -> None:
        """Let a name mean what nobody knows: a parameter, a function, a value."""
        self._add(self.meanings, name, name)

    def alias(self, name: str, other: str) -> None:
        """Let a name mean what another, dotted, name means here."""
        self._add(self.aliases, name, other)
        self.meanings.setdefault(name, set())

    def is_taken(self, name: str) -> bool:
        """Whether the name is one that the file takes in."""
        scope = self.find(name)
        return scope is not None and name in scope.taken

    def inner(self, name: str) -> "SyntaxScope":
        """A scope in this one. Far inside it is this one: names have more meanings there, and none less."""
        return SyntaxScope(name, self) if self.depth < _DEEPEST_SCOPE else self

    def resolve(self, name: str) -> frozenset[str]:
        """All that a dotted name may mean, by what its first part means. All is bound."""
        known = self._resolved.get(name)
        if known is None:
            known = self._resolved[name] = self._resolve(name)
        return known

    def _resolve(self, name: str) -> frozenset[str]:
        found: set[str] = set()
        pending = [(name, self, 0)]
        while pending and len(found) <= MOST_MEANINGS:
            dotted, scope, length = pending.pop()
            first, rest = _split(dotted)
            place = scope.find(first)
            if place is None or length > _LONGEST_CHAIN:
                found.add(dotted)
                continue
            found.update(meaning + rest for meaning in place.meanings[first])
            pending.extend(
                (other + rest, place, length + 1) for other in place.aliases.get(first, ())
            )
        if len(found) > MOST_MEANINGS:
            return frozenset({ANYTHING})
        return frozenset(meaning[:LONGEST_NAME] for meaning in found)

    def bindings(self) -> Iterator[Binding]:
        """The names here that mean something else than themselves."""
        for name in sorted(self.meanings):
            meanings = self.resolve(name)
            if meanings != {name}:
                yield Binding(self._name, name[:LONGEST_NAME], tuple(sorted(meanings)))

    def find(self, name: str) -> "SyntaxScope | None":
        """The innermost scope around that binds the name."""
        scope: SyntaxScope | None = self
        while scope is not None and name not in scope.meanings:
            scope = scope.above
        return scope

    @staticmethod
    def _add(table: dict[str, set[str]], name: str, meaning: str) -> None:
        meanings = table.setdefault(name, set())
        if len(meanings) <= MOST_MEANINGS:
            meanings.add(meaning[:LONGEST_NAME])


def _split(dotted: str) -> tuple[str, str]:
    """The first part of a name, and the rest with what divides them."""
    first, dot, rest = dotted.partition(".")
    name = first.removesuffix("()")
    return name, f"{first[len(name) :]}{dot}{rest}"


def resolve_all(names: Iterable[tuple[str, SyntaxScope]]) -> tuple[str, ...]:
    """All that these names may mean, sorted."""
    return tuple(
        sorted({meaning for name, scope in names for meaning in scope.resolve(name)})
    )
