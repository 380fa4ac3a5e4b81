"""One run: which pull request, judge it, look whether it is still the same, publish."""

from contextlib import suppress
from dataclasses import dataclass, replace

from judgegate.github.api import Api
from judgegate.github.event import read_event
from judgegate.github.inputs import Inputs
from judgegate.github.judging import Advance, judge_pull
from judgegate.github.organisation import fetch_policy
from judgegate.github.people import Forge
from judgegate.github.publishing import Ending, Fate, publish, status_of
from judgegate.github.pull import Pull
from judgegate.github.runner import Runner, temporary_place
from judgegate.github.statuses import describe_error, publish_status
from judgegate.model.errors import IncompleteError, JudgegateError
from judgegate.model.scales import FailOn

MOST_ROUNDS = 3
"""How often a pull request is judged again because it was edited meanwhile."""


def attend(runner: Runner, inputs: Inputs, advance: Advance) -> Ending:
    """Judge the pull request of the event and publish the verdict.

    Raises:
        JudgegateError: there is no verdict; where it can be, an `error` status says so.
    """
    asked = read_event(runner, inputs.number)
    with Api(runner.api_url, runner.token) as api, temporary_place(runner) as directory:
        session = _Session(runner, inputs, Forge(api, runner.repository, runner.host), asked.pull)
        try:
            if inputs.org_policy is not None:
                session.forge = replace(session.forge, org_policy=fetch_policy(api, inputs.org_policy, directory))
            return session.judge_until_it_holds(asked.number, advance)
        except BaseException as error:
            # What the status said before must not outlive a run that could not confirm it, not even for a bug of ours.
            with suppress(JudgegateError):
                session.publish_error(error)
            raise


@dataclass(slots=True)
class _Session:
    """A run under way. `pull` is what is being judged: whatever goes wrong is said of it."""

    runner: Runner
    inputs: Inputs
    forge: Forge
    pull: Pull | None

    def judge_until_it_holds(self, number: int, advance: Advance) -> Ending:
        """The verdict on the pull request as it still is when the verdict is there."""
        self.pull = self.pull or read_pull(self.forge, number)
        for _ in range(MOST_ROUNDS):
            pull = self.pull
            if not pull.is_open:
                return Ending(None, Fate.SUPERSEDED, f"Pull request {pull.number} is closed: nothing to judge.")
            judged = judge_pull(self.runner, self.forge, self.inputs, pull, advance)
            now, siblings = read_again(self.forge, pull)
            if now.head != pull.head:
                remark = f"The head is {now.head[:12]} by now, so {pull.head[:12]} gets no status; the run for the new head judges it."
                return Ending(judged.verdict, Fate.SUPERSEDED, remark)
            if now == pull:
                return publish(self.runner, self.forge, self.inputs, now, judged, siblings=siblings)
            self.pull = now
        raise IncompleteError(f"Pull request {number} was edited again and again while it was judged.", "Judge it again.")

    def publish_error(self, error: BaseException) -> None:
        """Say on the commit that it could not be judged, unless it is no longer the head."""
        if self.pull is None or self.inputs.fail_on is FailOn.NEVER:
            return
        now = read_pull(self.forge, self.pull.number)
        if now.head == self.pull.head and now.is_open:
            what = error.what.partition("\n")[0] if isinstance(error, JudgegateError) else "an error in judgegate itself"
            publish_status(self.forge.api, self.forge.path, status_of(self.runner, now, *describe_error(what)))


def read_pull(forge: Forge, number: int) -> Pull:
    """The pull request as it is now."""
    from judgegate.github.answers import PullAnswer, read  # noqa: PLC0415 - imports pydantic

    return read(PullAnswer, forge.api.get(f"{forge.path}/pulls/{number}"), f"pull request {number}").value


def read_again(forge: Forge, pull: Pull) -> tuple[Pull, tuple[int, ...]]:
    """The pull request as it is now, and the numbers of other open ones with the same head and base: its status is theirs, too."""
    from judgegate.github.answers import PullAnswer, read_all  # noqa: PLC0415 - imports pydantic

    documents = forge.api.list(f"{forge.path}/commits/{pull.head}/pulls")
    found = [answer.value for answer in read_all(PullAnswer, documents, "the pull requests of the head")]
    alike = [one for one in found if one.head == pull.head and one.base_branch == pull.base_branch and one.is_open]
    own = next((one for one in alike if one.number == pull.number), None)
    return own or read_pull(forge, pull.number), tuple(one.number for one in alike if one.number != pull.number)
