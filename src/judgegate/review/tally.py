"""One claim and the approvals: which count, which do not and why, and how many are missing."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from judgegate.model.approvals import Approvals, Person, Review, ReviewState, Unchecked
from judgegate.model.verdict import Ignored
from judgegate.policy.terms import AuthorApproval, Stale
from judgegate.review.attestation import Attestation
from judgegate.review.demands import Claim, Group
from judgegate.review.history import latest_decisive
from judgegate.review.standing import bars, fault_of, part_of, refuse_standing, stands


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of a claim. `needed` approvals would do; `unserved` groups have none yet; `unmapped` names raised what is needed."""

    claim: Claim
    counted: tuple[Review, ...]
    attested: tuple[Attestation, ...]
    refused: tuple[Ignored, ...]
    needed: int
    unserved: tuple[Group, ...]
    unmapped: tuple[str, ...]

    @property
    def people(self) -> tuple[Person, ...]:
        """Everybody whose approval or attestation counts."""
        return (*(review.person for review in self.counted), *(attestation.person for attestation in self.attested))

    @property
    def short(self) -> int:
        """How many are missing in all, whoever gives them."""
        return max(0, self.needed - len(self.people))

    @property
    def missing(self) -> int:
        """How many are missing if nobody stands in two groups."""
        return max(self.short, len(self.unserved))


def tally(claim: Claim, approvals: Approvals, attestations: Iterable[Attestation], agents: Collection[str]) -> Tally:
    """Sort the approvals into those that count for the claim and those that do not."""
    counted: list[Review] = []
    refused: list[Ignored] = []
    for review in latest_decisive(approvals.reviews):
        if review.state is ReviewState.APPROVED:
            why = _refuse(review, claim, approvals, agents)
            refused.append(Ignored(review.person.login, why)) if why else counted.append(review)
    attested: list[Attestation] = []
    for attestation in attestations:
        if attestation.person.id in {review.person.id for review in counted}:
            continue
        why = refuse_attestation(attestation.person, claim, approvals)
        refused.append(Ignored(attestation.person.login, why)) if why else attested.append(attestation)
    people = [*(review.person for review in counted), *(attestation.person for attestation in attested)]
    unmapped = () if attested else unmapped_names(claim, approvals)
    return Tally(
        claim=claim,
        counted=tuple(counted),
        attested=tuple(attested),
        refused=tuple(refused),
        needed=claim.terms.approvals + len(unmapped),
        unserved=tuple(group for group in claim.groups if not any(stands(one, group, approvals) is True for one in people)),
        unmapped=unmapped,
    )


def unmapped_names(claim: Claim, approvals: Approvals) -> tuple[str, ...]:
    """Who could be one of the approvers for all that is known: each asks for one approval more.

    An admin who attests answers for them too: what the extra approval guards against, an approver with a part, is then agreed to.
    """
    names = {one.name.casefold(): one.name for one in reversed(approvals.unmapped) if bars(one.part, claim.terms)}
    return tuple(names[key] for key in sorted(names))


def refuse_person(person: Person, claim: Claim, approvals: Approvals, agents: Collection[str]) -> str | Unchecked | None:
    """Why an approval of this person, of whatever commit, would not count; None if it would."""
    fault = fault_of(person, agents) or part_of(person, approvals, claim.terms)
    return fault or refuse_standing(person, claim.standings, approvals)


def refuse_attestation(person: Person, claim: Claim, approvals: Approvals) -> str | None:
    """Why the word of an admin does not serve this claim; None if it does."""
    barred = bar_attestation(claim)
    if barred:
        return barred
    standing = refuse_standing(person, claim.standings, approvals)
    return _unchecked(standing) if isinstance(standing, Unchecked) else standing


def bar_attestation(claim: Claim) -> str | None:
    """Why nobody's attestation serves this claim; None where one may."""
    if claim.non_negotiable:
        return "attests, which a non-negotiable rule does not accept"
    if claim.terms.author is AuthorApproval.NEVER:
        return "attests, which the policy does not accept (author: never)"
    return None


def _refuse(review: Review, claim: Claim, approvals: Approvals, agents: Collection[str]) -> str | None:
    """What the person cannot change comes first: approving again would not help them."""
    why = refuse_person(review.person, claim, approvals, agents)
    if isinstance(why, str):
        return why
    return _refuse_commit(review, claim, approvals) or (_unchecked(why) if why else None)


def _refuse_commit(review: Review, claim: Claim, approvals: Approvals) -> str | None:
    """Even where approvals never grow stale, one must say what it approves."""
    if review.commit is None:
        return "approved a commit that is gone"
    if claim.terms.stale is Stale.NEVER or review.commit == approvals.head or review.commit in approvals.carried:
        return None
    return f"approved another commit ({review.commit[:7]})"


def _unchecked(what: Unchecked) -> str:
    return f"could not be checked: {what.reason}"
