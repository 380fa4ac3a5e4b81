"""How two policies differ in one rule: both are asked the same questions, and their answers compared."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from judgegate.model.rules import RuleSpec, Stricter
from judgegate.model.scales import Action
from judgegate.policy.canonical import plain
from judgegate.policy.conditions import Condition, Facts
from judgegate.policy.differences import Difference, Direction, way
from judgegate.policy.merging import MergedRule, stricter_value
from judgegate.policy.policy import Policy
from judgegate.policy.probing import (
    Dimension,
    World,
    count_names,
    count_worlds,
    describe_worlds,
    dimensions,
    worlds,
)
from judgegate.policy.resolving import EffectiveRule
from judgegate.policy.soundness import leaves
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
        yield AspectDifference("review.from", _standings(old), _standings(new), direction)


def _standings(terms: ReviewTerms) -> str:
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
