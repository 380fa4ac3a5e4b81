"""The ledger of waivers: what is borrowed, by whom, until when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from judgegate.policy.oversight import FLOORED
from judgegate.policy.policy import Policy
from judgegate.policy.waivers import Waiver
from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout


class Due(Enum):
    """How a loan stands. `VOID`: it lifts nothing, because its rule is non-negotiable."""

    EXPIRED = "expired"
    SOON = "soon"
    RUNNING = "running"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Usage:
    """How many findings a waiver lifts in the whole base, or would if it had not expired; and how many more it speaks of.

    `unread` are files it names that could not be read: while there are any, nobody can say that it is no longer used.
    """

    lifted: int
    beyond: int
    unread: tuple[str, ...] = ()

    @property
    def is_unused(self) -> bool:
        return not self.lifted and not self.unread


@dataclass(frozen=True, slots=True)
class Loan:
    """A waiver with how it stands; `days` are those left, below 0 once it has expired. `usage` is None where nothing was scanned."""

    waiver: Waiver
    due: Due
    days: int
    usage: Usage | None = None


def keep_ledger(
    policy: Policy, today: date, soon: int, used: Mapping[Waiver, Usage] | None = None
) -> tuple[Loan, ...]:
    """All loans, those that fall due first at the top. `soon`: within so many days."""
    loans = (_loan(policy, waiver, today, soon, used) for waiver in _distinct(policy.waivers))
    return tuple(
        sorted(loans, key=lambda loan: (loan.waiver.expires, loan.waiver.rule, str(loan.waiver.place)))
    )


def _distinct(waivers: Iterable[Waiver]) -> list[Waiver]:
    return list(dict.fromkeys(waivers))


def _loan(
    policy: Policy, waiver: Waiver, today: date, soon: int, used: Mapping[Waiver, Usage] | None
) -> Loan:
    days = (waiver.expires - today).days
    if waiver.rule in FLOORED or policy.is_non_negotiable(waiver.rule):
        due = Due.VOID
    elif days < 0:
        due = Due.EXPIRED
    elif days <= soon:
        due = Due.SOON
    else:
        due = Due.RUNNING
    return Loan(waiver, due, days, used[waiver] if used is not None else None)


_STYLES = {Due.EXPIRED: Style.RED, Due.SOON: Style.YELLOW, Due.RUNNING: Style.GREEN, Due.VOID: Style.DIM}


def render_ledger(loans: Sequence[Loan], layout: TextLayout) -> Iterator[str]:
    """Each loan in a few lines, those that fall due first; and the sum."""
    if not loans:
        yield from layout.flow("Nothing is borrowed: the policy has no waivers.")
        return
    for loan in loans:
        waiver = loan.waiver
        yield from layout.flow(
            f"{waiver.expires.isoformat()} ",
            Span(loan.due.value, _STYLES[loan.due]),
            f" {waiver.rule} in {_where(loan)}",
            hang=11,
        )
        yield from layout.flow(Span(f"{waiver.owner}, {_term(loan)}: {waiver.reason}"), indent=11)
        yield from layout.flow(Span(f"{_usage(loan)} # {waiver.place}", Style.DIM), indent=11, hang=2)
    counted = ", ".join(
        f"{number} {due.value}" for due in Due if (number := sum(loan.due is due for loan in loans))
    )
    unused = sum(loan.usage is not None and loan.usage.is_unused for loan in loans)
    yield from layout.flow(
        f"{len(loans)} waiver{'' if len(loans) == 1 else 's'}: {counted}{f'; {unused} no longer used' if unused else ''}."
    )


def _where(loan: Loan) -> str:
    waiver = loan.waiver
    return ", ".join((*waiver.paths, *waiver.codes, *sorted(waiver.fingerprints)))


def _term(loan: Loan) -> str:
    if loan.due is Due.VOID:
        return "lifts nothing, because the rule is non-negotiable"
    if loan.days == 0:
        return "due today"
    days = "1 day" if abs(loan.days) == 1 else f"{abs(loan.days)} days"
    return f"{days} overdue" if loan.days < 0 else f"{days} left"


def _usage(loan: Loan) -> str:
    usage, most = loan.usage, loan.waiver.at_most
    if usage is None:
        return f"at most {most}"
    if usage.is_unused:
        return f"no longer used: 0 of {most}; take it out"
    unread = f", {len(usage.unread)} of its files could not be read" if usage.unread else ""
    beyond = f", and {usage.beyond} beyond it" if usage.beyond else ""
    return f"{usage.lifted} of {most} used{beyond}{unread}"


def ledger_document(loans: Sequence[Loan]) -> Json:
    """The ledger for a program. `used` is null where nothing was scanned."""
    return {"version": 1, "waivers": [_entry(loan) for loan in loans]}


def _entry(loan: Loan) -> Json:
    waiver, usage = loan.waiver, loan.usage
    return {
        "rule": waiver.rule,
        "paths": list(waiver.paths),
        "code": list(waiver.codes),
        "fingerprint": [*sorted(waiver.fingerprints)],
        "owner": waiver.owner,
        "reason": waiver.reason,
        "expires": waiver.expires.isoformat(),
        "days": loan.days,
        "due": loan.due.value,
        "max": waiver.at_most,
        "used": usage.lifted if usage else None,
        "beyond": usage.beyond if usage else None,
        "unused": usage.is_unused if usage else None,
        "unread": list(usage.unread) if usage else None,
        "file": waiver.place.file,
        "line": waiver.place.line,
    }
