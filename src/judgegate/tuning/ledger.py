"""The ledger of waivers: what is borrowed, by whom, until when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from judgegate.policy.model import Waiver
from judgegate.policy.oversight import FLOORED
from judgegate.policy.policy import Policy


class Due(Enum):
    """How a loan stands. `VOID`: it lifts nothing, because its rule is non-negotiable."""

    EXPIRED = "expired"
    SOON = "soon"
    RUNNING = "running"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Usage:
    """How many findings a waiver lifts in the whole base, or would if it had not expired; and how many more it speaks of.

    `unread` are files it names that could not be looked at: while there are any, nobody can say that it is no longer used.
    """

    lifted: int
    beyond: int
    unread: tuple[str, ...] = ()

    @property
    def is_unused(self) -> bool:
        return not self.lifted and not self.unread


@dataclass(frozen=True, slots=True)
class Loan:
    """A waiver with how it stands; `days` are those left, below 0 once it has expired. `usage` is None where nobody looked."""

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
    else:
        due = Due.EXPIRED if days < 0 else Due.SOON if days <= soon else Due.RUNNING
    return Loan(waiver, due, days, used[waiver] if used is not None else None)
