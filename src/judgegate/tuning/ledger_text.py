"""How the ledger of waivers is told."""

from collections.abc import Iterator, Sequence

from judgegate.report.json_values import Json
from judgegate.report.text_layout import Span, Style, TextLayout
from judgegate.tuning.ledger import Due, Loan

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
    days = "1 day" if abs(loan.days) == 1 else f"{abs(loan.days)} days"
    return f"{days} overdue" if loan.days < 0 else "due today" if loan.days == 0 else f"{days} left"


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
    """The ledger for a program. `used` is null where nobody looked."""
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
