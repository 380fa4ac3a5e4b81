"""Two policies side by side: what became weaker, what tighter, what is only said in other words.

Pure: it reads no file and asks no server.
"""

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct

from judgegate.model.levels import Action, Severity
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.policy.block_fields import (
    ORDER,
    AspectDifference,
    Difference,
    Direction,
    compare_sets,
    plain,
    step,
    way,
)
from judgegate.policy.conditions import Condition, Facts, leaves
from judgegate.policy.effective_rules import (
    EffectiveRule,
    MergedRule,
    sealed_blocks,
    stricter_value,
)
from judgegate.policy.exemptions import compare_exemptions
from judgegate.policy.override import compare_overrides
from judgegate.policy.policy import Policy
from judgegate.policy.provenance import compare_provenance, compare_signals
from judgegate.policy.resource_limits import compare_limits
from judgegate.policy.review import ReviewTerms, compare_reviews
from judgegate.policy.rules import folders_of
from judgegate.policy.sampling import (
    Dimension,
    World,
    count_names,
    count_worlds,
    describe_worlds,
    dimensions,
    worlds,
)
from judgegate.policy.waivers import compare_waivers

MOST_WORLDS = 20_000
"""Combinations that are tried for two policies in all: about a second."""
QUESTIONS_A_STEP = 20
"""So many conditions cost about as much as the rest of a resolution."""
MOST_NAMES = 150
"""Words and patterns that the conditions of one rule may name."""

VERBS = {
    Action.OFF: "reports nothing",
    Action.WARN: "warns",
    Action.REVIEW: "asks for a review",
    Action.BLOCK: "blocks",
}


