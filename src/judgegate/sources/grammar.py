"""What is known of a language's grammar, so that one walk reads them all.

The kinds are those of the tree-sitter grammars that ast-grep bundles. An empty table says that the language
has no such thing, or that its grammar does not show it: then there are no facts of that sort.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from judgegate.model.facts import ParameterKind
from judgegate.sources.plain_comments import CommentStyle

if TYPE_CHECKING:
    from ast_grep_py import SgNode

Kinds = frozenset[str]
NONE: Kinds = frozenset()


class Taken(Struct, frozen=True):
    """A name that a file takes in.

    `full` is as it is written there, `local` what the file calls it (None: nothing that code can name).
    `everything`: all that is in there is taken in, and nothing says which names these are.
    """

    full: str
    local: str | None = None
    everything: bool = False
    typing_only: bool = False
    meaning: str | None = None
    """What the name stands for, if it is not `full`."""


ImportReader = Callable[["SgNode"], Iterator[Taken]]


class Layout(Struct, frozen=True):
    """Where layout is meaning, and where a sign is layout.

    `atoms` count with every byte, as one token. `quoted` are atoms whose quotes may be exchanged where
    nothing inside depends on them. `separators` are signs that say what the tree says, by kind of their
    parent. In `trailing` a comma before the closing bracket says nothing. Behind and before some tokens it
    matters whether the line ends. `tight`: it matters whether there is a blank beside these tokens; in
    `lines` mode, where each line ends. `verbatim`: it is safest to compare all bytes but full-line comments.
    `exact`: kinds in which white space between tokens counts too. `ends`: tokens that the end of the text
    may stand for. `empties`: tokens that may have no width though nothing is missing.
    """

    atoms: Kinds = NONE
    quoted: Kinds = NONE
    separators: Mapping[str, Kinds] = {}
    trailing: Kinds = NONE
    exact: Kinds = NONE
    unseen: re.Pattern[str] | None = None
    """Text that no leaf covers and that says what the tree says."""
    heads: Kinds = NONE
    """Kinds behind which it says more: what follows does not hang on them."""
    joined: Mapping[str, str] = {}
    """Tokens that begin something else where nothing stands between them and these signs."""
    closing: Kinds = NONE
    """Tokens behind which text that no leaf covers counts with its blanks."""
    breaks_after: Kinds = NONE
    breaks_before: Kinds = NONE
    ends: Kinds = NONE
    empties: Kinds = NONE
    folded: Kinds = NONE
    """Text whose lines are joined by blanks (JSX)."""
    spaced: re.Pattern[str] | None = None
    """Tokens beside which it matters whether there is a blank."""
    line_ends: bool = False
    """Whether the end of a line always counts."""
    verbatim: bool = False


class Publicity(Struct, frozen=True):
    """What others can use: what has one of `words`, and none of `hidden`, before its name.

    `capital`: its name begins with a capital letter.
    """

    words: Kinds = NONE
    hidden: Kinds = NONE
    hidden_names: tuple[str, ...] = ()
    """How names begin that are not for others."""
    named: tuple[str, ...] = ()
    """How names begin that are for others whatever stands before them."""
    capital: bool = False
    open: Kinds = NONE
    """Kinds of classes that are no secret by themselves: namespaces, `impl`."""
    member_words: Kinds = NONE
    """The same for members of what is public; none of them is needed where this is empty."""


class ParameterShape(Struct, frozen=True):
    """How a kind of node declares a parameter.

    `name` are fields, or kinds, that hold its name, the first that is there; none where it is the node
    itself. `default` is the field whose presence makes it optional.
    """

    kind: ParameterKind = ParameterKind.POSITION
    name: tuple[str, ...] = ()
    default: str = ""
    required: bool = True
    several: bool = False
    """The field may hold several names."""
    many: Kinds = NONE
    """Kinds of the name that stand for any number of arguments."""


class Grammar(Struct, frozen=True):
    """A language."""

    comments: Kinds
    layout: Layout
    style: CommentStyle = CommentStyle()

    blocks: Kinds = NONE
    """Kinds whose named children are statements."""
    lists: Kinds = NONE
    """The same, of kinds that begin with a condition, which stands around the statements."""
    functions: Kinds = NONE
    methods: Kinds = NONE
    """Functions that are methods wherever they stand."""
    anonymous: Kinds = NONE
    """Functions that have no name of their own."""
    classes: Kinds = NONE
    namespaces: Kinds = NONE
    """Classes whose functions are no methods."""
    name_fields: tuple[str, ...] = ("name",)
    """Fields of a definition's name, in the order in which they are tried."""
    name_kinds: Kinds = NONE
    """Kinds of a definition's name where the grammar gives it no field."""
    declarator: str = ""
    """The field that leads to a name, step by step, in C and its like."""
    receiver: str = ""
    """The field of a method that says whose it is."""
    types: Kinds = NONE
    """Kinds of a type's name."""
    bodies: Kinds = NONE
    """Kinds of a definition's body where the grammar gives it no field."""
    mentions: Kinds = NONE
    """Classes that are only mentioned where they have no body."""
    carriers: Mapping[str, str] = {}
    """Kinds around a definition that belong to it, each with the field that may name it."""
    naming: Mapping[str, str] = {}
    """Other kinds of statements that bind a name, each with its field; empty where what they hold does."""
    declarations: Kinds = NONE
    """Kinds around carriers, of which they may hold several."""
    decorators: Kinds = NONE
    """Decorators, annotations, attributes: in a definition, or just before it."""
    decorator_lists: Kinds = NONE
    """Kinds in a definition that hold decorators beside other words."""

    calls: Kinds = NONE
    arguments: Kinds = NONE
    members: Kinds = NONE
    subscripts: Kinds = NONE
    passing: Kinds = NONE
    """Kinds around an expression that are as good as the expression: parentheses, `await`."""
    strings: Kinds = NONE
    first_words: Kinds = NONE
    """Calls whose first word is what is called (a shell's commands)."""
    loaders: Kinds = NONE
    """Functions that give the module which their first argument names."""

    conditionals: Kinds = NONE
    modifiers: Kinds = NONE
    """Conditionals whose condition stands behind what they guard: fields `body` and `condition`."""
    leaving_calls: Kinds = NONE
    """Functions that never return."""
    branches: Kinds = NONE
    leaving: Kinds = NONE
    entered: Kinds = NONE
    """Kinds of blocks such as `with`, `using`, `synchronized`."""
    handlers: Kinds = NONE
    bare: Kinds = NONE
    """Statements that are nothing but an expression."""
    assertions: re.Pattern[str] | None = None
    """Names of calls that assert, with `()` for each call in them."""
    asserting: Kinds = NONE

    imports: Mapping[str, ImportReader] = {}
    assignments: Mapping[str, str] = {}
    """Kinds that give names a value, each with the field of the names. The value stands last."""
    patterns: Kinds = NONE
    """Kinds of what takes a part of a value by its key."""
    wrapping: Kinds = NONE
    """Functions whose result does what their first argument does."""
    binding: Kinds = NONE
    """Methods of a function that give a function which does the same."""
    invoking: Kinds = NONE
    """Methods of a function that call it."""
    exports: Kinds = NONE
    """Kinds that name what is exported, in the field `name`."""
    publicity: Publicity | None = None
    parameter_fields: tuple[str, ...] = ("parameters",)
    parameters: Mapping[str, ParameterShape] = {}
