"""Two policies side by side: what became weaker, what tighter, what is only said in other words. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from judgegate.model.rules import RuleSpec, Stricter
from judgegate.model.scales import Action, Scale
from judgegate.model.verdict import Standing
from judgegate.policy.canonical import plain
from judgegate.policy.conditions import Condition, Facts, leaves
from judgegate.policy.differences import ORDER, Difference, Direction, way
from judgegate.policy.merge import MergedRule, stricter_value
from judgegate.policy.model import Exemption, Waiver
from judgegate.policy.non_negotiable import sealed_blocks
from judgegate.policy.policy import Policy
from judgegate.policy.resolve import EffectiveRule
from judgegate.policy.sampling import (
    MOST_NAMED,
    Dimension,
    World,
    count_names,
    count_worlds,
    describe_worlds,
    dimensions,
    worlds,
)
from judgegate.policy.terms import ReviewTerms, is_part

MOST_WORLDS = 20_000
"""Combinations that are tried for two policies in all: about a second."""
QUESTIONS_A_STEP = 20
"""So many conditions cost about as much as the rest of a resolution."""
MOST_NAMES = 150
"""Words and patterns that the conditions of one rule may name."""

VERBS = {
    Action.OFF: "says nothing",
    Action.WARN: "warns",
    Action.REVIEW: "asks for a review",
    Action.BLOCK: "blocks",
}


@dataclass(frozen=True, slots=True)
class AspectDifference:
    """One aspect in which the effective rules differ, from what to what; `direction` is the new one's."""

    aspect: str
    before: str
    after: str
    direction: Direction


