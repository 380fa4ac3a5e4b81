"""How a contract on imports is written: layers, forbidden imports, or independent modules.

imports: {layers: [shop.web, shop.orders, shop.model]}
imports: {forbidden: {from: shop.model, to: [shop.web, requests]}}
imports: {independent: [shop.orders, shop.stock]}
"""

import re
from collections.abc import Iterable

from judgegate.model.searches import Forbidden, Imports, Independent, Layers
from judgegate.policy.problems import Problems, listed, quoted
from judgegate.policy.reader import Placed, Read, list_of, matching, table, truth
from judgegate.policy.yaml_document import Node, Sequence

_MODULE = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
_FOLDER = re.compile(r"\.|(?!\.{0,2}/|/)[^\\]*[^\\/]/?")
CONTRACTS = ("layers", "forbidden", "independent")

_module = matching(_MODULE, "a module's name, as shop.orders")
_modules = list_of(_module, "a module or a list of them", alone=True)


def contract(folder: str) -> Read[Placed[Imports]]:
    """What an `imports` rule looks for; roots are relative to the folder."""

    def read(node: Node, problems: Problems) -> Placed[Imports] | None:
        fields = table(node, problems, "a contract as {layers: [shop.web, shop.model]}")
        if fields is None:
            return None
        held = [name for name in CONTRACTS if fields.node_of(name) is not None]
        found = (
            fields.take("layers", _layers),
            fields.take("forbidden", _forbidden),
            fields.take("independent", _independent),
        )
        roots = fields.take("root", _roots)
        type_checking = fields.take("type_checking", truth)
        fields.close("a contract")
        if len(held) != 1:
            problems.add(
                node.place,
                f"a contract has exactly one of {listed(CONTRACTS)}, found {listed(held, 'and') if held else 'none'}",
            )
            return None
        chosen = next((one for one in found if one is not None), None)
        if chosen is None:
            return None
        usual = Imports(chosen)
        named = tuple(folder + root for root in (roots or usual.roots))
        return Placed(
            Imports(chosen, named, usual.type_checking if type_checking is None else type_checking),
            node.place,
        )

    return read


def _root(node: Node, problems: Problems) -> str | None:
    """A folder, with a slash at its end; `.` is the policy's own."""
    text = matching(_FOLDER, "a folder, as services/shop/src")(node, problems)
    return None if text is None else "" if text == "." else text.rstrip("/") + "/"


_roots = list_of(_root, "a folder or a list of them", alone=True)


def _layers(node: Node, problems: Problems) -> Layers | None:
    layers = list_of(_modules, "a list of layers, the highest first")(node, problems)
    if layers is None or not _are_apart((name for layer in layers for name in layer), node, problems):
        return None
    if len(layers) < 2 and isinstance(node, Sequence) and len(node.items) < 2:  # noqa: PLR2004 - a single layer has nothing above or below it
        problems.add(node.place, "expected at least two layers, the highest first")
        return None
    return Layers(layers)


def _forbidden(node: Node, problems: Problems) -> Forbidden | None:
    fields = table(node, problems, "modules as {from: shop.model, to: shop.web}")
    if fields is None:
        return None
    sources = fields.need("from", _modules, "which modules do not import")
    targets = fields.need("to", _modules, "what they do not import")
    fields.close("forbidden imports")
    return Forbidden(sources, targets) if sources and targets else None


def _independent(node: Node, problems: Problems) -> Independent | None:
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
