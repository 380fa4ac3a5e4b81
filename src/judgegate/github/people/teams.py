"""The teams that the policy and the base's code owners name: those that membership must be asked of."""

from collections.abc import Iterator

from judgegate.change.repository import Repository
from judgegate.model.change import Change
from judgegate.model.verdict import Standing
from judgegate.pipeline.git_tree import authority
from judgegate.policy.model import PolicyFile
from judgegate.policy.policy import Policy
from judgegate.review.owners import find_owners


def find_teams(repository: Repository, change: Change, policy: Policy) -> tuple[str, ...]:
    """`org/team`, case-folded and sorted: those that own a file of the change, and all that a policy names."""
    owners = find_owners(authority(repository, change).read)
    named = {
        owner
        for file in change.files
        for owner in owners.owners_of(file.path)
        if owner.startswith("@") and "/" in owner
    }
    standings = (standing for file in policy.layers for standing in _standings_in(file))
    named |= {str(standing.value) for standing in standings if standing.kind == "team"}
    return tuple(sorted(name.removeprefix("@").casefold() for name in named))


def _standings_in(file: PolicyFile) -> Iterator[Standing]:
    yield from file.override.value if file.override else ()
    blocks = [file.review]
    for rule in file.rules.values():
        blocks.append(rule.sets.review)
        blocks += [case.sets.review for case in (rule.cases.value if rule.cases else ())]
    for block in blocks:
        yield from block.standings.value if block.standings else ()
