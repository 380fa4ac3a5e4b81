"""Two policies side by side: what became weaker, what tighter, what is only said in other words. Pure."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from judgegate.model.levels import Action
from judgegate.model.rules import RuleSpec, Stricter
from judgegate.policy.block_fields import (
    ORDER,
    AspectDifference,
    Difference,
    Direction,
    compare_sets,
    plain,
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
    """How many combinations may still be tried: a policy that somebody sends must not keep the gate busy."""

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
    folders = ["", *sorted(_folders(old) | _folders(new))]
    if (
        _content(rule, old, folders) == _content(rule, new, folders)
        and old.review == new.review
    ):
        return
    questions = _questions(rule, folders, old, new)
    known = (
        dimensions(questions, folders[1:]) if count_names(questions) <= MOST_NAMES else None
    )
    if known is None or not budget.grant(questions, known):
        yield Difference(
            Direction.UNCLEAR,
            rule,
            f"{rule} differs in more cases than judgegate can compare: read both versions",
        )
        return
    row = new.rows.get(rule) or old.rows[rule]
    for answer, where in _try_out(row, old, new, known).items():
        yield Difference(
            answer.direction, rule, _describe(rule, answer, describe_worlds(known, where))
        )


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
    merged = [policy.merged(rule, folder) for folder in folders]
    return plain(
        [
            [
                one.row.severity,
                one.row.options,
                one.below,
                one.above,
                one.when,
                one.cases,
                one.raised,
            ]
            for one in merged
        ]
    )


def _questions(rule: str, folders: Sequence[str], *policies: Policy) -> list[Condition]:
    merged = [
        policy.merged(rule, folder)
        for policy in policies
        if rule in policy.rows
        for folder in folders
    ]
    return list(
        dict.fromkeys(
            leaf
            for one in merged
            for condition in _conditions(one)
            for leaf in leaves(condition)
        )
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
            "action", was.value, now.value, way(stricter=now > was, laxer=now < was)
        )
    if old is None or new is None or Action.OFF in {was, now}:
        return
    # What is looked for counts whatever it leads to: a stronger action with a looser limit lets
    # something through that was held before.
    yield from _options(row, old, new)
    if was is now and old.severity is not new.severity:
        direction = way(
            stricter=new.severity > old.severity, laxer=new.severity < old.severity
        )
        yield AspectDifference(
            "severity", old.severity.value, new.severity.value, direction
        )
    # Who must approve counts only where both ask for a human: otherwise the action's own difference says it.
    if was is now is Action.REVIEW:
        yield from _reviews(old.reviews, new.reviews)


def _options(
    row: RuleSpec, old: EffectiveRule, new: EffectiveRule
) -> Iterator[AspectDifference]:
    for option in row.options:
        was, now = (
            old.options.get(option.name, option.default),
            new.options.get(option.name, option.default),
        )
        if was != now:
            is_stricter = stricter_value(option.stricter, was, now) == now
            direction = (
                Direction.UNCLEAR
                if option.stricter is Stricter.INCOMPARABLE
                else way(stricter=is_stricter, laxer=not is_stricter)
            )
            yield AspectDifference(option.name, str(was), str(now), direction)


def _reviews(
    old: tuple[ReviewTerms, ...], new: tuple[ReviewTerms, ...]
) -> Iterator[AspectDifference]:
    # Demands that are not as many belong to different facts, and no pair of them can be compared.
    if len(old) != len(new):
        yield AspectDifference(
            "review", f"{len(old)} kinds", f"{len(new)} kinds", Direction.UNCLEAR
        )
        return
    for was, now in zip(old, new, strict=True):
        yield from compare_reviews(was, now)


def _is_the_block_s(answer: AspectDifference, old: ReviewTerms, new: ReviewTerms) -> bool:
    """Whether the difference is that of the policy's own `review`, which is told once and not for every rule."""
    return answer.aspect.startswith("review.") and answer in compare_reviews(old, new)


def _describe(rule: str, answer: AspectDifference, where: str) -> str:
    if answer.aspect != "action":
        return f"{rule}: {answer.of(rule).message}{where}"
    was, now = Action(answer.before), Action(answer.after)
    if answer.direction is Direction.TIGHTER:
        before = f", where it {_PAST[was]}" if was is not Action.OFF else ""
        return f"{rule} now {VERBS[now]}{where}{before}"
    return f"{rule} no longer {VERBS[was]}{where}" + (
        "" if now is Action.OFF else f": it only {VERBS[now]}"
    )


_PAST = {
    Action.OFF: "reported nothing",
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
        *_seals(old, new),
    ]
    return tuple(
        sorted(
            dict.fromkeys(found),
            key=lambda one: (ORDER.index(one.direction), one.subject, one.message),
        )
    )


def _rules(old: Policy, new: Policy) -> Iterator[Difference]:
    was, now = old.searches(), new.searches()
    budget = Budget()
    for rule in sorted({*old.rows, *new.rows}):
        if rule in was and rule in now and was[rule] != now[rule]:
            yield Difference(
                Direction.UNCLEAR, rule, f"{rule} now looks for something else"
            )
        yield from compare_rule(rule, old, new, budget)
        yield from _words(rule, old, new)


def _words(rule: str, old: Policy, new: Policy) -> Iterator[Difference]:
    """`message` and `why` change what is said, not what holds."""
    if rule in old.rows and rule in new.rows:
        for name in ("message", "why"):
            if plain(getattr(old.merged(rule).plain, name)) != plain(
                getattr(new.merged(rule).plain, name)
            ):
                yield Difference(
                    Direction.NEUTRAL, rule, f"{rule} has a different `{name}`"
                )


def _blocks(old: Policy, new: Policy) -> Iterator[Difference]:
    if old.fail_on is not new.fail_on:
        direction = Direction.TIGHTER if new.fail_on > old.fail_on else Direction.WEAKER
        message = f"fail_on is {new.fail_on.value} instead of {old.fail_on.value}"
        yield Difference(direction, "fail_on", message)
    yield from compare_provenance(old.provenance, new.provenance)
    yield from compare_signals(old.plan().signals, new.plan().signals)
    yield from (found.of("review") for found in compare_reviews(old.review, new.review))
    yield from compare_limits(old.limits, new.limits)
    yield from compare_overrides(old.override, new.override)
    yield from compare_exemptions(
        *([file.exempt for file in policy.layers] for policy in (old, new))
    )
    yield from compare_waivers(old.waivers, new.waivers)


def _seals(old: Policy, new: Policy) -> Iterator[Difference]:
    for rule in sorted({*old.rows, *new.rows}):
        was, now = (
            rule in policy.rows and policy.is_non_negotiable(rule) for policy in (old, new)
        )
        if was is not now:
            yield Difference(
                Direction.TIGHTER if now else Direction.WEAKER,
                rule,
                f"{rule} is {'now' if now else 'no longer'} non-negotiable",
            )
    yield from compare_sets(
        "non_negotiable",
        sealed_blocks(old.layers),
        sealed_blocks(new.layers),
        more=Direction.TIGHTER,
    )
