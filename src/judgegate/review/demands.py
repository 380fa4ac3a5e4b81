"""What is asked for, put together from all rules, and which approvals count for it.

Of the others it says why they do not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.approvals import (
    Approvals,
    Attestation,
    Person,
    Review,
    ReviewState,
    Unchecked,
)
from judgegate.model.verdict import Ignored, Standing
from judgegate.policy.review import AuthorApproval, ReviewTerms, Stale
from judgegate.review.eligibility import (
    bars,
    fault_of,
    latest_decisive,
    part_of,
    refuse_standing,
    stands,
)
from judgegate.review.owners import CodeOwners

CODE_OWNERS = Standing("code_owners")
WRITERS = (Standing("permission", "write"),)

Group = tuple[Standing, ...]
"""Any one of these standings will do."""


class Ask(Struct, frozen=True):
    """A rule that asks for a review, because of `paths` (none: the change as a whole).

    `fallback` is the policy's own `review.from`, for files that no code owner owns.
    `non_negotiable`: no attestation will do.
    """

    rule: str
    terms: ReviewTerms
    paths: tuple[str, ...] = ()
    non_negotiable: bool = False
    fallback: tuple[Standing, ...] = WRITERS


class DemandClaim(Struct, frozen=True):
    """What one or more rules ask for alike.

    That is an approval from each of the groups, and `terms.approvals` from all of them together.
    """

    rules: tuple[str, ...]
    terms: ReviewTerms
    groups: tuple[Group, ...]
    non_negotiable: bool

    @property
    def is_attestable(self) -> bool:
        """Whether the word of an admin with a part in the change will do."""
        if self.non_negotiable:
            return False
        return self.terms.author is AuthorApproval.ATTEST

    @property
    def standings(self) -> Group:
        """The standings of all groups, each once."""
        return tuple(dict.fromkeys(chain.from_iterable(self.groups)))


def add_up(asks: Iterable[Ask], owners: CodeOwners) -> tuple[DemandClaim, ...]:
    """The claims, each of different people or terms, in the order of their rules.

    What a rule asks for file by file is first put together, because its code owners are those of
    all the files that raised it. Then what several rules ask of the same people in the same way
    becomes one claim, of the largest number of approvals.
    """
    claims: dict[DemandClaim, tuple[set[str], int]] = {}
    for ask in _by_rule(asks):
        alike = DemandClaim(
            (), replace(ask.terms, approvals=1), _groups(ask, owners), ask.non_negotiable
        )
        rules, approvals = claims.get(alike, (set(), 0))
        # One review serves every rule that asks alike, so the largest number is asked for and not
        # the sum.
        claims[alike] = (rules | {ask.rule}, max(approvals, ask.terms.approvals))
    added = [
        replace(
            alike,
            rules=tuple(sorted(rules)),
            terms=replace(alike.terms, approvals=approvals),
        )
        for alike, (rules, approvals) in claims.items()
    ]
    return tuple(sorted(added, key=_claim_order))


def _claim_order(claim: DemandClaim) -> tuple[object, ...]:
    # Groups and terms have no order of their own; any that is always the same will do.
    return claim.rules, str(claim.groups), str(claim.terms)


def _by_rule(asks: Iterable[Ask]) -> list[Ask]:
    """One ask for each rule and way to ask, with all paths."""
    paths: dict[Ask, set[str]] = defaultdict(set)
    for ask in asks:
        # To ask for no approval asks for nothing.
        if ask.terms.approvals <= 0:
            continue
        # In one order, so that the same people, however a policy lists them, make one ask.
        terms = replace(ask.terms, standings=_ordered(ask.terms.standings))
        paths[replace(ask, terms=terms, paths=())].update(ask.paths)
    return [replace(ask, paths=tuple(sorted(found))) for ask, found in paths.items()]


def _groups(ask: Ask, owners: CodeOwners) -> tuple[Group, ...]:
    """Without code owners one group; else one for each set of owners.

    Others whom the ask names are in every group.
    """
    if CODE_OWNERS not in ask.terms.standings:
        return (ask.terms.standings,)
    others = _without_owners(ask.terms.standings)
    # A set, because files with the same owners need one approval of them together and not one each.
    groups = {(*others, *_owners(path, owners, ask.fallback)) for path in ask.paths}
    # The change as a whole has no owners.
    groups = groups or {(*others, *_anybody(ask.fallback))}
    return tuple(sorted(map(_ordered, groups), key=str))


def _owners(path: str, owners: CodeOwners, fallback: Group) -> Group:
    """The owners of the path; where it has none, those who may review what has no owner."""
    owning = tuple(map(_owner, owners.owners_of(path)))
    return owning or _anybody(fallback)


def _anybody(fallback: Group) -> Group:
    """Those who may review what has no owner.

    Where the policy names code owners alone, that is everybody who can write.
    """
    return _without_owners(fallback) or WRITERS


def _without_owners(standings: Group) -> Group:
    return tuple(standing for standing in standings if standing != CODE_OWNERS)


def _owner(name: str) -> Standing:
    """A code owner as a standing; in GitHub's names upper and lower case are the same."""
    if not name.startswith("@"):
        return Standing("address", name.casefold())
    kind = "team" if "/" in name else "user"
    return Standing(kind, name.removeprefix("@").casefold())


