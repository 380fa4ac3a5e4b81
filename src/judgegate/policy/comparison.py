"""Two policies side by side: what became weaker, what tighter, what is only said in other words. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from judgegate.model.scales import Scale
from judgegate.model.verdict import Standing
from judgegate.policy.canonical import plain
from judgegate.policy.differences import ORDER, Difference, Direction, way
from judgegate.policy.model import Exemption, Waiver
from judgegate.policy.policy import Policy
from judgegate.policy.probing import MOST_NAMED
from judgegate.policy.rule_comparison import Budget, compare_reviews, compare_rule
from judgegate.policy.sealing import sealed_blocks


def compare_policies(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Every difference in what holds, the weaker ones first; empty where both mean the same and say it in the same words."""
    if old.source.digest == new.source.digest:
        return ()
    found = [
        *_rules(old, new),
        *_blocks(old, new),
        *_exemptions(old, new),
        *_waivers(old, new),
        *_seals(old, new),
    ]
    return tuple(
        sorted(dict.fromkeys(found), key=lambda one: (ORDER.index(one.direction), one.subject, one.message))
    )


def _rules(old: Policy, new: Policy) -> Iterator[Difference]:
    was, now = old.searches(), new.searches()
    budget = Budget()
    for rule in sorted({*old.rows, *new.rows}):
        if rule in was and rule in now and was[rule] != now[rule]:
            yield Difference(Direction.UNCLEAR, rule, f"{rule} looks for something else now")
        yield from compare_rule(rule, old, new, budget)
        yield from _words(rule, old, new)


def _words(rule: str, old: Policy, new: Policy) -> Iterator[Difference]:
    """`message` and `why` change what is said, not what holds."""
    if rule in old.rows and rule in new.rows:
        for name in ("message", "why"):
            if plain(getattr(old.merged(rule).plain, name)) != plain(getattr(new.merged(rule).plain, name)):
                yield Difference(Direction.NEUTRAL, rule, f"{rule} has another `{name}`")


def _blocks(old: Policy, new: Policy) -> Iterator[Difference]:
    yield from _scale("fail_on", old.fail_on, new.fail_on)
    yield from _scale("provenance.gate_on", old.provenance.gate_on, new.provenance.gate_on)
    yield from _sets(
        "provenance.roles",
        {r.value for r in old.provenance.roles},
        {r.value for r in new.provenance.roles},
        more=_TIGHTER,
    )
    yield from _sets(
        "provenance.signals.off", old.provenance.signals_off, new.provenance.signals_off, more=_WEAKER
    )
    yield from _sets("provenance.signals.add", _signals(old), _signals(new), more=_TIGHTER)
    for answer in compare_reviews(old.review, new.review):
        yield Difference(
            answer.direction, "review", f"{answer.aspect} is {answer.after} instead of {answer.before}"
        )
    for name in ("source_bytes", "cpu_seconds", "memory_mebibytes"):
        was, now = getattr(old.limits, name), getattr(new.limits, name)
        if was != now:
            yield Difference(
                _TIGHTER if now > was else _WEAKER, "limits", f"limits.{name} is {now} instead of {was}"
            )
    yield from _sets(
        "override", _standings(old.override.standings), _standings(new.override.standings), more=_WEAKER
    )


_WEAKER, _TIGHTER = Direction.WEAKER, Direction.TIGHTER


def _scale(name: str, was: Scale, now: Scale) -> Iterator[Difference]:
    if was is not now:
        yield Difference(
            _TIGHTER if now > was else _WEAKER, name, f"{name} is {now.value} instead of {was.value}"
        )


def _sets(name: str, was: Iterable[str], now: Iterable[str], *, more: Direction) -> Iterator[Difference]:
    less = _WEAKER if more is _TIGHTER else _TIGHTER
    yield from (Difference(more, name, f"{name} now has {word}") for word in sorted(set(now) - set(was)))
    yield from (
        Difference(less, name, f"{name} no longer has {word}") for word in sorted(set(was) - set(now))
    )


def _signals(policy: Policy) -> set[str]:
    return {
        f"{signal.kind} {signal.pattern!r} ({signal.tool}, {signal.confidence.value})"
        for signal in policy.plan().signals
    }


def _standings(standings: Iterable[Standing]) -> set[str]:
    return {str(standing) for standing in standings}


