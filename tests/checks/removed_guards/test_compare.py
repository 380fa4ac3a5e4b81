"""Which guards are gone for good, over real git repositories."""

from pathlib import Path

import pytest

from judgegate.change.commits import read_commits
from judgegate.change.repository import Repository
from judgegate.change.revisions import choose_base
from judgegate.checks.removed_guards.compare import (
    LARGEST,
    MOST,
    MOST_LINES,
    find_lost_guards,
)
from judgegate.model.analysis import LostGuard
from tests.repositories import RepositoryBuilder

REFUSES = "    if not user.is_admin:\n        raise Refused(user)\n"
SHOWS = "def show(order):\n    assert order.paid\n"
BEFORE = """\
def pay(user, amount):
    if not user.is_admin:
        raise Refused(user)
    with lock:
        charge(amount, timeout=5)


def show(order):
    assert order.paid
    return order
"""


def lost(
    tmp_path: Path, before: dict[str, str | bytes], after: dict[str, str | bytes | None]
) -> list[tuple[str, LostGuard]]:
    """What the change from one set of files to the other loses."""
    repository = RepositoryBuilder(tmp_path / "work")
    for path, text in before.items():
        repository.write(path, text)
    base = repository.commit("Start")
    for path, new in after.items():
        if new is None:
            repository.remove(path)
        else:
            repository.write(path, new)
    repository.branch("topic").commit("Change")
    with Repository.open(repository.path) as opened:
        change = read_commits(opened, choose_base(opened, base, None), None)
        lost = find_lost_guards(change.files, opened.read)
    return [
        (file.path, guard)
        for number, file in enumerate(change.files)
        for guard in lost.get(number, ())
    ]


def kinds(found: list[tuple[str, LostGuard]]) -> list[tuple[str, int]]:
    return [(guard.kind, guard.line) for _, guard in found]


@pytest.mark.parametrize(
    ("old", "new", "gone"),
    [
        pytest.param(
            "    if not user.is_admin:\n        raise Refused(user)\n",
            "",
            [("authorisation", 2), ("refusal", 3)],
            id="taken away",
        ),
        pytest.param(
            "        raise Refused(user)\n",
            "        log(user)\n",
            [("refusal", 3)],
            id="only logged now",
        ),
        pytest.param(
            "raise Refused(user)", "raise Forbidden(user)", [], id="another error"
        ),
        pytest.param(
            "user.is_admin", "user.has_perm(PAY)", [], id="another condition of its kind"
        ),
        pytest.param(", timeout=5", "", [("limit", 5)], id="a limit"),
        pytest.param("timeout=5", "timeout=50", [], id="a looser limit is still one"),
        pytest.param(
            "    with lock:\n        charge(amount, timeout=5)\n",
            "    charge(amount, timeout=5)\n",
            [("lock", 4)],
            id="a lock",
        ),
        pytest.param(
            "    assert order.paid\n",
            "    # assert order.paid\n",
            [("assertion", 9)],
            id="commented out",
        ),
        pytest.param(SHOWS + "    return order\n", "", [], id="with all that it guarded"),
        pytest.param(
            "def show(order):\n    assert order.paid\n",
            "def show(order, full):\n",
            [("assertion", 9)],
            id="its function lives on",
        ),
        pytest.param(
            "def show(order):\n", "@cached\ndef show(order):\n", [], id="nothing removed"
        ),
    ],
)
def test_a_guard_is_lost_where_nothing_takes_its_place(
    tmp_path: Path, old: str, new: str, gone: list[tuple[str, int]]
) -> None:
    assert old in BEFORE
    assert (
        kinds(lost(tmp_path, {"app.py": BEFORE}, {"app.py": BEFORE.replace(old, new)}))
        == gone
    )


def test_a_guard_that_moved_to_another_file_is_not_lost(tmp_path: Path) -> None:
    rest, moved = BEFORE.split("    with lock:\n")
    after = rest.replace(REFUSES, "    check(user)\n") + "    with lock:\n" + moved
    assert (
        lost(
            tmp_path,
            {"app.py": BEFORE},
            {"app.py": after, "checks.py": "def check(user):\n" + REFUSES},
        )
        == []
    )


def test_a_renamed_file_loses_only_what_it_loses(tmp_path: Path) -> None:
    after = BEFORE.replace("    assert order.paid\n", "")
    assert kinds(
        lost(tmp_path, {"app.py": BEFORE}, {"app.py": None, "shop.py": after})
    ) == [("assertion", 9)]


