"""judgegate judges its own changes: the policy that it does so by, tried on its own code."""

import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from judgegate.policy.policy_file import POLICY_NAME
from tests.repositories import RepositoryBuilder
from tests.runs import check, run

ROOT = Path(__file__).parent.parent
RULES: dict[str, Any] = yaml.safe_load((ROOT / POLICY_NAME).read_text())["rules"]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> RepositoryBuilder:
    """A repository with the policy on `main`, and the whole of the code on a branch."""
    repository = RepositoryBuilder(tmp_path_factory.mktemp("house"))
    shutil.copy(ROOT / POLICY_NAME, repository.path)
    repository.commit("The policy")
    repository.branch("code")
    shutil.copytree(
        ROOT / "src", repository.path / "src", ignore=shutil.ignore_patterns("__pycache__")
    )
    repository.commit("The code")
    return repository


def test_the_policy_loads() -> None:
    done = run("policy", "validate", POLICY_NAME, at=ROOT)
    assert done.code == 0, done.out


def test_nothing_is_found_in_the_code(house: RepositoryBuilder) -> None:
    assert [
        (one["rule"], one["path"], one["message"]) for one in check(at=house)["findings"]
    ] == []


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("from judgegate.cli.app import main", "architecture/layers"),
        ("import subprocess", "security/new-process"),
        ("print(1)", "reliability/no-print"),
    ],
)
def test_a_change_that_leaves_the_way_is_seen(
    house: RepositoryBuilder, line: str, rule: str
) -> None:
    scales = house.git("show", "code:src/judgegate/model/levels.py")
    house.branch(rule.partition("/")[2], "code").write(
        "src/judgegate/model/levels.py", f"{scales}\n{line}\n"
    ).commit("Leave the way")
    findings = check("--base", "code", at=house)["findings"]
    assert {(one["rule"], one["action"]) for one in findings} == {
        (rule, RULES[rule]["action"])
    }


def test_the_layers_are_those_of_the_tests() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"][
        "importlinter"
    ]["contracts"]
    [contract] = [one for one in contracts if one["type"] == "layers"]
    written = [
        {part.strip(" ()") for part in layer.split("|")} for layer in contract["layers"]
    ]
    layers = RULES["architecture/layers"]["imports"]["layers"]
    assert [
        {
            room.removeprefix("judgegate.")
            for room in ([layer] if isinstance(layer, str) else layer)
        }
        for layer in layers
    ] == written
