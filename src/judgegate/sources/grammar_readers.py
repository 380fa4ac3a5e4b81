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


def read_java_import(node: "SgNode") -> Iterator[Taken]:
    """`import a.B;`, `import a.*;`, `import static a.B.c;`."""
    path = next((one for one in node.children() if "identifier" in one.kind()), None)
    name = path.text() if path is not None else ""
    everything = any(one.kind() == "asterisk" for one in node.children())
    yield Taken(name, None if everything else _last(name), everything=everything)


def read_csharp_import(node: "SgNode") -> Iterator[Taken]:
    """`using A.B;`, `using static A.B;`, `using C = A.B;`.

    A namespace gives types only, so it does not make names unknown; `using static` gives functions.
    """
    kinds = [one.kind() for one in node.children()]
    parts = [
        one for one in node.children() if one.kind() in {"identifier", "qualified_name"}
    ]
    alias = node.field("name") if "=" in kinds else None
    if parts:
        local = alias.text() if alias is not None else None
        yield Taken(parts[-1].text(), local, everything="static" in kinds)


def read_kotlin_import(node: "SgNode") -> Iterator[Taken]:
    """`import a.B`, `import a.B as C`, `import a.*`."""
    children = {one.kind(): one for one in node.children()}
    name = children["identifier"].text() if "identifier" in children else ""
    alias = children.get("import_alias")
    everything = "wildcard_import" in children
    local = alias.children()[-1].text() if alias is not None else _last(name)
    yield Taken(name.rstrip("."), None if everything else local, everything=everything)


def read_php_use(node: "SgNode") -> Iterator[Taken]:
    r"""`use A\B, C\D as E;`, `use A\{B, C as D};`."""
    prefix = next(
        (one.text() for one in node.children() if one.kind() == "namespace_name"), ""
    )
    for clause in _walk_kinds(node, {"namespace_use_clause"}):
        alias = clause.field("alias")
        named = [
            one for one in clause.children() if one.kind() in {"name", "qualified_name"}
        ]
        name = "\\".join(filter(None, (prefix, named[0].text() if named else "")))
        meaning = name.strip("\\").replace("\\", ".")
        local = alias.text() if alias is not None else _last(meaning)
        yield Taken(name, local, meaning=meaning)


def read_php_include(node: "SgNode") -> Iterator[Taken]:
    """`include "a.php";`, where a literal says what."""
    source = next(_walk_kinds(node, {"encapsed_string", "string"}), None)
    if source is not None:
        yield Taken(_unquoted(source))


def read_rust_use(node: "SgNode") -> Iterator[Taken]:
    """`use a::{b, c as d, e::*};`."""
    argument = node.field("argument")
    pending = [(argument, "")] if argument is not None else []
    while pending:
        one, prefix = pending.pop()
        path, kind = one.field("path"), one.kind()
        if kind == "scoped_use_list":
            prefix = _joined(prefix, path)
        if kind in {"scoped_use_list", "use_list"}:
            inner = one.field("list") or one
            pending.extend(
                (child, prefix) for child in inner.children()[::-1] if child.is_named()
            )
        elif kind == "use_as_clause":
            alias = one.field("alias")
            yield Taken(_joined(prefix, path), alias.text() if alias is not None else None)
        elif kind == "use_wildcard":
            yield Taken(_joined(prefix, one.child(0)), everything=True)
        elif "comment" not in kind:
            name = _joined(prefix, one) if kind != "self" else prefix
            yield Taken(name, _last(name))


def read_c_include(node: "SgNode") -> Iterator[Taken]:
    """`#include <a.h>`."""
    yield Taken(_unquoted(node.field("path")))


def read_cpp_using(node: "SgNode") -> Iterator[Taken]:
    """`using namespace a;`, `using a::b;`, `namespace a = b::c;`."""
    parts = [one for one in node.children() if one.is_named()]
    if not parts:
        return
    name = _joined("", parts[-1])
    everything = (
        any(one.kind() == "namespace" for one in node.children()) and len(parts) == 1
    )
    yield Taken(name, None if everything else _last(parts[0].text()), everything=everything)


def read_bash_source(node: "SgNode") -> Iterator[Taken]:
    """`source a.sh`, `. a.sh`."""
    words = node.children()
    if len(words) > 1 and words[0].text() in {".", "source"}:
        yield Taken(_unquoted(words[1]))


def _joined(prefix: str, node: "SgNode | None") -> str:
    """A path with dots between its parts."""
    written = node.text() if node is not None else ""
    return ".".join(
        filter(None, (prefix, "".join(written.split()).replace("::", ".").strip(".")))
    )


def _last(name: str) -> str:
    return name.replace("::", ".").rpartition(".")[2]
