"""What is missing of a review, and who could give it."""

from collections.abc import Collection, Iterable, Iterator
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.approvals import Approvals, Permission, Person, Unchecked
from judgegate.model.verdict import Standing
from judgegate.policy.review import AuthorApproval, ContributorTerm
from judgegate.review.demands import (
    DemandClaim,
    Group,
    Tally,
    refuse_attestation,
    refuse_person,
    unmapped_names,
)
from judgegate.review.eligibility import bars, can_write, fault_of, stands


class Candidates(Struct, frozen=True):
    """The people who could still approve.

    `approvals` is what is known of them, `agents` are the logins that are an agent's.
    """

    approvals: Approvals
    agents: Collection[str]

    def eligible(self, claim: DemandClaim) -> tuple[Person, ...] | None:
        """Everybody whose approval could serve the claim, or None if the people are not known.

        What could not be checked may still be a yes.
        """
        reviewers = self.approvals.reviewers
        if reviewers is None:
            return None
        return tuple(person for person in reviewers if self._may_serve(person, claim))

    def can_satisfy(self, claim: DemandClaim) -> bool | None:
        """Whether the people who are here could satisfy the claim together.

        None if they are not known.
        """
        people = self.eligible(claim)
        if people is None:
            barred = any(self._is_closed(group, claim) for group in claim.groups)
            return False if barred else None
        needed = claim.terms.approvals
        # Among the people here, those who may not approve may attest, and an attestation answers
        # for the names without an account.
        if all(self._may_approve(person, claim) for person in people):
            needed += len(unmapped_names(claim, self.approvals))
        return len(people) >= needed and self.serve_all(claim, people)

    def serve_all(self, claim: DemandClaim, people: Collection[Person]) -> bool:
        """Whether each group that the claim asks finds somebody among these people."""
        return all(
            any(self.may_stand(person, group) for person in people)
            for group in claim.groups
        )

    def may_stand(self, person: Person, group: Group) -> bool:
        """Whether the person has any of the standings.

        What could not be checked may still be a yes.
        """
        return stands(person, group, self.approvals) is not False

    def is_barred(self, standing: Standing, claim: DemandClaim) -> bool:
        """Whether it is a user's, and that user has a part in the change.

        It says something even where not everybody is known.
        """
        if standing.kind != "user" or claim.is_attestable:
            return False
        parts = [
            one.part
            for one in self.approvals.contributions
            if one.person.login.casefold() == standing.name
        ]
        return any(bars(part, claim.terms) for part in parts)

    def _is_closed(self, group: Group, claim: DemandClaim) -> bool:
        """Whether everybody whom the group names has a part in the change."""
        return all(self.is_barred(standing, claim) for standing in group)

    def _may_serve(self, person: Person, claim: DemandClaim) -> bool:
        """Whether an approval or an attestation of the person could serve the claim."""
        return self._may_approve(person, claim) or self._may_attest(person, claim)

    def _may_approve(self, person: Person, claim: DemandClaim) -> bool:
        # What could not be checked may still be a yes: here nothing is let pass by it.
        why = refuse_person(person, claim, self.approvals, self.agents)
        return why is None or isinstance(why, Unchecked)

    def _may_attest(self, person: Person, claim: DemandClaim) -> bool:
        if can_write(person, self.approvals, Permission.ADMIN) is False:
            return False
        if fault_of(person, self.agents):
            return False
        return refuse_attestation(person, claim, self.approvals) is None


def name_who_can(tally: Tally, candidates: Candidates) -> tuple[str, ...]:
    """Who could still give what is missing: people if they are known, else what they must be."""
    eligible = candidates.eligible(tally.claim)
    if eligible is None:
        return tuple(dict.fromkeys(map(str, _open_standings(tally, candidates))))
    wanted = _wanted(tally)
    counted = {person.id for person in tally.people}
    others = [person for person in eligible if person.id not in counted]
    fit = [person for person in others if candidates.may_stand(person, wanted)]
    return tuple(sorted(map(str, fit)))


