"""Where the gate differs from what a case expects."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from judgegate.model.levels import Action, Origin
from judgegate.model.verdict import Demand, Finding, Verdict
from judgegate.report.selection import place_key
from judgegate.tuning.cases import Expectation, ExpectedDemand, ExpectedFinding


class Discrepancy(Struct, frozen=True):
    """One difference: what kind it is ("outcome", "missing", "unexpected"), and the thing itself."""

    kind: str
    detail: str


def compare(expected: Expectation, verdict: Verdict) -> Iterator[Discrepancy]:
    """Everything in which the verdict is not as expected."""
    if verdict.outcome is not expected.outcome:
        yield Discrepancy(
            "outcome", f"expected {expected.outcome.value}, found {verdict.outcome.value}"
        )
    if expected.findings is not None:
        yield from _findings(expected.findings, introduced(verdict))
    if expected.demands is not None:
        yield from _demands(expected.demands, verdict.review.demands)


def introduced(verdict: Verdict) -> list[Finding]:
    """What a case speaks of: what the change brought in and the policy minds."""
    found = (
        one
        for one in verdict.findings
        if one.origin is Origin.INTRODUCED and one.action is not Action.OFF
    )
    return sorted(found, key=place_key)


def _findings(
    expected: Sequence[ExpectedFinding], found: Sequence[Finding]
) -> Iterator[Discrepancy]:
    """Each finding answers one expectation; those that ask for the most choose first."""
    left = list(found)
    for one in sorted(expected, key=lambda one: -len(_given(one))):
        match = next((finding for finding in left if _is(one, finding)), None)
        if match is None:
            yield Discrepancy("missing", _describe_expected(one))
        else:
            left.remove(match)
    yield from (Discrepancy("unexpected", describe_finding(finding)) for finding in left)


def _given(one: ExpectedFinding) -> dict[str, object]:
    names = ("rule", "code", "path", "line", "action", "severity", "waived")
    return {name: value for name in names if (value := getattr(one, name)) is not None}


def _is(expected: ExpectedFinding, finding: Finding) -> bool:
    facts = {name: getattr(finding, name, None) for name in _given(expected)} | {
        "waived": finding.waiver is not None
    }
    return all(facts[name] == value for name, value in _given(expected).items())


def _describe_expected(one: ExpectedFinding) -> str:
    rest = [word.value for word in (one.action, one.severity) if word is not None]
    rest += [] if one.waived is None else ["waived" if one.waived else "not waived"]
    code = f" {one.code}" if one.code else ""
    return f"{one.rule}{code}{_describe_place(one)}" + (
        f" ({', '.join(rest)})" if rest else ""
    )


def _describe_place(one: ExpectedFinding) -> str:
    if one.line is not None:
        return f" in {one.path or 'any file'}:{one.line}"
    return f" in {one.path}" if one.path else ""


def describe_finding(finding: Finding) -> str:
    """A finding in the words of a case."""
    return _describe_expected(
        ExpectedFinding(
            finding.rule,
            finding.code,
            finding.path,
            finding.line,
            finding.action,
            finding.severity,
            True if finding.waiver else None,
        )
    )


def _demands(
    expected: Sequence[ExpectedDemand], found: Sequence[Demand]
) -> Iterator[Discrepancy]:
    left = list(found)
    for one in expected:
        match = next((demand for demand in left if _asks(one, demand)), None)
        if match is None:
            yield Discrepancy("missing", _describe_demand(one))
        else:
            left.remove(match)
    for demand in left:
        shown = ExpectedDemand(
            demand.approvals, demand.standings, demand.rules, demand.missing
        )
        yield Discrepancy("unexpected", _describe_demand(shown))


def _asks(expected: ExpectedDemand, demand: Demand) -> bool:
    return (
        expected.approvals in {None, demand.approvals}
        and (expected.standings is None or set(expected.standings) == set(demand.standings))
        and (expected.rules is None or set(expected.rules) == set(demand.rules))
        and expected.missing in {None, demand.missing}
    )


def _describe_demand(one: ExpectedDemand) -> str:
    number = "approvals"
    if one.approvals is not None:
        number = "1 approval" if one.approvals == 1 else f"{one.approvals} approvals"
    whom = f" from {' or '.join(sorted(map(str, one.standings)))}" if one.standings else ""
    why = f" because of {', '.join(sorted(one.rules))}" if one.rules else ""
    missing = f", {one.missing} missing" if one.missing is not None else ""
    return f"a demand for {number}{whom}{why}{missing}"
