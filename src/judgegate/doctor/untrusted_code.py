"""Who else could say that a change may merge: jobs that run a pull request's code with a token that writes, a job of the same name."""

import re
from collections.abc import Iterable, Iterator

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
    scripts_of,
)
from judgegate.doctor.workflow import Job, Workflow, location_of

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
"""Events that anybody can cause, and whose runs have the repository's own token and secrets."""
STAKES = ("statuses", "checks", "contents", "actions")
"""Scopes with which a verdict can be forged: a check of the status's name does for a rule what the status does.
"""

_SECRET = re.compile(
    r"\bsecrets(?:\.(?P<name>[\w-]+)|\[\s*['\"](?P<key>[\w-]+)['\"]\s*\]|(?P<all>\b))",
    re.IGNORECASE,
)
_EXPRESSION = re.compile(r"\$\{\{.*?\}\}", re.DOTALL)
ALL = "*"
"""Stands for whatever secrets there are."""


class PrivilegedJob(Struct, frozen=True):
    """A job, with the calls that lead to it from the workflow that an event starts, and the names that the head has there."""

    chain: tuple[tuple[Workflow, Job], ...]
    head_names: HeadNames

    @property
    def job(self) -> Job:
        return self.chain[-1][1]

    @property
    def events(self) -> str:
        return ", ".join(sorted(self.chain[0][0].events & PRIVILEGED))

    @property
    def says(self) -> bool:
        """Whether anything is said of what the token may do."""
        return any(
            (job.permissions or workflow.permissions) is not None
            for workflow, job in self.chain
        )

    def may_write(self, scope: str) -> bool:
        """Whether every link that says something grants it."""
        grants = [
            grant
            for workflow, job in self.chain
            if (grant := job.permissions or workflow.permissions) is not None
        ]
        return bool(grants) and all(grant.level(scope) == "write" for grant in grants)


def find_privileged_jobs(setup: Setup) -> Iterator[PrivilegedJob]:
    """Every such job, those of the repository's reusable workflows included."""
    by_path = {workflow.path: workflow for workflow in setup.workflows}
    for workflow in setup.workflows:
        if workflow.events & PRIVILEGED:
            yield from _follow(by_path, (), workflow, HeadNames(), set())


def _follow(
    by_path: dict[str, Workflow],
    chain: tuple[tuple[Workflow, Job], ...],
    workflow: Workflow,
    handed: HeadNames,
    seen: set[tuple[str, HeadNames]],
) -> Iterator[PrivilegedJob]:
    head_names = find_head_names(workflow, handed)
    for job in workflow.jobs:
        link = (*chain, (workflow, job))
        yield PrivilegedJob(link, head_names)
        called = (
            by_path.get(job.uses.text.removeprefix("./"))
            if job.uses is not None and job.uses.text.startswith("./")
            else None
        )
        if called is None or len(link) >= DEEPEST_CALLS:
            continue
        given = hand_over(job, head_names)
        if (called.path, given) not in seen:
            seen.add((called.path, given))
            yield from _follow(by_path, link, called, given, seen)


def can_forge_verdict(setup: Setup, job_at_risk: PrivilegedJob) -> bool:
    """Whether code that runs in the job could turn a verdict: by the token, by the gate's own key, or by what the gate keeps."""
    if not job_at_risk.says or any(map(job_at_risk.may_write, STAKES)):
        return True
    return _holds_key(setup, job_at_risk) or any(map(_keeps_analyses, setup.gates))


def _holds_key(setup: Setup, job_at_risk: PrivilegedJob) -> bool:
    """Whether the job makes or uses the token that the gate posts with, or has a secret that goes into it."""
    foreign = [gate for gate in setup.gates if not gate.own_token]
    here = job_at_risk.chain[-1]
    if any(here in gate.chain for gate in foreign):
        return True
    keys = {name for gate in foreign for name in _secrets_along(gate.chain)}
    held = _secrets_along(job_at_risk.chain)
    # Whoever gets all secrets by one expression holds the key too, though its name is nowhere.
    return bool(keys & held) or (bool(keys) and ALL in held)


def _secrets_along(chain: Iterable[tuple[Workflow, Job]]) -> set[str]:
    return {name for link in chain for name in _secrets_of(*link)}


def _keeps_analyses(gate: Gate) -> bool:
    """Whether verdicts rest on a folder that a run of the same branch can have filled."""
    step = gate.step
    if step is None:
        return False
    return (
        "cache" in step.inputs
        or "JUDGEGATE_CACHE" in step.environment
        or (step.run is not None and "--cache" in step.run.text)
    )


