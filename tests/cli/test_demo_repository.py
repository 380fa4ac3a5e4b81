"""The demo's repository shows what the demo says it shows."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from radon.complexity import cc_visit

from judgegate.change.git import take_inherited
from judgegate.cli.demo import BASE, BRANCH, build_demo
from judgegate.model.errors_and_exit_codes import IncompleteError
from tests.repositories import RepositoryBuilder

HEAD = "10e88fb83d395af211c964921ab33bece3da901c"


@pytest.fixture
def demo(tmp_path: Path) -> RepositoryBuilder:
    build_demo(tmp_path)
    return RepositoryBuilder(tmp_path)


def test_its_ids_are_the_same_each_time(demo: RepositoryBuilder) -> None:
    assert demo.head(BASE) == "eb72c23664e0e111d79fbab576be3099c61e2fc1"
    assert demo.head(BRANCH) == HEAD


def test_the_branch_is_checked_out_and_clean(demo: RepositoryBuilder) -> None:
    assert demo.git("status", "--porcelain", "--branch") == f"## {BRANCH}\n"


def test_one_commit_of_two_says_that_an_ai_helped(demo: RepositoryBuilder) -> None:
    messages = demo.git(
        "log", "--format=%(trailers:key=Co-Authored-By)", f"{BASE}..{BRANCH}"
    )
    assert messages == "Co-Authored-By: Claude <noreply@anthropic.com>\n\n\n"


def test_it_adds_an_injection_a_password_and_a_complex_function(
    demo: RepositoryBuilder,
) -> None:
    assert _bandit_codes(demo.path / "shop/reports.py") >= {"B602", "B105"}
    assert _complexity(demo.path / "shop/reports.py")["summarise"] > 20


def test_old_debt_stays_and_moves(demo: RepositoryBuilder) -> None:
    assert _complexity(demo.path / "shop/orders.py")["shipping_cost"] > 15
    moved = _function(demo.path / "shop/storage.py", "archive_orders")
    demo.switch(BASE)
    assert _function(demo.path / "shop/legacy.py", "archive_orders") == moved
    assert "B602" in _bandit_codes(demo.path / "shop/legacy.py")


def test_settings_and_hooks_of_the_caller_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".gitconfig").write_text(
        "[commit]\n gpgSign = true\n[core]\n autocrlf = true\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    monkeypatch.setenv("GIT_DEFAULT_HASH", "sha256")
    take_inherited.cache_clear()
    (tmp_path / "demo").mkdir()
    build_demo(tmp_path / "demo")
    assert RepositoryBuilder(tmp_path / "demo").head(BRANCH) == HEAD


def test_what_git_says_is_passed_on(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("not a repository\n")
    with pytest.raises(IncompleteError, match="invalid gitfile format"):
        build_demo(tmp_path)


def _bandit_codes(path: Path) -> set[str]:
    """As plain bandit sees it, in a process of its own: the checks accept no bandit that somebody else has imported."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--format", "json", str(path)]
    done = subprocess.run(command, capture_output=True, check=False)
    return {found["test_id"] for found in json.loads(done.stdout)["results"]}


def _complexity(path: Path) -> dict[str, int]:
    return {block.name: block.complexity for block in cc_visit(path.read_text())}


def _function(path: Path, name: str) -> str:
    (found,) = [
        node
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ]
    return ast.unparse(found)
