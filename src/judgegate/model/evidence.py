"""What is known of who wrote the change."""

from dataclasses import dataclass, field

from judgegate.model.notices import Notice
from judgegate.model.ranges import LineRange
from judgegate.model.scales import Certainty, Role


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal seen in a place.

    `tool` and `signal` name the catalogue's row, `source` the place ("author", "co-author", "trailer", "footer", "branch",
    "pull request body", "git note" ...), `commit` the commit's id or None for what belongs to the change as a whole, `quote` the marker
    as it stands there (at most 200 characters, control characters as they came: escaping is the report's).
    """

    tool: str
    signal: str
    role: Role
    confidence: Certainty
    source: str
    commit: str | None
    quote: str


@dataclass(frozen=True, slots=True)
class LineEvidence:
    """Added lines of the head and the evidence that speaks of them: indices into the record's evidence, none where nothing does."""

    path: str
    lines: LineRange
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FileEvidence:
    """A file of the change, and the evidence of all commits of the change that touched it: indices into the record's evidence."""

    path: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ProvenanceRecord:
    """All evidence that was found, of any strength; a policy says what it makes of it.

    `lines` holds every added line of the change once, marked or not: it shows whether a finding has an added line of its own.
    `whole`: indices of evidence that speaks of the change without saying which lines (a branch, a body, a squash): where such evidence
    gates, every line counts as AI-assisted, because a finer statement would be a guess.
    """

    evidence: tuple[Evidence, ...] = ()
    lines: tuple[LineEvidence, ...] = ()
    files: tuple[FileEvidence, ...] = ()
    whole: tuple[int, ...] = ()
    declared_none: tuple[str, ...] = ()
    """Statements that no AI took part. They are shown and never outweigh evidence."""
    notices: tuple[Notice, ...] = field(default=())
