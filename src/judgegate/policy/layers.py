"""The files that a policy is made of, in their order: what a file extends is below it."""

import posixpath
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from msgspec import Struct, field

from judgegate.model.compiled import load_compiled
from judgegate.model.rules import RuleSpec
from judgegate.policy.own_rules import broken_searches
from judgegate.policy.policy_file import folder_of, read_policy_file
from judgegate.policy.problems import Placed, Problems, nearest, quoted
from judgegate.policy.rules import PolicyFile
from judgegate.policy.yaml_document import Mapping as Document
from judgegate.policy.yaml_document import read_document


@cache
def _folder() -> Path:
    """The folder of the packs: in the package, or in a checkout of the repository beside `src`."""
    package = Path(__file__).resolve().parents[1]
    shipped = package / "policies"
    return shipped if shipped.is_dir() else package.parents[1] / "policies"


@cache
def pack_names() -> tuple[str, ...]:
    """The names of all packs, sorted."""
    return tuple(sorted(file.stem for file in _folder().glob("*.yml")))


@cache
def pack_sources() -> Mapping[str, bytes]:
    """The text of every pack."""
    return {name: (_folder() / f"{name}.yml").read_bytes() for name in pack_names()}


def read_pack(name: str) -> bytes | None:
    """A pack's text, or None where there is none of that name."""
    return pack_sources().get(name)


def compile_packs() -> dict[str, Document]:
    """Every pack as a document.

    Raises:
        PolicyError: one of them cannot be read.
    """
    problems = Problems()
    found = {
        name: read_document(text, pack_file(name), problems)
        for name, text in pack_sources().items()
    }
    if problems.found:
        problems.fail()
    return {name: document for name, document in found.items() if document is not None}


@cache
def _documents() -> Mapping[str, Document]:
    """Every pack as a document, as the build has stored it; read anew where the texts have changed."""
    return load_compiled(dict[str, Document], "packs", pack_sources()) or compile_packs()


def pack_file(name: str) -> str:
    """What a pack's file is called in a place."""
    return f"pack {name}"


MOST_FILES = 50


class Reader(Protocol):
    """Reads the files beside a policy: from the base's tree, or from disk."""

    def read(self, path: str) -> bytes | None:
        """The regular file's bytes, or None where there is no regular file.

        `path` has `/` and never leaves the reader's root.
        """


def _cycle(open_files: Sequence[str], name: str) -> str:
    """That a file extends itself, by way of the others from there on."""
    steps = [*open_files[open_files.index(name) :], name]
    return f"`extends` makes a cycle: {' extends '.join(steps)}"


class Gathering(Struct):
    """Packs and files while they are collected, lowest first.

    Each counts once, at its lowest place.
    """

    rows: Mapping[str, RuleSpec]
    problems: Problems
    packs: dict[str, PolicyFile] = field(default_factory=dict)

    def gather(
        self,
        path: str,
        content: bytes,
        reader: Reader,
        name: str,
        *,
        must_demand: bool = True,
    ) -> tuple[PolicyFile, ...]:
        """The file, below it those that it extends, above it the folders' own.

        The packs that they extend are added to those known. `path` is where the reader has the
        file, `name` what it is called in places.
        """
        walk = _Walk(self, reader)
        walk.read(path, content, name, "", must_demand=must_demand)
        return tuple(sorted(walk.files, key=lambda file: file.folder.count("/")))

    def add_pack(
        self, name: str, cause: Placed[str] | None = None, above: tuple[str, ...] = ()
    ) -> None:
        """Add a pack and those that it extends, below everything that is not a pack."""
        content = read_pack(name)
        if content is None:
            self._refuse(cause, f"unknown pack {quoted(name)}{nearest(name, pack_names())}")
        elif name in above:
            self._refuse(cause, _cycle(above, name))
        elif name not in self.packs:
            file = _read_pack_once(name, content, self.rows, self.problems)
            if file is not None:
                for extended in file.extends:
                    self.add_pack(extended.value, extended, (*above, name))
                self.packs[name] = file

    def _refuse(self, cause: Placed[str] | None, message: str) -> None:
        """Note a pack that cannot be added; `cause` is the `extends` that names it."""
        self.problems.missing = True
        if cause is None:
            self.problems.add_file("packs", message)
        else:
            self.problems.add(cause.place, message)


