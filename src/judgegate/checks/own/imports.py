"""Contracts on imports.

A worker finds what a file imports. Which module the file is, and what breaks a contract, follows
from its path.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from judgegate.checks.excerpts import excerpt_of
from judgegate.model.observation import Observation, fingerprint
from judgegate.model.own_rules import (
    TYPE_CHECKING_ONLY,
    Forbidden,
    Imports,
    Independent,
    Layers,
    Sought,
)
from judgegate.sources.python import PythonSource
from judgegate.sources.python_imports import imported_names, imports_of

_SUFFIXES = (".py", ".pyi", ".pyw")
_PACKAGE = "__init__"


def scan_imports(source: PythonSource, sought: Sequence[Sought]) -> Iterator[Observation]:
    """Observe each imported name once for each rule.

    `code` is the name with its leading dots (`..model.Order`); `metric` says so where only type
    checkers follow the import.
    """
    for node, typing_only in imports_of(source.walk):
        lines = source.range_of(node.lineno, node.end_lineno or node.lineno)
        excerpt = excerpt_of(source.texts_of(lines))
        for name, one in product(imported_names(node), sought):
            mark = fingerprint(one.rule, name, "", ())
            yield Observation(
                rule=one.rule,
                code=name,
                lines=lines,
                subject="",
                message="",
                fingerprint=mark,
                key=mark,
                excerpt=excerpt,
                metric=TYPE_CHECKING_ONLY if typing_only else None,
            )


class Module(Struct, frozen=True):
    """A Python module by its dotted name; a package is the module of its `__init__.py`."""

    name: str
    is_package: bool

    def resolve(self, imported: str) -> str | None:
        """The full name of what is imported here as `..model.Order`.

        None where the dots lead out of every package.
        """
        name = imported.lstrip(".")
        level = len(imported) - len(name)
        if not level:
            return name
        parts = self.name.split(".") if self.name else []
        # One dot is the package that a module is in, and of a package the package itself.
        kept = len(parts) - level + self.is_package
        if kept <= 0:
            return None
        return ".".join([*parts[:kept], name] if name else parts[:kept])


def module_at(path: str, roots: Sequence[str]) -> Module:
    """The module that a file is: its path from the first root that it lies in, or from the top."""
    root = next(filter(path.startswith, roots), "")
    name = path.removeprefix(root)
    suffix = next(filter(name.endswith, _SUFFIXES), "")
    parts = name.removesuffix(suffix).split("/")
    is_package = parts[-1] == _PACKAGE
    return Module(".".join(parts[:-1] if is_package else parts), is_package)


def keep_breaks(
    seen: tuple[Observation, ...], path: str, contracts: Sequence[Sought]
) -> tuple[Observation, ...]:
    """The observations of a side, of its imports only those that break a contract.

    The others are no findings. A worker cannot say which do: it reads the same content once,
    wherever it stands.

    Args:
        seen: what was observed on one side of a file, for whatever rules.
        path: the file's on that side, which says what module it is.
        contracts: the rules that are contracts on imports.
    """
    searches = {
        one.rule: one.search for one in contracts if isinstance(one.search, Imports)
    }
    return tuple(_breaks(seen, path, searches))


def _breaks(
    seen: Iterable[Observation], path: str, contracts: dict[str, Imports]
) -> Iterator[Observation]:
    """The observations of other rules, and each break once."""
    # `from a import b, c` may name the same target twice in a line.
    reported: set[tuple[str, str, int]] = set()
    for one in seen:
        search = contracts.get(one.rule)
        if search is None:
            yield one
            continue
        module = module_at(path, search.roots)
        target = _target_of(one, module, search)
        if target is None:
            continue
        broken = break_of(search.contract, module.name, target)
        if broken is None:
            continue
        key = (one.rule, broken.target, one.lines.start)
        if key not in reported:
            reported.add(key)
            yield _describe(one, module.name, target, broken)


def _target_of(seen: Observation, module: Module, search: Imports) -> str | None:
    """The full name of what is imported; None where the contract does not care for the import."""
    if seen.metric == TYPE_CHECKING_ONLY and not search.type_checking:
        return None
    return module.resolve(seen.code)


class Break(Struct, frozen=True):
    """Two modules that a contract names, the first of which may not import the second, and why."""

    source: str
    target: str
    why: str


def break_of(
    contract: Layers | Forbidden | Independent, importer: str, imported: str
) -> Break | None:
    """How an import breaks a contract, if it does."""
    match contract:
        case Layers(layers=layers):
            return _break_of_layers(layers, importer, imported)
        case Forbidden(sources=sources, targets=targets):
            source, target = _home(sources, importer), _home(targets, imported)
            why = "which is forbidden"
        case Independent(modules=modules):
            source, target = _home(modules, importer), _home(modules, imported)
            why = "and the two are independent"
            if source == target:
                return None
    return Break(source, target, why) if source and target else None


def _break_of_layers(
    layers: Sequence[Sequence[str]], importer: str, imported: str
) -> Break | None:
    """How an import breaks the order of layers, if it does."""
    source, target = _layer_of(layers, importer), _layer_of(layers, imported)
    if source is None or target is None:
        return None
    (source_layer, source_name), (target_layer, target_name) = source, target
    # The first layer is the highest, and imports run downwards. Inside of one module they run as
    # they like.
    if source_name == target_name or source_layer < target_layer:
        return None
    layer = "the same" if source_layer == target_layer else "a higher"
    return Break(source_name, target_name, f"which is in {layer} layer")


def _layer_of(layers: Sequence[Sequence[str]], module: str) -> tuple[int, str] | None:
    """The layer that the module lies in, and its name for it."""
    for number, layer in enumerate(layers):
        name = _home(layer, module)
        if name is not None:
            return number, name
    return None


def _home(modules: Iterable[str], module: str) -> str | None:
    """Which of the modules this one lies in."""
    return next((name for name in modules if is_in(module, name)), None)


def is_in(module: str, package: str) -> bool:
    """Whether a module is the package, or lies in it."""
    return module == package or module.startswith(f"{package}.")


def _describe(
    seen: Observation, importer: str, imported: str, broken: Break
) -> Observation:
    """The import as a finding, with what is wrong with it."""
    # One and the same import is paired wherever in the file it stands, and whatever else its line
    # imports.
    mark = fingerprint(seen.rule, imported, "", (broken.source,))
    message = (
        f"{importer} imports {imported}: "
        f"{broken.source} may not import {broken.target}, {broken.why}"
    )
    return replace(
        seen, code=imported, message=message, fingerprint=mark, key=mark, metric=None
    )
