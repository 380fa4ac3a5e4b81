"""One run: what the event asks for, judged and published."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from judgegate.forge.judge_again import Attempt
from judgegate.forge.people import why_refused
from judgegate.forge.publication import PublishResult, PublishState
from judgegate.forge.pull import Pull
from judgegate.forge.status import Status, context_of, describe_error
from judgegate.github.client.api import Api
from judgegate.github.client.connection import Connection
from judgegate.github.event import (
    CommentCommand,
    FinishedRun,
    MergeGroup,
    NothingRequested,
    OnePull,
    read_event,
)
from judgegate.github.judge import judge_current
from judgegate.github.merge_queue import handle_group, status_of_group
from judgegate.github.people.approvals import PullVerdict
from judgegate.github.people.permissions import fetch_permission
from judgegate.github.publish.verdict import (
    LONGEST_DESCRIPTION,
    post_unconditionally,
    publish_verdict,
    status_of,
    withdraw_closed,
)
from judgegate.github.pulls import find_of_run, read_pull
from judgegate.github.runner import (
    Inputs,
    RunContext,
    RunnerContext,
    fetch_policy,
    temporary_place,
)
from judgegate.model.errors_and_exit_codes import JudgegateError
from judgegate.model.levels import FailOn
from judgegate.model.notices import Advance


def handle_event(
    runner: RunnerContext, inputs: Inputs, advance: Advance
) -> tuple[PublishResult, ...]:
    """Judge what the event asks for and publish the verdicts; how it ended, for each pull request.

    Raises:
        JudgegateError: there is no verdict; where it can be, an `error` status says so.
    """
    requested = read_event(runner, inputs.number)
    if isinstance(requested, NothingRequested):
        return (PublishResult(None, PublishState.NOTHING, requested.why),)
    with Api(runner.api_url, runner.token) as api, temporary_place(runner) as directory:
        handler = _Handler(
            RunContext(
                runner,
                inputs,
                Connection(api, runner.repository, runner.host, acts_as=inputs.acts_as),
                advance,
            ),
            directory,
        )
        match requested:
            case OnePull():
                return (handler.handle_pull(requested),)
            case CommentCommand():
                return (handler.handle_command(requested),)
            case FinishedRun():
                return handler.handle_run(requested)
            case MergeGroup():
                with handler.posting_errors(
                    lambda *said: (status_of_group(runner, requested, *said),)
                ):
                    return handle_group(handler.with_org_policy(), requested)


class _Handler(Struct):
    """A run under way. What is fetched for all of it is kept in `directory`."""

    context: RunContext
    directory: Path
    has_org_policy: bool = False

    def handle_command(self, command: CommentCommand) -> PublishResult:
        """Judge the pull request, if the person who asks for it may."""
        connection = self.context.connection
        why = why_refused(
            command.by,
            lambda person: fetch_permission(connection.api, connection.path, person),
        )
        if why is not None:
            return PublishResult(
                None,
                PublishState.NOTHING,
                f"{command.by} {why}, so judgegate ignores the command.",
            )
        return self.handle_pull(OnePull(command.number))

    def handle_run(self, run: FinishedRun) -> tuple[PublishResult, ...]:
        """Judge each pull request of a run; that one of them cannot be judged keeps no other from it."""
        pulls = find_of_run(self.context.connection, run)
        if not pulls:
            return (
                PublishResult(
                    None,
                    PublishState.NOTHING,
                    f"No open pull request has the head {run.head[:12]} any more: nothing to judge.",
                ),
            )
        if len(pulls) == 1:
            return (self.handle_pull(OnePull(pulls[0].number, pulls[0])),)
        return tuple(self._handle_one(pull) for pull in pulls)

    def _handle_one(self, pull: Pull) -> PublishResult:
        try:
            return self.handle_pull(OnePull(pull.number, pull))
        except Exception as error:  # noqa: BLE001 - the command raises it after printing the results, once the others have theirs
            what = (
                error.what
                if isinstance(error, JudgegateError)
                else "An error in judgegate itself."
            )
            return PublishResult(
                None,
                PublishState.FAILED,
                f"Pull request {pull.number} could not be judged. {what}",
                error=error,
            )

    def handle_pull(self, requested: OnePull) -> PublishResult:
        """Judge the pull request. Whatever goes wrong is said of it as it was at first."""
        seen = requested.pull

        def error_statuses(state: str, description: str) -> Iterator[Status]:
            return self._statuses(requested, seen, state, description)

        with self.posting_errors(error_statuses):
            seen = requested.pull or read_pull(self.context.connection, requested.number)
            context = self.with_org_policy()
            attempt = judge_current(context, seen)
            if attempt.judged is None:
                return self._handle_closed(attempt)
            if attempt.superseded:
                return PublishResult(
                    attempt.judged.verdict, PublishState.SUPERSEDED, attempt.superseded
                )
            former_bases = (
                *([requested.former_base] if requested.former_base else []),
                *attempt.former_bases,
            )
            return publish_verdict(context, attempt, attempt.judged, former_bases)

    def _statuses(
        self, requested: OnePull, seen: Pull | None, state: str, description: str
    ) -> Iterator[Status]:
        """What to say of a pull request that could not be judged: for each branch that it may still pass for.

        It is said of the head that was to be judged, and of none that came later. If GitHub cannot
        be asked, the last that is known counts.
        """
        try:
            now: Pull | None = read_pull(self.context.connection, requested.number)
        except JudgegateError:
            now = seen or requested.from_event
        if now is None or now.is_merged or (seen is not None and seen.head != now.head):
            return
        for base in dict.fromkeys(
            (now.base_branch, seen.base_branch if seen else None, requested.former_base)
        ):
            if base is not None:
                yield status_of(
                    self.context.runner, replace(now, base_branch=base), state, description
                )

    def _handle_closed(self, attempt: Attempt[PullVerdict]) -> PublishResult:
        """What is closed is not judged, and must not go on passing: it may be opened again."""
        pull = attempt.pull
        remark = attempt.superseded
        # Report mode posts no status, so it takes none back either.
        posts = self.context.inputs.fail_on is not FailOn.NEVER
        run_url = self.context.runner.run_url
        if posts and withdraw_closed(self.context.connection, pull, run_url):
            context = context_of(pull.base_branch)
            remark += f" Posted: {context} is pending on {pull.head[:12]}."
        return PublishResult(None, PublishState.SUPERSEDED, remark)

    def with_org_policy(self) -> RunContext:
        """The context, with the organisation's policy once it is fetched."""
        if self.context.inputs.org_policy is not None and not self.has_org_policy:
            policy = fetch_policy(
                self.context.connection.api, self.context.inputs.org_policy, self.directory
            )
            self.context = replace(
                self.context, connection=replace(self.context.connection, org_policy=policy)
            )
        self.has_org_policy = True
        return self.context

    @contextmanager
    def posting_errors(
        self, statuses: Callable[[str, str], Iterable[Status]]
    ) -> Iterator[None]:
        """Replace what the status said before if the block fails, even by a bug of ours.

        It must not outlive a run that could not confirm it.
        """
        try:
            yield
        except BaseException as error:
            if self.context.inputs.fail_on is not FailOn.NEVER:
                for status in statuses(*describe_error(_name(error), LONGEST_DESCRIPTION)):
                    with suppress(JudgegateError):
                        post_unconditionally(self.context.connection, status)
            raise


def _name(error: BaseException) -> str:
    """What went wrong, in one line for a status."""
    if isinstance(error, JudgegateError):
        return error.what.partition("\n")[0]
    if isinstance(error, KeyboardInterrupt):
        return "the run was cancelled"
    return "an error in judgegate itself"
