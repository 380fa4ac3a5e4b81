"""Whether a human agreed: the one place that decides it.

It goes by what the rules ask for and what people said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.approvals import Approvals, Permission, Person, Unchecked
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.verdict import Counted, Demand, Ignored, ReviewVerdict, Standing
from judgegate.policy.override import OverrideTerms
from judgegate.policy.review import AuthorApproval, ContributorTerm
from judgegate.review.demands import (
    Ask,
    DemandClaim,
    Group,
    Tally,
    add_up,
    bar_attestation,
    refuse_attestation,
    refuse_person,
    tally,
    unmapped_names,
)
from judgegate.review.eligibility import (
    bars,
    can_write,
    fault_of,
    holders,
    stands,
    superseded_approvals,
)
from judgegate.review.owners import CodeOwners

NOBODY_OWNS = CodeOwners()
NOBODY_OVERRIDES = OverrideTerms()


class OtherHeadError(IncompleteError):
    """The approvals are of another head than the one that is judged, so they say nothing of it."""

    def __init__(self, approvals: str, judged: str | None) -> None:
        super().__init__(
            f"The approvals are for the head {approvals}, "
            f"but {judged or 'what is not committed'} is judged.",
            "Read the approvals again, and judge the head that they are for.",
        )


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
        return self._may_approve(person, claim) or self._may_attest(person, claim)

    def _may_approve(self, person: Person, claim: DemandClaim) -> bool:
        why = refuse_person(person, claim, self.approvals, self.agents)
        return why is None or isinstance(why, Unchecked)

    def _may_attest(self, person: Person, claim: DemandClaim) -> bool:
        if can_write(person, self.approvals, Permission.ADMIN) is False:
            return False
        if fault_of(person, self.agents):
            return False
        return refuse_attestation(person, claim, self.approvals) is None


def weigh_approvals(
    asks: Iterable[Ask],
    approvals: Approvals | None,
    head: str | None,
    *,
    owners: CodeOwners = NOBODY_OWNS,
    agents: Collection[str] = (),
    override: OverrideTerms = NOBODY_OVERRIDES,
) -> ReviewVerdict:
    """Which approvals count, which demands they serve, what is missing, and who overrides it.

    How far an override reaches is not decided here.

    Args:
        asks: what the rules ask for.
        approvals: what is known of who approved, or None if nothing is.
        head: the commit that is judged.
        owners: the code owners that the base names.
        agents: logins of accounts that are an AI's although the forge calls them users.
        override: who may override.

    Raises:
        OtherHeadError: the approvals are of another head.
    """
    claims = add_up(asks, owners)
    if approvals is None:
        return _unweighed(claims, override.standings)
    if approvals.head != head:
        raise OtherHeadError(approvals.head, head)
    # Imported here, because only a run that knows of approvals needs it.
    from judgegate.review.commands import read_attestations, read_override

    agents = frozenset(login.casefold() for login in agents)
    attestations, unheld = read_attestations(approvals, agents, _bar_attestations(claims))
    tallies = [tally(claim, approvals, attestations, agents) for claim in claims]
    held_by = holders(approvals, agents)
    counted = _list_counted(tallies, approvals.head)
    ignored: tuple[Ignored, ...] = ()
    # Where nothing is asked for, no approval fails to serve: to list it as ignored would only
    # puzzle.
    if claims:
        others = (*superseded_approvals(approvals.reviews), *unheld)
        ignored = _list_ignored(tallies, counted, others)
    overridden, refused = read_override(approvals, override.standings, agents)
    return ReviewVerdict(
        required=bool(claims or held_by),
        satisfied=not held_by and not any(one.missing for one in tallies),
        demands=tuple(_build_demand(one, Candidates(approvals, agents)) for one in tallies),
        counted=counted,
        ignored=sort_ignored((*ignored, *refused)),
        override=overridden,
        may_override=override.standings,
        held_by=held_by,
        unmapped=tuple(sorted({name for one in tallies for name in one.unmapped})),
    )


def _unweighed(
    claims: Sequence[DemandClaim], may_override: tuple[Standing, ...]
) -> ReviewVerdict:
    """The verdict where nothing can say who approved.

    Every demand stays open, and whether it is satisfied is not known.
    """
    demands = tuple(
        Demand(
            rules=claim.rules,
            approvals=claim.terms.approvals,
            standings=claim.terms.standings,
            missing=max(claim.terms.approvals, len(claim.groups)),
            who_can=tuple(dict.fromkeys(map(str, claim.standings))),
            attestable=claim.is_attestable,
            non_negotiable=claim.non_negotiable,
        )
        for claim in claims
    )
    return ReviewVerdict(
        required=bool(demands),
        satisfied=None if demands else True,
        demands=demands,
        may_override=may_override,
    )


def _build_demand(one: Tally, candidates: Candidates) -> Demand:
    return Demand(
        rules=one.claim.rules,
        approvals=max(one.needed, len(one.claim.groups)),
        standings=one.claim.terms.standings,
        missing=one.missing,
        who_can=name_who_can(one, candidates) if one.missing else (),
        attestable=one.claim.is_attestable,
        shortfall=describe_shortfall(one, candidates),
        non_negotiable=one.claim.non_negotiable,
        unserved=one.unserved,
    )


def _bar_attestations(claims: Sequence[DemandClaim]) -> str | None:
    """Why no claim takes an attestation, or None if one does."""
    # What can be settled in the policy comes before what cannot.
    negotiable_first = sorted(claims, key=attrgetter("non_negotiable"))
    barred = [bar_attestation(claim) for claim in negotiable_first]
    if not barred or None in barred:
        return None
    return barred[0]


def _list_counted(tallies: Sequence[Tally], head: str) -> tuple[Counted, ...]:
    """Each approval once, with the rules that it serves."""
    serves: dict[Counted, set[str]] = defaultdict(set)
    for one in tallies:
        for given in _given(one, head):
            serves[given].update(one.claim.rules)
    counted = [
        replace(given, serves=tuple(sorted(rules))) for given, rules in serves.items()
    ]
    return tuple(sorted(counted, key=_counted_order))


def _given(tally: Tally, head: str) -> Iterator[Counted]:
    """The approvals and attestations that count for a claim, without the rules that they serve."""
    for review in tally.counted:
        if review.commit:
            yield Counted(review.person.login, review.commit)
    for attestation in tally.attested:
        yield Counted(attestation.person.login, head, attested=attestation.statement)


def _counted_order(one: Counted) -> tuple[str, str, str]:
    return one.who, one.commit, one.attested or ""


def _list_ignored(
    tallies: Sequence[Tally], counted: Sequence[Counted], others: Sequence[Ignored]
) -> tuple[Ignored, ...]:
    """Each approval that serves nothing, with every reason.

    Those that serve something are listed where they do not serve a demand which is still open.
    """
    serving = {one.who for one in counted}
    refused = set(others)
    for one in tallies:
        required = f"required by {', '.join(one.claim.rules)}"
        for ignored in one.refused:
            if ignored.who not in serving:
                refused.add(ignored)
            elif one.missing:
                # As it counts elsewhere, the reason has to say for what it does not.
                refused.add(Ignored(ignored.who, f"{ignored.why} ({required})"))
    return tuple(refused)


def sort_ignored(ignored: Iterable[Ignored]) -> tuple[Ignored, ...]:
    """Each once, in the order in which they are reported."""
    return tuple(sorted(set(ignored), key=lambda one: (one.who, one.why)))


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
        if candidates.can_satisfy(changed) is False:
            continue
        allowed = candidates.eligible(changed) or ()
        others = [str(person) for person in allowed if person not in eligible]
        names = ", ".join(sorted(others)) or "them"
        return f"no one here can give it; `{setting}` would allow {names}"
    if eligible and candidates.serve_all(claim, eligible):
        return (
            f"only {len(eligible)} here can give it; "
            f"the setting is `review.approvals: {claim.terms.approvals}`"
        )
    return "no one here can give it; the setting is `review.from`"


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
