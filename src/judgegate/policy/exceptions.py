"""Which files need no check, and which findings are accepted for a while. Pure questions: the policy says what counts."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from judgegate.model.change import Blob
from judgegate.policy.condition_kinds import is_like
from judgegate.policy.model import Exemption, PolicyFile, Waiver
from judgegate.policy.path_patterns import matches


def find_exemption(
    layers: Sequence[PolicyFile], path: str, blobs: Iterable[Blob | None], seal: int | None
) -> Exemption | None:
    """The entry that exempts a path, or None. Links, submodules and executables never are, on no side; nor is what has no side at all.

    Of layers above the seal only entries with `never` count.
    """
    sides = [blob for blob in blobs if blob is not None]
    if not sides or not all(blob.is_file and not blob.is_executable for blob in sides):
        return None
    for entries in _by_layer(layers, seal):
        found = [entry for entry in entries if is_named(entry, path)]
        if found:
            return None if any(entry.never for entry in found) else found[0]
    return None


def _by_layer(layers: Sequence[PolicyFile], seal: int | None) -> Iterator[list[Exemption]]:
    """Each layer's entries, the highest layer first, without those that a later layer replaces or takes back by their name."""
    gone: set[str] = set()
    for index in range(len(layers) - 1, -1, -1):
        file = layers[index]
        free = seal is None or index <= seal
        yield [entry for entry in file.exempt if (entry.never or free) and entry.name not in gone]
        if not file.folder:
            gone |= {entry.name for entry in file.exempt if free or entry.takes_back}


def is_named(entry: Exemption, path: str) -> bool:
    """Whether the entry speaks of the path. What is never exempt is so in upper and lower case: many file systems make no difference."""
    if not path.startswith(entry.folder) or matches(entry.but_not, path):
        return False
    if entry.never and matches(tuple(pattern.lower() for pattern in entry.paths), path.lower()):
        return True
    return suffix(path) in entry.suffixes or matches(entry.paths, path)


def suffix(path: str) -> str:
    """The last suffix of the file's name in lower case with its dot, empty where there is none. `.md` alone is a name, not a suffix."""
    stem, dot, last = path.rpartition("/")[2].rpartition(".")
    return f"{dot}{last}".lower() if stem else ""


@dataclass(frozen=True, slots=True)
class Waivable:
    """What a waiver is asked about: a finding."""

    rule: str
    path: str | None
    code: str | None
    fingerprint: str


def find_waiver(
    waivers: Iterable[Waiver], finding: Waivable, today: date, used: Mapping[Waiver, int]
) -> Waiver | None:
    """The first waiver that lifts the finding: not expired, and with fewer findings lifted so far (`used`) than it allows."""
    return next(
        (
            waiver
            for waiver in waivers
            if lifts(waiver, finding) and today <= waiver.expires and used.get(waiver, 0) < waiver.at_most
        ),
        None,
    )


def lifts(waiver: Waiver, finding: Waivable) -> bool:
    """Whether the waiver speaks of the finding, apart from when and how often."""
    return (
        waiver.rule == finding.rule
        and _is_there(waiver, finding.path)
        and (
            not waiver.codes
            or (finding.code is not None and any(is_like(code, finding.code) for code in waiver.codes))
        )
        and (not waiver.fingerprints or finding.fingerprint in waiver.fingerprints)
    )


def _is_there(waiver: Waiver, path: str | None) -> bool:
    if path is None:
        return not waiver.paths and not waiver.folder
    return path.startswith(waiver.folder) and (not waiver.paths or matches(waiver.paths, path))
