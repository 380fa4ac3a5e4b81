"""What needs no check, and what is accepted for a while."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from judgegate.model.change import LINK_MODE, SUBMODULE_MODE, Blob
from judgegate.policy.policy import Policy
from judgegate.policy.waivers import Waivable
from tests.policy.policies import load, load_over

if TYPE_CHECKING:
    from judgegate.policy.waivers import Waiver

FILE, EXECUTABLE = Blob(0o100644, "a" * 40, 1), Blob(0o100755, "a" * 40, 1)
LINK, SUBMODULE = Blob(LINK_MODE, "a" * 40, 1), Blob(SUBMODULE_MODE, "a" * 40, None)

EXEMPTING = """\
version: 1
extends: []
exempt:
  - {name: prose, paths: [docs/], suffixes: [.md, .TXT], except: ["CHANGELOG*"], reason: Prose.}
  - {name: builds, never: true, paths: ["Dockerfile*"], reason: They run.}
"""


def exempting(text: str = EXEMPTING, files: dict[str, str] | None = None) -> Policy:
    return load(text, files)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.md", "prose"),
        ("deep/er/a.md", "prose"),
        ("README.MD", "prose"),
        ("a.txt", "prose"),
        ("docs/anything", "prose"),
        ("CHANGELOG.md", None),
        ("docs/CHANGELOG", None),
        ("a.md/run", None),
        ("a.md.sh", None),
        (".md", None),
        ("md", None),
        ("a.md\n", None),
        ("Dockerfile.md", None),
        ("docs/Dockerfile", None),
        ("a.\udcff", None),
    ],
)
def test_an_exemption_goes_by_path_or_by_the_last_suffix_of_the_name(
    path: str, name: str | None
) -> None:
    found = exempting().exemption(path, FILE)
    assert (found.name if found else None) == name


@pytest.mark.parametrize(
    "sides",
    [
        (LINK,),
        (SUBMODULE,),
        (EXECUTABLE,),
        (FILE, EXECUTABLE),
        (EXECUTABLE, FILE),
        (None, LINK),
        (FILE, FILE, SUBMODULE),
        (),
        (None, None),
    ],
)
def test_a_link_a_submodule_an_executable_and_what_has_no_side_are_never_exempt(
    sides: tuple[Blob | None, ...],
) -> None:
    assert exempting().exemption("a.md", *sides) is None


@pytest.mark.parametrize("sides", [(FILE,), (None, FILE), (FILE, None), (FILE, FILE)])
def test_added_deleted_and_modified_files_are_exempt_alike(
    sides: tuple[Blob | None, ...],
) -> None:
    assert exempting().exemption("a.md", *sides) is not None


def test_a_later_layer_adds_entries_and_replaces_them_by_name() -> None:
    files = {"a.yml": EXEMPTING}
    policy = exempting(
        "version: 1\nextends: [a.yml]\nexempt: [{name: prose, suffixes: [.rst], reason: Mine.}]\n",
        files,
    )
    assert [
        bool(policy.exemption(path, FILE)) for path in ("a.rst", "a.md", "Dockerfile.rst")
    ] == [
        True,
        False,
        True,
    ]


def test_a_later_layer_takes_an_entry_back_by_its_name() -> None:
    policy = exempting(
        "version: 1\nextends: [a.yml]\nexempt: [{name: prose, never: true, reason: Mine.}]\n",
        {"a.yml": EXEMPTING},
    )
    assert policy.exemption("a.md", FILE) is None


def waiving(**changes: str) -> Policy:
    """A policy with one waiver."""
    fields = {
        "rule": "security/insecure-code",
        "paths": "[src/]",
        "owner": '"@alice"',
        "reason": "Soon.",
        "expires": "2027-01-31",
    }
    entry = ", ".join(
        f"{key}: {value}" for key, value in {**fields, **changes}.items() if value
    )
    rules = "rules:\n  security/insecure-code: {action: block}\n"
    return load(f"version: 1\nextends: []\n{rules}waivers:\n  - {{{entry}}}\n")


TODAY = date(2027, 1, 1)
FINDING = Waivable("security/insecure-code", "src/a.py", "B602", "1:0123456789abcdef")


@pytest.mark.parametrize(
    ("changes", "lifts"),
    [
        ({}, True),
        ({"paths": "[lib/]"}, False),
        ({"rule": "architecture/complex-function"}, False),
        ({"code": "B602"}, True),
        ({"code": "[B1*, B6*]"}, True),
        ({"code": "B603"}, False),
        ({"paths": "", "fingerprint": '"1:0123456789abcdef"'}, True),
        ({"fingerprint": '["1:0123456789abcdee"]'}, False),
        ({"expires": "2027-01-01"}, True),
        ({"expires": "2026-12-31"}, False),
    ],
)
def test_a_waiver_lifts_what_it_speaks_of_until_its_day(
    changes: dict[str, str], lifts: bool
) -> None:
    waiver = waiving(**changes).find_waiver(FINDING, TODAY, {})
    assert (waiver is not None) is lifts


def test_a_waiver_says_who_owes_what_and_until_when() -> None:
    (waiver,) = waiving(max="2").waivers
    assert (waiver.owner, waiver.reason, waiver.expires, waiver.at_most) == (
        "@alice",
        "Soon.",
        date(2027, 1, 31),
        2,
    )
    assert str(waiver.place) == ".judgegate.yml:6:5"


def test_a_waiver_lifts_no_more_findings_than_it_says() -> None:
    policy = waiving(max="2")
    (waiver,) = policy.waivers
    assert [policy.find_waiver(FINDING, TODAY, {waiver: used}) for used in (0, 1, 2)] == [
        waiver,
        waiver,
        None,
    ]
    assert waiving().find_waiver(FINDING, TODAY, {waiving().waivers[0]: 1}) is None


def test_a_finding_without_path_or_code_is_waived_by_its_fingerprint_only() -> None:
    whole = Waivable("security/insecure-code", None, None, "1:0123456789abcdef")
    assert waiving().find_waiver(whole, TODAY, {}) is None
    assert (
        waiving(paths="", fingerprint='"1:0123456789abcdef"').find_waiver(whole, TODAY, {})
        is not None
    )
    assert (
        waiving(paths="", fingerprint='"1:0123456789abcdef"', code="B6*").find_waiver(
            whole, TODAY, {}
        )
        is None
    )


def test_waivers_add_up_over_the_layers(tmp_path: Path) -> None:
    entry = '- {rule: security/insecure-code, paths: [a.py], owner: "@bob", reason: Soon., expires: 2027-01-31}'
    text = f"version: 1\nextends: []\nwaivers:\n  {entry}\n"
    assert len(load_over(text, text, tmp_path).waivers) == 2


def test_a_waiver_does_nothing_on_a_non_negotiable_rule(tmp_path: Path) -> None:
    organisation = "version: 1\nextends: []\nrules:\n  security/insecure-code: {action: block, non_negotiable: true}\n"
    entry = '- {rule: security/insecure-code, paths: [src/], owner: "@bob", reason: Soon., expires: 2027-01-31}'
    policy = load_over(
        organisation, f"version: 1\nextends: []\nwaivers:\n  {entry}\n", tmp_path
    )
    assert policy.find_waiver(FINDING, TODAY, {}) is None
    assert len(policy.waivers) == 1


@pytest.mark.parametrize("rule", ["oversight/unanalysed", "oversight/policy-change"])
def test_nothing_lifts_what_stands_for_the_unseen(rule: str) -> None:
    assert (
        waiving().find_waiver(
            Waivable(rule, "src/a.py", None, "1:0123456789abcdef"), TODAY, {}
        )
        is None
    )


def test_two_waivers_are_used_one_after_the_other() -> None:
    entry = '- {rule: security/insecure-code, paths: [src/], owner: "@bob", reason: %s, expires: 2027-01-31}'
    policy = load(
        f"version: 1\nextends: []\nwaivers:\n  {entry % 'One'}\n  {entry % 'Two'}\n"
    )
    one, two = policy.waivers
    used: dict[Waiver, int] = {}
    found = []
    for _ in range(3):
        waiver = policy.find_waiver(FINDING, TODAY, used)
        found.append(waiver)
        if waiver:
            used[waiver] = used.get(waiver, 0) + 1
    assert found == [one, two, None]
