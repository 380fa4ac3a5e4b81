"""What the pages say is what the program does."""

import json
import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from docs.refresh import (
    PAGES,
    PICTURE,
    RULE_PAGES,
    draw_demo,
    refresh_page,
    tell_rule_pages,
)
from judgegate.checks.registry import RULEBOOK
from judgegate.cli.app import COMMANDS
from judgegate.model.errors_and_exit_codes import ExitCode
from judgegate.policy.block_fields import Direction
from judgegate.policy.compare import compare_policies
from judgegate.policy.loading import load_pack, load_policy_file
from judgegate.report.formats import FORMATS, read_schema
from tests.repositories import RepositoryBuilder
from tests.runs import run

ROOT = Path(__file__).parent.parent
PAGE_NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]
FURTHER = sorted(page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/*/**/*.md"))
DOCUMENTS = [*PAGE_NAMES, *FURTHER, "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"]


def read(page: str) -> str:
    return (ROOT / page).read_text()


def first_cells(page: str) -> list[str]:
    """The first cell of each row of the page's tables."""
    return re.findall(r"^\| (.*?) \|", read(page), re.MULTILINE)


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", read(page), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", PAGE_NAMES)
def test_the_help_texts_are_the_program_s(page: str) -> None:
    assert refresh_page(read(page)) == read(page), "run: make docs"


def test_the_picture_shows_what_the_demo_shows() -> None:
    assert draw_demo() == PICTURE.read_text(), "run: make docs"


def test_the_rules_pages_are_the_program_s() -> None:
    written = {
        page.relative_to(RULE_PAGES).as_posix(): page.read_text()
        for page in RULE_PAGES.rglob("*.md")
    }
    assert written == tell_rule_pages(), "run: make docs"


def test_with_nothing_staged_a_check_ends_as_the_page_says(
    repository: RepositoryBuilder,
) -> None:
    assert "`--staged` with nothing staged says so and ends with 0" in read("docs/cli.md")
    repository.write("app.py", "X = 1\n").commit("Start")
    done = run("check", "--staged", at=repository)
    assert (done.code, "Nothing is staged." in done.out + done.err) == (0, True)


@pytest.mark.parametrize("page", ["README.md", "docs/cli.md"])
def test_every_exit_code_is_explained(page: str) -> None:
    assert [int(cell) for cell in first_cells(page) if cell.isdigit()] == sorted(ExitCode)


def test_the_front_page_names_every_rule() -> None:
    assert {
        cell.strip("`")
        for cell in first_cells("README.md")
        if re.fullmatch(r"`[a-z]+/[a-z-]+`", cell)
    } == set(RULEBOOK)


def test_every_command_has_its_section() -> None:
    headings = set(re.findall(r"^## (\w+)$", read("docs/cli.md"), re.MULTILINE))
    assert headings == {name for name in COMMANDS if find_spec(f"judgegate.cli.{name}")} | {
        "Environment"
    }


def test_every_format_is_listed() -> None:
    assert {
        cell.strip("`")
        for cell in first_cells("docs/reports.md")[1:]
        if cell.strip("`") in FORMATS
    } == set(FORMATS)


def test_every_key_of_the_json_report_is_explained() -> None:
    cells = [
        cell for cell in first_cells("docs/reports.md") if re.match(r"`[a-z_]+[.\[`]", cell)
    ]
    explained = {key for cell in cells for key in re.findall(r"`([^`]+)`", cell)} - set(
        FORMATS
    )
    assert explained == set(leaves(json.loads(read_schema())))


def leaves(schema: Mapping[str, Any]) -> Iterator[str]:
    """The keys that hold no further keys, in the spelling of the page: `findings[].line`.

    Whom a demand accepts is the policy's page.
    """

    def walk(node: Mapping[str, Any], at: str) -> Iterator[str]:
        if "$ref" in node:
            node = schema["$defs"][node["$ref"].rpartition("/")[2]]
        inner = [
            (part, f"{at}.{key}".lstrip("."))
            for key, part in node.get("properties", {}).items()
        ]
        inner += [(part, at) for part in node.get("oneOf", ()) if part != {"type": "null"}]
        inner += [(node["items"], f"{at}[]")] if "items" in node else []
        if inner and not at.endswith(".from"):
            for part, place in inner:
                yield from walk(part, place)
        else:
            yield at.removesuffix("[]")

    return walk(schema, "")


POLICIES = [
    (page, policy)
    for page in PAGE_NAMES
    for policy in blocks(page, "yaml")
    if "version:" in policy
]


