"""Checks of the change as a whole: they read both trees by object id, and may see something in a file that the change leaves alone."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from judgegate.change.repository import Repository
from judgegate.checks.shapes import Check, ScannedSide, Sighting, Survey
from judgegate.model.analysis import AnalysedFile
from judgegate.model.change import Change, FileChange, FileStatus


@dataclass(frozen=True, slots=True)
class GitTree:
    """A commit or a tree, read by object id."""

    repository: Repository
    oid: str

    def paths(self, prefix: str = "") -> Iterator[str]:
        """The paths of all files under a folder, in git's order."""
        return (path for path, blob in self.repository.list_tree(self.oid, prefix) if blob.is_file)

    def read(self, path: str) -> bytes | None:
        """The regular file's bytes, or None where there is no regular file."""
        blob = self.repository.blob_at(self.oid, path)
        return self.repository.read(blob.oid) if blob is not None and blob.is_file else None


def authority(repository: Repository, change: Change) -> GitTree:
    """Where the policy and the code owners count: the base's tip; for a patch without a base, what it was made from."""
    return GitTree(repository, change.base.oid if change.base is not None else change.base_tree)


@dataclass(frozen=True, slots=True)
class Surveyed:
    """The change's files with what the surveys saw in them, and other files in which they saw something."""

    files: tuple[AnalysedFile, ...]
    elsewhere: tuple[AnalysedFile, ...]


def run_surveys(
    change: Change,
    repository: Repository,
    files: Iterable[AnalysedFile],
    rules: frozenset[str],
    checks: Sequence[Check],
) -> Surveyed:
    """Run the surveys that observe for one of the rules, and put what they saw beside what was seen in the files."""
    base, head = GitTree(repository, change.base_tree), GitTree(repository, change.head_tree)
    found: dict[str, list[Sighting]] = defaultdict(list)
    for check in checks:
        if isinstance(check, Survey) and not rules.isdisjoint(check.rules):
            for sighting in check.run(change, base, head):
                found[sighting.path or ""].append(sighting)
    named = [_with_sightings(file, found.pop(file.change.path, [])) for file in files]
    elsewhere = [_with_sightings(_untouched(path), sightings) for path, sightings in sorted(found.items())]
    return Surveyed(tuple(named), tuple(elsewhere))


def _untouched(path: str) -> AnalysedFile:
    return AnalysedFile(FileChange(path, FileStatus.MODIFIED, old=None, new=None))


def _with_sightings(file: AnalysedFile, sightings: Sequence[Sighting]) -> AnalysedFile:
    after = tuple(sighting.observation for sighting in sightings if sighting.side is ScannedSide.HEAD)
    before = tuple(sighting.observation for sighting in sightings if sighting.side is ScannedSide.BASE)
    sides = tuple(seen + before for seen in (file.before or ((),)))
    return replace(file, after=file.after + after, before=sides) if sightings else file
