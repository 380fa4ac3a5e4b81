"""The verdict, as every report shows it."""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

from judgegate.model.change import Change, FileChange
from judgegate.model.evidence import Evidence
from judgegate.model.hunks import NOTHING_TO_READ, Hunk, Reading
from judgegate.model.levels import (
    Action,
    Authorship,
    Certainty,
    Confidence,
    FailOn,
    Origin,
    Outcome,
    Severity,
)
from judgegate.model.notices import Notice
from judgegate.model.rules import RuleSpec


class FileState(Enum):
    """How a file of the change ended: exactly one of these."""

    ANALYSED = "analysed"
    EXEMPT = "exempt"
    UNANALYSED = "unanalysed"


class JudgedFile(Struct, frozen=True):
    """A file change with its state.

    `reason` says why it is exempt or unanalysed; `rules` are the ids whose checks ran to their end.

    `searched`: no check covers the file, but patterns looked for something in it.
    """

    change: FileChange
    state: FileState
    reason: str | None
    rules: tuple[str, ...]
    ai_lines: int = 0
    searched: bool = False


class Reason(Struct, frozen=True):
    """Why the outcome is what it is.

    `message` is a sentence, `rule` the id of the rule behind it (None for what no rule says), and
    `action` what it leads to.
    """

    rule: str | None
    action: Action
    message: str


class Finding(Struct, frozen=True):
    """An observation that the policy has judged.

    `path` is None for the change as a whole; `line` and `end_line` count from 1.
    """

    rule: str
    code: str | None
    severity: Severity
    confidence: Confidence | None
    path: str | None
    line: int | None
    end_line: int | None
    subject: str
    message: str
    action: Action
    origin: Origin
    provenance: Authorship
    fingerprint: str
    waiver: str | None = None
    excerpt: str = ""
    remedy: str = ""
    why: str = ""
    touched: bool = False
    """For an existing finding: the change edits the definition that it is in."""


class PolicySource(Struct, frozen=True):
    """Where the policy came from.

    `source` is a path or `pack default`, `commit` the base's id or None for a file on disk.
    `digest` names what the policy says, however it is written.
    """

    source: str
    commit: str | None
    digest: str


class ProvenanceVerdict(Struct, frozen=True):
    """Who wrote the change, as the policy's terms see it.

    `confidence` is the strongest gating evidence's, None if nothing gates.

    `gating` are those pieces of `evidence` that made the change AI-assisted. `assumed` says why the
    AI terms apply without evidence (`gate_on: always`, `--assume-ai`), or is None.
    """

    verdict: Authorship
    confidence: Certainty | None
    ai_lines: int
    added_lines: int
    evidence: tuple[Evidence, ...]
    gating: tuple[Evidence, ...]
    assumed: str | None = None
    declared_none: tuple[str, ...] = ()
    gate_on: Certainty | None = None
    """The weakest confidence that the policy lets gate; None for `always`.

    A report says by it why weaker evidence did not gate.
    """
    switched_off: frozenset[str] = frozenset()
    """Tools and signals whose evidence the policy does not count, in lower case."""


class Standing(Struct, frozen=True):
    """Whom a demand accepts.

    Exactly one of a permission ("write"), a team ("org/team"), a user ("alice"), or code owners.
    Among code owners there is one kind more, an e-mail `address`; no policy and no demand names it.
    """

    kind: str
    value: str | None = None

    @property
    def name(self) -> str:
        """The value as forges compare logins and teams, in any case; empty where there is none."""
        return (self.value or "").casefold()

    def __str__(self) -> str:
        """Whom it accepts, as a clause for a sentence."""
        match self.kind:
            case "permission":
                return f"someone with {self.value} permission"
            case "code_owners":
                return "a code owner"
            case "address":
                return str(self.value)
            case _:
                return f"@{self.value}"


