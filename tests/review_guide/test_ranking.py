"""What whole runs put first, over real git repositories."""

from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from judgegate.decision.decide import decide
from judgegate.model.hunks import NOTHING_TO_READ
from judgegate.model.verdict import Verdict
from judgegate.pipeline.evaluate import Evaluation, evaluate
from judgegate.pipeline.pool_scaling import ScalingPool
from judgegate.pipeline.request import Request
from tests.repositories import RepositoryBuilder
from tests.runs import check, run

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
GUARDED = '''\
def pay(user, amount):
    """Charge it."""
    if not user.is_admin:
        raise Refused(user)
    return charge(amount)


def show(order):
    return order
'''
UNGUARDED = GUARDED.replace("    if not user.is_admin:\n        raise Refused(user)\n", "")
SHELL = 'import subprocess\n\n\ndef run(name):\n    return subprocess.call(f"convert {name}", shell=True)\n'


def start(repository: RepositoryBuilder, **files: str) -> RepositoryBuilder:
    for path, text in (files or {"shop/pay.py": GUARDED}).items():
        repository.write(path, text)
    repository.commit("Start")
    return repository.branch("topic")


def brief(repository: RepositoryBuilder, *arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = check(*arguments, at=repository)["brief"]
    return found


def stakes(hunk: dict[str, Any]) -> list[str]:
    found: list[str] = hunk["stakes"]
    return found


def test_a_removed_guard_is_what_to_question(repository: RepositoryBuilder) -> None:
    start(repository).write("shop/pay.py", UNGUARDED).commit("Simplify")
    (hunk,) = brief(repository)
    assert (
        hunk["path"],
        hunk["side"],
        hunk["line"],
        hunk["removed_line"],
        hunk["removed_end_line"],
    ) == (
        "shop/pay.py",
        "base",
        3,
        3,
        4,
    )
    assert stakes(hunk) == ["guard", "untested"]
    assert [one["line"] for one in hunk["concerns"]] == [3, 4, None]
    assert (
        hunk["concerns"][0]["question"] == "Who can reach this now that could not before?"
    )


def test_what_an_ai_wrote_on_a_critical_path_comes_before_either_alone(
    repository: RepositoryBuilder,
) -> None:
    start(repository).write("shop/auth.py", "A = 1\n").write(
        "shop/cart.py", "B = 1\n"
    ).commit("Add", trailers=[CLAUDE])
    repository.write("shop/login.py", "C = 1\n").write(
        "tests/test_cart.py", "def test(): pass\n"
    ).commit("More")
    found = {hunk["path"]: hunk["weight"] for hunk in brief(repository)}
    assert found["shop/auth.py"] == found["shop/cart.py"] + found["shop/login.py"]
    assert next(iter(found)) == "shop/auth.py"


def test_a_finding_that_blocks_comes_first(repository: RepositoryBuilder) -> None:
    start(repository).write("shop/pay.py", UNGUARDED).write("shop/zip.py", SHELL).commit(
        "Add", trailers=[CLAUDE]
    )
    first = brief(repository)[0]
    assert first["path"] == "shop/zip.py"
    assert stakes(first) == ["finding", "assisted", "untested"]
    assert first["concerns"][0]["line"] == 5


def test_a_change_without_anything_at_stake_has_no_brief(
    repository: RepositoryBuilder,
) -> None:
    start(repository).write("README.md", "Words.\n").commit("Document", trailers=[CLAUDE])
    report = check(at=repository)
    assert report["brief"] == []
    assert report["reading"] == {
        "files": 1,
        "added": 1,
        "removed": 0,
        "exempt": 1,
        "hunks": 1,
        "at_stake": 0,
    }


def test_a_test_of_the_change_settles_that_there_is_one(
    repository: RepositoryBuilder,
) -> None:
    start(repository).write("shop/pay.py", GUARDED + "\n\nX = 1\n").commit("Add")
    assert [stakes(hunk) for hunk in brief(repository)] == [["untested"]]
    repository.write("tests/test_pay.py", "def test_pay():\n    assert True\n").commit(
        "Test"
    )
    assert brief(repository) == []


def test_a_test_that_is_taken_away_tests_nothing(repository: RepositoryBuilder) -> None:
    start(
        repository,
        **{
            "shop/pay.py": GUARDED,
            "tests/test_pay.py": "def test_pay():\n    assert pay(1)\n",
        },
    )
    repository.write("shop/pay.py", GUARDED + "\n\nX = 1\n").remove(
        "tests/test_pay.py"
    ).commit("Drop")
    assert [(hunk["path"], stakes(hunk)) for hunk in brief(repository)] == [
        ("tests/test_pay.py", ["guard"]),
        ("shop/pay.py", ["untested"]),
    ]


def test_a_file_that_only_moved_needs_no_test(repository: RepositoryBuilder) -> None:
    start(repository).rename("shop/pay.py", "shop/till.py").commit("Rename")
    assert brief(repository) == []


def test_an_unread_file_is_told_once_however_many_places_it_has(
    repository: RepositoryBuilder,
) -> None:
    lines = [f"key{number}: 1\n" for number in range(60)]
    start(repository, **{".github/workflows/ci.yml": "".join(lines)})
    lines[3] = lines[30] = lines[55] = "other: 1\n"
    repository.write(".github/workflows/ci.yml", "".join(lines)).commit("Tune")
    (hunk,) = brief(repository)
    assert (hunk["line"], hunk["alike"]) == (4, 2)
    assert stakes(hunk) == ["unread", "critical"]
    assert check(at=repository)["reading"]["at_stake"] == 3


def test_a_change_of_the_policy_weighs_most_and_is_told_once(
    repository: RepositoryBuilder,
) -> None:
    start(
        repository,
        **{".judgegate.yml": "version: 1\nextends: [default]\n", "shop/pay.py": GUARDED},
    )
    repository.write(
        ".judgegate.yml", "version: 1\nextends: [default]\nfail_on: never\n"
    ).write("shop/pay.py", UNGUARDED).commit("Relax")
    first = brief(repository)[0]
    assert first["path"] == ".judgegate.yml"
    assert stakes(first) == ["finding"]


POLICY = """\
version: 1
extends: [default]
rules:
  oversight/ai-assisted:
    action: review
    cases:
      - when: {paths: ["shop/till/**"]}
        review: {approvals: 2, from: [code_owners]}
"""


def test_a_path_for_which_the_policy_asks_for_more_is_critical_whoever_wrote_it(
    repository: RepositoryBuilder,
) -> None:
    start(repository, **{".judgegate.yml": POLICY, "shop/pay.py": GUARDED})
    repository.write("shop/till/open.py", "X = 1\n").write(
        "shop/cart.py", "Y = 1\n"
    ).commit("Add")
    found = {hunk["path"]: hunk for hunk in brief(repository)}
    assert stakes(found["shop/till/open.py"]) == ["critical", "untested"]
    assert (
        found["shop/till/open.py"]["concerns"][0]["what"]
        == "the policy requires more here: 2 approvals, from its code owners"
    )
    assert stakes(found["shop/cart.py"]) == ["untested"]


def test_a_rule_that_asks_for_more_everywhere_marks_no_path(
    repository: RepositoryBuilder,
) -> None:
    everywhere = "version: 1\nextends: [default]\nrules:\n  oversight/ai-assisted: {action: review, review: {approvals: 2}}\n"
    start(repository, **{".judgegate.yml": everywhere})
    repository.write("shop/cart.py", "Y = 1\n").commit("Add", trailers=[CLAUDE])
    assert [stakes(hunk) for hunk in brief(repository)] == [["assisted", "untested"]]


def test_a_function_that_grew_is_named(repository: RepositoryBuilder) -> None:
    branches = "".join(
        f"    if a == {number}:\n        return {number}\n" for number in range(8)
    )
    start(repository, **{"app.py": "def f(a):\n    return a\n"})
    repository.write("app.py", f"def f(a):\n{branches}    return a\n").commit("Grow")
    (hunk,) = brief(repository)
    assert [one["what"] for one in hunk["concerns"]] == [
        "cyclomatic complexity of `f` grew from 1 to 9",
        "no test of the change touches it",
    ]


def test_what_the_policy_only_treats_as_ai_assisted_is_not_said_to_be(
    repository: RepositoryBuilder,
) -> None:
    always = "version: 1\nextends: [default]\nprovenance: {gate_on: always}\n"
    start(repository, **{".judgegate.yml": always}).write("app.py", "X = 1\n").commit("Add")
    (hunk,) = brief(repository)
    assert hunk["concerns"][0]["what"] == "the policy treats it as AI-assisted"
    told = run("check", "-f", "markdown", at=repository).out
    assert "An AI helped" not in told
    assert (
        "No marker of an AI; treated as AI-assisted, because the policy sets `gate_on`: always."
        in told
    )
    assert "<b>Who wrote it</b>: not known, treated as AI-assisted" in told


def test_growth_that_is_a_finding_is_told_once(repository: RepositoryBuilder) -> None:
    branches = "".join(
        f"    if a == {number}:\n        return {number}\n" for number in range(20)
    )
    start(repository, **{"app.py": "def f(a):\n    return a\n"})
    repository.write("app.py", f"def f(a):\n{branches}    return a\n").commit("Grow")
    assert stakes(brief(repository)[0]) == ["finding", "untested"]


def test_a_finding_that_an_edit_elsewhere_caused_is_asked_about_where_the_edit_is(
    repository: RepositoryBuilder,
) -> None:
    start(
        repository,
        **{
            "app.py": "import safe as subprocess\n"
            + SHELL.removeprefix("import subprocess\n")
        },
    )
    repository.write("app.py", SHELL).commit("Swap")
    first = brief(repository)[0]
    assert (first["line"], first["end_line"], first["concerns"][0]["line"]) == (1, 1, 5)


def test_hostile_names_stay_text(repository: RepositoryBuilder) -> None:
    start(repository).write(b"shop/\xff\x1b[31m.py", SHELL).commit("Add")
    assert brief(repository)[0]["path"] == "shop/\\xff\x1b[31m.py"
    assert "\x1b" not in run("check", at=repository).out.replace("\x1b[0m", "")


def test_the_same_change_gives_the_same_bytes(repository: RepositoryBuilder) -> None:
    start(repository).write("shop/pay.py", UNGUARDED).write("shop/zip.py", SHELL).commit(
        "Add", trailers=[CLAUDE]
    )
    assert (
        run("check", "-f", "json", at=repository).out
        == run("check", "-f", "json", at=repository).out
    )


@pytest.mark.parametrize("trailers", [(), (CLAUDE,)])
def test_what_is_only_in_the_brief_decides_nothing(
    repository: RepositoryBuilder, trailers: tuple[str, ...]
) -> None:
    start(repository, **{".judgegate.yml": POLICY, "shop/till/pay.py": GUARDED})
    repository.write("shop/till/pay.py", UNGUARDED).write("shop/zip.py", SHELL).commit(
        "Add", trailers=trailers
    )
    today = date(2026, 11, 22)
    request = Request(directory=repository.path)
    with ScalingPool(repository.path) as pool:
        evaluation = evaluate(request, pool, today, lambda _done, _total: None)
    assert evaluation.verdict.hunks
    assert any(file.lost for file in evaluation.analysis.files)
    files = tuple(replace(file, lost=()) for file in evaluation.analysis.files)
    blind = replace(evaluation, analysis=replace(evaluation.analysis, files=files))
    decided = replace(evaluation.verdict, hunks=(), reading=NOTHING_TO_READ, notices=())
    for one in (evaluation, blind):
        assert replace(decide_again(one, today), notices=()) == decided


def decide_again(evaluation: Evaluation, today: date) -> Verdict:
    return decide(
        evaluation.analysis, evaluation.in_force, evaluation.assess, evaluation.known, today
    ).verdict


def test_a_rule_that_fires_and_names_people_for_a_path_makes_it_critical(
    repository: RepositoryBuilder,
) -> None:
    policy = POLICY.replace("oversight/ai-assisted:", "security/insecure-code:")
    start(repository, **{".judgegate.yml": policy})
    repository.write("shop/till/zip.py", SHELL).write(
        "shop/zip.py", SHELL.replace("run", "walk")
    ).commit("Add")
    found = {hunk["path"]: hunk for hunk in brief(repository)}
    assert stakes(found["shop/till/zip.py"]) == ["finding", "critical", "untested"]
    assert "critical" not in stakes(found["shop/zip.py"])
