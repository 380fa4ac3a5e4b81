"""The client: whole lists or an error, patience with limits, and nothing sent twice that may have had an effect."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from judgegate.github.client.api import (
    Api,
    ApiError,
    ForbiddenError,
    NotFoundError,
    ResponseHead,
    wait_before_next,
)
from tests.github.fake.server import TOKEN, FakeGitHub
from tests.github.fake.world import BOB
from tests.github.scenes import open_by_person

REVIEWS = "/repos/org/shop/pulls/1/reviews"
HEAD = "a" * 40


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that the client would have waited."""
    told: list[float] = []
    monkeypatch.setattr("judgegate.github.client.api.pause", told.append)
    return told


@pytest.fixture
def api(fake: FakeGitHub, waits: list[float]) -> Iterator[Api]:
    assert waits == []
    open_by_person(fake)
    with Api(fake.api_url, TOKEN) as client:
        yield client


def test_a_list_is_read_to_its_last_page(fake: FakeGitHub, api: Api) -> None:
    head = fake.world.tip(fake.world.pulls[1].branch)
    for _ in range(250):
        fake.world.review(BOB, commit=head)
    assert [one["id"] for one in api.list(REVIEWS)] == list(range(1, 251))
    assert len(fake.log) == 3


@pytest.mark.parametrize(
    ("status", "headers", "waited"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (403, {"Retry-After": "3", "X-RateLimit-Remaining": "12"}, 3.0),
        (502, {}, 1.0),
        (503, {}, 1.0),
    ],
)
def test_a_limit_and_a_failing_server_are_waited_for(
    fake: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    headers: dict[str, str],
    waited: float,
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("judgegate.github.client.api.pause", waits.append)
    open_by_person(fake)
    fake.fail("reviews$", status, headers=headers)
    with Api(fake.api_url, TOKEN) as api:
        assert list(api.list(REVIEWS)) == []
    assert waits == [waited]


def test_a_spent_limit_is_waited_for_until_it_is_reset(
    fake: FakeGitHub, api: Api, waits: list[float]
) -> None:
    fake.fail(
        "reviews$",
        403,
        headers={
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset": str(int(time.time()) + 40),
        },
    )
    assert list(api.list(REVIEWS)) == []
    assert len(waits) == 1
    assert 30 < waits[0] <= 41


def test_a_limit_that_lasts_longer_than_the_patience_is_an_error(
    fake: FakeGitHub, api: Api, waits: list[float]
) -> None:
    fake.fail("reviews$", 429, headers={"Retry-After": "3600"})
    with pytest.raises(ApiError, match="rate limit is used up"):
        list(api.list(REVIEWS))
    assert waits == []
    assert len(fake.log) == 1


def test_a_403_without_a_sign_of_a_limit_is_a_permission_and_not_asked_again(
    fake: FakeGitHub, api: Api, waits: list[float]
) -> None:
    body = b'{"message": "Resource not accessible by integration"}'
    fake.fail(
        "reviews$",
        403,
        headers={"X-Accepted-GitHub-Permissions": "pull_requests=read"},
        body=body,
    )
    with pytest.raises(
        ForbiddenError,
        match=r"403 Resource not accessible by integration; it needs pull_requests=read",
    ) as told:
        list(api.list(REVIEWS))
    assert TOKEN not in str(told.value)
    assert waits == []


def test_a_404_is_told_as_what_it_is(api: Api) -> None:
    with pytest.raises(NotFoundError, match="GET /repos/org/shop/pulls/2"):
        api.get("/repos/org/shop/pulls/2")


def test_a_wrong_token_is_told_as_one_and_never_shown(fake: FakeGitHub) -> None:
    with (
        Api(fake.api_url, "ghs_other") as client,
        pytest.raises(ApiError, match="token is not valid") as told,
    ):
        client.get("/repos/org/shop/pulls/1")
    assert "ghs_other" not in str(told.value)


@pytest.mark.parametrize("times", [1, 2])
def test_a_truncated_answer_is_asked_for_again(
    fake: FakeGitHub, api: Api, waits: list[float], times: int
) -> None:
    fake.fail("reviews$", 200, body=None, times=times)
    assert list(api.list(REVIEWS)) == []
    assert waits == [1.0, 2.0][:times]


def test_an_answer_that_stays_truncated_is_an_error_and_no_empty_list(
    fake: FakeGitHub, api: Api
) -> None:
    fake.fail("reviews$", 200, body=None, times=99)
    with pytest.raises(ApiError, match="there was no complete answer"):
        list(api.list(REVIEWS))
    assert len(fake.log) == 5


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "not JSON"),
        (b'{"message": "odd"}', "is not a list"),
        (b"[" * 100_000, "not JSON"),
        (b"null", "is not a list"),
    ],
)
def test_an_answer_of_another_form_is_an_error(
    fake: FakeGitHub, api: Api, body: bytes, why: str
) -> None:
    fake.fail("reviews$", 200, body=body)
    with pytest.raises(ApiError, match=why):
        list(api.list(REVIEWS))


def test_the_token_goes_to_no_other_server(fake: FakeGitHub, api: Api) -> None:
    fake.fail(
        "reviews$",
        200,
        headers={"Link": '<http://127.0.0.1:1/api/v3/x?page=2>; rel="next"'},
        body=b"[]",
    )
    with pytest.raises(ApiError, match="another server"):
        list(api.list(REVIEWS))