class Demand(Struct, frozen=True):
    """A human review that the policy asks for.

    `missing` approvals are still to come; `who_can` names who could give them, if known.

    `shortfall` says in one sentence what is missing, from whom, and, where no one can give it,
    which setting is in the way. It is empty once the demand is satisfied, or where nothing
    weighed it.
    """

    rules: tuple[str, ...]
    approvals: int
    standings: tuple[Standing, ...]
    missing: int
    who_can: tuple[str, ...] = ()
    attestable: bool = False
    """The author alone may satisfy it (`author: attest`)."""
    shortfall: str = ""
    """What is missing, from whom, and, where no one can give it, the setting in the way.

    Empty where nothing is missing or weighed.
    """
    non_negotiable: bool = False
    """No override and no attestation reaches it."""
    unserved: tuple[tuple[Standing, ...], ...] = ()
    """The groups, of code owners above all, that each still miss an approval of their own."""


class Counted(Struct, frozen=True):
    """An approval that counts, with the commit that it approves and the rules whose demands it serves.

    `attested` is None for an approval. Where somebody with a part in the change attests it, it is
    what they say they checked: the change is self-reviewed.
    """

    who: str
    commit: str
    serves: tuple[str, ...] = ()
    attested: str | None = None


class Ignored(Struct, frozen=True):
    """An approval, an attestation or an override that does not count, and why not."""

    who: str
    why: str


class Override(Struct, frozen=True):
    """Somebody lets the change pass although something stops it, and says why.

    It counts only from those whom the policy trusts with it, for an emergency. `commit` is the head
    that it is for, and no other. `seconded` are others who said the same: one is needed for each
    contributor that no account is known for.
    """

    who: str
    commit: str
    reason: str
    seconded: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Who overrides and why, in one line."""
        return f"{' and '.join((self.who, *self.seconded))}: {self.reason}"


class ReviewVerdict(Struct, frozen=True):
    """What human review the change needs. `satisfied` is None where nothing could say who approved.

    `override` is there only where it lifted the verdict: then the outcome is `pass`, whatever the
    findings and the demands say. `held_by` says who asks for changes, a clause for each; while it
    is not empty nothing satisfies the review. `unmapped` names the contributors that no account is
    known for: each raised some demand by one approval.
    """

    required: bool
    satisfied: bool | None
    demands: tuple[Demand, ...] = ()
    counted: tuple[Counted, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    override: Override | None = None
    held_by: tuple[str, ...] = ()
    unmapped: tuple[str, ...] = ()
    may_override: tuple[Standing, ...] = ()
    """Whom the policy lets override, whether or not anybody does."""


class Verdict(Struct, frozen=True):
    """What judgegate says of a change, with all that it says it from."""

    outcome: Outcome
    reasons: tuple[Reason, ...]
    change: Change
    files: tuple[JudgedFile, ...]
    policy: PolicySource
    provenance: ProvenanceVerdict
    findings: tuple[Finding, ...]
    review: ReviewVerdict
    fail_on: FailOn
    notices: tuple[Notice, ...] = ()
    errors: tuple[Notice, ...] = ()
    own_rules: tuple[RuleSpec, ...] = ()
    """The rows of the rules that the policy brings itself."""
    hunks: tuple[Hunk, ...] = ()
    """The change's hunks with something at stake, what to question first at the front."""
    reading: Reading = NOTHING_TO_READ
    """How much there is to read."""

    def count(self, state: FileState) -> int:
        """How many files of the change ended in this state.

        Every file is in exactly one, so the counts of all states add up to all files.
        """
        return sum(file.state is state for file in self.files)


def reported_by(findings: Iterable[Finding], rule: str, other: str) -> frozenset[str]:
    """Paths for which a finding of `rule` says all that one of `other` would.

    It is not waived, and leads to no less than the other.
    """
    reported: dict[str, Action] = {}
    others: list[tuple[str, Action]] = []
    for finding in findings:
        if finding.path is None:
            continue
        if finding.rule == other:
            others.append((finding.path, finding.action))
        elif finding.rule == rule and finding.waiver is None:
            reported[finding.path] = finding.action
    # Where the other finding leads to more, both are needed: the reader must see what stops the
    # change.
    for path, action in others:
        if action > reported.get(path, action):
            del reported[path]
    return frozenset(reported)
