"""Facts: what a worker reads out of one content, whatever the rules are.

They are values without a tree: names, lines and digests. Digests are keyed by the run's salt, so they
compare only with digests of the same run or of the same store, and say nothing to anybody else.
"""

from enum import Enum

from msgspec import Struct

from judgegate.model.ranges import LineRange

MOST = 10_000
"""How many of one sort (units, imports ...) a file's facts hold. `FileFacts.cut` says that there are more."""

MOST_STATEMENTS = 256
"""How many statement digests a unit holds."""

MOST_IN_UNITS = 100_000
"""How many statement digests and names all units of a file hold. The units beyond it hold none."""

MOST_MEANINGS = 8
"""A name that may stand for more things than this may be anything."""

ANYTHING = "*"
"""The only meaning of a name that may be anything."""

LONGEST_NAME = 200
"""Characters of a name; a longer one is cut."""

FORM_SIZE = 16
"""Bytes of a digest that says that two forms are equal."""

STATEMENT_SIZE = 8
"""Bytes of a statement's digest. These only measure how much two definitions have in common."""


class UnitKind(Enum):
    """What a unit is."""

    FUNCTION = "function"
    METHOD = "method"
    CLASS = "class"
    """The header of a class, struct, trait ... with its bases and decorators; its members are units."""
    STATEMENT = "statement"
    """A statement that stands in no function: at the top of the file or of a class."""


class Statement(Struct, frozen=True, array_like=True):
    """A statement of a function, also a nested one: the digest of its form, and how many tokens it has.

    A statement that holds a block counts without it.
    """

    digest: str
    tokens: int


class Unit(Struct, frozen=True):
    """A definition, or a statement outside of every function.

    Functions inside of functions are units of their own, and their text counts for the outer one too.

    `name` is qualified with dots, whatever encloses it. A function without a name is named by the call that
    it is given to and that call's first text, as in `app.get("/x")`. A statement is named by the first
    name that it binds, else by what it calls in the same way, as in `main()`, else by its kind, such as
    `if`. A text that may be a secret is in no name.
    `lines` are git's, with decorators. All digests are of normal forms: layout, quotes and plain comments
    do not change them. `header` leaves out the unit's own name and its decorators. `body` is empty where
    there is none. `exposure` is what makes it reachable: the headers and decorators of all that encloses
    it, its own decorators and bases, and the `if`, `try` and `with` around it. Annotations and attributes
    are decorators; words such as `public` and `static` are of the header. `calls` are the resolved names
    of what is called in it, sorted. `arity` is how many parameters it has, None where it takes any number
    or none apply. `binds` are the qualified names that a statement outside of functions binds or deletes,
    and those of the file that a function may bind.
    """

    kind: UnitKind
    name: str
    lines: LineRange
    header: str
    body: str
    exposure: str
    tokens: int
    statements: tuple[Statement, ...] = ()
    calls: tuple[str, ...] = ()
    arity: int | None = None
    binds: tuple[str, ...] = ()


class Binding(Struct, frozen=True):
    """What a name means in a scope: full dotted names, or `ANYTHING` alone.

    `scope` is the qualified name of the definition, empty for the file. Names that mean nothing but
    themselves are left out.
    """

    scope: str
    name: str
    meanings: tuple[str, ...]


class ImportedName(Struct, frozen=True):
    """A module or name that the file takes in, as it is written there.

    `name` is the full name, in Python with the leading dots of a relative import. `typing_only`: only type
    checkers follow it.
    """

    name: str
    line: int
    typing_only: bool = False


class AssertionFact(Struct, frozen=True):
    """Something that a test or the code claims: `assert`, `expect(...)`, `self.assertEqual(...)`.

    `name` is what asserts, `digest` that of its normal form, `scope` the qualified name of the definition.
    """

    name: str
    line: int
    digest: str
    scope: str


class GuardForm(Enum):
    """How code is guarded."""

    CLAUSE = "clause"
    """A condition whose block leaves: by `return`, `raise`, `continue` ..."""
    BLOCK = "block"
    """A `with`, `using`, `synchronized` ... around code."""
    HANDLER = "handler"
    """An `except`, `catch`, `rescue` ..."""
    CALL = "call"
    """A call whose result nobody takes, such as `check_owner(user)`."""
    TEST = "test"
    """A condition around code, or a pattern that must match. Only evidence contexts have these."""
    STATE = "state"
    """A call that decides what the program may do from then on, such as `os.chdir(path)`. As with tests."""


class GuardFact(Struct, frozen=True):
    """A guard. `digest` is that of its condition, of what is entered or caught, or of the call."""

    form: GuardForm
    line: int
    digest: str
    scope: str


class StatementRow(Struct, frozen=True):
    """At least four statements in a row, of at least 40 tokens in all: the whole body of something.

    What is written twice has the same digest twice.
    """

    lines: LineRange
    digest: str
    tokens: int


class ParameterKind(Enum):
    """How a parameter is given."""

    POSITION = "position"
    EITHER = "either"
    KEYWORD = "keyword"
    MANY = "many"
    """`*args`, `...rest`, variadic ones."""
    MANY_KEYWORDS = "many keywords"


class Parameter(Struct, frozen=True):
    """A parameter of a public function. `required`: it has no default."""

    name: str
    kind: ParameterKind
    required: bool


class Signature(Struct, frozen=True):
    """What others can use: a function with its parameters, a class, or a variable (both without)."""

    name: str
    kind: UnitKind
    line: int
    parameters: tuple[Parameter, ...] = ()


class StructureEntry(Struct, frozen=True):
    """A value in a file that is no code: the keys that lead to it, its line, and the digest of what it is.

    `kind` is `mapping`, `sequence` or `value`. The digest of a mapping or sequence is that of all in it. It
    is `comment` for a comment that more than people read: its path leads to the value beside it, and to `#`.
    Elements are `[0]`, `[1]` ... in a path; of several documents the second's begins with `---2`.
    """

    path: tuple[str, ...]
    kind: str
    line: int
    digest: str


class FileFacts(Struct, frozen=True):
    """All facts of one content.

    `dynamic` says why names cannot be relied upon: `star import`, `globals`, `module attribute` (a name of
    an imported module is assigned to). `form` is the digest of the file's whole normal form, empty where
    the language has none. `cut`: a bound was met, and there is more than what is here.
    """

    language: str
    form: str = ""
    units: tuple[Unit, ...] = ()
    bindings: tuple[Binding, ...] = ()
    imports: tuple[ImportedName, ...] = ()
    assertions: tuple[AssertionFact, ...] = ()
    guards: tuple[GuardFact, ...] = ()
    blocks: tuple[StatementRow, ...] = ()
    signatures: tuple[Signature, ...] = ()
    entries: tuple[StructureEntry, ...] = ()
    dynamic: tuple[str, ...] = ()
    cut: bool = False
