"""Who else could say that a change may merge.

That are jobs that run a pull request's code with a token that writes, and jobs of the same name.
"""

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from judgegate.doctor.finding import (
    DoctorFinding,
    FindingGroup,
    FindingKind,
    Gravity,
    new_finding,
)
from judgegate.doctor.gates import DEEPEST_CALLS, Carrier, Gate
from judgegate.doctor.setup import OWN_ACTIONS, Setup
from judgegate.doctor.untrusted_checkout import (
    HeadNames,
    find_checkouts,
    find_head_names,
    find_injected,
    hand_over,
)
from judgegate.doctor.workflow import Chain, Job, Workflow, grants_along, location_of
from judgegate.policy.yaml_document import Scalar

PRIVILEGED = frozenset(
    {
        "pull_request_target",
        "workflow_run",
        "issue_comment",
        "issues",
        "discussion",
        "discussion_comment",
    }
)
"""Events that anyone can cause, and whose runs have the repository's own token and secrets."""
STAKES = ("statuses", "checks", "contents", "actions")
"""Scopes with which a verdict can be forged.

A check of the status's name does for a rule what the status does.
"""

_SECRET = re.compile(
    r"\bsecrets(?:\.(?P<name>[\w-]+)|\[\s*['\"](?P<key>[\w-]+)['\"]\s*\]|(?P<all>\b))",
    re.IGNORECASE,
)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
ALL = "*"
"""In place of the names of all secrets."""


class PrivilegedJob(Struct, frozen=True):
    """A job that an event of `PRIVILEGED` starts.

    `chain` are the calls that lead to it, and `head_names` the names that the head has there.
    """

    chain: Chain
    head_names: HeadNames

    @property
    def job(self) -> Job:
        """The job itself."""
        return self.chain[-1][1]

    @property
    def events(self) -> str:
        """The events of `PRIVILEGED` that start it, for a message."""
        return ", ".join(sorted(self.chain[0][0].events & PRIVILEGED))

    @property
    def is_limited(self) -> bool:
        """Whether anything is said of what the token may do."""
        return bool(grants_along(self.chain))

    def may_write(self, scope: str) -> bool:
        """Whether every link that says something grants it."""
        levels = {grant.level(scope) for grant in grants_along(self.chain)}
        return levels == {"write"}


def find_privileged_jobs(setup: Setup) -> Iterator[PrivilegedJob]:
    """Every such job, those of the repository's reusable workflows included."""
    search = _CallSearch({workflow.path: workflow for workflow in setup.workflows})
    for workflow in setup.workflows:
        if workflow.events & PRIVILEGED:
            yield from search.follow((), workflow, HeadNames(), set())


class _CallSearch(Struct, frozen=True):
    """Follows the calls between the repository's workflows, by their paths."""

    workflows: Mapping[str, Workflow]

    def follow(
        self,
        callers: Chain,
        workflow: Workflow,
        handed: HeadNames,
        seen: set[tuple[str, HeadNames]],
    ) -> Iterator[PrivilegedJob]:
        """Every job of a workflow and of what it calls.

        `handed` are the names that the caller gives to the head.
        """
        head_names = find_head_names(workflow, handed)
        for job in workflow.jobs:
            chain = (*callers, (workflow, job))
            yield PrivilegedJob(chain, head_names)
            called = self._called(job)
            if called is None or len(chain) >= DEEPEST_CALLS:
                continue
            given = hand_over(job, head_names)
            # With other names for the head the same workflow can take in other code.
            if (called.path, given) not in seen:
                seen.add((called.path, given))
                yield from self.follow(chain, called, given, seen)

    def _called(self, job: Job) -> Workflow | None:
        """The workflow of this repository that the job calls."""
        if job.uses is None or not job.uses.text.startswith("./"):
            return None
        return self.workflows.get(job.uses.text.removeprefix("./"))


def can_forge_verdict(setup: Setup, job_at_risk: PrivilegedJob) -> bool:
    """Whether code that runs in the job could change a verdict.

    It could by the token, by the gate's own key, or by what the gate caches.
    """
    if not job_at_risk.is_limited or any(map(job_at_risk.may_write, STAKES)):
        return True
    return _holds_key(setup, job_at_risk) or any(map(_keeps_analyses, setup.gates))


