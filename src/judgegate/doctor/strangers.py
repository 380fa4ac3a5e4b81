"""Who else could say that a change may merge: other workflows, a pull request's code with a token that writes, a job of the same name."""

from collections.abc import Iterator

from judgegate.doctor.diagnosis import DoctorFinding, FindingGroup, FindingKind, Gravity, diagnose
from judgegate.doctor.exposure import Exposed, find_exposed, turns_verdicts
from judgegate.doctor.gates import Carrier
from judgegate.doctor.heads import find_heads, find_injected, scripts_of
from judgegate.doctor.settings import OWN_ACTIONS
from judgegate.doctor.wiring import Wiring
from judgegate.doctor.workflow import spot_of

UNLESS_POWERLESS = (
    "where the job's token can write neither statuses nor checks nor contents nor actions, the job has no part in the token that the gate"
    " posts with, and the gate keeps no analyses"
)

UNTRUSTED_CHECKOUT = FindingKind(
    "untrusted-checkout",
    Gravity.HOLE,
    "The run has a token and secrets of the repository, and what it builds or starts is the pull request's: it can do all that they can.",
    "Do not check the head out there; judgegate needs no checkout. Build and test on pull_request, without secrets.",
    Gravity.WEAKNESS,
    UNLESS_POWERLESS,
)
INJECTED_SCRIPT = FindingKind(
    "injected-script",
    Gravity.HOLE,
    "The text becomes part of the script: whoever names a branch or writes a title runs commands with the job's token.",
    'Hand it over in env:, and write "$NAME" in the script.',
    Gravity.WEAKNESS,
    UNLESS_POWERLESS,
)
STATUS_WRITER = FindingKind(
    "status-writer",
    Gravity.WEAKNESS,
    "It runs on what anybody can send in, and may post any status, or a check of its name: a mistake in it is a way past the gate.",
    "Take that permission from it, or let a GitHub App of its own post the gate's status (docs/workflows/own-app.yml).",
)
TWIN_JOB = FindingKind(
    "twin-job",
    Gravity.HOLE,
    "A rule that requires a job by its name is content with any job of that name.",
    "Give one of them another name.",
)
FORGEABLE_STATUS = FindingKind(
    "forgeable-status",
    Gravity.NOTE,
    "Whoever may push a branch can push a workflow that posts this status, and GitHub takes it for this one: both tokens are one App's.",
    "Let a ruleset require the workflow (docs/workflows/required.yml), or an App of its own post the status (docs/workflows/own-app.yml).",
)
SOURCE_UNNAMED = FindingKind(
    "source-unnamed",
    Gravity.WEAKNESS,
    "While no rule says from whom the status must come, one from anywhere will do, and the App of your own keeps nobody from forging it.",
    "Name the App as the status's source in the ruleset: docs/github.md, An App of your own.",
    Gravity.NOTE,
    "where it is not known what GitHub enforces",
)


def check_untrusted_code(wiring: Wiring) -> Iterator[DoctorFinding]:
    own = {workflow.path for gate in wiring.gates for workflow, _ in gate.chain}
    for exposed in find_exposed(wiring):
        yield from _check_steps(wiring, exposed)
        if (
            own
            and own.isdisjoint(workflow.path for workflow, _ in exposed.chain)
            and (scope := _forging_scope(exposed))
        ):
            yield diagnose(
                STATUS_WRITER,
                exposed.job.spot,
                f"The job {exposed.job.id} may write {scope}, on {exposed.events}.",
            )
    if wiring.gates:
        yield from _check_names(wiring)
        yield from _check_source(wiring)


def _forging_scope(exposed: Exposed) -> str | None:
    """What the job may write that a rule takes for the gate's status: a check of the same name will do."""
    return next(filter(exposed.may_write, ("statuses", "checks")), None)


def _check_steps(wiring: Wiring, exposed: Exposed) -> Iterator[DoctorFinding]:
    job = exposed.job
    milder = not turns_verdicts(wiring, exposed)
    for spot in find_heads(job, exposed.marks):
        yield diagnose(
            UNTRUSTED_CHECKOUT,
            spot,
            f"On {exposed.events}, the job {job.id} takes in the head's code.",
            milder=milder,
        )
    for script in (script for step in job.steps for script in scripts_of(step)):
        if found := find_injected(script):
            yield diagnose(
                INJECTED_SCRIPT,
                spot_of(script),
                f"On {exposed.events}, the script holds {found}.",
                milder=milder,
            )


def _check_names(wiring: Wiring) -> Iterator[DoctorFinding]:
    gates = [gate for gate in wiring.holders if gate.carrier is Carrier.JOB and not wiring.is_ruleset(gate)]
    own = {(gate.workflow.path, gate.job.id) for gate in wiring.gates}
    for gate in gates:
        for workflow in wiring.workflows:
            for job in workflow.jobs:
                if job.name == gate.check_name and (workflow.path, job.id) not in own:
                    yield diagnose(
                        TWIN_JOB, job.spot, f"The job {job.id} is called {job.name}, like the gate's."
                    )


def _check_source(wiring: Wiring) -> Iterator[DoctorFinding]:
    """Nothing is said where a rule takes the status from one App only, and that is not the one that every workflow acts as."""
    gates = [gate for gate in wiring.holders if gate.carrier is Carrier.STATUS]
    checks = wiring.settings.checks if wiring.settings is not None else ()
    apps = [check.app for check in checks if check.context == wiring.context]
    if not gates or any(app is not None and app != OWN_ACTIONS for app in apps):
        return
    own = next((gate for gate in gates if gate.own_token), None)
    if own is not None:
        yield diagnose(FORGEABLE_STATUS, own.spot, "The status can come from any workflow of the repository.")
    else:
        what = "The gate posts with another token than the job's own, and no rule is known that takes the status from its App only."
        yield diagnose(SOURCE_UNNAMED, gates[0].spot, what, milder=wiring.settings is None)


STRANGERS = FindingGroup(
    (UNTRUSTED_CHECKOUT, INJECTED_SCRIPT, STATUS_WRITER, TWIN_JOB, FORGEABLE_STATUS, SOURCE_UNNAMED),
    check_untrusted_code,
)
