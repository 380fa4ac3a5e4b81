"""Digests stand in published reports and in kept analyses: the same policy has the same one, whatever our classes are called."""

from pathlib import Path

import pytest

from judgegate.checks.registry import RULEBOOK
from judgegate.policy.loading import load_pack, load_policy_file

EVERY_KIND = """\
version: 1
extends: [default]
provenance:
  gate_on: weak
  signals: {add: [{tool: x, kind: trailer, pattern: 'Made-by: x', confidence: certain, role: authored}]}
limits: {cpu_seconds: 12}
override: {from: [{team: a/b}]}
rules:
  security/insecure-code:
    cases:
      - when: {any: [{severity: high}, {paths: ["a/**"]}, {not: {labels: [x]}}]}
        action: block
        review: {approvals: 2, from: [code_owners], stale: never}
  reliability/x: {message: m, regex: {pattern: 'foo'}, action: warn}
  reliability/y: {message: m, files: {paths: ["b/**"]}, action: warn}
  reliability/z: {message: m, size: {max_added_lines: 5}, action: warn}
  architecture/i: {message: m, imports: {forbidden: {from: [a], to: [b]}}, action: warn}
  architecture/j: {message: m, pattern: {language: python, code: "print($$$)"}, action: warn}
exempt: [{name: d, paths: ["x/**"], reason: r}]
waivers: [{rule: security/insecure-code, paths: [a.py], max: 2, reason: r, owner: "@a", expires: 2030-01-31}]
"""
"""One value of each kind that a policy can hold."""


def test_a_policy_with_every_kind_of_value_keeps_its_digests(tmp_path: Path) -> None:
    file = tmp_path / "policy.yml"
    file.write_text(EVERY_KIND)
    policy = load_policy_file(RULEBOOK.values(), file)
    assert (
        policy.source.digest
        == "sha256:1a3d5cd59b0050550b0e6d7eff564ef461463ef27279bd79169cf3d1e3c7759e"
    )
    assert (
        policy.plan().digest
        == "sha256:41d74160ec92312357f5245f780289b69774b497f6f7c0082cf53ed0f24a65a1"
    )


@pytest.mark.parametrize(
    ("pack", "digest"),
    [
        (
            "default",
            "sha256:23c790fe9fc6bf38cb09ece4fe292f764a9d74ebba37a7c916203888662bdf64",
        ),
        (
            "strict",
            "sha256:ec5509b5a9d949eb30583f34f40fd86d24830183ff1a4db5cdabbe4fc2726d59",
        ),
    ],
)
def test_a_pack_that_did_not_change_keeps_its_digest(pack: str, digest: str) -> None:
    """Whoever changes what a pack says changes its digest here, too."""
    assert load_pack(RULEBOOK.values(), pack).source.digest == digest


@pytest.mark.parametrize(
    ("limits", "is_same"),
    [
        ("files: 20000, bytes: 256000000", True),
        ("files: 20001", False),
        ("bytes: 256000001", False),
    ],
)
def test_a_limit_that_is_newer_than_the_digest_is_in_it_only_where_it_is_another(
    tmp_path: Path, limits: str, is_same: bool
) -> None:
    plain, limited = tmp_path / "plain.yml", tmp_path / "limited.yml"
    plain.write_text("version: 1\nextends: [default]\n")
    limited.write_text(f"version: 1\nextends: [default]\nlimits: {{{limits}}}\n")
    digests = [
        load_policy_file(RULEBOOK.values(), one).plan().digest for one in (plain, limited)
    ]
    assert (digests[0] == digests[1]) is is_same
