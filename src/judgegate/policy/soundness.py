"""What a policy says that cannot mean anything: a rule that never fires, a condition that never holds, a case behind another."""

from collections.abc import Iterator, Mapping, Sequence

from judgegate.model.rules import RuleSpec
from judgegate.policy.model import PolicyFile
from judgegate.policy.problems import PolicyProblem


def unsound(layers: Sequence[PolicyFile], rows: Mapping[str, RuleSpec]) -> Iterator[PolicyProblem]:
    """Every part that has no meaning."""
    yield from ()
