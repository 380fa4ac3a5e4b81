"""The order in which a verdict is published, for a forge that only writes down what it is asked to do."""

from collections.abc import Iterable, Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from judgegate.forge.judge_again import Attempt
from judgegate.forge.publication import (
    PublishResult,
    PublishState,
    Wanted,
    posted_result,
    publish,
)
from judgegate.forge.pull import Pull
from judgegate.forge.status import Status, context_of, describe
from judgegate.model.approvals import Person
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.levels import FailOn
from judgegate.model.verdict import Verdict
from tests.report.verdicts import a_verdict

PULL = Pull(7, "a" * 40, "topic", "org/shop", "main", Person(1, "alice"))
ALL = Wanted(comment=True, labels=True, request_reviews=True)


class WrittenDown(Struct):
    """A forge on which `fails` cannot be done."""

    fails: str = ""
    done: list[str] = field(default_factory=list)

    def status_of(self, verdict: Verdict, siblings: Sequence[int]) -> Status:
        return Status(
            PULL.head,
            context_of(PULL.base_branch),
            *describe(verdict, siblings, longest=140),
        )

    def withdraw_former(
        self, _status: Status, contexts: Iterable[str], _others: Iterable[Pull]
    ) -> None:
        self.done.append(f"withdraw {', '.join(contexts)}")

    def post_status(
        self, verdict: Verdict, status: Status, _remembered: Status | None
    ) -> PublishResult:
        self.done.append(f"post {status.state}")
        return posted_result(verdict, status, is_new=True)

    def keep_comment(
        self, _verdict: Verdict, _posted: Status | None, _siblings: Sequence[int]
    ) -> Iterable[str]:
        return self._do("comment")

    def keep_labels(self, _wanted: frozenset[str]) -> Iterable[str]:
        return self._do("labels")

    def request_reviews(self, _verdict: Verdict) -> Iterable[str]:
        return self._do("requests")

    def _do(self, what: str) -> tuple[str, ...]:
        self.done.append(what)
        if what == self.fails:
            raise IncompleteError("The forge is down.")
        return ()


def published(
    forge: WrittenDown,
    *,
    fail_on: FailOn = FailOn.REVIEW,
    wanted: Wanted = ALL,
    is_draft: bool = False,
) -> PublishResult:
    attempt = Attempt(replace(PULL, is_draft=is_draft), "judged")
    verdict = replace(a_verdict(), fail_on=fail_on)
    return publish(forge, attempt, verdict, (), wanted=wanted, former_bases=("next",))


def test_the_status_comes_first_and_then_the_rest() -> None:
    forge = WrittenDown()
    result = published(forge)
    assert forge.done == [
        "withdraw judgegate/next",
        "post success",
        "comment",
        "labels",
        "requests",
    ]
    assert (result.state, result.number, result.extras) == (PublishState.PUBLISHED, 7, ())
    assert result.remark == "Posted: judgegate/main is success on aaaaaaaaaaaa."


def test_what_fails_after_the_status_is_a_remark_and_keeps_nothing_else_from_being_done() -> (
    None
):
    forge = WrittenDown(fails="comment")
    assert published(forge).extras == ("The comment was not written. The forge is down.",)
    assert forge.done[-3:] == ["comment", "labels", "requests"]


def test_report_mode_posts_no_status_and_asks_nobody() -> None:
    forge = WrittenDown()
    assert published(forge, fail_on=FailOn.NEVER).state is PublishState.REPORT_ONLY
    assert forge.done == ["comment", "labels"]


def test_a_draft_gets_its_status_only() -> None:
    forge = WrittenDown()
    assert published(forge, is_draft=True).state is PublishState.PUBLISHED
    assert forge.done == ["withdraw judgegate/next", "post success"]
