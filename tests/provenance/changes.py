"""What the room's tests share: a change read from a repository, and its assessment."""

from collections.abc import Iterable
from pathlib import Path

from judgegate.change.commits import read_commits
from judgegate.change.index import read_staged
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.change.worktree import read_worktree
from judgegate.model.change import Commit, Identity
from judgegate.model.evidence import ProvenanceRecord
from judgegate.model.levels import Certainty, Role
from judgegate.model.ranges import LineRange
from judgegate.provenance.assessment import ProvenanceAssessment, assess_provenance
from judgegate.provenance.gather import GatherContext, gather

ROLES = frozenset({Role.AUTHORED, Role.DECLARED, Role.REVIEW_SUGGESTION})
CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
DEVIN = "Devin AI <158243242+devin-ai-integration[bot]@users.noreply.github.com>"
ALICE = Identity("Alice", "alice@example.com")


def record_of(
    path: Path, context: GatherContext | None = None, *, base: str = "main"
) -> ProvenanceRecord:
    """What is gathered about the change from `base` to what is checked out."""
    with Repository.open(path) as repository:
        change = read_commits(repository, choose_base(repository, base))
        return gather(change, repository, context)


def weighed(
    path: Path, context: GatherContext | None = None, *, base: str = "main"
) -> ProvenanceAssessment:
    """The same under the default terms."""
    return assess_provenance(record_of(path, context, base=base), Certainty.STRONG, ROLES)


def from_worktree(
    path: Path, *, staged: bool = False, context: GatherContext | None = None
) -> ProvenanceAssessment:
    """What is not committed yet, under the default terms."""
    with Repository.open(path) as repository:
        change = (
            read_staged(repository)
            if staged
            else read_worktree(repository, choose_base(repository, "main"))
        )
        return assess_provenance(
            gather(change, repository, context), Certainty.STRONG, ROLES
        )


def ai_lines(assessment: ProvenanceAssessment, path: str) -> list[int]:
    """The numbers of the lines that count as AI-assisted."""
    return [line for lines in assessment.ai_lines(path) for line in lines]


def line(number: int) -> tuple[LineRange, ...]:
    """One line, as a finding has it."""
    return (LineRange(number, number),)


def a_commit(
    message: str | bytes = "Change",
    *,
    author: Identity = ALICE,
    committer: Identity = ALICE,
    encoding: str | None = None,
) -> Commit:
    """A commit as the reader of objects would give it."""
    raw = (
        message.encode("utf-8", "surrogateescape") if isinstance(message, str) else message
    )
    return Commit("c" * 40, "d" * 40, (), author, committer, raw, encoding)


def signals(pieces: Iterable[object]) -> list[str]:
    """The signals' ids, sorted."""
    return sorted(str(getattr(piece, "signal")) for piece in pieces)  # noqa: B009 - evidence of either shape
