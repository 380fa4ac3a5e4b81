"""One policy file as it was written: every value with its place, nothing merged yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from judgegate.model.scales import Action, FailOn, Role, Severity
from judgegate.model.searches import Search
from judgegate.model.verdict import Standing
from judgegate.policy.conditions import Condition
from judgegate.policy.problems import Place
from judgegate.policy.reader import Placed
from judgegate.policy.terms import AuthorApproval, ContributorTerm, GateOn, Stale, TeamSignal

BLOCKS = ("fail_on", "provenance", "review", "exempt", "waivers", "limits", "override")
"""What a layer can seal as a whole with a top-level `non_negotiable`."""


@dataclass(frozen=True, slots=True)
class ReviewBlock:
    """Review terms, as far as they are set."""

    approvals: Placed[int] | None = None
    standings: Placed[tuple[Standing, ...]] | None = None
    stale: Placed[Stale] | None = None
    contributors: Placed[ContributorTerm] | None = None
    author: Placed[AuthorApproval] | None = None


@dataclass(frozen=True, slots=True)
class ProvenanceBlock:
    """Provenance terms, as far as they are set."""

    gate_on: Placed[GateOn] | None = None
    roles: Placed[frozenset[Role]] | None = None
    signals: tuple[Placed[TeamSignal], ...] = ()
    signals_off: tuple[Placed[str], ...] = ()


@dataclass(frozen=True, slots=True)
class LimitsBlock:
    """Limits, as far as they are set."""

    source_bytes: Placed[int] | None = None
    cpu_seconds: Placed[int] | None = None
    memory_mebibytes: Placed[int] | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """What a rule or one of its cases sets."""

    action: Placed[Action] | None = None
    severity: Placed[Severity] | None = None
    options: Mapping[str, Placed[int]] = field(default_factory=dict)
    review: ReviewBlock = ReviewBlock()
    message: Placed[str] | None = None
    why: Placed[str] | None = None


@dataclass(frozen=True, slots=True)
class RuleCase:
    """An overlay for where a condition holds."""

    place: Place
    when: Condition
    sets: Overlay


@dataclass(frozen=True, slots=True)
class RuleBlock:
    """What one file says of one rule. `looks_for` is what a team's own rule looks for."""

    id: str
    place: Place
    sets: Overlay = Overlay()
    when: Placed[Condition] | None = None
    cases: Placed[tuple[RuleCase, ...]] | None = None
    non_negotiable: Placed[bool] | None = None
    looks_for: Placed[Search] | None = None


@dataclass(frozen=True, slots=True)
class Exemption:
    """Files that need no check where none covers them.

    A file matches by `paths` or by one of the `suffixes` (of its name, in any case), unless it matches `but_not`.
    It matches nothing outside `folder` (empty, or with a slash at its end).
    With `never`, what matches is exempt by no entry of this layer or a lower one; without paths and suffixes, it takes back the entry of
    the same name.
    """

    name: str
    place: Place
    reason: str
    paths: tuple[str, ...] = ()
    suffixes: frozenset[str] = frozenset()
    but_not: tuple[str, ...] = ()
    never: bool = False
    folder: str = ""

    @property
    def takes_back(self) -> bool:
        """Whether all it does is to take back an earlier entry of its name."""
        return self.never and not self.paths and not self.suffixes


@dataclass(frozen=True, slots=True)
class Waiver:
    """An accepted finding: a loan with an owner, a reason and a day it falls due. `expires` is the last day that it holds.

    `at_most`: how many findings it lifts. Where `paths`, `codes` or `fingerprints` is empty, it asks for nothing in particular.
    """

    rule: str
    place: Place
    reason: str
    owner: str
    expires: date
    at_most: int = 1
    paths: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    folder: str = ""


@dataclass(frozen=True, slots=True)
class PolicyFile:
    """One file. `folder` is empty, or the folder whose own policy this is, with a slash at its end."""

    file: str
    extends: tuple[Placed[str], ...] = ()
    fail_on: Placed[FailOn] | None = None
    provenance: ProvenanceBlock = ProvenanceBlock()
    review: ReviewBlock = ReviewBlock()
    exempt: tuple[Exemption, ...] = ()
    rules: Mapping[str, RuleBlock] = field(default_factory=dict)
    waivers: tuple[Waiver, ...] = ()
    limits: LimitsBlock = LimitsBlock()
    override: Placed[tuple[Standing, ...]] | None = None
    sealed: Mapping[str, Place] = field(default_factory=dict)
    folder: str = ""
