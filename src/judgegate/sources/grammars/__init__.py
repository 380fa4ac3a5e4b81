"""The languages whose facts are read from ast-grep's trees, by ast-grep's name.

A language is admitted by its contract: `tests/sources/forms/LANGUAGE.txt`.
"""

from collections.abc import Mapping

from judgegate.sources.grammar import Grammar
from judgegate.sources.grammars.bash import BASH
from judgegate.sources.grammars.c import CPP, C
from judgegate.sources.grammars.csharp import CSHARP
from judgegate.sources.grammars.go import GO
from judgegate.sources.grammars.java import JAVA
from judgegate.sources.grammars.javascript import JAVASCRIPT, TSX, TYPESCRIPT
from judgegate.sources.grammars.kotlin import KOTLIN
from judgegate.sources.grammars.php import PHP
from judgegate.sources.grammars.ruby import RUBY
from judgegate.sources.grammars.rust import RUST

GRAMMARS: Mapping[str, Grammar] = {
    "bash": BASH,
    "c": C,
    "cpp": CPP,
    "csharp": CSHARP,
    "go": GO,
    "java": JAVA,
    "javascript": JAVASCRIPT,
    "kotlin": KOTLIN,
    "php": PHP,
    "ruby": RUBY,
    "rust": RUST,
    "tsx": TSX,
    "typescript": TYPESCRIPT,
}
