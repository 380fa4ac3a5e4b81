"""Where the gate differs from what a case expects."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from judgegate.model.levels import Action, Origin
from judgegate.model.verdict import Demand, Finding, Verdict
from judgegate.report.selection import place_key
from judgegate.tuning.cases import Expectation, ExpectedDemand, ExpectedFinding

E = TypeVar("E")
F = TypeVar("F")


class Discrepancy(Struct, frozen=True):
    """One difference: its kind ("outcome", "missing", "unexpected"), and the thing in words."""

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
    """What a case is about: what the change brought in and the policy gives an action."""
    found = [one for one in verdict.findings if one.origin is not Origin.EXISTING]
    # What the policy switches off leads to nothing, so a case need not name it.
    reported = (one for one in found if one.action is not Action.OFF)
    return sorted(reported, key=place_key)


def _findings(
    expected: Sequence[ExpectedFinding], found: Sequence[Finding]
) -> Iterator[Discrepancy]:
    """Each finding answers one expectation; those that ask for the most choose first."""
    missing, unexpected = _unmatched(
        sorted(expected, key=lambda one: -len(_given(one))), found, _is
    )
    for one in missing:
        yield Discrepancy("missing", _describe_expected(one))
    for finding in unexpected:
        yield Discrepancy("unexpected", describe_finding(finding))


def _unmatched(
    expected: Iterable[E], found: Iterable[F], fits: Callable[[E, F], bool]
) -> tuple[list[E], list[F]]:
    """The expectations that nothing fits, and what no expectation is about.

    Each thing that was found answers one expectation.
    """
    left, missing = list(found), []
    for one in expected:
        match = next((other for other in left if fits(one, other)), None)
        if match is None:
            missing.append(one)
        else:
            left.remove(match)
    return missing, left


def _given(one: ExpectedFinding) -> dict[str, object]:
    """What a case says of the finding, by the names of the fields."""
    return {name: value for name, value in asdict(one).items() if value is not None}


def _is(expected: ExpectedFinding, finding: Finding) -> bool:
    """Whether the finding is the expected one, as far as the case says anything of it."""
    given = _given(expected)
    facts = {name: getattr(finding, name, None) for name in given}
    # Whether it is waived is no field of a finding: it has the waiver itself.
    facts["waived"] = finding.waiver is not None
    return given.items() <= facts.items()


def _describe_expected(one: ExpectedFinding) -> str:
    """A finding in one line, with what the case says of it."""
    rest = [word.value for word in (one.action, one.severity) if word is not None]
    if one.waived is not None:
        rest.append("waived" if one.waived else "not waived")
    code = f" {one.code}" if one.code else ""
    details = f" ({', '.join(rest)})" if rest else ""
    return f"{one.rule}{code}{_describe_place(one)}{details}"


def _describe_place(one: ExpectedFinding) -> str:
    """The file and the line, as far as they are given."""
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
    """Each demand answers one expectation."""
    missing, unexpected = _unmatched(expected, found, _asks)
    for one in missing:
        yield Discrepancy("missing", _describe_demand(one))
    for demand in unexpected:
        shown = ExpectedDemand(
            demand.approvals, demand.standings, demand.rules, demand.missing
        )
        yield Discrepancy("unexpected", _describe_demand(shown))


def _asks(expected: ExpectedDemand, demand: Demand) -> bool:
    """Whether the demand is as expected, as far as the case says anything of it."""
    # In a policy the order of people and of rules makes no difference, so it makes none here.
    return (
        expected.approvals in {None, demand.approvals}
        and expected.missing in {None, demand.missing}
        and _are_same(expected.standings, demand.standings)
        and _are_same(expected.rules, demand.rules)
    )


def _are_same(expected: Iterable[object] | None, found: Iterable[object]) -> bool:
    """Whether both have the same members; true where nothing is expected."""
    return expected is None or set(expected) == set(found)


def _describe_demand(one: ExpectedDemand) -> str:
    """A demand in one line, with what the case says of it."""
    words = ["a demand for", _describe_number(one.approvals)]
    if one.standings:
        words.append(f"from {' or '.join(sorted(map(str, one.standings)))}")
    if one.rules:
        words.append(f"because of {', '.join(sorted(one.rules))}")
    described = " ".join(words)
    return described if one.missing is None else f"{described}, {one.missing} missing"


def _describe_number(approvals: int | None) -> str:
    """How many approvals, in words."""
    if approvals is None:
        return "approvals"
    return "1 approval" if approvals == 1 else f"{approvals} approvals"