def _secrets_of(workflow: Workflow, job: Job) -> Iterator[str]:
    """The secrets that the job names, in lower case, besides the token that every job has."""
    values = [
        *workflow.environment.values(),
        *job.environment.values(),
        *job.inputs.values(),
    ]
    for step in job.steps:
        values += [
            *step.environment.values(),
            *step.inputs.values(),
            *([step.run] if step.run is not None else []),
        ]
    for value in values:
        for expression in _EXPRESSION.findall(value.text):
            names = (
                (found["name"] or found["key"] or ALL).lower()
                for found in _SECRET.finditer(expression)
            )
            yield from (name for name in names if name != "github_token")


UNLESS_POWERLESS = (
    "if the job's token cannot write statuses, checks, contents or actions, the job cannot reach the token "
    "that the gate"
    " posts with, and the gate caches no analyses"
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
    "Anyone who may push a branch can push a workflow that posts this status. GitHub cannot tell it from "
    "this one: both tokens belong to the same App.",
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
    own = {workflow.path for gate in setup.gates for workflow, _ in gate.chain}
    for job_at_risk in find_privileged_jobs(setup):
        yield from _check_steps(setup, job_at_risk)
        if (
            own
            and own.isdisjoint(workflow.path for workflow, _ in job_at_risk.chain)
            and (scope := _forging_scope(job_at_risk))
        ):
            yield new_finding(
                STATUS_WRITER,
                job_at_risk.job.location,
                f"The job {job_at_risk.job.id} may write {scope} on {job_at_risk.events}.",
            )
    if setup.gates:
        yield from _check_names(setup)
        yield from _check_source(setup)


def _forging_scope(job_at_risk: PrivilegedJob) -> str | None:
    """What the job may write that a rule takes for the gate's status: a check of the same name will do."""
    return next(filter(job_at_risk.may_write, ("statuses", "checks")), None)


def _check_steps(setup: Setup, job_at_risk: PrivilegedJob) -> Iterator[DoctorFinding]:
    job = job_at_risk.job
    milder = not can_forge_verdict(setup, job_at_risk)
    for location in find_checkouts(job, job_at_risk.head_names):
        yield new_finding(
            UNTRUSTED_CHECKOUT,
            location,
            f"On {job_at_risk.events}, the job {job.id} fetches the head's code.",
            milder=milder,
        )
    for script in (script for step in job.steps for script in scripts_of(step)):
        if found := find_injected(script):
            yield new_finding(
                INJECTED_SCRIPT,
                location_of(script),
                f"On {job_at_risk.events}, the script contains {found}.",
                milder=milder,
            )


def _check_names(setup: Setup) -> Iterator[DoctorFinding]:
    gates = [
        gate
        for gate in setup.deciding_gates
        if gate.carrier is Carrier.JOB and not setup.is_ruleset(gate)
    ]
    own = {(gate.workflow.path, gate.job.id) for gate in setup.gates}
    for gate in gates:
        for workflow in setup.workflows:
            for job in workflow.jobs:
                if job.name == gate.check_name and (workflow.path, job.id) not in own:
                    yield new_finding(
                        TWIN_JOB,
                        job.location,
                        f"The job {job.id} has the name of the gate's job, {job.name}.",
                    )


def _is_bound_to_app(setup: Setup) -> bool:
    """Whether a rule takes the status from one App only, other than the one that every workflow acts as."""
    checks = setup.settings.checks if setup.settings is not None else ()
    apps = [check.app for check in checks if check.context == setup.context]
    return any(app not in {None, OWN_ACTIONS} for app in apps)


def _check_source(setup: Setup) -> Iterator[DoctorFinding]:
    """Nothing is said where a rule takes the status from one App only, and that is not the one that every workflow acts as."""
    gates = [gate for gate in setup.deciding_gates if gate.carrier is Carrier.STATUS]
    if not gates or _is_bound_to_app(setup):
        return
    own = next((gate for gate in gates if gate.own_token), None)
    if own is not None:
        yield new_finding(
            FORGEABLE_STATUS,
            own.location,
            "Any workflow of the repository can post the status.",
        )
    else:
        what = (
            "The gate posts with another token than the job's own, but no known rule accepts the status only "
            "from that token's App."
        )
        yield new_finding(
            SOURCE_UNNAMED, gates[0].location, what, milder=setup.settings is None
        )


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
