"""Who else could say that a change may merge: other workflows, a pull request's code with a token that writes, a job of the same name."""

import re
from collections.abc import Iterator

from judgegate.github.doctor.diagnosis import Diagnosis, Gravity, Group, Kind, Spot, diagnose
from judgegate.github.doctor.gates import Carrier
from judgegate.github.doctor.settings import OWN_ACTIONS
from judgegate.github.doctor.wiring import Wiring
from judgegate.github.doctor.workflow import Job, Step, Workflow, spot_of

PRIVILEGED = frozenset({"pull_request_target", "workflow_run", "issue_comment", "issues", "discussion", "discussion_comment"})
"""Events that anybody can cause, and whose runs have the repository's own token and secrets."""

UNTRUSTED_CHECKOUT = Kind(
    "untrusted-checkout",
    Gravity.HOLE,
    "The run has a token and secrets of the repository, and what it builds or starts is the pull request's: it can post any status.",
    "Do not check the head out there; judgegate needs no checkout. Build and test on pull_request, without secrets.",
    Gravity.WEAKNESS,
    "where the job's token can write neither statuses nor contents nor actions, since its secrets are all that is at stake",
)
INJECTED_SCRIPT = Kind(
    "injected-script",
    Gravity.HOLE,
    "The text becomes part of the script: whoever names a branch or writes a title runs commands with the job's token.",
    'Hand it over in env:, and write "$NAME" in the script.',
    Gravity.WEAKNESS,
    "where the job's token can write neither statuses nor contents nor actions",
)
STATUS_WRITER = Kind(
    "status-writer",
    Gravity.WEAKNESS,
    "It runs on what anybody can send in, and may post any status: a mistake in it is a way past the gate.",
    "Take statuses: write from it, or let a GitHub App of its own post the gate's status (docs/workflows/own-app.yml).",
)
TWIN_JOB = Kind(
    "twin-job",
    Gravity.HOLE,
    "A rule that requires a job by its name is content with any job of that name.",
    "Give one of them another name.",
)
FORGEABLE_STATUS = Kind(
    "forgeable-status",
    Gravity.NOTE,
    "Whoever may push a branch can push a workflow that posts this status, and GitHub takes it for this one: both tokens are one App's.",
    "Let a ruleset require the workflow (docs/workflows/required.yml), or an App of its own post the status (docs/workflows/own-app.yml).",
)

_ACTIONS = "actions/checkout@"
_HEAD = re.compile(r"pull_request\.head\b|github\.head_ref|workflow_run\.head|refs/pull/|merge_commit_sha|pull_request\.number")
_FETCHED = re.compile(r"\bgh\s+pr\s+checkout\b")
_INJECTED = re.compile(
    r"\$\{\{[^}]*(?:github\.head_ref|event\.(?:pull_request|issue)\.(?:title|body)|pull_request\.head\.(?:ref|label)|head\.repo\.default_branch"
    r"|event\.(?:comment|review|discussion)\.(?:body|title)|workflow_run\.(?:head_branch|display_title|head_commit\.message))[^}]*\}\}"
)
_STAKES = ("statuses", "contents", "actions")


def look(wiring: Wiring) -> Iterator[Diagnosis]:
    own = {gate.workflow.path for gate in wiring.gates}
    for workflow in wiring.workflows:
        if workflow.events & PRIVILEGED:
            for job in workflow.jobs:
                yield from _look_at_steps(workflow, job)
                if own and workflow.path not in own and _may(workflow, job, "statuses") and _says(workflow, job):
                    yield diagnose(STATUS_WRITER, job.spot, f"The job {job.id} may write statuses, on {_events(workflow)}.")
    if wiring.gates:
        yield from _look_at_names(wiring)
        yield from _look_at_source(wiring)


def _look_at_steps(workflow: Workflow, job: Job) -> Iterator[Diagnosis]:
    milder = _says(workflow, job) and not any(_may(workflow, job, scope) for scope in _STAKES)
    for step in job.steps:
        if (taken := _checked_out(step)) is not None:
            yield diagnose(UNTRUSTED_CHECKOUT, taken, f"On {_events(workflow)}, the job {job.id} checks out the head.", milder=milder)
        if step.run is not None and (found := _INJECTED.search(step.run.text)):
            what = f"On {_events(workflow)}, the script holds {found[0]}."
            yield diagnose(INJECTED_SCRIPT, spot_of(step.run), what, milder=milder)


def _checked_out(step: Step) -> Spot | None:
    if step.run is not None and _FETCHED.search(step.run.text):
        return spot_of(step.run)
    if step.uses is None or not step.uses.text.lower().startswith(_ACTIONS):
        return None
    taken = (step.inputs[name] for name in ("ref", "repository") if name in step.inputs)
    return next((spot_of(one) for one in taken if _HEAD.search(one.text)), None)


def _look_at_names(wiring: Wiring) -> Iterator[Diagnosis]:
    gates = [gate for gate in wiring.holders if gate.carrier is Carrier.JOB and not wiring.is_ruleset(gate)]
    own = {(gate.workflow.path, gate.job.id) for gate in wiring.gates}
    for gate in gates:
        for workflow in wiring.workflows:
            for job in workflow.jobs:
                if job.name == gate.check_name and (workflow.path, job.id) not in own:
                    yield diagnose(TWIN_JOB, job.spot, f"The job {job.id} is called {job.name}, like the gate's.")


def _look_at_source(wiring: Wiring) -> Iterator[Diagnosis]:
    """Nothing is said where a rule takes the status from one App only, and that is not the one that every workflow acts as."""
    gate = next((gate for gate in wiring.holders if gate.carrier is Carrier.STATUS), None)
    if gate is None:
        return
    checks = wiring.settings.checks if wiring.settings is not None else ()
    apps = [check.app for check in checks if check.context == wiring.context]
    if not any(app is not None and app != OWN_ACTIONS for app in apps):
        yield diagnose(FORGEABLE_STATUS, gate.spot, "The status can come from any workflow of the repository.")


def _may(workflow: Workflow, job: Job, scope: str) -> bool:
    grant = job.permissions or workflow.permissions
    return grant is not None and grant.level(scope) == "write"


def _says(workflow: Workflow, job: Job) -> bool:
    return (job.permissions or workflow.permissions) is not None


def _events(workflow: Workflow) -> str:
    return ", ".join(sorted(workflow.events & PRIVILEGED))


STRANGERS = Group((UNTRUSTED_CHECKOUT, INJECTED_SCRIPT, STATUS_WRITER, TWIN_JOB, FORGEABLE_STATUS), look)