_packs_read: dict[
    tuple[str, bytes], tuple[Mapping[str, RuleSpec], Problems, PolicyFile]
] = {}
"""The rules that each pack was read against, what reading it noted, and the pack."""


def _read_pack_once(
    name: str, content: bytes, rows: Mapping[str, RuleSpec], problems: Problems
) -> PolicyFile | None:
    """The pack as it is written.

    It is read once for several policies, such as those of both sides of a change.
    """
    read = _packs_read.get((name, content))
    if read is None or read[0] != rows:
        noted = Problems()
        noted.lines[pack_file(name)] = content.decode().split("\n")
        document = _documents().get(name) if pack_sources().get(name) == content else None
        file = read_policy_file(content, pack_file(name), rows, noted, document=document)
        if file is None or noted.found:
            return read_policy_file(content, pack_file(name), rows, problems)
        # A copy: loading a policy adds the rules that its layers bring to the rows.
        read = _packs_read[name, content] = (dict(rows), noted, file)
    _, noted, file = read
    problems.note_all(noted)
    return file


class _Walk(Struct):
    """One root file and what it extends, depth first."""

    gathering: Gathering
    reader: Reader
    files: list[PolicyFile] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    open: list[str] = field(default_factory=list)

    def read(
        self,
        path: str,
        content: bytes,
        name: str,
        folder: str,
        *,
        must_demand: bool = False,
    ) -> None:
        """Read a file and what it extends, which is added below it."""
        self.seen.add(path)
        self.open.append(path)
        known, problems = self.gathering.rows, self.gathering.problems
        file = read_policy_file(
            content, name, known, problems, folder=folder, must_demand=must_demand
        )
        if file is not None:
            # What ships is checked before it ships, so that a run with packs alone needs no lint.
            from judgegate.policy.lint import unsound_conditions

            self.gathering.problems.extend(unsound_conditions(file))
            self.gathering.problems.extend(broken_searches(file))
            for extended in file.extends:
                self._extend(extended, path, name, folder)
            self.files.append(file)
        self.open.pop()

    def _extend(self, extended: Placed[str], path: str, name: str, folder: str) -> None:
        """Add what an entry of `extends` names: a pack, or a file beside the one that names it."""
        if not extended.value.endswith((".yml", ".yaml")):
            if folder:
                self._refuse(
                    extended,
                    "a folder's own policy can extend only files: a pack would apply to the whole repository",
                )
            else:
                self.gathering.add_pack(extended.value, extended)
            return
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), extended.value))
        if target.startswith(("/", "../")):
            self._refuse(
                extended, f"{quoted(extended.value)} is outside of the policy's repository"
            )
        elif target in self.open:
            self._refuse(extended, _cycle(self.open, target))
        elif target not in self.seen:
            self._follow(
                extended,
                target,
                posixpath.join(posixpath.dirname(name), extended.value),
                folder,
            )

    def _follow(self, extended: Placed[str], target: str, name: str, folder: str) -> None:
        """Read an extended file, unless there are too many or it is not there."""
        self.gathering.problems.paths.append(target)
        content = self.reader.read(target) if len(self.seen) < MOST_FILES else None
        if content is not None:
            self.read(
                target, content, posixpath.normpath(name), folder_of(target) or folder
            )
        elif len(self.seen) >= MOST_FILES:
            self._refuse(
                extended, f"too many files: a policy can have at most {MOST_FILES}"
            )
        else:
            self._refuse(
                extended,
                f"there is no file {quoted(target)} in the place that this policy was read from",
            )

    def _refuse(self, extended: Placed[str], message: str) -> None:
        """Note an entry of `extends` that leads nowhere, so that a layer is missing."""
        self.gathering.problems.missing = True
        self.gathering.problems.add(extended.place, message)
