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
    assert policy.source.digest == "sha256:5d54e9f692bd59ec4c28986f6586417163049ad0e604e192f24019c93abe86f3"
    assert policy.plan().digest == "sha256:41d74160ec92312357f5245f780289b69774b497f6f7c0082cf53ed0f24a65a1"


@pytest.mark.parametrize(
    ("pack", "digest"),
    [
        ("default", "sha256:4ccaa91a711db1c29b3201b0234fff45612c77ca0a36d3287c52932d18a5f135"),
        ("strict", "sha256:026a5fca046749952a39ecefc1e418652056bb253056121bceb9c95df0a1acbb"),
    ],
)
def test_a_pack_that_did_not_change_keeps_its_digest(pack: str, digest: str) -> None:
    """Whoever changes what a pack says changes its digest here, too."""
    assert load_pack(RULEBOOK.values(), pack).source.digest == digest