@pytest.mark.parametrize(("page", "policy"), POLICIES)
def test_every_policy_in_the_pages_loads(page: str, policy: str, tmp_path: Path) -> None:
    load(policy, tmp_path / f"{Path(page).stem}.yml")


(TUNED,) = blocks("docs/tuning.md", "yaml")
DEFAULT = "version: 1\nextends: [default]\n"


@pytest.mark.parametrize(("policy", "code"), [(TUNED, 0), (DEFAULT, 1)])
def test_the_cases_in_the_pages_pass_under_their_policy_and_tell_it_from_the_default(
    policy: str, code: int, tmp_path: Path
) -> None:
    (text,) = blocks("docs/tuning.md", "yml")
    (tmp_path / "cases.yml").write_text(text)
    (tmp_path / ".judgegate.yml").write_text(policy)
    done = run("policy", "test", ".", at=tmp_path)
    assert done.code == code, done.out + done.err
    assert ("ok an approval by a person who does not own billing" in done.out) is (
        code == 0
    )


def test_the_first_policy_on_the_front_page_makes_nothing_weaker(tmp_path: Path) -> None:
    (policy,) = [policy for policy in blocks("README.md", "yaml") if "version:" in policy]
    (tmp_path / "policy.yml").write_text(policy)
    rows = tuple(RULEBOOK.values())
    found = compare_policies(
        load_pack(rows, "default"), load_policy_file(rows, tmp_path / "policy.yml")
    )
    assert {difference.direction for difference in found} == {Direction.TIGHTER}


TABLE = read("docs/policy.md").partition("| condition |")[2].partition("\n\n")[0]
CONDITIONS = re.findall(r"^\| `(\w+: [^`.]+)` \|", TABLE, re.MULTILINE)


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_condition_in_the_page_is_one(condition: str, tmp_path: Path) -> None:
    rule = f"{{action: warn, cases: [{{when: {{{condition}}}, action: review}}]}}"
    load(
        f"version: 1\nextends: [default]\nrules:\n  security/insecure-code: {rule}\n",
        tmp_path / "policy.yml",
    )


def load(policy: str, file: Path) -> None:
    file.write_text(policy)
    load_policy_file(RULEBOOK.values(), file)


@pytest.mark.parametrize("page", DOCUMENTS)
def test_links_lead_somewhere(page: str) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)]+)\)", read(page)):
        name, _, anchor = target.partition("#")
        file = (ROOT / page).parent / name if name else ROOT / page
        assert file.exists(), target
        assert not anchor or anchor in anchors(file), target


def anchors(page: Path) -> set[str]:
    """As GitHub makes them: in lower case, without punctuation, with a hyphen for a space."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(), re.MULTILINE)
    return {
        re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings
    }


def test_every_page_can_be_reached_from_the_front_page() -> None:
    reached = {"README.md"}
    waiting = ["README.md"]
    while waiting:
        page = waiting.pop()
        for target in re.findall(r"\]\((?!https?://)([^)#]+\.md)[^)]*\)", read(page)):
            name = (
                (ROOT / page).parent.joinpath(target).resolve().relative_to(ROOT).as_posix()
            )
            if name not in reached:
                reached.add(name)
                waiting.append(name)
    assert set(DOCUMENTS) <= reached


def test_the_workflow_on_the_front_page_is_the_short_form_of_the_one_to_copy() -> None:
    (text,) = [
        block for block in blocks("README.md", "yaml") if "pull_request_target" in block
    ]
    short, whole = (
        yaml.safe_load(text),
        yaml.safe_load(read("docs/workflows/judgegate.yml")),
    )
    job, full = short["jobs"]["judge"], whole["jobs"]["judge"]
    # YAML's version 1.1 reads the key `on` as true.
    assert set(short[True]) < set(whole[True])
    assert set(short[True]["pull_request_review"]["types"]) < set(
        whole[True]["pull_request_review"]["types"]
    )
    assert short["permissions"] == full["permissions"]
    assert (job["runs-on"], job["timeout-minutes"]) == (
        full["runs-on"],
        full["timeout-minutes"],
    )
    assert job["steps"][0]["uses"].partition("@")[0] in {
        step["uses"].partition("@")[0] for step in full["steps"]
    }


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_make_has_the_targets_that_the_pages_name(page: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", read(page))) <= targets


def test_help_lists_every_target() -> None:
    makefile = read("Makefile")
    (phony,) = re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert set(phony.split()) == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
