"""The languages whose facts are read from ast-grep's trees, by ast-grep's name.

A language is admitted by its contract: `tests/sources/forms/LANGUAGE.txt`.
"""

from collections.abc import Mapping

from judgegate.sources.grammar import Grammar
from judgegate.sources.grammars.go import GO
from judgegate.sources.grammars.javascript import JAVASCRIPT, TYPESCRIPT

GRAMMARS: Mapping[str, Grammar] = {
    "go": GO,
    "javascript": JAVASCRIPT,
    "tsx": TYPESCRIPT,
    "typescript": TYPESCRIPT,
}
