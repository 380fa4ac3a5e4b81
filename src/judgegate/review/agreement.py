"""Whether a human agreed: the one place that decides it, from what the rules ask for and what people said."""

from collections.abc import Collection, Iterable, Sequence

from judgegate.model.approvals import Approvals
from judgegate.model.errors import IncompleteError
from judgegate.model.verdict import Counted, Demand, Ignored, ReviewVerdict, Standing
from judgegate.policy.override import OverrideTerms
from judgegate.review.commands import read_attestations, read_override
from judgegate.review.demands import Ask, DemandClaim, Tally, add_up, bar_attestation, tally
from judgegate.review.eligibility import holders, superseded_approvals
from judgegate.review.owners import CodeOwners
from judgegate.review.shortfall import Candidates, describe_shortfall, name_who_can

NOBODY_OWNS = CodeOwners()
NOBODY_OVERRIDES = OverrideTerms()


class OtherHeadError(IncompleteError):
    """The approvals are of another head than the one that is judged, so they say nothing of it."""

    def __init__(self, approvals: str, judged: str | None) -> None:
        super().__init__(
            f"The approvals are of the head {approvals}, but {judged or 'what is not committed'} is judged.",
            "Read the approvals again, and judge the head that they are of.",
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
    """Which approvals count, which demands they serve, what is missing, and who overrides it: how far that reaches is not decided here.

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
    agents = frozenset(login.casefold() for login in agents)
    attestations, unheld = read_attestations(approvals, agents, _bar_attestations(claims))
    tallies = [tally(claim, approvals, attestations, agents) for claim in claims]
    held_by = holders(approvals, agents)
    counted = _list_counted(tallies, approvals.head)
    ignored: tuple[Ignored, ...] = ()
    # Where nothing is asked for, no approval fails to serve: to list it as ignored would only puzzle.
    if claims:
        ignored = _list_ignored(tallies, counted, (*superseded_approvals(approvals.reviews), *unheld))
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


def _unweighed(claims: Sequence[DemandClaim], may_override: tuple[Standing, ...]) -> ReviewVerdict:
    """Nothing can say who approved: every demand stays open, and whether it is satisfied is not known."""
    demands = tuple(
        Demand(
            rules=claim.rules,
            approvals=claim.terms.approvals,
            standings=claim.terms.standings,
            missing=max(claim.terms.approvals, len(claim.groups)),
            who_can=tuple(dict.fromkeys(str(standing) for standing in claim.standings)),
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
    """Why no claim takes an attestation, or None if one does: what can be settled in the policy comes before what cannot."""
    barred = [bar_attestation(claim) for claim in claims]
    if not barred or None in barred:
        return None
    return next((bar_attestation(claim) for claim in claims if not claim.non_negotiable), barred[0])


def _list_counted(tallies: Sequence[Tally], head: str) -> tuple[Counted, ...]:
    """Each approval once, with the rules that it serves."""
    serves: dict[Counted, set[str]] = {}
    for one in tallies:
        given = [Counted(review.person.login, review.commit) for review in one.counted if review.commit]
        given += [
            Counted(attestation.person.login, head, attested=attestation.statement)
            for attestation in one.attested
        ]
        for approval in given:
            serves.setdefault(approval, set()).update(one.claim.rules)
    counted = [
        Counted(one.who, one.commit, tuple(sorted(rules)), one.attested) for one, rules in serves.items()
    ]
    return tuple(sorted(counted, key=lambda one: (one.who, one.commit, one.attested or "")))


def _list_ignored(
    tallies: Sequence[Tally], counted: Sequence[Counted], others: Sequence[Ignored]
) -> tuple[Ignored, ...]:
    """Each approval that serves nothing, with every reason, and each that does not serve a demand which is still open."""
    serving = {one.who for one in counted}
    refused = set(others)
    for one in tallies:
        for ignored in one.refused:
            if ignored.who not in serving:
                refused.add(ignored)
            elif one.missing:
                refused.add(
                    Ignored(ignored.who, f"{ignored.why} (asked for by {', '.join(one.claim.rules)})")
                )
    return tuple(refused)


def sort_ignored(ignored: Iterable[Ignored]) -> tuple[Ignored, ...]:
    """Each once, in the order in which they are reported."""
    return tuple(sorted(set(ignored), key=lambda one: (one.who, one.why)))
