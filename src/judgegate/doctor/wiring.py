"""What is examined: the workflows, the gates among them, the policy, and what GitHub enforces, as far as it is known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from judgegate.doctor.diagnosis import FindingLocation
from judgegate.doctor.document import UnreadableWorkflowError
from judgegate.doctor.gates import Carrier, Gate, find_gates
from judgegate.doctor.settings import RequiredWorkflow, Settings
from judgegate.doctor.sources import Source
from judgegate.doctor.workflow import Trigger, Workflow, read_workflow
from judgegate.github.publishing.statuses import context_of
from judgegate.model.verdict import Standing
from judgegate.pipeline.policy_in_force import RULES
from judgegate.policy.loading import load_policy
from judgegate.policy.policy import Policy
from judgegate.policy.policy_file import POLICY_NAME
from judgegate.policy.problems import PolicyError, PolicyProblem
from judgegate.review.owners import CodeOwners, find_owners

PULL_EVENTS = ("pull_request_target", "pull_request")


@dataclass(frozen=True, slots=True)
class Unread:
    """A workflow that could not be read: where and why, a clause. `names_us`: it speaks of judgegate."""

    spot: FindingLocation
    why: str
    names_us: bool


@dataclass(frozen=True, slots=True)
class Wiring:
    """A repository as it is wired. `branch` is the one that changes want to join, `repository` its `owner/name`; None: not known.

    `unable` are the people and teams of whom GitHub says that they can give no approval, each with why, a clause.
    """

    source: Source
    workflows: tuple[Workflow, ...]
    unread: tuple[Unread, ...]
    gates: tuple[Gate, ...]
    policy: Policy | PolicyError
    owners: CodeOwners
    branch: str | None
    repository: str | None = None
    settings: Settings | None = None
    unable: Mapping[Standing, str] = field(default_factory=dict)

    @property
    def holders(self) -> tuple[Gate, ...]:
        """The gates whose word a merge can wait for.

        Where a ruleset waits for a run, or a status carries the verdict, what judges besides is advice.
        """
        if awaited := tuple(filter(self.is_awaited, self.gates)):
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
        """Whether GitHub lets nothing merge without a gate's word; None: nobody could say."""
        if self.settings is None:
            return None
        names = {name for gate in self.holders for name in self.names_of(gate)}
        if any(map(self.is_awaited, self.holders)) or any(
            check.context in names for check in self.settings.checks
        ):
            return True
        return False if self.settings.is_whole else None

    def names_of(self, gate: Gate) -> tuple[str, ...]:
        """The contexts under which a rule can require the gate's word."""
        if gate.carrier is Carrier.STATUS:
            return (self.context,) if self.context is not None else ()
        return (gate.check_name,)

    def is_ruleset(self, gate: Gate) -> bool:
        """Whether a ruleset runs the gate's workflow: its own copy, on its own terms."""
        if self.settings is None:
            return False
        wanted = (gate.workflow.path, self.settings.repository)
        return any((one.path, one.repository) == wanted for one in self.settings.workflows)

    def is_awaited(self, gate: Gate) -> bool:
        """Whether a ruleset waits for the gate's run, and that tells the verdict. One that posts a status always succeeds."""
        return self.is_ruleset(gate) and gate.carrier is Carrier.JOB

    @property
    def foreign_workflows(self) -> tuple[RequiredWorkflow, ...]:
        """What a ruleset runs from other repositories: nobody can say here whether it judges."""
        return (
            tuple(one for one in self.settings.workflows if one.repository != self.settings.repository)
            if self.settings
            else ()
        )

    def triggers(self, *events: str) -> Iterator[tuple[Gate, Trigger]]:
        """The events that start the holders."""
        for gate in self.holders:
            for trigger in gate.workflow.triggers:
                if trigger.event in events:
                    yield gate, trigger


def read_wiring(source: Source, branch: str | None, repository: str | None = None) -> Wiring:
    """The wiring as the files show it, with every workflow that can be read."""
    workflows: list[Workflow] = []
    unread: list[Unread] = []
    for path in source.workflows():
        content = source.read(path)
        if content is None:
            unread.append(Unread(FindingLocation(path), "it is no regular file", names_us=True))
            continue
        try:
            workflows.append(read_workflow(content, path))
        except UnreadableWorkflowError as error:
            unread.append(
                Unread(FindingLocation(path, error.line), error.why, names_us=b"judgegate" in content.lower())
            )
    gates = find_gates(workflows, source)
    return Wiring(
        source,
        tuple(workflows),
        tuple(unread),
        gates,
        _read_policy(source),
        find_owners(source.read),
        branch,
        repository,
    )


def _read_policy(source: Source) -> Policy | PolicyError:
    """The policy, or why it does not load."""
    if source.is_odd(POLICY_NAME):
        return PolicyError(
            [PolicyProblem(POLICY_NAME, 0, 0, "it is not a regular file, so it is not followed")],
            (POLICY_NAME,),
        )
    try:
        return load_policy(RULES, source)
    except PolicyError as error:
        return error
