"""What the rules ask for, added up, so that one approval serves all that it may serve."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from judgegate.model.verdict import Standing
from judgegate.policy.terms import AuthorApproval, ReviewTerms
from judgegate.review.owners import CodeOwners

CODE_OWNERS = Standing("code_owners")
WRITERS = (Standing("permission", "write"),)

Group = tuple[Standing, ...]
"""Any one of these standings will do."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A rule that asks for a review, because of `paths` (none: the change as a whole).

    `fallback` is the policy's own `review.from`, for files that no code owner owns. `non_negotiable`: no attestation will do.
    """

    rule: str
    terms: ReviewTerms
    paths: tuple[str, ...] = ()
    non_negotiable: bool = False
    fallback: tuple[Standing, ...] = WRITERS


@dataclass(frozen=True, slots=True)
class Claim:
    """What one or more rules ask for alike: an approval from each of the groups, and `terms.approvals` from all of them together."""

    rules: tuple[str, ...]
    terms: ReviewTerms
    groups: tuple[Group, ...]
    non_negotiable: bool

    @property
    def is_attestable(self) -> bool:
        """Whether the word of an admin with a part in the change will do. Never for what is not negotiable."""
        return self.terms.author is AuthorApproval.ATTEST and not self.non_negotiable

    @property
    def standings(self) -> Group:
        """Whoever stands in any of the groups."""
        return tuple(dict.fromkeys(standing for group in self.groups for standing in group))


def add_up(asks: Iterable[Ask], owners: CodeOwners) -> tuple[Claim, ...]:
    """The claims, each of different people or terms, in the order of their rules.

    What a rule asks for file by file is first put together, because its code owners are those of all the files that raised it. Then
    what several rules ask of the same people in the same way becomes one claim, of the largest number of approvals.
    """
    claims: dict[Claim, tuple[set[str], int]] = {}
    for ask in _by_rule(asks):
        alike = Claim((), replace(ask.terms, approvals=1), _groups(ask, owners), ask.non_negotiable)
        rules, approvals = claims.get(alike, (set(), 0))
        claims[alike] = (rules | {ask.rule}, max(approvals, ask.terms.approvals))
    added = [
        replace(alike, rules=tuple(sorted(rules)), terms=replace(alike.terms, approvals=approvals))
        for alike, (rules, approvals) in claims.items()
    ]
    return tuple(sorted(added, key=lambda claim: (claim.rules, str(claim.groups), str(claim.terms))))


def _by_rule(asks: Iterable[Ask]) -> list[Ask]:
    """One ask for each rule and way to ask, with all paths; asking for no approval asks for nothing."""
    paths: dict[Ask, set[str]] = {}
    for ask in asks:
        if ask.terms.approvals > 0:
            terms = replace(ask.terms, standings=_ordered(ask.terms.standings))
            paths.setdefault(replace(ask, terms=terms, paths=()), set()).update(ask.paths)
    return [replace(ask, paths=tuple(sorted(found))) for ask, found in paths.items()]


def _groups(ask: Ask, owners: CodeOwners) -> tuple[Group, ...]:
    """Without code owners one group; else one for each set of owners. Others whom the ask names stand in every group."""
    if CODE_OWNERS not in ask.terms.standings:
        return (ask.terms.standings,)
    others = tuple(standing for standing in ask.terms.standings if standing != CODE_OWNERS)
    groups = {(*others, *_owners(path, owners, ask.fallback)) for path in ask.paths}
    return tuple(sorted((_ordered(group) for group in groups or {(*others, *_anybody(ask.fallback))}), key=str))


def _owners(path: str, owners: CodeOwners, fallback: Group) -> Group:
    return tuple(_owner(name) for name in owners.owners_of(path)) or _anybody(fallback)


def _anybody(fallback: Group) -> Group:
    """Whoever may review what nobody owns; where the policy names code owners alone, whoever can write."""
    return tuple(standing for standing in fallback if standing != CODE_OWNERS) or WRITERS


def _owner(name: str) -> Standing:
    """A code owner as a standing; GitHub's names do not tell upper from lower case."""
    if not name.startswith("@"):
        return Standing("address", name.casefold())
    return Standing("team" if "/" in name else "user", name.removeprefix("@").casefold())


def _ordered(standings: Group) -> Group:
    return tuple(sorted(set(standings), key=lambda standing: (standing.kind, standing.value or "")))
