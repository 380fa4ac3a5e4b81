"""Loading a policy: from the base, from a file, or a shipped pack alone."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import PolicySource
from judgegate.policy.layers import Gathering, Reader
from judgegate.policy.non_negotiable import weakenings
from judgegate.policy.own_rules import (
    foreign_searches,
    own_rows,
    unfit_options,
    unknown_rules,
)
from judgegate.policy.policy import Policy, effective_digest
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import Problems, TooManyProblems
from judgegate.policy.rules import PolicyFile
from judgegate.policy.yaml_document import LARGEST_FILE

DEFAULT_PACK = "default"
FALLBACK_PACK = "strict"
"""What takes the place of a base's policy that does not load."""


class Organisation(Struct, frozen=True):
    """An organisation's policy: the packs that it extends, and its files, lowest first."""

    packs: Mapping[str, PolicyFile]
    files: tuple[PolicyFile, ...]


class DiskReader(Struct, frozen=True):
    """Reads regular files beneath a folder, without following links."""

    root: Path

    def read(self, path: str) -> bytes | None:
        *folders, _ = path.split("/")
        if any(
            (self.root / "/".join(folders[: count + 1])).is_symlink()
            for count in range(len(folders))
        ):
            return None
        return _read_regular(self.root / path, os.O_NOFOLLOW)


def load_policy(
    rules: Iterable[RuleSpec],
    reader: Reader,
    *,
    commit: str | None = None,
    organisation: Organisation | None = None,
) -> Policy:
    """The policy that the reader has at `.judgegate.yml`, or the pack `default` where it has none.

    Raises:
        PolicyError: it does not load; with every problem, and the paths that it was read from.
    """
    content = reader.read(POLICY_NAME)
    if content is None:
        return load_pack(rules, DEFAULT_PACK, organisation=organisation)
    source = PolicySource(POLICY_NAME, commit, "")
    return _load(
        rules,
        source,
        organisation,
        lambda gathering: gathering.gather(POLICY_NAME, content, reader, POLICY_NAME),
        (POLICY_NAME,),
    )


def load_policy_file(
    rules: Iterable[RuleSpec], file: Path, *, organisation: Organisation | None = None
) -> Policy:
    """The policy in a file on disk, with the files beside it that it extends.

    Raises:
        PolicyError: it does not load.
        UsageError: there is no such file, or it cannot be read.
    """
    content = _read_named(file)
    name = str(file)
    return _load(
        rules,
        PolicySource(name, None, ""),
        organisation,
        lambda gathering: gathering.gather(
            file.name, content, DiskReader(file.parent), name
        ),
        (),
    )


def load_pack(
    rules: Iterable[RuleSpec], name: str, *, organisation: Organisation | None = None
) -> Policy:
    """A shipped pack alone, above an organisation's policy if there is one.

    Raises:
        PolicyError: there is no such pack, or what the organisation demands does not go with it.
    """

    def gather(gathering: Gathering) -> tuple[PolicyFile, ...]:
        """Only the pack: the files beside it are not read."""
        gathering.add_pack(name)
        return ()

    return _load(
        rules, PolicySource(f"pack {name}", None, ""), organisation, gather, (POLICY_NAME,)
    )


def load_organisation(rules: Iterable[RuleSpec], file: Path) -> Organisation:
    """An organisation's policy, checked for itself, to be laid below a repository's.

    Raises:
        PolicyError: it does not load.
        UsageError: there is no such file, or it cannot be read.
    """
    content = _read_named(file)
    found: list[Organisation] = []

    def gather(gathering: Gathering) -> tuple[PolicyFile, ...]:
        files = gathering.gather(
            file.name, content, DiskReader(file.parent), str(file), must_demand=False
        )
        found.append(Organisation(dict(gathering.packs), files))
        return files

    _load(rules, PolicySource(str(file), None, ""), None, gather, ())
    return found[0]


def _load(
    rules: Iterable[RuleSpec],
    source: PolicySource,
    organisation: Organisation | None,
    gather: Callable[[Gathering], tuple[PolicyFile, ...]],
    paths: tuple[str, ...],
) -> Policy:
    """Lay the layers over one another.

    From below: packs that the repository extends, the organisation's packs and files, the
    repository's files.
    """
    rows = {row.id: row for row in rules}
    problems = Problems(paths=list(paths))
    try:
        gathering = Gathering(rows, problems)
        files = gather(gathering)
        layers = (*_layers_below(gathering, organisation), *files)
        rows |= own_rows(layers)
        # Packs alone have nothing of the user's that could be wrong.
        if files or organisation is not None:
            _check_layers(layers, rows, problems)
    except TooManyProblems:
        problems.fail()
    if problems.found:
        problems.fail()
    names = tuple(dict.fromkeys(problems.paths)) if paths else ()
    policy = Policy(rows, layers, source, names)
    policy.source = replace(source, digest=effective_digest(policy))
    return policy


def _layers_below(
    gathering: Gathering, organisation: Organisation | None
) -> Iterator[PolicyFile]:
    """What is below the repository's own files."""
    yield from gathering.packs.values()
    if organisation is not None:
        # A pack that both extend is where the repository has it: once, and not above itself.
        yield from (
            pack for name, pack in organisation.packs.items() if name not in gathering.packs
        )
        yield from organisation.files


def _check_layers(
    layers: tuple[PolicyFile, ...], rows: Mapping[str, RuleSpec], problems: Problems
) -> None:
    """Look for what is wrong between the layers."""
    from judgegate.policy.lint import silent_rules

    # In a pack that is missing there could be any rule, so then none is called unknown.
    if not problems.missing:
        mentions = [
            (place, rule)
            for place, rule in problems.mentioned
            if rule not in problems.brought
        ]
        problems.extend(unknown_rules(mentions, rows))
    # The rest takes every file for understood: after a mistake it would only report what follows.
    if problems.found:
        return
    problems.extend(foreign_searches(layers))
    problems.extend(unfit_options(layers))
    problems.extend(weakenings(layers, rows))
    problems.extend(silent_rules(layers, rows))


def _read_named(file: Path) -> bytes:
    """The content of a policy that was named, so that it must be there."""
    content = _read_regular(file, 0)
    if content is None:
        raise UsageError(
            f"There is no policy at {file}.", "Give the path of an existing regular file."
        )
    return content


def _read_regular(file: Path, flags: int) -> bytes | None:
    """A regular file's first bytes, one more than a policy may have; never waits for a pipe or a device."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | flags)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ELOOP}:
            return None
        raise UsageError(f"The policy {file} cannot be read: {error.strerror}.") from None
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read(LARGEST_FILE + 1)
