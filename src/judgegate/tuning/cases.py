"""A case of a policy's tests: a small change, who wrote and approved it, and what the gate should say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from judgegate.model.approvals import Permission
from judgegate.model.scales import Action, Authorship, Outcome, Severity
from judgegate.model.verdict import Standing
from judgegate.policy.problems import Place

AUTHOR = "author"
"""Who commits the change of a case, where it says nothing else."""


@dataclass(frozen=True, slots=True)
class GivenPullRequest:
    """The pull request's fields that conditions ask about."""

    author: str = AUTHOR
    title: str = ""
    body: str = ""
    branch: str = "topic"
    target_branch: str = "main"
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GivenApproval:
    """An approval of the change's head, or with `stale` of an older one.

    Instead of an approval `attests` is the author's own word, and `overrides` why somebody lets the change pass in an emergency.
    """

    by: str
    permission: Permission = Permission.WRITE
    teams: tuple[str, ...] = ()
    stale: bool = False
    attests: str | None = None
    overrides: str | None = None

    def comment(self, head: str) -> str | None:
        """What they write instead of approving; None where they approve."""
        if self.attests is not None:
            return f"/judgegate reviewed {head} {self.attests}"
        return None if self.overrides is None else f"/judgegate override {head} {self.overrides}"


@dataclass(frozen=True, slots=True)
class ExpectedFinding:
    """A finding that the change must introduce; only what is given is compared."""

    rule: str
    code: str | None = None
    path: str | None = None
    line: int | None = None
    action: Action | None = None
    severity: Severity | None = None
    waived: bool | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDemand:
    """A review that must be asked for; only what is given is compared."""

    approvals: int | None = None
    standings: tuple[Standing, ...] | None = None
    rules: tuple[str, ...] | None = None
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the gate should say. None: that part is not compared."""

    outcome: Outcome
    findings: tuple[ExpectedFinding, ...] | None = None
    demands: tuple[ExpectedDemand, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyTestCase:
    """One case. `after` holds the files that the change writes; instead of it `patch` may hold a unified diff."""

    name: str
    place: Place
    expect: Expectation
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    removed: tuple[str, ...] = ()
    executable: tuple[str, ...] = ()
    patch: str | None = None
    written_by: Authorship = Authorship.UNMARKED
    message: str = "A change"
    pull_request: GivenPullRequest | None = None
    approvals: tuple[GivenApproval, ...] | None = None
    today: date | None = None

    @property
    def author(self) -> str:
        """The login of whoever made the change."""
        return self.pull_request.author if self.pull_request else AUTHOR
