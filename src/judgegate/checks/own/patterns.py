"""Shapes of code, by ast-grep.

A file is parsed once, and every pattern of its language is searched in that tree.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from judgegate.checks.excerpts import digest_surroundings, excerpt_of
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.own_rules import Pattern, Search, Sought
from judgegate.model.ranges import LineRange
from judgegate.sources.python import PythonSource
from judgegate.sources.text import TextSource

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_DEFINITIONS = (
    "function",
    "method",
    "class",
    "struct",
    "interface",
    "trait",
    "impl",
    "module",
    "mod_item",
    "namespace",
    "object",
    "contract",
    "enum",
)
_LONGEST_NAME = 100

_WORD = re.compile(r"[A-Za-y]\w*|[z_]\w*[a-y]\w*", re.ASCII)
"""A word that is no variable of a pattern, however a language's variables are written."""

_VARIABLE = re.compile(r"([$µ_z\U00010000])\1{0,2}[A-Z_][A-Z0-9_]*|\$\$\$|µµµ|___|zzz")
"""What may be a variable of a pattern, as ast-grep writes them for its parsers."""

_SIGIL = re.compile(r"\$\$\$|\$+(?=[A-Z_])")
_SIGILS = {
    language: sigil
    for sigil, languages in {
        "\U00010000": "c cpp",
        "_": "css nix",
        "z": "html",
        "µ": "csharp elixir go haskell hcl kotlin php python ruby rust swift",
    }.items()
    for language in languages.split()
}
"""What ast-grep puts in the place of `$`, by language, where that is no letter to the parser."""


class EngineError(Exception):
    """ast-grep gave up. Its own panic is no ordinary exception."""


def prepare() -> Any:
    """The parser, imported on the first call."""
    from ast_grep_py import SgRoot

    return SgRoot


def scan_patterns(
    source: PythonSource | TextSource, language: str, sought: Sequence[Sought]
) -> Iterator[Observation]:
    """Observe every place where one of the patterns is, in the order of the rules and of the file.

    One line counts once for a rule.

    Args:
        source: the file.
        language: what it is parsed as, by ast-grep's name.
        sought: the rules with a pattern for this language.

    Raises:
        EngineError: ast-grep gave up.
    """
    try:
        # To parse takes long, and most files have none of what a team looks for.
        possible = [one for one in sought if may_match(one.search, source.text, language)]
        if not possible:
            return
        found = _find_all(prepare()(source.text, language).root(), possible)
        for rule, nodes in found.items():
            yield from _observe_all(nodes, source, rule)
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise EngineError(str(error)) from None
        raise


def may_match(search: Search, text: str, language: str) -> bool:
    """Whether every word is in the text that whatever matches the pattern has in it."""
    if not isinstance(search, Pattern):
        return False
    return all(word in text for word in _words_needed(search.matcher, language))


@cache
def _words_needed(matcher: str, language: str) -> frozenset[str]:
    """The words that are in the text of each file in which a matcher finds something."""
    rule = json.loads(matcher)["rule"]
    return _words_of(rule, language) if isinstance(rule, dict) else frozenset()


def _words_of(rule: Mapping[str, Any], language: str) -> frozenset[str]:
    """The words that a rule's conditions need, all of which have to hold."""
    found: set[str] = set()
    pattern = rule.get("pattern")
    if isinstance(pattern, str):
        found.update(_words_of_pattern(pattern, language))
    for key in ("has", "inside", "follows", "precedes"):
        if isinstance(rule.get(key), dict):
            found |= _words_of(rule[key], language)
    for part in rule.get("all", ()):
        found |= _words_of(part, language)
    choices = [_words_of(choice, language) for choice in rule.get("any", ())]
    if choices:
        found |= frozenset.intersection(*choices)
    return frozenset(found)