class Budget(Struct):
    """How many combinations may still be tried.

    A policy that is part of a change must not keep the gate busy.
    """

    worlds: int = MOST_WORLDS

    def grant(self, questions: Sequence[Condition], known: Sequence[Dimension]) -> bool:
        """Whether these combinations may be tried; if so, they are taken off."""
        count = count_worlds(known) * (1 + len(questions) // QUESTIONS_A_STEP)
        if count > self.worlds:
            return False
        self.worlds -= count
        return True


def compare_rule(
    rule: str, old: Policy, new: Policy, budget: Budget
) -> Iterator[Difference]:
    """What became of a rule that at least one of the policies has."""
    folders = ["", *sorted({*folders_of(old.layers), *folders_of(new.layers)})]
    same = _content(rule, old, folders) == _content(rule, new, folders)
    # A rule that sets no review of its own has that of the block `review`.
    if same and old.review == new.review:
        return
    known = _dimensions(rule, folders, old, new, budget)
    if known is None:
        message = (
            f"{rule} differs in more cases than judgegate can compare: read both versions"
        )
        yield Difference(Direction.UNCLEAR, rule, message)
        return
    row = new.rows.get(rule) or old.rows[rule]
    for answer, where in _try_out(row, old, new, known).items():
        message = _describe(rule, answer, describe_worlds(known, where))
        yield Difference(answer.direction, rule, message)


def _dimensions(
    rule: str, folders: Sequence[str], old: Policy, new: Policy, budget: Budget
) -> tuple[Dimension, ...] | None:
    """The facts that the rule's conditions tell apart, or None where they are too many to try."""
    asked = chain(_questions(rule, folders, old), _questions(rule, folders, new))
    questions = list(dict.fromkeys(asked))
    # Looking for examples costs time as well, so names are counted before any are looked for.
    if count_names(questions) > MOST_NAMES:
        return None
    known = dimensions(questions, folders[1:])
    return known if budget.grant(questions, known) else None


def _try_out(
    row: RuleSpec, old: Policy, new: Policy, known: Sequence[Dimension]
) -> dict[AspectDifference, list[World]]:
    """Every difference of the rule, with the combinations in which it shows."""
    found: dict[AspectDifference, list[World]] = {}
    for world, facts in worlds(known):
        for answer in _answers(row, _ask(old, row.id, facts), _ask(new, row.id, facts)):
            # What the `review` block changes is said once for the block, and not again for each rule.
            if not _is_the_block_s(answer, old.review, new.review):
                found.setdefault(answer, []).append(world)
    return found


def _content(rule: str, policy: Policy, folders: Sequence[str]) -> object:
    """All that can make a difference to what the rule leads to, places apart."""
    if rule not in policy.rows:
        return None
    return [_merged_content(policy.merged(rule, folder)) for folder in folders]


def _merged_content(merged: MergedRule) -> Any:
    """All of a merged rule that can make a difference, in a form that can be compared."""
    return plain(
        [
            merged.row.severity,
            merged.row.options,
            merged.below,
            merged.above,
            merged.when,
            merged.cases,
            merged.raised,
        ]
    )


def _questions(rule: str, folders: Sequence[str], policy: Policy) -> Iterator[Condition]:
    """What the rule's conditions ask, in any of the folders; nothing where there is no such rule."""
    if rule not in policy.rows:
        return
    for folder in folders:
        for condition in policy.merged(rule, folder).conditions:
            yield from leaves(condition)


def _ask(policy: Policy, rule: str, facts: Facts) -> EffectiveRule | None:
    """What the policy says of the rule under these facts; None where it has no such rule."""
    return policy.resolve(rule, facts) if rule in policy.rows else None


def _answers(
    row: RuleSpec, old: EffectiveRule | None, new: EffectiveRule | None
) -> Iterator[AspectDifference]:
    """The aspects in which two answers differ.

    None is for a policy that has no such rule.
    """
    was = old.action if old else Action.OFF
    now = new.action if new else Action.OFF
    if was is not now:
        yield AspectDifference("action", was.value, now.value, step(was, now))
    if old is None or new is None or Action.OFF in {was, now}:
        return
    # What is looked for counts whatever it leads to: a stronger action with a looser limit lets
    # something through that was stopped before.
    yield from _options(row, old, new)
    if was is now:
        yield from _severities(old.severity, new.severity)
    # Who must approve counts only where both ask for a human: otherwise the action's own difference says it.
    if was is now is Action.REVIEW:
        yield from _reviews(old.reviews, new.reviews)


def _severities(old: Severity, new: Severity) -> Iterator[AspectDifference]:
    """The severity, if it differs: the higher one is the stricter."""
    if old is not new:
        yield AspectDifference("severity", old.value, new.value, step(old, new))


def _options(
    row: RuleSpec, old: EffectiveRule, new: EffectiveRule
) -> Iterator[AspectDifference]:
    """The options whose values differ, and which way."""
    for option in row.options:
        was = old.options.get(option.name, option.default)
        now = new.options.get(option.name, option.default)
        if was != now:
            direction = _option_direction(option.stricter, was, now)
            yield AspectDifference(option.name, str(was), str(now), direction)


def _option_direction(stricter: Stricter, was: int, now: int) -> Direction:
    """Which way an option went, whose two values differ."""
    if stricter is Stricter.INCOMPARABLE:
        return Direction.UNCLEAR
    is_stricter = stricter_value(stricter, was, now) == now
    return way(stricter=is_stricter, laxer=not is_stricter)


def _reviews(
    old: tuple[ReviewTerms, ...], new: tuple[ReviewTerms, ...]
) -> Iterator[AspectDifference]:
    """The aspects in which the demands differ, each compared with the one in its place."""
    # Demands that are not as many belong to different facts, and no pair of them can be compared.
    if len(old) != len(new):
        yield AspectDifference(
            "review", f"{len(old)} kinds", f"{len(new)} kinds", Direction.UNCLEAR
        )
        return
    for was, now in zip(old, new, strict=True):
        yield from compare_reviews(was, now)


def _is_the_block_s(answer: AspectDifference, old: ReviewTerms, new: ReviewTerms) -> bool:
    """Whether the difference is that of the policy's own `review`.

    That one is reported once, and not for every rule.
    """
    return answer.aspect.startswith("review.") and answer in compare_reviews(old, new)


def _describe(rule: str, answer: AspectDifference, where: str) -> str:
    """A difference of the rule in a sentence, with the cases that it shows in."""
    if answer.aspect != "action":
        return f"{rule}: {answer.of(rule).message}{where}"
    was, now = Action(answer.before), Action(answer.after)
    if answer.direction is Direction.TIGHTER:
        before = f", where it {_PAST[was]}" if was is not Action.OFF else ""
        return f"{rule} now {VERBS[now]}{where}{before}"
    after = f": it only {VERBS[now]}" if now is not Action.OFF else ""
    return f"{rule} no longer {VERBS[was]}{where}{after}"


_PAST = {
    Action.OFF: "reported nothing",
    Action.WARN: "warned",
    Action.REVIEW: "asked for a review",
    Action.BLOCK: "blocked",
}


def compare_policies(old: Policy, new: Policy) -> tuple[Difference, ...]:
    """Every difference in what the policies demand, the weaker ones first.

    Empty where both mean the same and say it in the same words.
    """
    if old.source.digest == new.source.digest:
        return ()
    found = {*_rules(old, new), *_blocks(old, new), *_seals(old, new)}
    return tuple(
        sorted(
            found, key=lambda one: (ORDER.index(one.direction), one.subject, one.message)
        )
    )


def _rules(old: Policy, new: Policy) -> Iterator[Difference]:
    """What became of each rule that one of the policies has."""
    was, now = old.searches(), new.searches()
    budget = Budget()
    for rule in sorted({*old.rows, *new.rows}):
        if rule in was and rule in now and was[rule] != now[rule]:
            message = f"{rule} now looks for something else"
            yield Difference(Direction.UNCLEAR, rule, message)
        yield from compare_rule(rule, old, new, budget)
        yield from _words(rule, old, new)


def _words(rule: str, old: Policy, new: Policy) -> Iterator[Difference]:
    """`message` and `why` change what is said, not what applies."""
    if rule not in old.rows or rule not in new.rows:
        return
    was, now = old.merged(rule).plain, new.merged(rule).plain
    for name in ("message", "why"):
        if plain(getattr(was, name)) != plain(getattr(now, name)):
            yield Difference(Direction.NEUTRAL, rule, f"{rule} has a different `{name}`")


def _blocks(old: Policy, new: Policy) -> Iterator[Difference]:
    """What became of each block."""
    if old.fail_on is not new.fail_on:
        message = f"fail_on is {new.fail_on.value} instead of {old.fail_on.value}"
        yield Difference(step(old.fail_on, new.fail_on), "fail_on", message)
    if old.edited is not new.edited:
        message = f"edited is {new.edited.value} instead of {old.edited.value}"
        yield Difference(step(old.edited, new.edited), "edited", message)
    yield from compare_provenance(old.provenance, new.provenance)
    yield from compare_signals(old.plan().signals, new.plan().signals)
    yield from (found.of("review") for found in compare_reviews(old.review, new.review))
    yield from compare_limits(old.limits, new.limits)
    yield from compare_overrides(old.override, new.override)
    yield from compare_exemptions(
        [file.exempt for file in old.layers], [file.exempt for file in new.layers]
    )
    yield from compare_waivers(old.waivers, new.waivers)


def _seals(old: Policy, new: Policy) -> Iterator[Difference]:
    """What became non-negotiable, and what no longer is."""
    for rule in sorted({*old.rows, *new.rows}):
        was, now = _is_sealed(rule, old), _is_sealed(rule, new)
        if was and not now:
            message = f"{rule} is no longer non-negotiable"
            yield Difference(Direction.WEAKER, rule, message)
        elif now and not was:
            message = f"{rule} is now non-negotiable"
            yield Difference(Direction.TIGHTER, rule, message)
    yield from compare_sets(
        "non_negotiable",
        sealed_blocks(old.layers),
        sealed_blocks(new.layers),
        more=Direction.TIGHTER,
    )


def _is_sealed(rule: str, policy: Policy) -> bool:
    """Whether the policy has the rule, and no later layer may weaken it."""
    return rule in policy.rows and policy.is_non_negotiable(rule)
