"""Whether a human agreed: the one place that decides it.

It goes by what the rules ask for and what people said.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec.structs import replace

from judgegate.model.approvals import Approvals
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.model.verdict import Counted, Demand, Ignored, ReviewVerdict, Standing
from judgegate.policy.override import OverrideTerms
from judgegate.review.demands import Ask, DemandClaim, Tally, add_up, bar_attestation, tally
from judgegate.review.eligibility import holders, superseded_approvals
from judgegate.review.owners import CodeOwners

if TYPE_CHECKING:
    from judgegate.review.shortfall import Candidates

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
    logins = frozenset(map(str.casefold, agents))
    return _weigh(claims, approvals, logins, override.standings)


def _weigh(
    claims: Sequence[DemandClaim],
    approvals: Approvals,
    agents: Collection[str],
    may_override: tuple[Standing, ...],
) -> ReviewVerdict:
    """The verdict where it is known who approved. `agents` are case-folded."""
    # Imported here, because only a run that knows of approvals needs it.
    from judgegate.review.commands import read_attestations, read_override
    from judgegate.review.shortfall import Candidates

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
    overridden, refused = read_override(approvals, may_override, agents)
    candidates = Candidates(approvals, agents)
    demands = tuple(_build_demand(one, candidates) for one in tallies)
    unmapped = set(chain.from_iterable(one.unmapped for one in tallies))
    return ReviewVerdict(
        required=bool(claims or held_by),
        satisfied=not held_by and not any(demand.missing for demand in demands),
        demands=demands,
        counted=counted,
        ignored=sort_ignored((*ignored, *refused)),
        override=overridden,
        may_override=may_override,
        held_by=held_by,
        unmapped=tuple(sorted(unmapped)),
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


def _build_demand(one: Tally, candidates: "Candidates") -> Demand:
    from judgegate.review.shortfall import describe_shortfall, name_who_can  # as above

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
    # An approval of a commit that is gone is never counted.
    approved = [(one.person.login, one.commit) for one in tally.counted]
    yield from (Counted(login, commit) for login, commit in approved if commit)
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
