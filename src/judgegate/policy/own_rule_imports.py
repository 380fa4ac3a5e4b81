"""How a contract on imports is written: layers, forbidden imports, or independent modules.

imports: {layers: [shop.web, shop.model], root: services/shop/src}
"""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Any

from msgspec.structs import replace

from judgegate.model.own_rules import Forbidden, Imports, Independent, Layers
from judgegate.policy.problems import Placed, Problems, listed, quoted
from judgegate.policy.reader import (
    Field,
    Shape,
    fields_schema,
    list_of,
    matching,
    table,
    truth,
)
from judgegate.policy.schema_shapes import TEXT
from judgegate.policy.yaml_document import Node, Sequence

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FOLDER = re.compile(r"\.|(?!\.{0,2}/|/)[^\\]*[^\\/]/?")

_module = Shape(
    matching(_MODULE, "a module's name such as shop.orders").read,
    {"type": "string", "pattern": f"^{_MODULE.pattern}$"},
)
_modules = list_of(_module, "a module or a list of them", alone=True)


def _read_root(node: Node, problems: Problems) -> str | None:
    """A folder as seen from the repository's root, with a slash at its end; `.` is the policy's own."""
    text = matching(_FOLDER, "a folder such as services/shop/src")(node, problems)
    if text is None:
        return None
    return problems.folder + ("" if text == "." else text.rstrip("/") + "/")


def _read_layers(node: Node, problems: Problems) -> Layers | None:
    """Layers, the highest first; each is a module or several."""
    expected = "a list of layers, the highest first"
    layers = list_of(_modules, expected)(node, problems)
    if layers is None or not _are_apart(chain.from_iterable(layers), node, problems):
        return None
    # A single layer has nothing above or below it.
    if _is_alone(node):
        problems.add(node.place, "expected at least two layers, the highest first")
        return None
    return Layers(layers)


_FORBIDDEN = (
    Field("from", _modules, needed="which modules may not import", name="sources"),
    Field("to", _modules, needed="what they may not import", name="targets"),
)


def _read_forbidden(node: Node, problems: Problems) -> Forbidden | None:
    """Modules that may not import others."""
    fields = table(node, problems, "modules such as {from: shop.model, to: shop.web}")
    if fields is None:
        return None
    values = fields.take_all(_FORBIDDEN)
    fields.close("forbidden imports")
    sources, targets = values.get("sources"), values.get("targets")
    return Forbidden(sources, targets) if sources and targets else None


def _read_independent(node: Node, problems: Problems) -> Independent | None:
    """Modules of which none may import another."""
    modules = list_of(_module, "a list of modules")(node, problems)
    if modules is None or not _are_apart(modules, node, problems):
        return None
    # One module is independent of itself.
    if _is_alone(node):
        problems.add(node.place, "expected at least two modules")
        return None
    return Independent(modules)


def _is_alone(node: Node) -> bool:
    """Whether the list has one item only.

    What is written counts, not what could be read: a problem is noted for each wrong item anyway.
    """
    return isinstance(node, Sequence) and len(node.items) == 1


def _are_apart(names: Iterable[str], node: Node, problems: Problems) -> bool:
    """Whether no module is there twice or is part of another one of the list.

    Then it would be on both sides of the contract.
    """
    seen: list[str] = []
    for name in names:
        other = next((one for one in seen if _overlap(name, one)), None)
        if other is not None:
            where = "is listed twice" if other == name else f"and {quoted(other)} overlap"
            message = f"{quoted(name)} {where}: a module can be listed only once"
            problems.add(node.place, message)
            return False
        seen.append(name)
    return True


def _overlap(one: str, other: str) -> bool:
    """Whether they are the same module, or one is part of the other."""
    # The dot at the end keeps `shop.web` apart from `shop.website`.
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


_CONTRACTS = (
    Field(
        "layers",
        Shape(_read_layers, {"type": "array", "items": _modules.schema, "minItems": 2}),
        "The highest first; each may import those below it.",
    ),
    Field("forbidden", Shape(_read_forbidden, fields_schema(_FORBIDDEN))),
    Field(
        "independent",
        Shape(_read_independent, {"type": "array", "items": _module.schema, "minItems": 2}),
    ),
)
_SETTINGS = (
    Field(
        "root",
        list_of(Shape(_read_root, TEXT), "a folder or a list of them", alone=True),
        name="roots",
    ),
    Field("type_checking", truth),
)


def _read_imports(node: Node, problems: Problems) -> Placed[Imports] | None:
    """What an `imports` rule looks for; roots are relative to the policy's folder."""
    fields = table(node, problems, "a contract such as {layers: [shop.web, shop.model]}")
    if fields is None:
        return None
    names = [row.key for row in _CONTRACTS]
    given = [name for name in names if fields.has(name)]
    contracts = fields.take_all(_CONTRACTS)
    settings = fields.take_all(_SETTINGS)
    fields.close("a contract")
    if len(given) != 1:
        found = listed(given, "and") if given else "none"
        message = f"a contract needs exactly one of {listed(names)}, found {found}"
        problems.add(node.place, message)
        return None
    if not contracts:
        return None
    return Placed(_imports(contracts[given[0]], settings, problems.folder), node.place)


def _imports(contract: Any, settings: dict[str, Any], folder: str) -> Imports:
    """The contract with its settings; without roots, the usual ones in the policy's folder."""
    usual = Imports(contract)
    roots = settings.get("roots") or tuple(folder + root for root in usual.roots)
    return replace(usual, **{**settings, "roots": roots})


imports = Shape(
    _read_imports,
    fields_schema(
        (*_CONTRACTS, *_SETTINGS),
        description="A contract on the imports of Python modules.",
        oneOf=[{"required": [row.key]} for row in _CONTRACTS],
    ),
)
"""What an `imports` rule looks for."""
