"""One run: what the event asks for, judged and published."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from judgegate.github.client.api import Api
from judgegate.github.events.asked import CommentCommand, FinishedRun, MergeGroup, Nothing, OnePull
from judgegate.github.events.commands import refuse
from judgegate.github.events.event import read_event
from judgegate.github.inputs import Inputs
from judgegate.github.organisation import fetch_policy
from judgegate.github.people.asking import Forge
from judgegate.github.publishing.publication import Ending, Fate, publish, status_of
from judgegate.github.publishing.statuses import Status, context_of, describe_error, insist_on_status
from judgegate.github.publishing.withdrawing import withdraw_closed
from judgegate.github.pull import Pull
from judgegate.github.pulls import find_of_run, read_pull
from judgegate.github.queueing import handle_group, status_of_group
from judgegate.github.rounds import Attempt, RunContext, judge_until_it_holds
from judgegate.github.runner import RunnerContext, temporary_place
from judgegate.model.errors import JudgegateError
from judgegate.model.progress import Advance
from judgegate.model.scales import FailOn


def handle_event(runner: RunnerContext, inputs: Inputs, advance: Advance) -> tuple[Ending, ...]:
    """Judge what the event asks for and publish the verdicts; how it ended, for each pull request.

    Raises:
        JudgegateError: there is no verdict; where it can be, an `error` status says so.
    """
    asked = read_event(runner, inputs.number)
    if isinstance(asked, Nothing):
        return (Ending(None, Fate.NOTHING, asked.why),)
    with Api(runner.api_url, runner.token) as api, temporary_place(runner) as directory:
        session = _Session(
            RunContext(
                runner, inputs, Forge(api, runner.repository, runner.host, acts_as=inputs.acts_as), advance
            ),
            directory,
        )
        match asked:
            case OnePull():
                return (session.attend_pull(asked),)
            case CommentCommand():
                return (session.obey(asked),)
            case FinishedRun():
                return session.attend_all(asked)
            case MergeGroup():
                with session.confessing(lambda *said: (status_of_group(runner, asked, *said),)):
                    return handle_group(session.equip(), asked)


@dataclass(slots=True)
class _Session:
    """A run under way. What is fetched for all of it is kept in `directory`."""

    desk: RunContext
    directory: Path
    is_equipped: bool = False

    def obey(self, command: CommentCommand) -> Ending:
        """Judge the pull request, if whoever asks for it may."""
        forge = self.desk.forge
        if why := refuse(forge.api, forge.path, command.by):
            return Ending(None, Fate.NOTHING, f"{command.by} {why}, so the command is not obeyed.")
        return self.attend_pull(OnePull(command.number))

    def attend_all(self, run: FinishedRun) -> tuple[Ending, ...]:
        """Judge each pull request of a run; that one of them cannot be judged keeps no other from it."""
        pulls = find_of_run(self.desk.forge, run)
        if not pulls:
            return (
                Ending(
                    None,
                    Fate.NOTHING,
                    f"No open pull request has the head {run.head[:12]} any more: nothing to judge.",
                ),
            )
        if len(pulls) == 1:
            return (self.attend_pull(OnePull(pulls[0].number, pulls[0])),)
        return tuple(self._attempt(pull) for pull in pulls)

    def _attempt(self, pull: Pull) -> Ending:
        try:
            return self.attend_pull(OnePull(pull.number, pull))
        except Exception as error:  # noqa: BLE001 - whoever prints the endings raises it, once the others have theirs
            what = error.what if isinstance(error, JudgegateError) else "An error in judgegate itself."
            return Ending(
                None, Fate.FAILED, f"Pull request {pull.number} could not be judged. {what}", error=error
            )

    def attend_pull(self, asked: OnePull) -> Ending:
        """Judge the pull request. Whatever goes wrong is said of it as it was at first."""
        seen = asked.pull

        def confess(state: str, description: str) -> Iterator[Status]:
            return self._statuses(asked, seen, state, description)

        with self.confessing(confess):
            seen = asked.pull or read_pull(self.desk.forge, asked.number)
            desk = self.equip()
            done = judge_until_it_holds(desk, seen)
            if done.judged is None:
                return self._shelve(done)
            if done.passed_by:
                return Ending(done.judged.verdict, Fate.SUPERSEDED, done.passed_by)
            return publish(desk, done, done.judged, (*([asked.left] if asked.left else []), *done.left))

    def _statuses(self, asked: OnePull, seen: Pull | None, state: str, description: str) -> Iterator[Status]:
        """What to say of a pull request that could not be judged: for each branch that it may still pass for.

        It is said of the head that was to be judged, and of none that came later. If GitHub cannot be asked, the last that is known holds.
        """
        try:
            now: Pull | None = read_pull(self.desk.forge, asked.number)
        except JudgegateError:
            now = seen or asked.told
        if now is None or now.is_merged or (seen is not None and seen.head != now.head):
            return
        for base in dict.fromkeys((now.base_branch, seen.base_branch if seen else None, asked.left)):
            if base is not None:
                yield status_of(self.desk.runner, replace(now, base_branch=base), state, description)

    def _shelve(self, done: Attempt) -> Ending:
        """What is closed is not judged, and must not go on passing for what it was: it may be opened again."""
        runner, forge, pull = self.desk.runner, self.desk.forge, done.pull
        if self.desk.inputs.fail_on is FailOn.NEVER or not withdraw_closed(forge, pull, runner.run_url):
            return Ending(None, Fate.SUPERSEDED, done.passed_by)
        return Ending(
            None,
            Fate.SUPERSEDED,
            f"{done.passed_by} Posted: {context_of(pull.base_branch)} is pending on {pull.head[:12]}.",
        )

    def equip(self) -> RunContext:
        """The desk, with the organisation's policy on it."""
        if self.desk.inputs.org_policy is not None and not self.is_equipped:
            policy = fetch_policy(self.desk.forge.api, self.desk.inputs.org_policy, self.directory)
            self.desk = replace(self.desk, forge=replace(self.desk.forge, org_policy=policy))
        self.is_equipped = True
        return self.desk

    @contextmanager
    def confessing(self, statuses: Callable[[str, str], Iterable[Status]]) -> Iterator[None]:
        """What the status said before must not outlive a run that could not confirm it, not even for a bug of ours."""
        try:
            yield
        except BaseException as error:
            if self.desk.inputs.fail_on is not FailOn.NEVER:
                for status in statuses(*describe_error(_name(error))):
                    with suppress(JudgegateError):
                        insist_on_status(self.desk.forge, status)
            raise


def _name(error: BaseException) -> str:
    if isinstance(error, JudgegateError):
        return error.what.partition("\n")[0]
    return "the run was cancelled" if isinstance(error, KeyboardInterrupt) else "an error in judgegate itself"