def _holds_key(setup: Setup, job_at_risk: PrivilegedJob) -> bool:
    """Whether the job makes or uses the token that the gate posts with, or the key of what it caches.

    It does, too, if it has a secret that goes into one of them.
    """
    # The job's own token is made anew for each job, so only another one can be taken along.
    foreign = [gate for gate in setup.gates if not gate.own_token]
    foreign.extend(filter(_seals_cache, setup.gates))
    here = job_at_risk.chain[-1]
    if any(here in gate.chain for gate in foreign):
        return True
    keys = {name for gate in foreign for name in _secrets_along(gate.chain)}
    if not keys:
        return False
    held = _secrets_along(job_at_risk.chain)
    # A job that gets all secrets by one expression has the key too, though its name is nowhere.
    return ALL in held or not keys.isdisjoint(held)


def _seals_cache(gate: Gate) -> bool:
    """Whether only what was cached with a secret counts for the gate's verdicts."""
    step = gate.step
    if step is None:
        return False
    key = step.inputs.get("cache-key") or step.environment.get("JUDGEGATE_CACHE_KEY")
    return key is not None and bool(key.text.strip())


def _keeps_analyses(gate: Gate) -> bool:
    """Whether verdicts depend on a folder that a run of the same branch can have filled."""
    step = gate.step
    if step is None or _seals_cache(gate):
        return False
    if "cache" in step.inputs or "JUDGEGATE_CACHE" in step.environment:
        return True
    return step.run is not None and "--cache" in step.run.text


def _secrets_along(chain: Chain) -> set[str]:
    """The secrets that the jobs name, in lower case."""
    names = {name for link in chain for name in _secrets_of(*link)}
    # Every job has this one, so it distinguishes none.
    return names - {"github_token"}


def _secrets_of(workflow: Workflow, job: Job) -> Iterator[str]:
    """The secrets that one job names, in lower case; `ALL` where an expression takes all of them."""
    for value in _values_of(workflow, job):
        # Only inside of an expression does the word mean the secrets.
        for expression in _EXPRESSION.findall(value.text):
            for found in _SECRET.finditer(expression):
                name = found["name"] or found["key"] or ALL
                # GitHub ignores the case of a secret's name.
                yield name.lower()


def _values_of(workflow: Workflow, job: Job) -> Iterator[Scalar]:
    """The texts in which a job can name a secret."""
    yield from workflow.environment.values()
    yield from job.environment.values()
    yield from job.inputs.values()
    for step in job.steps:
        yield from step.environment.values()
        yield from step.inputs.values()
        if step.run is not None:
            yield step.run


UNLESS_POWERLESS = (
    "if the job's token cannot write statuses, checks, contents or actions, the job cannot reach the token "
    "that the gate posts with, and the gate caches no analyses, or only with a cache-key that the job cannot "
    "reach"
)

UNTRUSTED_CHECKOUT = FindingKind(
    "untrusted-checkout",
    Gravity.HOLE,
    "The run has a token and secrets of the repository. The pull request's code, which the run builds or "
    "starts, can use both.",
    "Do not check out the head there; judgegate needs no checkout. Build and test on pull_request, without "
    "secrets.",
    Gravity.WEAKNESS,
    UNLESS_POWERLESS,
)
INJECTED_SCRIPT = FindingKind(
    "injected-script",
    Gravity.HOLE,
    "The text becomes part of the script. So anyone who names a branch or writes a title can run commands "
    "with the job's token.",
    'Pass the text through env:, and write "$NAME" in the script.',
    Gravity.WEAKNESS,
    UNLESS_POWERLESS,
)
STATUS_WRITER = FindingKind(
    "status-writer",
    Gravity.WEAKNESS,
    "It runs on input that anyone can send, and it may post any status, or a check with the status's name. "
    "A mistake in it lets a change bypass the gate.",
    "Remove that permission, or let a GitHub App of its own post the gate's status "
    "(docs/workflows/own-app.yml).",
)
TWIN_JOB = FindingKind(
    "twin-job",
    Gravity.HOLE,
    "A rule that requires a job by its name accepts any job with that name.",
    "Give one of them another name.",
)
FORGEABLE_STATUS = FindingKind(
    "forgeable-status",
    Gravity.NOTE,
    "Anyone who may push a branch can push a workflow that posts this status. GitHub cannot distinguish "
    "it from this one: both tokens belong to the same App.",
    "Let a ruleset require the workflow (docs/workflows/required.yml), or let a GitHub App of its own post "
    "the status (docs/workflows/own-app.yml).",
)
SOURCE_UNNAMED = FindingKind(
    "source-unnamed",
    Gravity.WEAKNESS,
    "If no rule says who must post the status, GitHub accepts it from anyone. Then your own App does not "
    "prevent a forged status.",
    "In the ruleset, select the App as the source of the status: docs/github.md, An App of your own.",
    Gravity.NOTE,
    "if it is not known what GitHub enforces",
)


