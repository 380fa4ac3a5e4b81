"""The terms of a policy that belong to no single rule: provenance, review, limits, override. Each scale has the laxer word first."""

from collections.abc import Iterable
from dataclasses import dataclass

from judgegate.model.scales import Certainty, Role, Scale
from judgegate.model.verdict import Standing


class GateOn(Scale):
    """The weakest confidence that makes a change AI-assisted."""

    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"
    ALWAYS = "always"

    @property
    def floor(self) -> Certainty | None:
        """The weakest evidence that gates, or None where every change counts as AI-assisted."""
        return None if self is GateOn.ALWAYS else Certainty(self.value)


class Stale(Scale):
    """Whether an approval must be of the change's head (`head`), or never grows stale."""

    NEVER = "never"
    HEAD = "head"


class ContributorTerm(Scale):
    """Which contributors of the change may approve it: all but its author, or none."""

    NOT_AUTHOR = "not_author"
    NEVER = "never"


class AuthorApproval(Scale):
    """Whether the author may attest the change alone."""

    ATTEST = "attest"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class TeamSignal:
    """A team's own marker of AI work, in the catalogue's terms: `kind` is the place, `pattern` the text that stands there, literally."""

    tool: str
    kind: str
    pattern: str
    confidence: Certainty
    role: Role


@dataclass(frozen=True, slots=True)
class ProvenanceTerms:
    """What makes a change AI-assisted. `signals_off`: tools of the catalogue whose signals do not count."""

    gate_on: GateOn = GateOn.STRONG
    roles: frozenset[Role] = frozenset({Role.AUTHORED, Role.DECLARED, Role.REVIEW_SUGGESTION})
    signals_off: frozenset[str] = frozenset()

    def tightened(self, later: "ProvenanceTerms") -> "ProvenanceTerms":
        """These terms, and of later ones what is stricter."""
        return ProvenanceTerms(
            max(self.gate_on, later.gate_on), self.roles | later.roles, self.signals_off & later.signals_off
        )


@dataclass(frozen=True, slots=True)
class ReviewTerms:
    """What a human review is: how many approvals, from any of whom."""

    approvals: int = 1
    standings: tuple[Standing, ...] = (Standing("permission", "write"),)
    stale: Stale = Stale.HEAD
    contributors: ContributorTerm = ContributorTerm.NEVER
    author: AuthorApproval = AuthorApproval.NEVER

    def tightened(self, later: "ReviewTerms") -> "ReviewTerms":
        """These terms, and of later ones what is stricter. Of whom approves, only a part of the same can be told to be stricter."""
        return ReviewTerms(
            max(self.approvals, later.approvals),
            narrowed(self.standings, later.standings),
            max(self.stale, later.stale),
            max(self.contributors, later.contributors),
            max(self.author, later.author),
        )


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """What one file may cost before it is left to a human. Larger is stricter: more is looked at."""

    source_bytes: int = 1_000_000
    cpu_seconds: int = 10
    memory_mebibytes: int = 1024

    def tightened(self, later: "LimitTerms") -> "LimitTerms":
        return LimitTerms(
            max(self.source_bytes, later.source_bytes),
            max(self.cpu_seconds, later.cpu_seconds),
            max(self.memory_mebibytes, later.memory_mebibytes),
        )


@dataclass(frozen=True, slots=True)
class OverrideTerms:
    """Who may override a verdict in an emergency; nobody where `standings` is empty."""

    standings: tuple[Standing, ...] = ()

    def tightened(self, later: "OverrideTerms") -> "OverrideTerms":
        return OverrideTerms(tuple(standing for standing in later.standings if standing in self.standings))


def narrowed(standings: tuple[Standing, ...], later: tuple[Standing, ...]) -> tuple[Standing, ...]:
    """The later standings where they are a part of these, else these."""
    return later if is_part(later, standings) else standings


def is_part(part: Iterable[Standing], whole: Iterable[Standing]) -> bool:
    return set(part) <= set(whole)
