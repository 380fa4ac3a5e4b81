"""What is examined: the workflows, the gates in them, the policy, and what GitHub is known to enforce."""

from collections.abc import Collection, Iterable, Mapping

from msgspec import Struct, field

from judgegate.doctor.document import UnreadableWorkflowError
from judgegate.doctor.finding import FindingLocation
from judgegate.doctor.gates import Carrier, Gate, find_gates
from judgegate.doctor.workflow import FileSource, Trigger, Workflow, read_workflow
from judgegate.forge.status import context_of
from judgegate.model.verdict import Standing
from judgegate.pipeline.policy_in_force import RULES
from judgegate.policy.loading import load_policy
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import Place, PolicyError, PolicyProblem
from judgegate.review.owners import CodeOwners, find_owners

OWN_ACTIONS = 15368
"""The number of the App "GitHub Actions" on github.com: what every workflow's own token acts as."""


class RequiredCheck(Struct, frozen=True):
    """A status or check that a merge waits for.

    `app` is the only one that may post it, by number; None: anybody with write permission.
    """

    context: str
    app: int | None
    source: str


class RequiredWorkflow(Struct, frozen=True):
    """A workflow that a ruleset runs, in whatever repository it is."""

    path: str
    repository: int
    source: str


class Settings(Struct, frozen=True):
    """What GitHub enforces for one branch.

    `bypasses` are clauses: who may go past the rules that require something.
    `is_whole` is false where something more might be required that could not be read.
    """

    repository: int
    is_private: bool
    checks: tuple[RequiredCheck, ...] = ()
    workflows: tuple[RequiredWorkflow, ...] = ()
    has_queue: bool = False
    bypasses: tuple[str, ...] = ()
    is_whole: bool = True


PULL_EVENTS = ("pull_request_target", "pull_request")


class UnreadWorkflow(Struct, frozen=True):
    """A workflow that could not be read, and why, a clause.

    `names_judgegate`: the word is in it, so that it may be a gate.
    """

    location: FindingLocation
    why: str
    names_judgegate: bool


class Setup(Struct, frozen=True):
    """A repository with its gate.

    `branch` is the one that changes want to join, `repository` its `owner/name`; None: not known.

    `cannot_approve` are the people and teams of whom GitHub says that they can give no approval,
    each with why, a clause.
    """

    source: FileSource
    workflows: tuple[Workflow, ...]
    unread: tuple[UnreadWorkflow, ...]
    gates: tuple[Gate, ...]
    policy: Policy | PolicyError
    owners: CodeOwners
    branch: str | None
    repository: str | None = None
    settings: Settings | None = None
    cannot_approve: Mapping[Standing, str] = field(default_factory=dict)

    @property
    def deciding_gates(self) -> tuple[Gate, ...]:
        """The gates whose result a merge can wait for.

        Where a ruleset waits for a run, or a status carries the verdict, what judges besides is advice.
        """
        awaited = tuple(filter(self.is_awaited, self.gates))
        if awaited:
            return awaited
        for carrier in (Carrier.STATUS, Carrier.JOB):
            found = tuple(gate for gate in self.gates if gate.carrier is carrier)
            if found:
                return found
        return ()

    @property
    def context(self) -> str | None:
        """The status that is to be required."""
        return context_of(self.branch) if self.branch is not None else None

    @property
    def is_required(self) -> bool | None:
        """Whether GitHub lets nothing merge without a gate's verdict; None: that is not known."""
        if self.settings is None:
            return None
        if any(map(self.is_awaited, self.deciding_gates)):
            return True
        required = {check.context for check in self.settings.checks}
        for gate in self.deciding_gates:
            if not required.isdisjoint(self.names_of(gate)):
                return True
        # Where not every rule could be read, one that is not known may require it.
        return False if self.settings.is_whole else None

    def names_of(self, gate: Gate) -> tuple[str, ...]:
        """The contexts under which a rule can require the gate's verdict."""
        name = self.context if gate.carrier is Carrier.STATUS else gate.check_name
        return (name,) if name is not None else ()

    def is_ruleset(self, gate: Gate) -> bool:
        """Whether a ruleset runs the gate's workflow: its own copy, on its own terms."""
        if self.settings is None:
            return False
        wanted = (gate.workflow.path, self.settings.repository)
        return any((one.path, one.repository) == wanted for one in self.settings.workflows)

    def is_awaited(self, gate: Gate) -> bool:
        """Whether a ruleset waits for the gate's run, and that carries the verdict.

        One that posts a status always succeeds.
        """
        return self.is_ruleset(gate) and gate.carrier is Carrier.JOB

    @property
    def foreign_workflows(self) -> tuple[RequiredWorkflow, ...]:
        """What a ruleset runs from other repositories: nothing here shows whether it judges."""
        if self.settings is None:
            return ()
        own = self.settings.repository
        return tuple(one for one in self.settings.workflows if one.repository != own)

    @property
    def required_checks(self) -> tuple[RequiredCheck, ...]:
        """The statuses and checks that a merge waits for, as far as they are known."""
        return self.settings.checks if self.settings is not None else ()

    def carried_by(self, carrier: Carrier) -> tuple[Gate, ...]:
        """The deciding gates whose verdict is carried like that."""
        return tuple(gate for gate in self.deciding_gates if gate.carrier is carrier)

    def triggers(self, *events: str) -> list[Trigger]:
        """The triggers on these events that start the deciding gates, gate by gate."""
        return [
            trigger
            for gate in self.deciding_gates
            for trigger in gate.workflow.triggers
            if trigger.event in events
        ]


