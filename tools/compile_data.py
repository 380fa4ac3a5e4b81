"""Compile the YAML that ships, packs and catalogue, into the JSON that the program reads: `make data`."""

import json
from collections.abc import Iterator, Mapping

import msgspec

from judgegate.model.compiled import FOLDER, digest_of
from judgegate.policy.layers import compile_packs, pack_sources
from judgegate.provenance.catalogue import catalogue_sources, compile_catalogue


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, text in compiled_files():
        (FOLDER / f"{name}.json").write_text(text, "utf-8")


def compiled_files() -> Iterator[tuple[str, str]]:
    """The name and the text of each compiled file."""
    yield "packs", _render(pack_sources(), compile_packs())
    yield "catalogue", _render(catalogue_sources(), compile_catalogue())


def _render(sources: Mapping[str, bytes], value: object) -> str:
    """JSON with one pack or one table to a line, so that a difference can be read."""
    parts = msgspec.to_builtins(value, order="deterministic")
    lines = [
        f"{json.dumps(key)}: {json.dumps(part, separators=(',', ':'))}"
        for key, part in parts.items()
    ]
    body = ",\n".join(lines)
    return f'{{"sources": "{digest_of(sources)}", "value": {{\n{body}\n}}}}\n'


if __name__ == "__main__":
    main()
