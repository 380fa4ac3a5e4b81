"""Publishing a verdict: the status that carries it, and whatever else the workflow asks for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from judgegate.github.api import ForbiddenError, NotFoundError
from judgegate.github.inputs import Inputs
from judgegate.github.people import Forge
from judgegate.github.pull import Pull
from judgegate.github.runner import Runner
from judgegate.github.statuses import Status, context_of, describe, publish_status
from judgegate.model.scales import FailOn
from judgegate.model.verdict import Verdict


class Fate(Enum):
    """What became of the verdict."""

    PUBLISHED = "published"
    REPORT_ONLY = "report only"
    MAY_NOT_WRITE = "the token may not write statuses"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended; `verdict` is None where there was nothing to judge. `remark` is a sentence for the log."""

    verdict: Verdict | None
    fate: Fate
    remark: str


def publish(runner: Runner, forge: Forge, inputs: Inputs, pull: Pull, verdict: Verdict, *, siblings: Sequence[int] = ()) -> Ending:
    """Publish the verdict on the pull request's head, which it still is.

    `siblings` are the numbers of other open pull requests with the same head and base.

    Raises:
        IncompleteError: nobody knows whether the status is there.
    """
    if (inputs.fail_on or verdict.fail_on) is FailOn.NEVER:
        return Ending(verdict, Fate.REPORT_ONLY, "Report mode: no status is posted.")
    status = status_of(runner, pull, *describe(verdict, siblings))
    try:
        posted = publish_status(forge.api, forge.path, status)
    except (ForbiddenError, NotFoundError) as error:
        return Ending(verdict, Fate.MAY_NOT_WRITE, f"No status was posted, so this run's own result carries the verdict. {error.what}")
    done = "Posted" if posted else "There already"
    return Ending(verdict, Fate.PUBLISHED, f"{done}: {status.context} is {status.state} on {pull.head[:12]}.")


def status_of(runner: Runner, pull: Pull, state: str, description: str) -> Status:
    """A status for the pull request's head."""
    return Status(pull.head, context_of(pull.base_branch), state, description, runner.run_url)
