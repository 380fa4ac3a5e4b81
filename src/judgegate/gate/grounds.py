"""What a decision rests on besides the analysis."""

from dataclasses import dataclass, field

from judgegate.model.approvals import Approvals
from judgegate.model.notices import Notice
from judgegate.model.verdict import PolicySource
from judgegate.policy import Policy
from judgegate.review import CodeOwners


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The policy that judges, and what is known of policies around it.

    `touched` are the paths of the change that decide how changes are judged, each with what it is; `brought` is the head's policy, where
    the change touches it and it loads. `fallback` says why `policy` stands in
    for one that did not load, and `broken_head` why the head's own policy does not load: their problems, a line each. `errors` tell both in
    full.
    """

    policy: Policy
    source: PolicySource
    touched: tuple[tuple[str, str], ...] = ()
    brought: Policy | None = None
    fallback: tuple[str, ...] = ()
    broken_head: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    errors: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is known of who agreed: `approvals` is None where nothing could say; `owners` are the base's code owners.

    `agents` are the logins around the change that are an AI's although the forge calls them users.
    """

    approvals: Approvals | None = None
    owners: CodeOwners = field(default_factory=CodeOwners)
    agents: frozenset[str] = frozenset()


NOBODY_ASKED = Agreement()
