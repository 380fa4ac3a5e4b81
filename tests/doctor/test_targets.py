"""Whole runs of `judgegate doctor` in repositories, without GitHub."""

import json
import os
import re
from pathlib import Path

import pytest

from judgegate.doctor.run import GROUPS, kinds, read_access
from judgegate.model.errors_and_exit_codes import ExitCode
from tests.doctor.repositories import BY_JOB, JUDGE, POLICY, TIGHT, altered
from tests.repositories import RepositoryBuilder
from tests.runs import Run, run

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_github(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (
        "JUDGEGATE_TOKEN",
        "GITHUB_TOKEN",
        "GITHUB_REPOSITORY",
        "GITHUB_API_URL",
        "GITHUB_SERVER_URL",
    ):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def repository(tmp_path: Path) -> RepositoryBuilder:
    return (
        RepositoryBuilder(tmp_path / "shop")
        .write(JUDGE, TIGHT)
        .write(".judgegate.yml", POLICY)
    )


def doctor(repository: RepositoryBuilder, *arguments: str) -> Run:
    return run("doctor", *arguments, at=repository)


def test_a_tight_gate_is_told_with_what_github_would_have_said(
    repository: RepositoryBuilder,
) -> None:
    repository.commit("Wire the gate")
    done = doctor(repository)
    assert done.code == ExitCode.INCOMPLETE
    assert "not checked: what GitHub enforces on main" in done.out
    assert (
        "the Action, in the job judge; the verdict is the status judgegate/main."
        in " ".join(done.out.split())
    )
    assert done.out.endswith("2 notes, 1 not checked.\n")
    assert doctor(repository, "--offline").code == ExitCode.PASS


def test_a_hole_is_exit_code_1_and_says_how_to_mend_it(
    repository: RepositoryBuilder,
) -> None:
    repository.write(
        JUDGE, altered(TIGHT, ("    runs-on", "    if: false\n    runs-on"))
    ).commit("Skip the gate")
    done = doctor(repository, "--offline")
    assert done.code == ExitCode.BLOCK
    assert done.out.splitlines()[3:6] == [
        ".github/workflows/judgegate.yml:14: hole conditional-job",
        "  The if: false is false on pull_request_target, pull_request_review.",
        "  Why: GitHub counts a skipped job as success, but a skipped job judges nothing.",
    ]


def test_a_repository_without_a_gate_has_a_hole(tmp_path: Path) -> None:
    empty = RepositoryBuilder(tmp_path / "empty").write("app.py", "")
    empty.commit("Start")
    done = doctor(empty, "--offline")
    assert done.out.splitlines()[0] == ".github/workflows/: hole no-workflow"
    assert (
        done.code,
        "hole no-workflow" in done.out,
        "Copy docs/workflows/judgegate.yml" in done.out,
    ) == (
        ExitCode.BLOCK,
        True,
        True,
    )


def test_the_commit_counts_unless_the_work_tree_is_asked_for(
    repository: RepositoryBuilder,
) -> None:
    repository.commit("Wire the gate")
    repository.write(JUDGE, "on: push\n")
    assert doctor(repository, "--offline").code == ExitCode.PASS
    assert doctor(repository, "--offline", "--worktree").code == ExitCode.BLOCK
    repository.commit("Take the gate out")
    assert doctor(repository, "--offline").code == ExitCode.BLOCK
    assert doctor(repository, "--offline", "--rev", "HEAD~1").code == ExitCode.PASS


def test_folders_below_and_other_files_are_no_workflows(
    repository: RepositoryBuilder,
) -> None:
    repository.write(".github/workflows/old/gate.yml", "on: [").write(
        ".github/workflows/notes.md", "on: ["
    ).commit("Wire the gate")
    for option in ((), ("--worktree",)):
        assert doctor(repository, "--offline", *option).code == ExitCode.PASS


def test_links_are_not_followed(repository: RepositoryBuilder, tmp_path: Path) -> None:
    (tmp_path / "outside.yml").write_text(TIGHT)
    repository.link(".github/workflows/link.yml", str(tmp_path / "outside.yml")).commit(
        "Link"
    )
    for option in ((), ("--worktree",)):
        document = json.loads(doctor(repository, "--offline", "-f", "json", *option).out)
        assert [
            one["place"]
            for one in document["diagnoses"]
            if one["id"] == "workflow-unreadable"
        ] == [".github/workflows/link.yml"]


def test_a_work_tree_whose_folder_is_a_link_has_no_workflow_that_is_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere" / "workflows").mkdir(parents=True)
    (tmp_path / "elsewhere" / "workflows" / "gate.yml").write_text(TIGHT)
    bare = RepositoryBuilder(tmp_path / "bare").link(".github", str(tmp_path / "elsewhere"))
    assert "workflow-unreadable" in doctor(bare, "--offline", "--worktree").out


def test_a_named_pipe_is_not_waited_for(repository: RepositoryBuilder) -> None:
    os.mkfifo(repository.path / ".github/workflows/pipe.yml")
    document = json.loads(doctor(repository, "--offline", "-f", "json", "--worktree").out)
    unreadable = [
        one for one in document["diagnoses"] if one["id"] == "workflow-unreadable"
    ]
    assert [one["place"] for one in unreadable] == [".github/workflows/pipe.yml"]


def test_a_folder_of_workflows_that_is_none_holds_none(tmp_path: Path) -> None:
    odd = RepositoryBuilder(tmp_path / "odd").write(".github/workflows", "a file")
    assert "hole no-workflow" in doctor(odd, "--offline", "--worktree").out
    loop = RepositoryBuilder(tmp_path / "loop").link(".github/workflows", "workflows")
    done = doctor(loop, "--offline", "--worktree")
    assert (done.code, "cannot be read" in done.err) == (ExitCode.INCOMPLETE, True)


def test_a_workflow_that_cannot_be_read_and_names_judgegate_could_be_the_gate(
    repository: RepositoryBuilder,
) -> None:
    repository.write(JUDGE, TIGHT + "[").write(
        ".github/workflows/other.yml", "on: ["
    ).commit("Break it")
    done = doctor(repository, "--offline")
    assert done.code == ExitCode.INCOMPLETE
    assert f"not checked: whether {JUDGE} judges" in done.out
    assert "other.yml judges" not in done.out


def test_nothing_to_mend_is_said(repository: RepositoryBuilder) -> None:
    repository.write("docs/CODEOWNERS", "* @alice\n").write(
        JUDGE, altered(BY_JOB, ("runs-on", "timeout-minutes: 5\n    runs-on"))
    )
    repository.commit("Wire the gate")
    assert doctor(repository, "--offline").out.endswith("\n\n1 not checked.\n")


def test_the_document_has_the_keys_that_the_page_lists(
    repository: RepositoryBuilder,
) -> None:
    repository.write(JUDGE, TIGHT).commit("Wire the gate")
    document = json.loads(
        doctor(repository, "-f", "json", "--repository", "org/shop", "--branch", "main").out
    )
    page = (ROOT / "docs" / "doctor.md").read_text()
    inner = {
        key
        for name in ("gates", "diagnoses", "unchecked")
        for one in document[name]
        for key in one
    }
    for key in (*document, *inner):
        assert f"`{key}" in page, key
    assert (
        document["version"],
        document["repository"],
        document["branch"],
        document["required"],
    ) == (
        1,
        "org/shop",
        "main",
        None,
    )


def test_the_page_lists_every_finding() -> None:
    page = (ROOT / "docs" / "doctor.md").read_text()
    assert re.findall(r"^### `(.*)`$", page, re.MULTILINE) == [kind.id for kind in kinds()]
    assert len({kind.id for kind in kinds()}) == len(kinds()) > len(GROUPS)


HOSTILE = "\x1b[31m\u202eevil\u200b\n::error::x"


def test_hostile_names_are_escaped(repository: RepositoryBuilder) -> None:
    job = json.dumps(
        {
            HOSTILE: {
                "if": HOSTILE,
                "steps": [
                    {"uses": f"judgegate/judgegate@{HOSTILE}"},
                    {"run": "judgegate check"},
                ],
            }
        }
    )
    repository.write(
        JUDGE, f'{{"on": {json.dumps([HOSTILE, "pull_request"])}, "jobs": {job}}}'
    )
    repository.write(".github/workflows/\x1b[2J.yml", "on: [").commit("Be hostile")
    done = doctor(repository, "--offline")
    assert "Traceback" not in done.err
    assert not {"\x1b", "\u202e", "\u200b"} & set(done.out)
    assert not [line for line in done.out.splitlines() if line.lstrip().startswith("::")]
    assert "\\x1b[2J.yml" in done.out
    assert json.loads(doctor(repository, "--offline", "-f", "json").out)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/org/shop.git", "org/shop"),
        ("https://someone:secret@github.com/org/shop", "org/shop"),
        ("git@github.com:org/shop.git", "org/shop"),
        ("ssh://git@github.com:22/org/shop.git/", "org/shop"),
        ("https://example.com/org/shop", None),
        ("https://github.com/org/shop/more", None),
        ("/srv/shop.git", None),
    ],
)
def test_origin_names_the_repository(
    repository: RepositoryBuilder, url: str, name: str | None
) -> None:
    repository.commit("Wire the gate")
    repository.git("remote", "add", "origin", url)
    assert (
        json.loads(doctor(repository, "--offline", "-f", "json").out)["repository"] == name
    )


