"""What a change does to the policy, in words: the policy from which it starts beside the one that it brings."""

from collections.abc import Iterable, Sequence

from judgegate.model.rules import RuleSpec
from judgegate.policy import Difference, Organisation, Policy, PolicyError, Reader, compare_policies, load_policy

MOST_TOLD = 5
"""Differences that a finding tells; `judgegate policy diff` tells all."""


def tell_effect(
    rules: Iterable[RuleSpec], before: Reader, head: Policy, in_force: Policy, organisation: Organisation | None
) -> tuple[str, ...]:
    """What becomes weaker, unclear, tighter or merely different, in this order.

    `before` is the tree that the change starts from; where its policy does not load, the one in force is what the head's replaces.
    """
    try:
        old = load_policy(rules, before, organisation=organisation)
    except PolicyError:
        old = in_force
    return _shorten(compare_policies(old, head))


def _shorten(found: Sequence[Difference]) -> tuple[str, ...]:
    if not found:
        return ("it means the same as before",)
    more = (f"and {len(found) - MOST_TOLD} more",) if len(found) > MOST_TOLD else ()
    return (*map(str, found[:MOST_TOLD]), *more)