def _exemptions(old: Policy, new: Policy) -> Iterator[Difference]:
    was, now = _by_name(old), _by_name(new)
    for name in sorted({*was, *now}):
        before, after = was.get(name), now.get(name)
        if before is None and after is not None:
            yield Difference(
                _TIGHTER if after.never else _WEAKER,
                "exempt",
                f"exempt {_verb(after)} `{name}`: {_what(after)}",
            )
        elif before is not None and after is None:
            direction = _WEAKER if before.never else _TIGHTER
            yield Difference(
                direction, "exempt", f"exempt no longer {_verb(before)} `{name}`: {_what(before)}"
            )
        elif before is not None and after is not None:
            yield from _changed_exemption(name, before, after)


def _by_name(policy: Policy) -> Mapping[str, Exemption]:
    """The entries that count, the highest layer's of each name."""
    found = {(file.folder + entry.name): entry for file in policy.layers for entry in file.exempt}
    return {name: entry for name, entry in found.items() if not entry.takes_back}


def _verb(entry: Exemption) -> str:
    return "keeps in" if entry.never else "lets pass"


def _what(entry: Exemption) -> str:
    named = (*entry.paths, *sorted(entry.suffixes))
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return ", ".join(named[:MOST_NAMED]) + more


def _changed_exemption(name: str, before: Exemption, after: Exemption) -> Iterator[Difference]:
    was, now = ({*entry.paths, *entry.suffixes} for entry in (before, after))
    grows = was <= now and set(after.but_not) <= set(before.but_not)
    shrinks = now <= was and set(before.but_not) <= set(after.but_not)
    ordered = not any(
        pattern.startswith("!") for entry in (before, after) for pattern in (*entry.paths, *entry.but_not)
    )
    if before.never is not after.never or not ordered:
        direction = Direction.UNCLEAR if plain(before) != plain(after) else Direction.NEUTRAL
    elif grows and shrinks:
        direction = Direction.NEUTRAL
    else:
        direction = way(stricter=grows if after.never else shrinks, laxer=shrinks if after.never else grows)
    if plain(before) != plain(after):
        detail = f"{_what(after)} instead of {_what(before)}" if was != now else "another reason or exception"
        yield Difference(direction, "exempt", f"exempt `{name}` has {detail}")


def _waivers(old: Policy, new: Policy) -> Iterator[Difference]:
    was, now = ({_identity(waiver): waiver for waiver in policy.waivers} for policy in (old, new))
    for key in sorted({*was, *now}, key=str):
        before, after = was.get(key), now.get(key)
        if before is None and after is not None:
            yield Difference(_WEAKER, "waivers", f"waivers lift {_loan(after)}")
        elif before is not None and after is None:
            yield Difference(_TIGHTER, "waivers", f"waivers no longer lift {_loan(before)}")
        elif before is not None and after is not None:
            yield from _changed_waiver(before, after)


def _identity(waiver: Waiver) -> tuple[object, ...]:
    return waiver.rule, waiver.paths, waiver.codes, tuple(sorted(waiver.fingerprints)), waiver.folder


def _loan(waiver: Waiver) -> str:
    where = ", ".join((*waiver.paths, *waiver.codes, *sorted(waiver.fingerprints)))
    return f"{waiver.rule} in {where}, {waiver.at_most} at most, until {waiver.expires.isoformat()} ({waiver.owner})"


def _changed_waiver(before: Waiver, after: Waiver) -> Iterator[Difference]:
    was, now = (before.expires, before.at_most), (after.expires, after.at_most)
    if was != now:
        laxer = after.expires >= before.expires and after.at_most >= before.at_most
        stricter = after.expires <= before.expires and after.at_most <= before.at_most
        detail = f"{before.at_most} until {before.expires.isoformat()}"
        yield Difference(
            way(stricter=stricter, laxer=laxer), "waivers", f"waivers lift {_loan(after)} instead of {detail}"
        )
    elif (before.owner, before.reason) != (after.owner, after.reason):
        yield Difference(
            Direction.NEUTRAL,
            "waivers",
            f"the waiver of {after.rule} has another owner or reason: {after.owner}",
        )


def _seals(old: Policy, new: Policy) -> Iterator[Difference]:
    for rule in sorted({*old.rows, *new.rows}):
        was, now = (rule in policy.rows and policy.is_non_negotiable(rule) for policy in (old, new))
        if was is not now:
            yield Difference(
                _TIGHTER if now else _WEAKER,
                rule,
                f"{rule} is {'now' if now else 'no longer'} non-negotiable",
            )
    yield from _sets("non_negotiable", sealed_blocks(old.layers), sealed_blocks(new.layers), more=_TIGHTER)