@dataclass(slots=True)
class Budget:
    """How many combinations may still be tried: a policy that somebody sends must not keep the gate busy."""

    worlds: int = MOST_WORLDS

    def grant(self, questions: Sequence[Condition], known: Sequence[Dimension]) -> bool:
        """Whether these combinations may be tried; if so, they are taken off."""
        count = count_worlds(known) * (1 + len(questions) // QUESTIONS_A_STEP)
        if count > self.worlds:
            return False
        self.worlds -= count
        return True


def compare_rule(rule: str, old: Policy, new: Policy, budget: Budget) -> Iterator[Difference]:
    """What became of a rule that at least one of the policies has."""
    folders = ["", *sorted(_folders(old) | _folders(new))]
    if _content(rule, old, folders) == _content(rule, new, folders) and old.review == new.review:
        return
    questions = _questions(rule, folders, old, new)
    known = dimensions(questions, folders[1:]) if count_names(questions) <= MOST_NAMES else None
    if known is None or not budget.grant(questions, known):
        yield Difference(
            Direction.UNCLEAR, rule, f"{rule} differs in more cases than can be compared: read both"
        )
        return
    row = new.rows.get(rule) or old.rows[rule]
    found: dict[AspectDifference, list[World]] = {}
    for world, facts in worlds(known):
        for answer in _answers(row, _ask(old, rule, facts), _ask(new, rule, facts)):
            if not _is_the_block_s(answer, old.review, new.review):
                found.setdefault(answer, []).append(world)
    for answer, where in found.items():
        yield Difference(answer.direction, rule, _describe(rule, answer, describe_worlds(known, where)))


def _content(rule: str, policy: Policy, folders: Sequence[str]) -> object:
    """All that can make a difference to what the rule leads to, places apart."""
    if rule not in policy.rows:
        return None
    merged = [policy.merged(rule, folder) for folder in folders]
    return plain(
        [
            [one.row.severity, one.row.options, one.below, one.above, one.when, one.cases, one.raised]
            for one in merged
        ]
    )


def _questions(rule: str, folders: Sequence[str], *policies: Policy) -> list[Condition]:
    merged = [policy.merged(rule, folder) for policy in policies if rule in policy.rows for folder in folders]
    return list(
        dict.fromkeys(leaf for one in merged for condition in _conditions(one) for leaf in leaves(condition))
    )


def _conditions(merged: MergedRule) -> Iterator[Condition]:
    if merged.when is not None:
        yield merged.when.value
    yield from (case.when for case in merged.cases)


def _folders(policy: Policy) -> set[str]:
    return {file.folder for file in policy.layers if file.folder}


def _ask(policy: Policy, rule: str, facts: Facts) -> EffectiveRule | None:
    return policy.resolve(rule, facts) if rule in policy.rows else None


def _answers(
    row: RuleSpec, old: EffectiveRule | None, new: EffectiveRule | None
) -> Iterator[AspectDifference]:
    was, now = (one.action if one else Action.OFF for one in (old, new))
    if was is not now:
        yield AspectDifference(
            "action", was.value, now.value, Direction.TIGHTER if now > was else Direction.WEAKER
        )
    if old is None or new is None or Action.OFF in {was, now}:
        return
    # What is looked for counts whatever it leads to: a stronger action with a looser limit lets something through that was held before.
    yield from _options(row, old, new)
    if was is now and old.severity is not new.severity:
        direction = Direction.TIGHTER if new.severity > old.severity else Direction.WEAKER
        yield AspectDifference("severity", old.severity.value, new.severity.value, direction)
    if was is now is Action.REVIEW:
        yield from _reviews(old.reviews, new.reviews)


def _options(row: RuleSpec, old: EffectiveRule, new: EffectiveRule) -> Iterator[AspectDifference]:
    for option in row.options:
        was, now = old.options.get(option.name, option.default), new.options.get(option.name, option.default)
        if was != now:
            is_stricter = stricter_value(option.stricter, was, now) == now
            direction = (
                Direction.UNCLEAR
                if option.stricter is Stricter.INCOMPARABLE
                else way(stricter=is_stricter, laxer=not is_stricter)
            )
            yield AspectDifference(option.name, str(was), str(now), direction)


def _reviews(old: tuple[ReviewTerms, ...], new: tuple[ReviewTerms, ...]) -> Iterator[AspectDifference]:
    if len(old) != len(new):
        yield AspectDifference("review", f"{len(old)} kinds", f"{len(new)} kinds", Direction.UNCLEAR)
        return
    for was, now in zip(old, new, strict=True):
        yield from compare_reviews(was, now)


def compare_reviews(old: ReviewTerms, new: ReviewTerms) -> Iterator[AspectDifference]:
    """The aspects of a review that differ."""
    if old.approvals != new.approvals:
        direction = Direction.TIGHTER if new.approvals > old.approvals else Direction.WEAKER
        yield AspectDifference("review.approvals", str(old.approvals), str(new.approvals), direction)
    for name in ("stale", "contributors", "author"):
        was, now = getattr(old, name), getattr(new, name)
        if was is not now:
            yield AspectDifference(
                f"review.{name}", was.value, now.value, Direction.TIGHTER if now > was else Direction.WEAKER
            )
    if set(old.standings) != set(new.standings):
        direction = way(
            stricter=is_part(new.standings, old.standings), laxer=is_part(old.standings, new.standings)
        )
        yield AspectDifference("review.from", _people(old), _people(new), direction)


def _people(terms: ReviewTerms) -> str:
    return " or ".join(sorted(str(standing) for standing in terms.standings))


def _is_the_block_s(answer: AspectDifference, old: ReviewTerms, new: ReviewTerms) -> bool:
    """Whether the difference is that of the policy's own `review`, which is told once and not for every rule."""
    return answer.aspect.startswith("review.") and answer in compare_reviews(old, new)


def _describe(rule: str, answer: AspectDifference, where: str) -> str:
    if answer.aspect != "action":
        return f"{rule}: {answer.aspect} is {answer.after} instead of {answer.before}{where}"
    was, now = Action(answer.before), Action(answer.after)
    if answer.direction is Direction.TIGHTER:
        before = f", where it {_PAST[was]}" if was is not Action.OFF else ""
        return f"{rule} now {VERBS[now]}{where}{before}"
    return f"{rule} no longer {VERBS[was]}{where}" + ("" if now is Action.OFF else f": it only {VERBS[now]}")


_PAST = {
    Action.OFF: "said nothing",
    Action.WARN: "warned",
    Action.REVIEW: "asked for a review",
    Action.BLOCK: "blocked",
}


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