def types_of(triggers: Iterable[Trigger]) -> set[str]:
    """All types of the triggers."""
    return {one for trigger in triggers for one in trigger.types}


def lacking(wanted: Iterable[str], types: Collection[str], join: str = ", ") -> str:
    """The types that are wanted and not there, joined to one text; empty if none is missing."""
    return join.join(one for one in wanted if one not in types)


def read_setup(
    source: FileSource, branch: str | None, repository: str | None = None
) -> Setup:
    """The setup as the files show it, with every workflow that can be read."""
    workflows: list[Workflow] = []
    unread: list[UnreadWorkflow] = []
    for path in source.workflows():
        one = _read_one(source, path)
        if isinstance(one, Workflow):
            workflows.append(one)
        else:
            unread.append(one)
    return Setup(
        source,
        tuple(workflows),
        tuple(unread),
        find_gates(workflows, source),
        _read_policy(source),
        find_owners(source.read),
        branch,
        repository,
    )


def _read_one(source: FileSource, path: str) -> Workflow | UnreadWorkflow:
    """One workflow, or why it cannot be read."""
    content = source.read(path)
    if content is None:
        # What a link leads to is not looked at, so it may well be a gate.
        return UnreadWorkflow(
            FindingLocation(path), "it is not a regular file", names_judgegate=True
        )
    try:
        return read_workflow(content, path)
    except UnreadableWorkflowError as error:
        return UnreadWorkflow(
            FindingLocation(path, error.line),
            error.why,
            names_judgegate=b"judgegate" in content.lower(),
        )


def _read_policy(source: FileSource) -> Policy | PolicyError:
    """The policy, or why it does not load."""
    if source.is_irregular(POLICY_NAME):
        why = "it is not a regular file, so doctor does not follow it"
        problem = PolicyProblem(POLICY_NAME, 0, 0, why)
        return PolicyError([problem], (POLICY_NAME,))
    try:
        return load_policy(RULES, source)
    except PolicyError as error:
        return error


class ReviewerList(Struct, frozen=True):
    """A list of standings that the policy names, any of which is enough.

    `approvals` is how many of them the same block requires.
    """

    place: Place
    standings: tuple[Standing, ...]
    approvals: int
