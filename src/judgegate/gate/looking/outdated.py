"""What the base's tip says of the files of an analysis: it may have moved on since the change left it."""

from dataclasses import replace

from judgegate.change import Repository
from judgegate.gate.analysis import Analysis
from judgegate.model.change import Change, FileChange


def mark_outdated(analysis: Analysis, repository: Repository) -> Analysis:
    """The analysis with the files marked at whose path the base's tip has something else than the merge base."""
    change = analysis.change
    if change.base is None or change.base.oid in change.merge_bases:
        return analysis
    return replace(analysis, files=tuple(replace(file, outdated=_is_outdated(repository, change, file.change)) for file in analysis.files))


def _is_outdated(repository: Repository, change: Change, file: FileChange) -> bool:
    return change.base is not None and file.old is not None and repository.oid_at(change.base.oid, file.path) != file.old.oid