def test_a_token_without_a_name_asks_nobody(
    repository: RepositoryBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.commit("Wire the gate")
    monkeypatch.setenv("GITHUB_TOKEN", "a-token")
    done = doctor(repository)
    assert (done.code, "origin is not a repository on github.com" in done.out) == (
        ExitCode.INCOMPLETE,
        True,
    )


def test_the_default_branch_is_the_clone_s(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit("Wire the gate")
    repository.git("branch", "--move", "trunk")
    assert json.loads(doctor(repository, "--offline", "-f", "json").out)["branch"] is None
    clone = repository.clone(tmp_path / "clone")
    assert json.loads(doctor(clone, "--offline", "-f", "json").out)["branch"] == "trunk"


def test_a_filter_of_branches_hides_a_hole_while_the_branch_is_not_known(
    repository: RepositoryBuilder,
) -> None:
    repository.write(
        JUDGE,
        altered(
            TIGHT,
            ("  pull_request_target:\n", "  pull_request_target:\n    branches: [main]\n"),
        ),
    ).commit("Filter")
    repository.git("branch", "--move", "trunk")
    assert doctor(repository, "--offline").code == ExitCode.INCOMPLETE
    assert doctor(repository, "--offline", "--branch", "main").code == ExitCode.PASS


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        (("--rev", "gone"), {}),
        (("--rev", "HEAD", "--worktree"), {}),
        (("--repository", "shop"), {}),
        ((), {"GITHUB_REPOSITORY": "shop"}),
        ((), {"GITHUB_TOKEN": "a\u00e9"}),
        ((), {"GITHUB_API_URL": "ftp://example.com"}),
    ],
)
def test_wrong_usage_is_exit_code_2(
    repository: RepositoryBuilder,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    environment: dict[str, str],
) -> None:
    repository.commit("Wire the gate")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert doctor(repository, *arguments).code == ExitCode.USAGE


def test_a_bare_repository_has_no_work_tree_to_look_at(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    repository.commit("Wire the gate")
    bare = repository.clone(tmp_path / "bare.git", "--bare")
    assert doctor(bare, "--worktree").code == ExitCode.USAGE
    assert doctor(bare, "--offline").code == ExitCode.PASS


def test_the_token_is_never_shown() -> None:
    access = read_access({"GITHUB_TOKEN": "ghs_1", "GITHUB_REPOSITORY": "org/shop"})
    assert access.token == "ghs_1"
    assert "ghs_1" not in repr(access)
