"""What the walk over a Python tree writes down of statements and definitions."""

import ast
from typing import Any

from msgspec import Struct

from judgegate.sources.python_scopes import Scope

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
DefinitionNode = FunctionNode | ast.ClassDef


class StatementForm(Struct, frozen=True):
    """The digests of a statement.

    `own` is that of its own words, without the name that it defines and its decorators, `body` that of
    the blocks that hang on it, and `whole` counts everything. `surface` is, for a definition, that of its
    decorators and bases. `tokens` counts the names, constants and kinds of nodes in its own words,
    `all_tokens` also those of its blocks.
    """

    own: bytes
    whole: bytes
    body: bytes
    tokens: int
    all_tokens: int
    surface: bytes = b""


class WalkedDefinition(Struct, frozen=True):
    """A function or class as the walk meets it.

    `name` is qualified with dots, whatever encloses it. `around` are the digests of the headers and surfaces
    of all that encloses it, the outermost first; `scope` is its own.
    """

    name: str
    node: DefinitionNode
    around: tuple[bytes, ...]
    scope: Scope


class FreeStatement(Struct, frozen=True):
    """A statement that stands in no function, with the digests of the headers around it."""

    node: ast.stmt
    scope: Scope
    around: tuple[bytes, ...]


class WalkedBlock(Struct, frozen=True):
    """Statements in a row, from the first to the last, with the digest of them all."""

    first: Any
    last: Any
    digest: bytes
    tokens: int
