"""What the key of an answer depends on, and what makes no difference."""

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from judgegate.change.repository import Repository
from judgegate.checks.check_types import Compare, Scan
from judgegate.model.own_rules import Regex, Sought
from judgegate.pipeline.answers_of_plan import AnswerKeys
from judgegate.pipeline.file_sides import BlobContent
from judgegate.policy.policy import Plan
from judgegate.policy.resource_limits import LimitTerms
from judgegate.workers.wire import CompareTask, ScanTask
from tests.repositories import RepositoryBuilder

OLD, NEW = "0a" * 20, "0b" * 20
SCAN = Scan("calls", ("security/calls",), ("python",), iter)
COMPARE = Compare("guards", ("security/guards",), ("python",), lambda *_: iter(()))
PLAN = Plan(("security/calls", "security/guards"), LimitTerms(), ())
TOOLS = {"bandit": "bandit-1"}
RULES = frozenset(PLAN.rules)


@pytest.fixture
def place(repository: RepositoryBuilder) -> Iterator[Repository]:
    repository.commit("Start")
    with Repository.open(repository.path) as opened:
        yield opened


def keys(tools: dict[str, str] = TOOLS, plan: Plan = PLAN) -> AnswerKeys:
    return AnswerKeys(tools, plan, (SCAN, COMPARE))


def scan(place: Repository, oid: str = NEW) -> ScanTask:
    return ScanTask(f"python:{oid}", "python", RULES, BlobContent(place, oid))


def comparison(place: Repository, before: str | None, after: str | None) -> CompareTask:
    old = None if before is None else BlobContent(place, before)
    new = None if after is None else BlobContent(place, after)
    return CompareTask("sides", "python", RULES, old, new)


def test_all_that_an_answer_depends_on_is_in_its_key(place: Repository) -> None:
    plain = scan(place)
    search = Sought("reliability/x", Regex("TODO"))
    given = [
        keys().of(plain),
        keys().of(scan(place, OLD)),
        keys().of(replace(plain, language="text")),
        keys().of(replace(plain, rules=frozenset({"security/calls"}))),
        keys().of(replace(plain, searches=(search,))),
        keys().of(replace(plain, searches=(search, search))),
        keys().of(replace(plain, facts=True)),
        keys(tools={"bandit": "bandit-2"}).of(plain),
        keys(plan=replace(PLAN, limits=LimitTerms(cpu_seconds=9))).of(plain),
        keys().of(comparison(place, OLD, NEW)),
        keys().of(comparison(place, NEW, OLD)),
        keys().of(comparison(place, None, NEW)),
        keys().of(comparison(place, NEW, None)),
    ]
    assert len(set(given)) == len(given)


def test_what_makes_no_difference_is_not(place: Repository) -> None:
    plain = keys().of(scan(place))
    assert keys().of(replace(scan(place), id="another")) == plain
    more = RULES | {"oversight/ai-assisted"}
    assert keys().of(replace(scan(place), rules=more)) == plain
    assert (
        keys(plan=replace(PLAN, rules=(*PLAN.rules, "oversight/x"))).of(scan(place))
        == plain
    )


def test_a_content_without_an_id_is_a_mistake(place: Repository) -> None:
    with pytest.raises(TypeError, match="without an id"):
        keys().of(replace(scan(place), content=b"X = 1\n"))
