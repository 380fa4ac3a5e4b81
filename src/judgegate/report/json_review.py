"""What a human must do, in the JSON report's shape."""

from judgegate.model.verdict import Counted, Demand, Override, ReviewVerdict, Standing
from judgegate.report.json_values import Json, in_order


def review_document(review: ReviewVerdict) -> Json:
    """The demands, who approved, and what does not count."""
    demands = sorted(review.demands, key=lambda demand: (sorted(demand.rules), demand.approvals, demand.missing, demand.who_can))
    counted = sorted(review.counted, key=lambda approval: (approval.who, approval.commit))
    ignored = sorted(review.ignored, key=lambda approval: (approval.who, approval.why))
    return {
        "required": review.required,
        "satisfied": review.satisfied,
        "demands": [_demand(demand) for demand in demands],
        "counted": [_counted(approval) for approval in counted],
        "ignored": [{"who": approval.who, "why": approval.why} for approval in ignored],
        "override": _override(review.override) if review.override else None,
        "held_by": in_order(review.held_by),
        "unmapped": in_order(review.unmapped),
    }


def _override(override: Override) -> Json:
    return {"who": override.who, "commit": override.commit, "reason": override.reason, "seconded": in_order(override.seconded)}


def _counted(approval: Counted) -> Json:
    return {"who": approval.who, "commit": approval.commit, "serves": in_order(approval.serves), "attested": approval.attested}


def _demand(demand: Demand) -> Json:
    standings = sorted(demand.standings, key=lambda standing: (standing.kind, standing.value or ""))
    return {
        "rules": in_order(demand.rules),
        "approvals": demand.approvals,
        "from": [_standing(standing) for standing in standings],
        "missing": demand.missing,
        "who_can": in_order(demand.who_can),
        "shortfall": demand.shortfall,
    }


def _standing(standing: Standing) -> Json:
    """As a policy writes it: `code_owners`, or one key with its value."""
    return standing.kind if standing.value is None else {standing.kind: standing.value}
