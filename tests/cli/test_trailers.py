"""`judgegate check --print-trailers`, and the brief, over real repositories."""

import json
from pathlib import Path

import pytest

from judgegate.report.markdown.report import MARKER
from tests.repositories import RepositoryBuilder
from tests.runs import check, run

CLAUDE = "Co-Authored-By: Claude <noreply@anthropic.com>"
TRAILERS = (
    "Assisted-by: AI tool claude-code\nJudgegate-Head: {head}\nJudgegate-Outcome: review\n"
)


@pytest.fixture
def assisted(repository: RepositoryBuilder) -> RepositoryBuilder:
    """A branch with an AI-assisted commit."""
    repository.write("app.py", "def double(number):\n    return 2 * number\n").commit(
        "Start"
    )
    repository.branch("topic").write(
        "app.py", "def double(number):\n    return number + number\n"
    ).commit("Add", trailers=[CLAUDE])
    return repository


def test_only_trailers_are_printed_and_the_exit_code_stays(
    assisted: RepositoryBuilder,
) -> None:
    done = run("check", "--base", "main", "--print-trailers", at=assisted)
    assert done.out == TRAILERS.format(head=assisted.git("rev-parse", "HEAD").strip())
    assert done.code == run("check", "--base", "main", at=assisted).code == 3


def test_a_squash_with_the_trailers_is_as_assisted_as_what_it_squashes(
    assisted: RepositoryBuilder,
) -> None:
    trailers = run("check", "--base", "main", "--print-trailers", at=assisted).out
    assisted.git("checkout", "--quiet", "-b", "squashed", "main")
    assisted.git("merge", "--squash", "--quiet", "topic")
    assisted.commit("Double by adding", trailers=trailers.splitlines())
    provenance = check("--base", "main", at=assisted)["provenance"]
    assert provenance["verdict"] == "ai"
    assert provenance["confidence"] == "strong"
    assert provenance["ai_lines"] == 1


def test_what_a_force_push_dropped_is_in_the_trailers(
    assisted: RepositoryBuilder, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    run("check", "--base", "main", "-f", f"json={report}", at=assisted)
    assisted.git("reset", "--quiet", "--soft", "main")
    assisted.commit("Add")
    done = run("check", "--base", "main", "--print-trailers", at=assisted)
    assert "Assisted-by" not in done.out
    done = run(
        "check",
        "--base",
        "main",
        "--print-trailers",
        "--previous-report",
        str(report),
        at=assisted,
    )
    assert done.out.startswith("Assisted-by: AI tool claude-code\n")


def test_a_report_may_go_to_a_file_beside_them_and_nowhere_else(
    assisted: RepositoryBuilder, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    done = run(
        "check", "--base", "main", "--print-trailers", "-f", f"json={report}", at=assisted
    )
    assert done.out.startswith("Assisted-by: ")
    assert json.loads(report.read_text())["outcome"] == "review"
    done = run("check", "--base", "main", "--print-trailers", "-f", "text", at=assisted)
    assert done.code == 2
    assert "--print-trailers writes to standard output" in done.err


def test_the_brief_is_a_format(assisted: RepositoryBuilder) -> None:
    done = run("check", "--base", "main", "-f", "markdown", at=assisted)
    assert done.out.startswith(
        "**○ A human must judge it first.** Nothing to fix. After you push: 1 approval, "
    )
    assert "`app.py:2`" in done.out
    assert done.out.splitlines().count(MARKER) == 1
