"""How a contract on imports is written: layers, forbidden imports, or independent modules.

imports: {layers: [shop.web, shop.orders, shop.model]}
imports: {forbidden: {from: shop.model, to: [shop.web, requests]}}
imports: {independent: [shop.orders, shop.stock]}
"""

import re
from collections.abc import Iterable
from dataclasses import replace

from judgegate.model.searches import Forbidden, Imports, Independent, Layers
from judgegate.policy.problems import Problems, listed, quoted
from judgegate.policy.reader import Field, Placed, Shape, fields_schema, list_of, matching, table, truth
from judgegate.policy.schema_shapes import TEXT
from judgegate.policy.yaml_document import Node, Sequence

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FOLDER = re.compile(r"\.|(?!\.{0,2}/|/)[^\\]*[^\\/]/?")

_module = Shape(
    matching(_MODULE, "a module's name, as shop.orders").read,
    {"type": "string", "pattern": f"^{_MODULE.pattern}$"},
)
_modules = list_of(_module, "a module or a list of them", alone=True)


def _read_root(node: Node, problems: Problems) -> str | None:
    """A folder as seen from the repository's root, with a slash at its end; `.` is the policy's own."""
    text = matching(_FOLDER, "a folder, as services/shop/src")(node, problems)
    if text is None:
        return None
    return problems.folder + ("" if text == "." else text.rstrip("/") + "/")


def _read_layers(node: Node, problems: Problems) -> Layers | None:
    layers = list_of(_modules, "a list of layers, the highest first")(node, problems)
    if layers is None or not _are_apart((name for layer in layers for name in layer), node, problems):
        return None
    if len(layers) < 2 and isinstance(node, Sequence) and len(node.items) < 2:  # noqa: PLR2004 - a single layer has nothing above or below it
        problems.add(node.place, "expected at least two layers, the highest first")
        return None
    return Layers(layers)


_FORBIDDEN = (
    Field("from", _modules, needed="which modules do not import", name="sources"),
    Field("to", _modules, needed="what they do not import", name="targets"),
)


def _read_forbidden(node: Node, problems: Problems) -> Forbidden | None:
    fields = table(node, problems, "modules as {from: shop.model, to: shop.web}")
    if fields is None:
        return None
    values = fields.take_all(_FORBIDDEN)
    fields.close("forbidden imports")
    sources, targets = values.get("sources"), values.get("targets")
    return Forbidden(sources, targets) if sources and targets else None


def _read_independent(node: Node, problems: Problems) -> Independent | None:
    modules = list_of(_module, "a list of modules")(node, problems)
    if modules is None or not _are_apart(modules, node, problems):
        return None
    if len(modules) < 2 and isinstance(node, Sequence) and len(node.items) < 2:  # noqa: PLR2004 - one module is independent of itself
        problems.add(node.place, "expected at least two modules")
        return None
    return Independent(modules)


def _are_apart(names: Iterable[str], node: Node, problems: Problems) -> bool:
    """Whether no module stands twice or lies in another one of the list: then it would be on both sides of the contract."""
    seen: list[str] = []
    for name in names:
        other = next(
            (one for one in seen if f"{name}.".startswith(f"{one}.") or f"{one}.".startswith(f"{name}.")),
            None,
        )
        if other is not None:
            where = "stands here twice" if other == name else f"and {quoted(other)} lie in one another"
            problems.add(node.place, f"{quoted(name)} {where}: a module can have one place only")
            return False
        seen.append(name)
    return True


_CONTRACTS = (
    Field(
        "layers",
        Shape(_read_layers, {"type": "array", "items": _modules.schema, "minItems": 2}),
        "The highest first; each may import those below it.",
    ),
    Field("forbidden", Shape(_read_forbidden, fields_schema(_FORBIDDEN))),
    Field("independent", Shape(_read_independent, {"type": "array", "items": _module.schema, "minItems": 2})),
)
_SETTINGS = (
    Field("root", list_of(Shape(_read_root, TEXT), "a folder or a list of them", alone=True)),
    Field("type_checking", truth),
)


def _read_imports(node: Node, problems: Problems) -> Placed[Imports] | None:
    """What an `imports` rule looks for; roots are relative to the policy's folder."""
    fields = table(node, problems, "a contract as {layers: [shop.web, shop.model]}")
    if fields is None:
        return None
    names = [row.key for row in _CONTRACTS]
    held = [name for name in names if fields.node_of(name) is not None]
    contracts = fields.take_all(_CONTRACTS)
    settings = fields.take_all(_SETTINGS)
    fields.close("a contract")
    if len(held) != 1:
        found = listed(held, "and") if held else "none"
        problems.add(node.place, f"a contract has exactly one of {listed(names)}, found {found}")
        return None
    if not contracts:
        return None
    usual = Imports(contracts[held[0]])
    roots = settings.get("root") or tuple(problems.folder + root for root in usual.roots)
    return Placed(
        replace(usual, roots=roots, type_checking=settings.get("type_checking", usual.type_checking)),
        node.place,
    )


imports = Shape(
    _read_imports,
    fields_schema(
        (*_CONTRACTS, *_SETTINGS),
        description="A contract on the imports of Python modules.",
        oneOf=[{"required": [row.key]} for row in _CONTRACTS],
    ),
)
"""What an `imports` rule looks for."""
