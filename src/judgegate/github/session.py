"""One run: what the event asks for, judged and published."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from judgegate.github.api import Api
from judgegate.github.asked import Command, FinishedRun, Group, Nothing, OnePull
from judgegate.github.commands import refuse
from judgegate.github.event import read_event
from judgegate.github.inputs import Inputs
from judgegate.github.judging import Advance
from judgegate.github.organisation import fetch_policy
from judgegate.github.people import Forge
from judgegate.github.publishing import Ending, Fate, publish, status_of
from judgegate.github.pull import Pull
from judgegate.github.pulls import find_of_run, read_pull
from judgegate.github.queueing import attend_group, status_of_group
from judgegate.github.rounds import Desk, judge_until_it_holds
from judgegate.github.runner import Runner, temporary_place
from judgegate.github.statuses import Status, describe_error, publish_status
from judgegate.model.errors import JudgegateError
from judgegate.model.scales import FailOn


def attend(runner: Runner, inputs: Inputs, advance: Advance) -> tuple[Ending, ...]:
    """Judge what the event asks for and publish the verdicts; how it ended, for each pull request.

    Raises:
        JudgegateError: there is no verdict; where it can be, an `error` status says so.
    """
    asked = read_event(runner, inputs.number)
    if isinstance(asked, Nothing):
        return (Ending(None, Fate.NOTHING, asked.why),)
    with Api(runner.api_url, runner.token) as api, temporary_place(runner) as directory:
        session = _Session(Desk(runner, inputs, Forge(api, runner.repository, runner.host, acts_as=inputs.acts_as), advance), directory)
        match asked:
            case OnePull():
                return (session.attend_pull(asked.number, asked.pull),)
            case Command():
                return (session.obey(asked),)
            case FinishedRun():
                return session.attend_all(asked)
            case Group():
                with session.confessing(lambda *said: status_of_group(runner, asked, *said)):
                    return attend_group(session.equip(), asked)


@dataclass(slots=True)
class _Session:
    """A run under way. What is fetched for all of it is kept in `directory`."""

    desk: Desk
    directory: Path
    is_equipped: bool = False

    def obey(self, command: Command) -> Ending:
        """Judge the pull request, if whoever asks for it may."""
        forge = self.desk.forge
        if why := refuse(forge.api, forge.path, command.by):
            return Ending(None, Fate.NOTHING, f"{command.by} {why}, so the command is not obeyed.")
        return self.attend_pull(command.number)

    def attend_all(self, run: FinishedRun) -> tuple[Ending, ...]:
        """Judge each pull request of a run; that one of them cannot be judged keeps no other from it."""
        pulls = find_of_run(self.desk.forge, run)
        if not pulls:
            return (Ending(None, Fate.NOTHING, f"No open pull request has the head {run.head[:12]} any more: nothing to judge."),)
        if len(pulls) == 1:
            return (self.attend_pull(pulls[0].number, pulls[0]),)
        return tuple(self._attempt(pull) for pull in pulls)

    def _attempt(self, pull: Pull) -> Ending:
        try:
            return self.attend_pull(pull.number, pull)
        except Exception as error:  # noqa: BLE001 - whoever prints the endings raises it, once the others have theirs
            what = error.what if isinstance(error, JudgegateError) else "An error in judgegate itself."
            return Ending(None, Fate.FAILED, f"Pull request {pull.number} could not be judged. {what}", error=error)

    def attend_pull(self, number: int, pull: Pull | None = None) -> Ending:
        """Judge the pull request; `pull` is what is known of it already. Whatever goes wrong is said of it as it was at first."""
        seen = pull

        def confess(state: str, description: str) -> Status | None:
            if seen is None:
                return None
            now = read_pull(self.desk.forge, number)
            return status_of(self.desk.runner, now, state, description) if now.head == seen.head and now.is_open else None

        with self.confessing(confess):
            seen = pull or read_pull(self.desk.forge, number)
            desk = self.equip()
            done = judge_until_it_holds(desk, seen)
            if done.judged is None or done.passed_by:
                return Ending(done.judged.verdict if done.judged else None, Fate.SUPERSEDED, done.passed_by)
            return publish(desk.runner, desk.forge, desk.inputs, done.pull, done.judged, siblings=done.siblings)

    def equip(self) -> Desk:
        """The desk, with the organisation's policy on it."""
        if self.desk.inputs.org_policy is not None and not self.is_equipped:
            policy = fetch_policy(self.desk.forge.api, self.desk.inputs.org_policy, self.directory)
            self.desk = replace(self.desk, forge=replace(self.desk.forge, org_policy=policy))
        self.is_equipped = True
        return self.desk

    @contextmanager
    def confessing(self, status: Callable[[str, str], Status | None]) -> Iterator[None]:
        """What the status said before must not outlive a run that could not confirm it, not even for a bug of ours."""
        try:
            yield
        except BaseException as error:
            forge = self.desk.forge
            if self.desk.inputs.fail_on is not FailOn.NEVER:
                what = error.what.partition("\n")[0] if isinstance(error, JudgegateError) else "an error in judgegate itself"
                with suppress(JudgegateError):
                    if told := status(*describe_error(what)):
                        publish_status(forge, told)
            raise