def _open_standings(tally: Tally, candidates: Candidates) -> Iterator[Standing]:
    """The standings by which somebody could still give what is missing.

    For where it is not known who has them.
    """
    for standing in _wanted(tally):
        # A user who has a part in the change, or has approved it already, cannot give any more.
        if candidates.is_barred(standing, tally.claim) or _is_counted(standing, tally):
            continue
        yield standing


def _wanted(tally: Tally) -> Group:
    """All standings of the groups that the missing approvals must come from, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(_open_groups(tally))))


def describe_shortfall(tally: Tally, candidates: Candidates) -> str:
    """What is missing, as a sentence without a full stop; empty if nothing is."""
    if not tally.missing:
        return ""
    parts = [f"{_count_names(tally)}, {_describe_groups(tally)}"]
    if tally.unmapped:
        who = ", ".join(tally.unmapped)
        parts.append(
            f"{len(tally.unmapped)} of {tally.needed} because no account is known for {who}"
        )
    if candidates.can_satisfy(tally.claim) is False:
        parts.append(_describe_setting(tally.claim, candidates))
    return "; ".join(parts)


def _count_names(tally: Tally) -> str:
    """How many approvals are missing, in words."""
    if tally.missing == 1:
        return "1 more approval"
    return f"{tally.missing} more approvals"


def _open_groups(tally: Tally) -> tuple[Group, ...]:
    """The groups that the missing approvals must come from.

    Those without any, or all if only the number is short.
    """
    if tally.short > len(tally.unserved):
        return tally.claim.groups
    return tally.unserved


def _describe_groups(tally: Tally) -> str:
    """Whom the missing approvals must come from, as a clause."""
    if len(tally.claim.groups) == 1:
        return f"from {_alternatives(tally.claim.groups[0])}"
    parts = [f"one from {_alternatives(group)}" for group in tally.unserved]
    more = tally.missing - len(tally.unserved)
    if more > 0:
        parts.append(f"{more} from any of {_alternatives(tally.claim.standings)}")
    if tally.missing == 1:
        return parts[0].removeprefix("one ").removeprefix("1 ")
    return " and ".join(parts)


def _alternatives(standings: Group) -> str:
    # Each text once: two standings can read the same.
    return " or ".join(dict.fromkeys(map(str, standings)))


def _is_counted(standing: Standing, tally: Tally) -> bool:
    """Whether it names a user whose approval counts already."""
    if standing.kind != "user":
        return False
    return standing.name in {person.login.casefold() for person in tally.people}


def _describe_setting(claim: DemandClaim, candidates: Candidates) -> str:
    """The first setting that would let the people who are here satisfy the claim."""
    eligible = candidates.eligible(claim) or ()
    for setting, changed in _milder(claim):
        if candidates.can_satisfy(changed) is not False:
            names = _name_others(candidates.eligible(changed) or (), eligible)
            return f"no one here can give it; `{setting}` would allow {names}"
    if eligible and candidates.serve_all(claim, eligible):
        return (
            f"only {len(eligible)} here can give it; "
            f"the setting is `review.approvals: {claim.terms.approvals}`"
        )
    return "no one here can give it; the setting is `review.from`"


def _name_others(allowed: Iterable[Person], eligible: Collection[Person]) -> str:
    """Those whom a setting would allow and who could not approve without it."""
    others = [str(person) for person in allowed if person not in eligible]
    # None where it is not known who is here, or where the same people could then do it alone.
    return ", ".join(sorted(others)) or "them"


def _milder(claim: DemandClaim) -> list[tuple[str, DemandClaim]]:
    """Ways a small team can live with, the mildest first.

    An attestation is no way to satisfy a non-negotiable rule.
    """
    terms = claim.terms
    others = replace(terms, contributors=ContributorTerm.NOT_AUTHOR)
    ways = [("review.contributors: not_author", others)]
    if not claim.non_negotiable:
        attest = AuthorApproval.ATTEST
        ways.append(("review.author: attest", replace(terms, author=attest)))
        ways.append(
            (
                "review.contributors: not_author, review.author: attest",
                replace(others, author=attest),
            )
        )
    return [(setting, replace(claim, terms=changed)) for setting, changed in ways]
