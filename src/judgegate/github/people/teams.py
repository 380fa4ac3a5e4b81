"""The teams that the base's policy and code owners name: those that membership must be asked of."""

from collections.abc import Iterator
from pathlib import Path

from judgegate.change import Repository
from judgegate.gate.policies import RULES
from judgegate.gate.trees import GitTree, authority
from judgegate.model.change import Change
from judgegate.model.verdict import Standing
from judgegate.policy import PolicyError, load_organisation, load_policy
from judgegate.policy.model import PolicyFile
from judgegate.review import find_owners


def find_teams(repository: Repository, change: Change, org_policy: Path | None = None) -> tuple[str, ...]:
    """`org/team`, case-folded and sorted: those that own a file of the change, and all that a policy names."""
    tree = authority(repository, change)
    owners = find_owners(tree.read)
    named = {owner for file in change.files for owner in owners.owners_of(file.path) if owner.startswith("@") and "/" in owner}
    named |= {str(standing.value) for standing in _standings(tree, org_policy) if standing.kind == "team"}
    return tuple(sorted(name.removeprefix("@").casefold() for name in named))


def _standings(tree: GitTree, org_policy: Path | None) -> Iterator[Standing]:
    organisation = load_organisation(RULES, org_policy) if org_policy is not None else None
    try:
        layers = load_policy(RULES, tree, commit=tree.oid, organisation=organisation).layers
    except PolicyError:
        # The pack that stands in for it names no team.
        layers = organisation.files if organisation is not None else ()
    for file in layers:
        yield from _standings_in(file)


def _standings_in(file: PolicyFile) -> Iterator[Standing]:
    yield from file.override.value if file.override else ()
    blocks = [file.review]
    for rule in file.rules.values():
        blocks.append(rule.sets.review)
        blocks += [case.sets.review for case in (rule.cases.value if rule.cases else ())]
    for block in blocks:
        yield from block.standings.value if block.standings else ()