def test_a_formatter_takes_nothing_away(tmp_path: Path) -> None:
    before = 'def run(a, b):\n    return "{} {}".format(\n        escape(a),\n        escape(b),\n    )\n'
    after = 'def run(a, b):\n    return (\n        "{} {}".format(escape(a), escape(b))\n    )\n'
    assert lost(tmp_path, {"app.py": before}, {"app.py": after}) == []


def test_a_decorator_goes_with_what_it_decorates(tmp_path: Path) -> None:
    view = "@login_required\n@cached\ndef view(request):\n    return 1\n"
    assert lost(tmp_path, {"app.py": view + BEFORE}, {"app.py": BEFORE}) == []


def test_a_decorator_alone_is_missed(tmp_path: Path) -> None:
    view = "@login_required\n@cached\ndef view(request):\n    return 1\n"
    found = lost(
        tmp_path, {"app.py": view}, {"app.py": view.replace("@login_required\n", "")}
    )
    assert found == [("app.py", LostGuard("authorisation", "login_required", 1))]


def test_a_handler_goes_with_what_it_was_for(tmp_path: Path) -> None:
    handled = "def run():\n    try:\n        call()\n    except OSError:\n        pass\n    return 1\n"
    assert (
        lost(
            tmp_path / "both", {"app.py": handled}, {"app.py": "def run():\n    return 1\n"}
        )
        == []
    )
    alone = lost(
        tmp_path / "alone",
        {"app.py": handled},
        {"app.py": "def run():\n    call()\n    return 1\n"},
    )
    assert kinds(alone) == [("handler", 4)]


def test_a_test_that_is_gone_takes_its_assertions_along_and_they_are_missed(
    tmp_path: Path,
) -> None:
    both = "def test_a():\n    assert pay(1)\n\n\ndef test_b():\n    assert pay(2)\n"
    found = lost(
        tmp_path,
        {"tests/test_pay.py": both},
        {"tests/test_pay.py": "def test_a():\n    assert pay(1)\n"},
    )
    assert kinds(found) == [("expectation", 6)]


def test_a_test_that_is_written_anew_misses_nothing(tmp_path: Path) -> None:
    found = lost(
        tmp_path,
        {
            "tests/test_pay.py": "def test_a():\n    assert pay(1)\n\n\n\n\n\n\ndef test_z():\n    pass\n"
        },
        {
            "tests/test_pay.py": "\n\n\n\n\n\ndef test_z():\n    pass\n\n\n\n\n\ndef test_b():\n    assert pay(2)\n"
        },
    )
    assert found == []


def test_a_step_of_a_pipeline_is_missed(tmp_path: Path) -> None:
    steps = "jobs:\n  test:\n    steps:\n      - run: make\n      - run: pytest -q\n      - uses: github/codeql-action/init@v2\n"
    after = steps.replace("      - run: pytest -q\n", "").replace("@v2", "@v3")
    found = lost(
        tmp_path, {".github/workflows/ci.yml": steps}, {".github/workflows/ci.yml": after}
    )
    assert found == [(".github/workflows/ci.yml", LostGuard("step", "pytest", 5))]


def test_a_literal_is_never_part_of_the_name(tmp_path: Path) -> None:
    secret = "hunter2" * 3
    before = f'def run(x):\n    verify(x, key="{secret}")\n    if x:\n        raise Refused("{secret}")\n    return x\n'
    found = lost(tmp_path, {"app.py": before}, {"app.py": "def run(x):\n    return x\n"})
    assert [guard.name for _, guard in found] == ["verify", "raise Refused"]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"@login_required\n\0\ndef view(): pass\n", id="a binary"),
        pytest.param(b"@login_required\n" + b"x" * LARGEST + b"\n", id="too large"),
    ],
)
def test_what_is_no_readable_text_is_passed_over(tmp_path: Path, content: bytes) -> None:
    assert lost(tmp_path, {"app.py": content}, {"app.py": "x = 1\n"}) == []


def test_of_very_many_only_so_many_are_kept(tmp_path: Path) -> None:
    guards = "".join(f"    verify(token{number})\n" for number in range(MOST + 50))
    found = lost(
        tmp_path,
        {"app.py": "def run():\n" + guards + "    go()\n"},
        {"app.py": "def run():\n    go()\n"},
    )
    assert len(found) == MOST


def test_of_a_change_that_nobody_reads_nothing_is_told(tmp_path: Path) -> None:
    bulk = "x = 1\n" * (MOST_LINES + 1)
    assert (
        lost(
            tmp_path,
            {"app.py": "def run():\n    verify(x)\n    go()\n"},
            {"app.py": "def run():\n    go()\n", "bulk.py": bulk},
        )
        == []
    )
