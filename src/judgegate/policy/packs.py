"""The shipped packs: policies under a name, in the wheel or, in a source checkout, in its `policies` folder."""

from functools import cache
from pathlib import Path


@cache
def _folder() -> Path:
    package = Path(__file__).resolve().parents[1]
    shipped = package / "policies"
    return shipped if shipped.is_dir() else package.parents[1] / "policies"


@cache
def pack_names() -> tuple[str, ...]:
    """The names of all packs, sorted."""
    return tuple(sorted(file.stem for file in _folder().glob("*.yml")))


def read_pack(name: str) -> bytes | None:
    """A pack's text, or None where there is none of that name."""
    return (_folder() / f"{name}.yml").read_bytes() if name in pack_names() else None


def pack_file(name: str) -> str:
    """What a pack's file is called in a place."""
    return f"pack {name}"
