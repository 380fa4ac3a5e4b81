"""What a demand still misses, who could give it, and which setting would let others give it."""

from collections.abc import Collection
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Candidates:
    """Whoever could still approve: what is known of the people here, and the logins that are an agent's."""

    approvals: Approvals
    agents: Collection[str]

    def eligible(self, claim: DemandClaim) -> tuple[Person, ...] | None:
        """Everybody whose approval could serve the claim. What could not be checked may still be a yes."""
        if self.approvals.reviewers is None:
            return None
        return tuple(
            person
            for person in self.approvals.reviewers
            if self._may_approve(person, claim) or self._may_attest(person, claim)
        )

    def can_satisfy(self, claim: DemandClaim) -> bool | None:
        """Whether the people who are here could satisfy the claim together; None if they are not known."""
        people = self.eligible(claim)
        if people is None:
            barred = any(all(self.is_barred(standing, claim) for standing in group) for group in claim.groups)
            return False if barred else None
        # Whoever is here and may not approve may attest, and an attestation answers for the names without an account.
        alone = any(not self._may_approve(person, claim) for person in people)
        needed = claim.terms.approvals + (0 if alone else len(unmapped_names(claim, self.approvals)))
        served = all(
            any(stands(person, group, self.approvals) is not False for person in people)
            for group in claim.groups
        )
        return served and len(people) >= needed

    def is_barred(self, standing: Standing, claim: DemandClaim) -> bool:
        """Whether it is a user's, and that user has a part in the change; for where not everybody is known."""
        if standing.kind != "user" or claim.is_attestable:
            return False
        named = (standing.value or "").casefold()
        parts = [one for one in self.approvals.contributions if one.person.login.casefold() == named]
        return any(bars(one.part, claim.terms) for one in parts)

    def _may_approve(self, person: Person, claim: DemandClaim) -> bool:
        why = refuse_person(person, claim, self.approvals, self.agents)
        return why is None or isinstance(why, Unchecked)

    def _may_attest(self, person: Person, claim: DemandClaim) -> bool:
        admin = can_write(person, self.approvals, Permission.ADMIN)
        return (
            admin is not False
            and not fault_of(person, self.agents)
            and refuse_attestation(person, claim, self.approvals) is None
        )


def name_who_can(tally: Tally, candidates: Candidates) -> tuple[str, ...]:
    """Who could still give what is missing: people if they are known, else what they must be."""
    eligible = candidates.eligible(tally.claim)
    groups = _open_groups(tally)
    if eligible is None:
        wanted = dict.fromkeys(standing for group in groups for standing in group)
        return tuple(
            dict.fromkeys(
                str(standing)
                for standing in wanted
                if not candidates.is_barred(standing, tally.claim) and not _is_counted(standing, tally)
            )
        )
    counted = {person.id for person in tally.people}
    fit = (
        person
        for person in eligible
        if person.id not in counted
        and any(stands(person, group, candidates.approvals) is not False for group in groups)
    )
    return tuple(sorted(str(person) for person in fit))


def describe_shortfall(tally: Tally, candidates: Candidates) -> str:
    """What is missing, as a sentence without a full stop; empty if nothing is."""
    if not tally.missing:
        return ""
    parts = [f"{_count_names(tally)}, {_describe_groups(tally)}"]
    if tally.unmapped:
        who = ", ".join(tally.unmapped)
        parts.append(f"{len(tally.unmapped)} of {tally.needed} because no account is known for {who}")
    if candidates.can_satisfy(tally.claim) is False:
        parts.append(_describe_setting(tally.claim, candidates))
    return "; ".join(parts)


def _count_names(tally: Tally) -> str:
    return f"{tally.missing} more approval{'' if tally.missing == 1 else 's'}"


def _open_groups(tally: Tally) -> tuple[Group, ...]:
    """The groups that the missing approvals must come from: those without any, or all if only the number is short."""
    return tally.claim.groups if tally.short > len(tally.unserved) else tally.unserved


def _describe_groups(tally: Tally) -> str:
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
    return " or ".join(dict.fromkeys(str(standing) for standing in standings))


def _is_counted(standing: Standing, tally: Tally) -> bool:
    named = (standing.value or "").casefold()
    return standing.kind == "user" and named in {person.login.casefold() for person in tally.people}


def _describe_setting(claim: DemandClaim, candidates: Candidates) -> str:
    """The first setting that would let the people who are here satisfy the claim."""
    eligible = candidates.eligible(claim) or ()
    for setting, changed in _milder(claim):
        if candidates.can_satisfy(changed) is not False:
            others = ", ".join(
                sorted(str(person) for person in candidates.eligible(changed) or () if person not in eligible)
            )
            return f"nobody here can give it; `{setting}` would let {others or 'them'}"
    served = all(
        any(stands(person, group, candidates.approvals) is not False for person in eligible)
        for group in claim.groups
    )
    if eligible and served:
        return f"only {len(eligible)} here can give it; the setting is `review.approvals: {claim.terms.approvals}`"
    return "nobody here can give it; the setting is `review.from`"


def _milder(claim: DemandClaim) -> list[tuple[str, DemandClaim]]:
    """Ways a small team can live with, the mildest first. An attestation is no way to satisfy a non-negotiable rule."""
    terms = claim.terms
    others = replace(terms, contributors=ContributorTerm.NOT_AUTHOR)
    ways = [("review.contributors: not_author", others)]
    if not claim.non_negotiable:
        attest = AuthorApproval.ATTEST
        ways.append(("review.author: attest", replace(terms, author=attest)))
        ways.append(
            ("review.contributors: not_author, review.author: attest", replace(others, author=attest))
        )
    return [(setting, replace(claim, terms=changed)) for setting, changed in ways]
