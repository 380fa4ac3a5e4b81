"""How each language takes names in: one function for each kind of import in a tree."""

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from judgegate.sources.grammar import Taken

if TYPE_CHECKING:
    from ast_grep_py import SgNode

_QUOTES = "'\"`<>"


def read_javascript_import(node: "SgNode") -> Iterator[Taken]:
    """`import a, {b as c} from "m"`, `import * as d from "m"`, `import e = require("m")`."""
    source = node.find(kind="string")
    if source is None:
        return
    module = _unquoted(source)
    meaning = module.removeprefix("node:")
    typing_only = any(child.kind() == "type" for child in node.children())
    yield Taken(module, typing_only=typing_only)
    for name in _walk_kinds(node, {"identifier", "import_specifier"}):
        if name.kind() == "identifier":
            # The default export, or all of the module: calls through them look alike.
            yield Taken(module, name.text(), typing_only=typing_only, meaning=meaning)
        else:
            yield _read_specifier(name, module, typing_only=typing_only)


def _read_specifier(node: "SgNode", module: str, *, typing_only: bool) -> Taken:
    """`a` or `a as b` between the braces of an import."""
    name, alias = _unquoted(node.field("name")), node.field("alias")
    meaning = module.removeprefix("node:")
    return Taken(
        f"{module}.{name}",
        alias.text() if alias is not None else name,
        typing_only=typing_only or any(child.kind() == "type" for child in node.children()),
        meaning=meaning if name == "default" else f"{meaning}.{name}",
    )


def read_javascript_export(node: "SgNode") -> Iterator[Taken]:
    """`export {a} from "m"`, `export * from "m"`."""
    source = node.field("source")
    if source is not None:
        everything = any(child.kind() == "*" for child in node.children())
        yield Taken(_unquoted(source), everything=everything)


def read_go_import(node: "SgNode") -> Iterator[Taken]:
    """`import name "path"`. Without a name it is the path's last part that is no version."""
    path = _unquoted(node.field("path"))
    name = node.field("name")
    if name is not None:
        local = name.text()
        yield Taken(path, None if local in "._" else local, everything=local == ".")
        return
    parts = [part for part in path.split("/") if not _is_version(part)]
    yield Taken(path, parts[-1].partition(".")[0] if parts else path)


def _walk_kinds(node: "SgNode", kinds: Collection[str]) -> "Iterator[SgNode]":
    """The outermost nodes of some kinds in another. Imports are never deep."""
    pending = node.children()[::-1]
    while pending:
        one = pending.pop()
        if one.kind() in kinds:
            yield one
        else:
            pending.extend(one.children()[::-1])


def _is_version(part: str) -> bool:
    return part[:1] == "v" and part[1:].isdigit()


def _unquoted(node: "SgNode | None") -> str:
    return node.text().strip(_QUOTES) if node is not None else ""
