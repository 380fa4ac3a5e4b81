"""Where a policy comes from: the base, a file on disk, a shipped pack."""

import os
from pathlib import Path

import pytest

from judgegate.model.errors_and_exit_codes import UsageError
from judgegate.model.levels import Action, FailOn
from judgegate.policy.loading import (
    DiskReader,
    load_organisation,
    load_pack,
    load_policy,
    load_policy_file,
)
from judgegate.policy.policy import Plan
from judgegate.policy.problems import PolicyError
from judgegate.policy.provenance import TeamSignal
from judgegate.policy.resource_limits import LimitTerms
from tests.policy.policies import ROWS, MemoryReader, ask, load

INSECURE = "security/insecure-code"
TEXT = "version: 1\nextends: [more.yml]\nfail_on: block\n"
MORE = "version: 1\nrules:\n  security/insecure-code: {action: warn}\n"


def test_the_bases_policy_is_read_through_its_reader() -> None:
    policy = load(TEXT, {"more.yml": MORE})
    assert (policy.source.source, policy.source.commit) == (".judgegate.yml", "c" * 40)
    assert policy.paths == (".judgegate.yml", "more.yml")
    assert policy.resolve(INSECURE, ask()).action is Action.WARN


def test_without_a_policy_the_pack_default_stands_and_a_first_policy_is_watched_for() -> (
    None
):
    policy = load_policy(ROWS, MemoryReader({}), commit="c" * 40)
    assert (policy.source.source, policy.source.commit) == ("pack default", None)
    assert policy.paths == (".judgegate.yml",)


def test_a_policy_that_does_not_load_names_the_files_that_it_was_read_from() -> None:
    with pytest.raises(PolicyError) as caught:
        load(TEXT, {"more.yml": "version: 1\nfail_on: maybe\n"})
    assert caught.value.paths == (".judgegate.yml", "more.yml")


def test_an_unknown_pack_is_told() -> None:
    with pytest.raises(
        PolicyError, match=r'packs: unknown pack "strickt"; did you mean "strict"\?'
    ):
        load_pack(ROWS, "strickt")