def check_untrusted_code(setup: Setup) -> Iterator[DoctorFinding]:
    """Every job that could post a verdict of its own, or that a rule takes for the gate's job."""
    for job_at_risk in find_privileged_jobs(setup):
        yield from _check_steps(setup, job_at_risk)
        yield from _check_writer(setup, job_at_risk)
    if setup.gates:
        yield from _check_names(setup)
        yield from _check_source(setup)


def _check_steps(setup: Setup, job_at_risk: PrivilegedJob) -> Iterator[DoctorFinding]:
    """What the job's steps take in that is not the repository's own."""
    job, events = job_at_risk.job, job_at_risk.events
    milder = not can_forge_verdict(setup, job_at_risk)
    for location in find_checkouts(job, job_at_risk.head_names):
        what = f"On {events}, the job {job.id} fetches the head's code."
        yield new_finding(UNTRUSTED_CHECKOUT, location, what, milder=milder)
    for script in job.scripts:
        if found := find_injected(script):
            what = f"On {events}, the script contains {found}."
            yield new_finding(INJECTED_SCRIPT, location_of(script), what, milder=milder)


def _check_writer(setup: Setup, job_at_risk: PrivilegedJob) -> Iterator[DoctorFinding]:
    """A job beside the gate that may write what a rule takes for the gate's status."""
    own = {workflow.path for gate in setup.gates for workflow, _ in gate.chain}
    # The gate's own workflows have to write it; without a gate there is no status to forge.
    if not own or any(workflow.path in own for workflow, _ in job_at_risk.chain):
        return
    # A check of the same name does for a rule what the status does.
    scope = next(filter(job_at_risk.may_write, ("statuses", "checks")), None)
    if scope is not None:
        job, events = job_at_risk.job, job_at_risk.events
        what = f"The job {job.id} may write {scope} on {events}."
        yield new_finding(STATUS_WRITER, job.location, what)


def _check_names(setup: Setup) -> Iterator[DoctorFinding]:
    """Jobs that a rule cannot tell from the gate's."""
    own = {(gate.workflow.path, gate.job.id) for gate in setup.gates}
    # A ruleset names the workflow and not the job, so no other job can take its place.
    gates = [gate for gate in setup.carried_by(Carrier.JOB) if not setup.is_ruleset(gate)]
    names = {gate.check_name for gate in gates}
    for workflow in setup.workflows:
        for job in workflow.jobs:
            # The gates themselves are no twins.
            if (workflow.path, job.id) in own:
                continue
            if job.name in names:
                what = f"The job {job.id} has the name of the gate's job, {job.name}."
                yield new_finding(TWIN_JOB, job.location, what)


def _check_source(setup: Setup) -> Iterator[DoctorFinding]:
    """Who else could post the status."""
    gates = setup.carried_by(Carrier.STATUS)
    if not gates or _is_bound_to_app(setup):
        return
    own = next((gate for gate in gates if gate.own_token), None)
    if own is not None:
        what = "Any workflow of the repository can post the status."
        yield new_finding(FORGEABLE_STATUS, own.location, what)
        return
    what = (
        "The gate posts with another token than the job's own, but no known rule accepts the status only "
        "from that token's App."
    )
    milder = setup.settings is None
    yield new_finding(SOURCE_UNNAMED, gates[0].location, what, milder=milder)


def _is_bound_to_app(setup: Setup) -> bool:
    """Whether a rule takes the status from one App only, other than the one that every workflow acts as."""
    apps = {check.app for check in setup.required_checks if check.context == setup.context}
    return bool(apps - {None, OWN_ACTIONS})


UNTRUSTED_CODE = FindingGroup(
    (
        UNTRUSTED_CHECKOUT,
        INJECTED_SCRIPT,
        STATUS_WRITER,
        TWIN_JOB,
        FORGEABLE_STATUS,
        SOURCE_UNNAMED,
    ),
    check_untrusted_code,
)