def _words_of_pattern(pattern: str, language: str) -> Iterator[str]:
    """The words that ast-grep compares letter by letter: those of named nodes without any below them.

    It compares a keyword by its kind alone, and PHP's, for example, may be written in any case.
    """
    sigil = _SIGILS.get(language, "$")
    text = _SIGIL.sub(lambda found: sigil * len(found[0]), pattern)
    pending = [prepare()(text, language).root()]
    while pending:
        node = pending.pop()
        if _VARIABLE.fullmatch(node.text()):
            continue
        children = node.children()
        pending += children
        if not children and node.is_named() and _WORD.fullmatch(node.text()):
            yield node.text()


def _find_all(root: "SgNode", sought: Sequence[Sought]) -> "dict[str, list[SgNode]]":
    """The nodes that match, by rule.

    The tree is walked once for all rules, since walking it is what takes the time; of the nodes
    that match any of them, each is asked which it is. Constraints belong to a search as a whole, so
    a rule with them is searched by itself.
    """
    matchers = {
        one.rule: json.loads(one.search.matcher)
        for one in sought
        if isinstance(one.search, Pattern)
    }
    together = {
        rule: matcher["rule"]
        for rule, matcher in matchers.items()
        if "constraints" not in matcher
    }
    nodes = root.find_all(any=list(together.values())) if together else []
    found: dict[str, list[SgNode]] = {}
    for rule, matcher in matchers.items():
        if rule in together:
            found[rule] = [node for node in nodes if node.matches(**together[rule])]
        else:
            found[rule] = root.find_all(matcher)
    return found


def _observe_all(
    nodes: "Sequence[SgNode]", source: PythonSource | TextSource, rule: str
) -> Iterator[Observation]:
    """One observation for each range of lines that a node has."""
    seen: set[LineRange] = set()
    for node in nodes:
        lines = _lines_of(node, source)
        if lines not in seen:
            seen.add(lines)
            yield _observe(node, lines, source, rule)


def _observe(
    node: "SgNode", lines: LineRange, source: PythonSource | TextSource, rule: str
) -> Observation:
    subject, definition = _enclosing(node, lines, source)
    texts = source.texts_of(lines)
    mark = fingerprint(rule, "", subject, texts)
    return Observation(
        rule=rule,
        code="",
        lines=lines,
        subject=subject,
        message=f"This is what {rule} looks for",
        fingerprint=mark,
        key=mark,
        excerpt=excerpt_of(texts),
        body=digest_surroundings(source.lines.texts, lines, source.salt),
        definition=definition,
    )


def _lines_of(node: "SgNode", source: PythonSource | TextSource) -> LineRange:
    """The lines of a node. Both ast-grep and git count them from line feeds only."""
    reach = node.range()
    start = min(reach.start.line + 1, len(source.lines))
    end = reach.end.line + 1
    # A node that ends where a line begins does not reach into it.
    if not reach.end.column and reach.end.line > reach.start.line:
        end -= 1
    return LineRange(start, max(start, min(end, len(source.lines))))


def _enclosing(
    node: "SgNode", lines: LineRange, source: PythonSource | TextSource
) -> tuple[str, LineRange | None]:
    """The qualified name of the enclosing definition, and its lines."""
    if isinstance(source, PythonSource):
        definition = source.enclosing(lines.start)
        return (definition.name, definition.whole) if definition else ("", None)
    named = list(_named_definitions(node))
    if not named:
        return "", None
    names = [name.text()[:_LONGEST_NAME] for _, name in reversed(named)]
    return ".".join(names), _lines_of(named[0][0], source)


def _named_definitions(node: "SgNode") -> "Iterator[tuple[SgNode, SgNode]]":
    """The definitions around a node, the innermost first, each with its name."""
    for above in node.ancestors():
        name = above.field("name") if _defines(above) else None
        if name is not None:
            yield above, name


def _defines(node: "SgNode") -> bool:
    """Whether the node is a definition, in whatever language."""
    kind = node.kind()
    return any(word in kind for word in _DEFINITIONS)