def test_a_list_without_an_end_is_an_error(fake: FakeGitHub, api: Api) -> None:
    link = f'<{fake.api_url}{REVIEWS}?page=2>; rel="next"'
    fake.fail("reviews$", 200, headers={"Link": link}, body=b"[]", times=999)
    with pytest.raises(ApiError, match="does not end"):
        list(api.list(REVIEWS))
    assert len(fake.log) == 2


def _post(api: Api, fake: FakeGitHub) -> list[Any]:
    body = {"state": "pending", "context": "judgegate/main", "description": "x"}
    api.post(f"/repos/org/shop/statuses/{HEAD}", body, lambda: bool(fake.world.statuses))
    return fake.world.statuses


def test_a_post_that_may_have_had_an_effect_is_looked_for_before_it_is_sent_again(
    fake: FakeGitHub, api: Api
) -> None:
    fake.fail("statuses", 502, method="POST", late=True)
    assert len(_post(api, fake)) == 1
    assert [entry.method for entry in fake.log] == ["POST"]


def test_a_post_that_had_no_effect_is_sent_again(fake: FakeGitHub, api: Api) -> None:
    fake.fail("statuses", 502, method="POST")
    assert len(_post(api, fake)) == 1
    assert [entry.status for entry in fake.log] == [502, 201]


def test_a_post_that_a_limit_refused_is_sent_again_without_looking(
    fake: FakeGitHub, api: Api, waits: list[float]
) -> None:
    fake.fail("statuses", 403, method="POST", headers={"Retry-After": "2"})
    assert len(_post(api, fake)) == 1
    assert waits == [2.0]


def test_an_answer_without_end_is_an_error(
    fake: FakeGitHub, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("judgegate.github.client.api.LARGEST_ANSWER", 1)
    with pytest.raises(ApiError, match="larger than"):
        list(api.list(REVIEWS))
    assert len(fake.log) == 1


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"message": 3}', b""])
def test_an_error_without_a_reason_is_told_as_one(
    fake: FakeGitHub, api: Api, body: bytes
) -> None:
    fake.fail("reviews$", 422, body=body)
    with pytest.raises(ApiError, match="422 without a reason"):
        list(api.list(REVIEWS))


def test_nobody_at_the_address_is_an_error(waits: list[float]) -> None:
    with (
        Api("http://127.0.0.1:9", TOKEN) as client,
        pytest.raises(ApiError, match="there was no complete answer"),
    ):
        client.get("/user")
    assert waits == [1.0, 2.0, 4.0, 8.0]


LIMITED = {"x-ratelimit-remaining": "0"}


@pytest.mark.parametrize(
    ("answer", "attempt", "wait"),
    [
        (ResponseHead(200, {}), 1, None),
        (ResponseHead(404, {}), 1, None),
        (ResponseHead(422, {}), 1, None),
        (ResponseHead(403, {}), 1, None),
        (ResponseHead(403, {"x-ratelimit-remaining": "5"}), 1, None),
        (ResponseHead(500, {}), 4, 8.0),
        (ResponseHead(500, {}), 5, None),
        (ResponseHead(None, {}), 2, 2.0),
        (ResponseHead(429, {}), 1, 60.0),
        (ResponseHead(429, {}), 2, 120.0),
        (ResponseHead(403, {}, says_limited=True), 1, 60.0),
        (ResponseHead(403, LIMITED), 1, 60.0),
        (ResponseHead(403, LIMITED | {"x-ratelimit-reset": "1030"}), 1, 31.0),
        (ResponseHead(403, LIMITED | {"x-ratelimit-reset": "900"}), 1, 1.0),
        (ResponseHead(403, LIMITED | {"x-ratelimit-reset": "soon"}), 1, 60.0),
        (ResponseHead(403, {"retry-after": "0"}), 1, 0.0),
        (ResponseHead(429, {"retry-after": "-1"}), 1, 60.0),
        (ResponseHead(429, {"retry-after": "٣"}), 1, 60.0),
    ],
)
def test_when_to_ask_again(answer: ResponseHead, attempt: int, wait: float | None) -> None:
    assert wait_before_next(answer, attempt, now=1000.0) == wait


def test_what_is_posted_is_told_unless_nobody_knows_but_that_it_is_there(
    fake: FakeGitHub, api: Api
) -> None:
    place = "/repos/org/shop/issues/1/comments"
    told = api.post(place, {"body": "x"}, lambda: False)
    assert told["user"]["login"] == "github-actions[bot]"
    fake.fail("comments", 502, method="POST", late=True)
    assert api.post(place, {"body": "y"}, lambda: True) is None


def test_an_answer_to_a_post_that_is_no_json_is_an_error(
    fake: FakeGitHub, api: Api
) -> None:
    fake.fail("comments", 201, method="POST", body=b"<html>")
    with pytest.raises(ApiError, match="not JSON"):
        api.post("/repos/org/shop/issues/1/comments", {"body": "x"}, lambda: False)


def test_an_edit_and_a_removal_are_sent_again_where_the_server_fails(
    fake: FakeGitHub, api: Api
) -> None:
    id_ = fake.world.comment(BOB, "x")
    place = f"/repos/org/shop/issues/comments/{id_}"
    fake.fail("comments", 502, method="PATCH", late=True)
    api.patch(place, {"body": "y"})
    assert [one.body for one in fake.world.comments()] == ["y"]
    fake.fail("comments", 502, method="DELETE")
    api.delete(place)
    assert fake.world.comments() == []
    with pytest.raises(NotFoundError, match="DELETE"):
        api.delete(place)
