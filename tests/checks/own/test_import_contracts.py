"""Which module a file is, what an import means there, and when it breaks a contract."""

import pytest

from judgegate.checks.own.imports import Module, break_of, module_at
from judgegate.model.own_rules import Forbidden, Imports, Independent, Layers

ROOTS = Imports(Independent(())).roots


@pytest.mark.parametrize(
    ("path", "roots", "module"),
    [
        ("src/shop/orders.py", ROOTS, Module("shop.orders", is_package=False)),
        ("src/shop/__init__.py", ROOTS, Module("shop", is_package=True)),
        ("lib/shop/a.pyi", ROOTS, Module("shop.a", is_package=False)),
        ("shop/a.py", ROOTS, Module("shop.a", is_package=False)),
        (
            "services/x/src/shop/a.py",
            ROOTS,
            Module("services.x.src.shop.a", is_package=False),
        ),
        (
            "services/x/src/shop/a.py",
            ("services/x/src/",),
            Module("shop.a", is_package=False),
        ),
        ("shop/a.py", ("services/",), Module("shop.a", is_package=False)),
        ("bin/tool", ROOTS, Module("bin.tool", is_package=False)),
        ("__init__.py", ROOTS, Module("", is_package=True)),
    ],
)
def test_a_path_is_a_module(path: str, roots: tuple[str, ...], module: Module) -> None:
    assert module_at(path, roots) == module


@pytest.mark.parametrize(
    ("module", "is_package", "imported", "name"),
    [
        ("shop.orders.a", False, "os.path", "os.path"),
        ("shop.orders.a", False, ".b", "shop.orders.b"),
        ("shop.orders.a", False, "..web.x", "shop.web.x"),
        ("shop.orders.a", False, ".", "shop.orders"),
        ("shop.orders", True, ".b", "shop.orders.b"),
        ("shop.orders", True, "..web", "shop.web"),
        ("a", False, ".b", None),
        ("shop.a", False, "...b", None),
        ("", True, ".b", None),
    ],
)
def test_an_import_has_a_full_name(
    module: str, is_package: bool, imported: str, name: str | None
) -> None:
    assert Module(module, is_package).resolve(imported) == name


LAYERS = Layers((("web",), ("orders", "stock"), ("model.core",)))


@pytest.mark.parametrize(
    ("contract", "importer", "imported", "why"),
    [
        (LAYERS, "web.a", "orders.b", None),
        (LAYERS, "web.a", "model.core", None),
        (LAYERS, "orders", "web", "which is in a higher layer"),
        (LAYERS, "model.core.x", "stock.y.z", "which is in a higher layer"),
        (LAYERS, "orders.a", "stock.b", "which is in the same layer"),
        (LAYERS, "orders.a", "orders.b", None),
        (LAYERS, "orders.a", "webs", None),
        (LAYERS, "model.other", "web", None),
        (LAYERS, "orders", "os", None),
        (Forbidden(("a",), ("b", "c.d")), "a.x", "c.d.e", "which is forbidden"),
        (Forbidden(("a",), ("b", "c.d")), "a.x", "c.e", None),
        (Forbidden(("a",), ("b",)), "b", "a", None),
        (Independent(("a", "b.c")), "a.x", "b.c", "and the two are independent"),
        (Independent(("a", "b.c")), "b.c", "a", "and the two are independent"),
        (Independent(("a", "b.c")), "a.x", "a.y", None),
        (Independent(("a", "b.c")), "d", "a", None),
    ],
)
def test_a_contract_is_kept_or_broken(
    contract: Layers | Forbidden | Independent,
    importer: str,
    imported: str,
    why: str | None,
) -> None:
    broken = break_of(contract, importer, imported)
    assert (broken.why if broken else None) == why
