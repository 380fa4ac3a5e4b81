"""The first policy is made for its repository, loads, and overwrites nothing."""

import json
import re
from pathlib import Path

import pytest
import yaml

from judgegate.checks.registry import RULEBOOK
from judgegate.policy.loading import load_policy_file
from judgegate.tuning.starter import SCHEMA_FILE, RepositoryProfile, describe_starter
from tests.repositories import ALICE, BOB, RepositoryBuilder
from tests.runs import run

AROUND = [
    RepositoryProfile(),
    RepositoryProfile(people=1),
    RepositoryProfile(
        ("python", "go", "bash"),
        ("go",),
        ("tests/fixtures",),
        ("shop.model", "shop.web"),
        ".github/CODEOWNERS",
        7,
        ("bash",),
    ),
]


def load(text: str, tmp_path: Path) -> None:
    file = tmp_path / "policy.yml"
    file.write_text(text)
    load_policy_file(RULEBOOK.values(), file)


@pytest.mark.parametrize("around", AROUND)
def test_it_loads(around: RepositoryProfile, tmp_path: Path) -> None:
    load(describe_starter(around), tmp_path)


SWITCHED_OFF = re.compile(r"^( *)#(?=[^ #\n])", re.MULTILINE)
SETTING = re.compile(r"^( *)#(?=[^ #\n]).*\n(?:\1 +#(?=[^ #\n]).*\n)*", re.MULTILINE)
"""By the words at the policy's top: a `#` with no space after it, and the lines below it that are indented further.
"""


def switch_on(text: str) -> str:
    return SWITCHED_OFF.sub(r"\1", text)


SETTINGS = [
    (around, setting.span())
    for around in AROUND
    for setting in SETTING.finditer(describe_starter(around))
]


@pytest.mark.parametrize(("around", "where"), SETTINGS)
def test_each_setting_can_be_switched_on_by_itself(
    around: RepositoryProfile, where: tuple[int, int], tmp_path: Path
) -> None:
    text, (start, end) = describe_starter(around), where
    switched_on = text[:start] + switch_on(text[start:end]) + text[end:]
    assert yaml.safe_load(switched_on) != yaml.safe_load(text)
    load(switched_on, tmp_path)


@pytest.mark.parametrize("around", AROUND)
def test_it_loads_with_every_setting_switched_on(
    around: RepositoryProfile, tmp_path: Path
) -> None:
    text = switch_on(describe_starter(around))
    assert {"provenance", "review", "exempt", "waivers"} <= set(yaml.safe_load(text))
    assert "reliability/small-changes" in yaml.safe_load(text)["rules"]
    load(text, tmp_path)


def test_no_line_is_too_long_to_read() -> None:
    assert (
        max(
            len(line) for around in AROUND for line in describe_starter(around).splitlines()
        )
        <= 140
    )


def test_the_first_line_leads_an_editor_to_the_schema(
    repository: RepositoryBuilder,
) -> None:
    assert run("policy", "init", at=repository).code == 0
    first = (repository.path / ".judgegate.yml").read_text().splitlines()[0]
    assert first == f"# yaml-language-server: $schema={SCHEMA_FILE}"
    assert json.loads((repository.path / SCHEMA_FILE).read_text()) == json.loads(
        run("schema", "policy").out
    )


def test_it_passes_its_own_validation_and_is_judged_as_the_default(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", "X = 1\n").commit("Start")
    done = run("policy", "init", at=repository)
    assert "Wrote .judgegate.yml" in done.out
    assert run("policy", "validate", at=repository).code == 0
    assert (
        run("policy", "diff", "default", ".judgegate.yml", at=repository).out
        == "Both policies mean the same.\n"
    )


def test_it_never_overwrites(repository: RepositoryBuilder) -> None:
    repository.write(".judgegate.yml", "mine")
    done = run("policy", "init", at=repository)
    assert done.code == 2
    assert ".judgegate.yml, and it was not changed" in done.err
    assert (repository.path / ".judgegate.yml").read_text() == "mine"
    assert not (repository.path / ".judgegate").exists()


def test_a_schema_that_is_there_is_left_alone(repository: RepositoryBuilder) -> None:
    repository.write(SCHEMA_FILE, "mine")
    assert run("policy", "init", at=repository).code == 0
    assert (repository.path / SCHEMA_FILE).read_text() == "mine"


def test_one_maintainer_is_reported_attesting(repository: RepositoryBuilder) -> None:
    repository.write("a.py", "X = 1\n").commit("Start", author=ALICE)
    repository.write("a.py", "X = 2\n").commit(
        "More", author="Claude <noreply@anthropic.com>"
    )
    run("policy", "init", at=repository)
    assert "#review: {author: attest}" in (repository.path / ".judgegate.yml").read_text()


def test_it_looks_at_people_owners_languages_and_layout(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", "X = 1\n").write("cmd/main.go", "package main\n").commit(
        "Start", author=ALICE
    )
    repository.write("CODEOWNERS", "* @alice\n").write("tests/fixtures/x.bin", "x").write(
        "src/shop/__init__.py", ""
    )
    repository.write("src/shop/web/__init__.py", "").write(
        "src/shop/model/__init__.py", ""
    ).commit("More", author=BOB)
    run("policy", "init", at=repository)
    text = (repository.path / ".judgegate.yml").read_text()
    for said in (
        "2 people commit here",
        "No check covers go yet",
        "CODEOWNERS lists who owns what",
        "review: {from: [code_owners]}",
        '"tests/fixtures/**"',
        "layers: [shop.model, shop.web]",
    ):
        assert said in text
    assert "attest" not in text


def test_without_a_work_tree_it_is_wrong_usage(tmp_path: Path) -> None:
    assert (
        run("policy", "init", at=RepositoryBuilder(tmp_path / "bare", bare=True)).code == 2
    )


def test_where_nothing_can_be_written_it_is_wrong_usage(
    repository: RepositoryBuilder,
) -> None:
    repository.write(".judgegate", "a file")
    done = run("policy", "init", at=repository)
    assert done.code == 2
    assert "cannot be written" in done.err
    assert not (repository.path / ".judgegate.yml").exists()


def test_it_names_the_languages_that_pass_unread_and_those_that_need_a_human(
    repository: RepositoryBuilder,
) -> None:
    repository.write("a.py", "X = 1\n").write("app.js", "f()\n").write(
        "run.sh", "echo\n"
    ).commit("Start")
    run("policy", "init", at=repository)
    written = (repository.path / ".judgegate.yml").read_text()
    assert (
        "\n# No check covers javascript yet. Such files pass with `default`; with\n# `strict` they need a human.\n"
        in written
    )
    assert (
        "\n# Files in bash need a human: no check covers them, and no pack exempts them.\n"
        in written
    )