def _ordered(standings: Group) -> Group:
    """The standings, each once, in an order that does not depend on the policy's."""
    return tuple(sorted(set(standings), key=_standing_order))


def _standing_order(standing: Standing) -> tuple[str, str]:
    return standing.kind, standing.value or ""


class Tally(Struct, frozen=True):
    """What became of a claim.

    `needed` approvals would do; `unserved` groups have none yet; `unmapped` names raised what is
    needed.
    """

    claim: DemandClaim
    counted: tuple[Review, ...]
    attested: tuple[Attestation, ...]
    refused: tuple[Ignored, ...]
    needed: int
    unserved: tuple[Group, ...]
    unmapped: tuple[str, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody whose approval or attestation counts."""
        return _people(self.counted, self.attested)

    @property
    def short(self) -> int:
        """How many are missing in all, from any group."""
        return max(0, self.needed - len(self.people))

    @property
    def missing(self) -> int:
        """How many are missing if no person is in two groups."""
        return max(self.short, len(self.unserved))


def _people(
    reviews: Iterable[Review], attestations: Iterable[Attestation]
) -> tuple[Person, ...]:
    return (
        *(review.person for review in reviews),
        *(attestation.person for attestation in attestations),
    )


def tally(
    claim: DemandClaim,
    approvals: Approvals,
    attestations: Iterable[Attestation],
    agents: Collection[str],
) -> Tally:
    """Sort the approvals into those that count for the claim and those that do not."""
    counted, refused_reviews = _sort_reviews(claim, approvals, agents)
    # One person is one approval, however they say it.
    approvers = {review.person.id for review in counted}
    further = [one for one in attestations if one.person.id not in approvers]
    attested, refused_attestations = _sort_attestations(claim, approvals, further)
    people = _people(counted, attested)
    # An admin who attests answers for the names without an account, too: what the extra approval
    # guards against, an approver with a part in the change, is then agreed to.
    unmapped = () if attested else unmapped_names(claim, approvals)

    def is_served(group: Group) -> bool:
        return any(stands(person, group, approvals) is True for person in people)

    return Tally(
        claim=claim,
        counted=tuple(counted),
        attested=tuple(attested),
        refused=(*refused_reviews, *refused_attestations),
        needed=claim.terms.approvals + len(unmapped),
        unserved=tuple(group for group in claim.groups if not is_served(group)),
        unmapped=unmapped,
    )


def _sort_reviews(
    claim: DemandClaim, approvals: Approvals, agents: Collection[str]
) -> tuple[list[Review], list[Ignored]]:
    """The approvals that count, and those that do not with the reason."""
    counted: list[Review] = []
    refused: list[Ignored] = []
    # Only what each person said last: somebody who approved and then asked for changes does not
    # approve any more.
    for review in latest_decisive(approvals.reviews):
        if review.state is not ReviewState.APPROVED:
            continue
        why = refuse_approval(review, claim, approvals, agents)
        if why:
            refused.append(Ignored(review.person.login, why))
        else:
            counted.append(review)
    return counted, refused


def _sort_attestations(
    claim: DemandClaim, approvals: Approvals, attestations: Iterable[Attestation]
) -> tuple[list[Attestation], list[Ignored]]:
    """The attestations that serve the claim, and those that do not with the reason."""
    attested: list[Attestation] = []
    refused: list[Ignored] = []
    for attestation in attestations:
        why = refuse_attestation(attestation.person, claim, approvals)
        if why:
            refused.append(Ignored(attestation.person.login, why))
        else:
            attested.append(attestation)
    return attested, refused


def unmapped_names(claim: DemandClaim, approvals: Approvals) -> tuple[str, ...]:
    """Names in the commits that no account is known for.

    Each could be one of the approvers, so each asks for one approval more.
    """
    # Reversed, so that of several spellings of a name the first one is reported.
    names = {
        one.name.casefold(): one.name
        for one in reversed(approvals.unmapped)
        if bars(one.part, claim.terms)
    }
    return tuple(names[key] for key in sorted(names))


def refuse_approval(
    review: Review, claim: DemandClaim, approvals: Approvals, agents: Collection[str]
) -> str | None:
    """Why the approval does not count for the claim, a clause; None if it does."""
    # What the person cannot change comes first: where it keeps them from approving, to approve
    # again would not help them.
    person = refuse_person(review.person, claim, approvals, agents)
    if isinstance(person, str):
        return person
    commit = _refuse_commit(review, claim, approvals)
    if commit:
        return commit
    # What could not be checked is no yes: an answer that the forge does not give must not open the
    # gate.
    return _describe_unchecked(person) if person else None


def _refuse_commit(review: Review, claim: DemandClaim, approvals: Approvals) -> str | None:
    """Why the commit that it approves is not good enough, a clause; None if it is."""
    # Even where approvals never grow stale, one must say what it approves.
    if review.commit is None:
        return "approved a commit that no longer exists"
    if claim.terms.stale is Stale.NEVER:
        return None
    # The approval says nothing of what came after it, unless that only carried the base in.
    if review.commit in {approvals.head, *approvals.carried}:
        return None
    return f"approved another commit ({review.commit[:7]})"


def refuse_person(
    person: Person, claim: DemandClaim, approvals: Approvals, agents: Collection[str]
) -> str | Unchecked | None:
    """Why an approval of this person, of whatever commit, would not count; None if it would."""
    # The approval of a bot, of an agent, or of an account without a person behind it is no
    # person's judgement.
    fault = fault_of(person, agents)
    if fault:
        return fault
    # Somebody with a part in the change would approve their own work.
    part = part_of(person, approvals, claim.terms)
    if part:
        return part
    # The rest are people, but the policy may ask for others.
    return refuse_standing(person, claim.standings, approvals)


def refuse_attestation(
    person: Person, claim: DemandClaim, approvals: Approvals
) -> str | None:
    """Why the word of an admin does not serve this claim; None if it does."""
    barred = bar_attestation(claim)
    if barred:
        return barred
    standing = refuse_standing(person, claim.standings, approvals)
    if isinstance(standing, Unchecked):
        return _describe_unchecked(standing)
    return standing


def bar_attestation(claim: DemandClaim) -> str | None:
    """Why no attestation serves this claim; None where one may."""
    # An attestation replaces the second pair of eyes, and no policy may give that up where a rule
    # is not negotiable.
    if claim.non_negotiable:
        return "attests, which a non-negotiable rule does not accept"
    if claim.terms.author is AuthorApproval.NEVER:
        return "attests, which the policy does not accept (author: never)"
    return None


def _describe_unchecked(what: Unchecked) -> str:
    """That no answer could be had, as a clause."""
    return f"could not be checked: {what.reason}"
