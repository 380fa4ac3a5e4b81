"""What makes an observation dangerous or not: what flows into it, under which guards, and who reaches it.

A worker reads it around the flagged node. It is a value without a tree, to be compared with that of the
other side. Digests are of normal forms, and keyed as those of `FileFacts` are.
"""

from enum import Enum

from msgspec import Struct

from judgegate.model.facts import GuardForm

MOST_ROOTS = 32
"""How many roots a context holds. `EvidenceContext.rest` stands for those beyond."""

MOST_CONSTANTS = 32
"""How many constants, keywords or guards it holds, each. `EvidenceContext.rest` stands for those beyond."""

MOST_STEPS = 2_000
"""Definitions of names that are followed in one function. Beyond that, what flows in is not known."""

RELATIVE_IMPORT = "relative import"
"""How a doubt begins about a name that comes from a module beside this one."""

UNKNOWN = "?"
"""The name of what nothing here can name."""


class Callee(Struct, frozen=True, array_like=True):
    """What is called: its full dotted name, or several that it may have, sorted and with `|` between.

    `body` is the digest of the function's own body, and of those local ones that it calls, where it is
    defined in the same file; else empty.
    """

    name: str
    body: str = ""


class RootKind(Enum):
    """Where a value comes from, as far as it can be followed in its file."""

    PARAMETER = "parameter"
    NAME = "name"
    """A name from outside of the definition: imported, built in, of the module, or unknown."""
    ATTRIBUTE = "attribute"
    """An attribute of the object that a method belongs to, such as `self.command`."""
    CALL = "call"
    """The result of a call of something that is not defined in this file."""
    UNKNOWN = "unknown"
    """What could not be followed: beyond a bound, or of a kind that is not read."""


class Root(Struct, frozen=True, array_like=True):
    """Something that flows in, and the calls that it went through, the innermost first.

    `slot` is where it flows in: the number of an argument from 0, the name of a keyword, `receiver` for
    the object whose method is called, empty where nothing is called. `detail` is for a parameter the
    digest of its default and annotation, for what the file defines itself that of its body.
    """

    slot: str
    kind: RootKind
    name: str
    through: tuple[Callee, ...] = ()
    detail: str = ""


class Constant(Struct, frozen=True, array_like=True):
    """A constant that flows in; `slot` as in `Root`, `digest` is of its normal form."""

    slot: str
    digest: str


class Keyword(Struct, frozen=True, array_like=True):
    """A keyword of the flagged call.

    `value` is `True`, `False`, `None` or a whole number of at most nine digits as it is written, else
    the digest of the normal form.
    """

    name: str
    value: str


class Guard(Struct, frozen=True, array_like=True):
    """A condition, block or call that comes before the flagged node whenever it runs.

    `names` are the dotted names in it, as they are written, at most eight, sorted. `digest` is that of
    its normal form, of what its names mean, of what flows into it, and of which way it was left.
    """

    form: GuardForm
    names: tuple[str, ...]
    digest: str


class Surrounding(Struct, frozen=True, array_like=True):
    """A part of what encloses the flagged node, from the outside in.

    `what` is `decorator`, `base`, `header` (of a function or class), or the statement that a definition
    stands in: `if`, `else`, `try`, `with` ... `name` is the full name of a decorator or base. A `mention`
    is a place where a definition is used as a value, `name` is what takes it; a `hook` is a function that
    runs before, an `attribute` one of the class by which a framework decides who reaches it.
    """

    what: str
    name: str
    digest: str


class EvidenceContext(Struct, frozen=True):
    """Everything that an observation's danger hangs on, and that its file shows.

    `node` is the digest of the flagged node, `meanings` what it calls. `rest` is the digest of what the
    bounds cut off, else empty. `doubts` say why names or flows cannot be relied upon, sorted: `star
    import`, `globals`, `module attribute`, `module content`, `too many steps`, some of them with a
    digest of the statements that they come from. Two contexts are equal if all their parts
    are. `roots`, `constants` and `keywords` are sorted; guards and surroundings are in the order of the
    file.
    """

    node: str
    meanings: tuple[Callee, ...] = ()
    roots: tuple[Root, ...] = ()
    constants: tuple[Constant, ...] = ()
    keywords: tuple[Keyword, ...] = ()
    guards: tuple[Guard, ...] = ()
    exposure: tuple[Surrounding, ...] = ()
    rest: str = ""
    doubts: tuple[str, ...] = ()


def parts_that_differ(one: EvidenceContext, other: EvidenceContext) -> tuple[str, ...]:
    """The names of the parts in which two contexts are not the same."""
    return tuple(
        name
        for name in EvidenceContext.__struct_fields__
        if getattr(one, name) != getattr(other, name)
    )