def test_a_policy_on_disk_is_read_with_the_files_beside_it(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(TEXT)
    (tmp_path / "more.yml").write_text(MORE)
    policy = load_policy_file(ROWS, tmp_path / "mine.yml")
    assert policy.source.source == str(tmp_path / "mine.yml")
    assert policy.paths == ()
    assert policy.fail_on is FailOn.BLOCK
    assert str(policy.resolve(INSECURE, ask()).decided_by) == f"{tmp_path}/more.yml:3:36"


def test_problems_on_disk_name_the_file_as_it_was_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.yml").write_text("version: 1\nextends: []\nfail_on: maybe\n")
    with pytest.raises(
        PolicyError, match=r"(?m)^mine\.yml:3:10: expected never, block or review"
    ):
        load_policy_file(ROWS, Path("mine.yml"))


@pytest.mark.parametrize("load_file", [load_policy_file, load_organisation])
def test_a_file_that_is_not_there_is_wrong_usage(tmp_path: Path, load_file: object) -> None:
    assert callable(load_file)
    for path in (tmp_path / "missing.yml", tmp_path, tmp_path / "file" / "below"):
        with pytest.raises(UsageError, match="There is no policy at"):
            load_file(ROWS, path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yml")
    with pytest.raises(UsageError, match="There is no policy at"):
        load_policy_file(ROWS, tmp_path / "pipe.yml")


def test_files_beside_are_read_without_following_links(tmp_path: Path) -> None:
    outside, root = tmp_path / "outside", tmp_path / "root"
    outside.mkdir()
    root.mkdir()
    (outside / "secret.yml").write_text("secret")
    (root / "link.yml").symlink_to(outside / "secret.yml")
    (root / "folder").symlink_to(outside)
    (root / "real").mkdir()
    (root / "real" / "file.yml").write_text("plain")
    reader = DiskReader(root)
    assert reader.read("real/file.yml") == b"plain"
    assert [
        reader.read(path)
        for path in (
            "link.yml",
            "folder/secret.yml",
            "real",
            "missing.yml",
            "real/file.yml/x",
        )
    ] == [None] * 5


def test_a_file_that_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: File name too long"):
        DiskReader(tmp_path).read("x" * 300)


def test_an_organisations_policy_must_load_by_itself(tmp_path: Path) -> None:
    file = tmp_path / "org.yml"
    file.write_text(
        "version: 1\nextends: [strict]\nrules:\n  security/insecure-code: {action: maybe}\n"
    )
    with pytest.raises(PolicyError, match="expected off, warn, review or block"):
        load_organisation(ROWS, file)


def test_what_the_organisation_extends_lies_beneath_it(tmp_path: Path) -> None:
    (tmp_path / "org.yml").write_text("version: 1\nextends: [advisory, beside.yml]\n")
    (tmp_path / "beside.yml").write_text(
        "version: 1\nrules:\n  security/insecure-code: {action: block}\n"
    )
    organisation = load_organisation(ROWS, tmp_path / "org.yml")
    assert [file.file.rpartition("/")[2] for file in organisation.files] == [
        "beside.yml",
        "org.yml",
    ]
    policy = load_pack(ROWS, "default", organisation=organisation)
    assert policy.resolve(INSECURE, ask(code="B404")).action is Action.BLOCK
    assert policy.fail_on is FailOn.NEVER


RULES = "rules:\n  security/insecure-code: {action: warn}\n  architecture/complex-function: {action: off}\n"


def test_the_plan_holds_what_can_fire_and_no_judgement() -> None:
    plan = load(f"version: 1\nextends: []\n{RULES}").plan()
    assert plan == Plan(
        (
            *sorted(
                {INSECURE, "oversight/policy-change", "oversight/unanalysed"}, reverse=False
            ),
        ),
        LimitTerms(),
        (),
    )
    sterner = load(f"version: 1\nextends: []\n{RULES.replace('warn', 'block')}").plan()
    assert sterner.digest == plan.digest


def test_a_rule_that_only_a_case_or_a_later_layer_wakes_is_in_the_plan(
    tmp_path: Path,
) -> None:
    case = "  architecture/complex-function: {action: off, cases: [{when: {provenance: ai}, action: warn}]}"
    policy = load(f"version: 1\nextends: []\nrules:\n{case}\n")
    assert "architecture/complex-function" in policy.plan().rules
    assert policy.switched_off(INSECURE)
    (tmp_path / "org.yml").write_text(
        "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: off, non_negotiable: true}\n"
    )
    organisation = load_organisation(ROWS, tmp_path / "org.yml")
    reader = MemoryReader(
        {
            ".judgegate.yml": b"version: 1\nextends: []\nrules:\n  security/insecure-code: {action: warn}\n"
        }
    )
    assert not load_policy(ROWS, reader, organisation=organisation).switched_off(INSECURE)


def test_the_rules_on_what_nobody_saw_are_never_switched_off() -> None:
    policy = load(f"version: 1\nextends: []\n{RULES}")
    assert not policy.switched_off("oversight/unanalysed")
    assert policy.resolve("oversight/unanalysed", ask()).action is Action.REVIEW
    assert policy.switched_off("oversight/ai-assisted")


def test_a_teams_own_signals_are_part_of_the_plan() -> None:
    text = f"version: 1\nextends: []\nprovenance: {{signals: {{add: [{{tool: robot, kind: trailer_key, pattern: Robot}}]}}}}\n{RULES}"
    plan = load(text).plan()
    (signal,) = plan.signals
    assert isinstance(signal, TeamSignal)
    assert (
        signal.tool,
        signal.kind,
        signal.pattern,
        signal.confidence.value,
        signal.role.value,
    ) == (
        "robot",
        "trailer_key",
        "Robot",
        "strong",
        "authored",
    )


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (
            "# A comment\nversion: 1\nextends: []\nrules:\n  security/insecure-code:\n    why: Because.\n    action: warn\n",
            True,
        ),
        (
            "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: 'warn', why: Because.}\n",
            True,
        ),
        (
            "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: block, why: Because.}\n",
            False,
        ),
        (
            "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: warn, why: No.}\n",
            False,
        ),
        (
            "version: 1\nextends: []\nfail_on: never\nrules:\n  security/insecure-code: {action: warn, why: Because.}\n",
            False,
        ),
    ],
)
def test_the_digest_is_that_of_what_holds(text: str, same: bool) -> None:
    base = load(
        "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: warn, why: Because.}\n"
    )
    assert base.source.digest.startswith("sha256:")
    assert (load(text).source.digest == base.source.digest) is same
