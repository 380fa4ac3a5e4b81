"""What a definition takes, and whether others can use it."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

from judgegate.model.facts import LONGEST_NAME, Parameter, ParameterKind, Signature
from judgegate.sources.grammar import Grammar, ParameterShape, Publicity
from judgegate.sources.syntax_form import FormWalk
from judgegate.sources.syntax_units import Draft, declarators, exported_names, part_of

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_MOST_PARAMETERS = 255
_MOST_WORDS = 100
_MANY = (ParameterKind.MANY, ParameterKind.MANY_KEYWORDS)


class PublicNames:
    """What others can use, noted while a walk meets it."""

    def __init__(self, walk: FormWalk) -> None:
        self.signatures: list[Signature] = []
        self._walk = walk
        self._grammar = walk.grammar
        self._exported = exported_names(walk.root, walk.grammar)

    def publish(self, draft: Draft, *, is_inside: bool) -> None:
        """Note a definition that others can use. The walk is behind its name and parameters.

        `is_inside`: it stands in a function.
        """
        publicity = self._grammar.publicity
        owner = draft.owner
        if publicity is None or is_inside or draft.name_span[0] < 0:
            return
        if owner is not None and not owner.public:
            return
        name_place = self._walk.place_of(draft.name_span[0])
        words = self.words_before(draft, name_place)
        local = draft.name.removeprefix(f"{owner.name}." if owner else "")
        if draft.inner.kind in publicity.open:
            draft.public = True
            return
        is_member = owner is not None and owner.inner.kind not in self._grammar.namespaces
        draft.public = self.is_exported(local, owner) or is_public(
            words, local, publicity, is_member=is_member
        )
        if draft.public:
            line = self._walk.lines_between(*draft.name_span).start
            self.signatures.append(
                Signature(draft.name, draft.kind, line, draft.parameters)
            )

    def is_exported(self, name: str, owner: Draft | None = None) -> bool:
        """Whether a list of exports names what stands at the top of the file."""
        return owner is None and name in self._exported

    def words_before(self, draft: Draft, place: int) -> Sequence[str]:
        """The form of a definition or statement up to a place in it: what may make it public."""
        last = min(place, draft.first_part + _MOST_WORDS)
        return self._walk.parts[draft.first_part : max(last, draft.first_part)]


def parameters_of(node: "SgNode", grammar: Grammar) -> tuple[Parameter, ...]:
    """The parameters of a function, in their order."""
    holders = (node, *declarators(node, grammar))
    for holder, field in product(holders, grammar.parameter_fields):
        listed = part_of(holder, field)
        if listed is not None:
            found = list(_read_list(listed, grammar))
            return tuple(found[:_MOST_PARAMETERS])
    return ()


def arity_of(parameters: Sequence[Parameter]) -> int | None:
    """How many parameters there are, or None where it takes any number."""
    if any(parameter.kind in _MANY for parameter in parameters):
        return None
    return len(parameters)


def is_public(
    words: Sequence[str], name: str, publicity: Publicity, *, is_member: bool
) -> bool:
    """Whether others can use a definition.

    Args:
        words: the form of all that stands before its name.
        name: its own name.
        publicity: the language's rules.
        is_member: it stands in a class that others can use.
    """
    if publicity.named and name.startswith(publicity.named):
        return True
    if not publicity.hidden.isdisjoint(words) or name.startswith(publicity.hidden_names):
        return False
    if publicity.capital:
        return name.rpartition(".")[2][:1].isupper()
    needed = publicity.member_words if is_member else publicity.words
    return not needed or not needed.isdisjoint(words)


def _read_list(listed: "SgNode", grammar: Grammar) -> Iterator[Parameter]:
    """Each parameter of a list, or the one that stands without a list."""
    alone = grammar.parameters.get(listed.kind())
    if alone is not None:
        yield _read(listed, alone)
        return
    for child in listed.children():
        shape = grammar.parameters.get(child.kind())
        if shape is not None and shape.several:
            names = child.field_children(shape.name[0])
            # Without a name it is only a type, and there nonetheless.
            for name in names or [child]:
                yield Parameter(name.text()[:LONGEST_NAME], shape.kind, shape.required)
        elif shape is not None:
            yield _read(child, shape)


def _read(node: "SgNode", shape: ParameterShape) -> Parameter:
    name = next((found for one in shape.name if (found := part_of(node, one))), node)
    kind = shape.kind
    if name.kind() in shape.many:
        kind = ParameterKind.MANY
    is_required = shape.required and part_of(node, shape.default) is None
    text = name.text().lstrip(".*&$ ")[:LONGEST_NAME]
    return Parameter(text, kind, is_required and kind is not ParameterKind.MANY)
