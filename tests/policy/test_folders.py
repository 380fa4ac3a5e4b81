"""A part of a monorepo has its own policy, which may do as it likes in its folder and only tighten outside."""

import pytest

from judgegate.model.change import Blob
from judgegate.model.levels import Action, FailOn
from tests.policy.policies import ask, lines_of, load

INSECURE = "security/insecure-code"
ROOT = """\
version: 1
extends: [services/pay/.judgegate.yml, services/shop/.judgegate.yml]
fail_on: block
review: {approvals: 2}
rules:
  security/insecure-code: {action: review}
"""
PAY = """\
version: 1
fail_on: review
review: {approvals: 1}
exempt:
  - {name: notes, paths: [notes/, /top.bin], reason: Prose.}
rules:
  security/insecure-code:
    action: warn
    cases:
      - when: {paths: ["/core/", "*_gen.py"]}
        action: block
"""
SHOP = "version: 1\nrules:\n  security/insecure-code: {action: off}\n"
FILES = {"services/pay/.judgegate.yml": PAY, "services/shop/.judgegate.yml": SHOP}
BLOB = Blob(0o100644, "a" * 40, 1)


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("services/pay/a.py", Action.WARN),
        ("services/pay/core/a.py", Action.BLOCK),
        ("services/pay/lib/core/a.py", Action.WARN),
        ("services/pay/lib/x_gen.py", Action.BLOCK),
        (
            "services/shop/a.py",
            Action.WARN,
        ),  # its own policy says off, and that of the other folder tightens outside
        ("services/payments/a.py", Action.REVIEW),
        ("core/a.py", Action.REVIEW),
        (None, Action.REVIEW),
    ],
)
def test_a_folders_policy_holds_in_its_folder(path: str | None, action: Action) -> None:
    assert load(ROOT, FILES).resolve(INSECURE, ask(path)).action is action


def test_outside_its_folder_it_only_tightens() -> None:
    strict = {**FILES, "services/shop/.judgegate.yml": SHOP.replace("off", "block")}
    assert load(ROOT, strict).resolve(INSECURE, ask("core/a.py")).action is Action.BLOCK


def test_terms_of_the_whole_are_only_tightened() -> None:
    policy = load(ROOT, FILES)
    assert policy.fail_on is FailOn.REVIEW
    assert policy.resolve(INSECURE, ask("core/a.py")).review.approvals == 2
    assert policy.resolve(INSECURE, ask("services/pay/a.py")).review.approvals == 1


@pytest.mark.parametrize(
    ("path", "exempt"),
    [
        ("services/pay/notes/a.bin", True),
        ("services/pay/lib/notes/a.bin", True),
        ("services/pay/top.bin", True),
        ("services/pay/lib/top.bin", False),
        ("notes/a.bin", False),
        ("top.bin", False),
    ],
)
def test_its_exemptions_hold_in_its_folder(path: str, exempt: bool) -> None:
    assert (load(ROOT, FILES).exemption(path, BLOB) is not None) is exempt


def test_a_folder_with_special_characters_means_itself() -> None:
    files = {
        "a [b]/.judgegate.yml": 'version: 1\nexempt: [{name: a, paths: ["*.bin"], reason: Data.}]\n'
    }
    policy = load('version: 1\nextends: ["a [b]/.judgegate.yml"]\nrules: {}\n', files)
    assert policy.exemption("a [b]/x/y.bin", BLOB)
    assert not policy.exemption("a b/y.bin", BLOB)


def test_a_rule_is_off_everywhere_only_if_it_is_off_in_each_folder() -> None:
    off = "version: 1\nextends: [services/pay/.judgegate.yml]\nrules:\n  security/insecure-code: {action: off}\n"
    assert not load(off, FILES).switched_off(INSECURE)
    quiet = {"services/pay/.judgegate.yml": SHOP}
    assert load(off, quiet).switched_off(INSECURE)


def test_what_one_folder_makes_non_negotiable_binds_no_other() -> None:
    sealed = {
        **FILES,
        "services/pay/.judgegate.yml": PAY.replace(
            "action: warn", "action: warn\n    non_negotiable: true"
        ),
    }
    policy = load(ROOT, sealed)
    assert policy.is_non_negotiable(INSECURE, "services/pay/a.py")
    assert not policy.is_non_negotiable(INSECURE, "services/shop/a.py")
    assert not policy.is_non_negotiable(INSECURE)


def test_any_other_file_in_a_folder_speaks_of_the_whole() -> None:
    policy = load(
        "version: 1\nextends: [conf/rules.yml]\n",
        {"conf/rules.yml": PAY.replace("cases", "cases")},
    )
    assert policy.resolve(INSECURE, ask("core/a.py")).action is Action.BLOCK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "version: 1\nextends: [default]\n",
            "pay/.judgegate.yml:2:11: a folder's own policy can extend only files: a pack would apply to the whole repository",
        ),
        (
            "version: 1\nnon_negotiable: [exempt]\n",
            "pay/.judgegate.yml:2:18: a folder's own policy can make single rules non-negotiable, but not blocks of the whole repository",
        ),
    ],
)
def test_a_folders_policy_cannot_speak_for_the_whole(text: str, expected: str) -> None:
    assert lines_of(
        "version: 1\nextends: [pay/.judgegate.yml]\n", {"pay/.judgegate.yml": text}
    ) == [expected]


def test_a_file_beside_a_folders_policy_belongs_to_the_folder() -> None:
    files = {
        "pay/.judgegate.yml": "version: 1\nextends: [more.yml]\n",
        "pay/more.yml": SHOP,
    }
    policy = load(
        "version: 1\nextends: [pay/.judgegate.yml]\nrules:\n  security/insecure-code: {action: block}\n",
        files,
    )
    assert policy.resolve(INSECURE, ask("pay/a.py")).action is Action.OFF
    assert policy.resolve(INSECURE, ask("a.py")).action is Action.BLOCK
