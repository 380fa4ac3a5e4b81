"""For which paths the policy asks for more than elsewhere, from what it demands of this change and of one that an AI helped with."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from judgegate.gate.attention.concerns import Weighed
from judgegate.gate.attention.critical import critical_by_policy
from judgegate.gate.judging.judgement import Judge, Judged
from judgegate.model.scales import Authorship
from judgegate.policy import AI_ASSISTED, ReviewTerms

ELSEWHERE = "\ufdd0"
"""A path that nobody has: what a rule asks for there, it asks for everywhere. (Of no path at all, a case that names one might hold.)"""


def asker(judge: Judge, judged: Iterable[Judged]) -> Callable[[str], Iterator[Weighed]]:
    """The function that says of a path whether more is asked for there.

    More than what: than the policy's own terms of review, and than the same rule asks for where no path is named. So a rule that asks for
    two approvals everywhere marks no path.
    """
    raised: dict[str, list[ReviewTerms]] = defaultdict(list)
    everywhere = {AI_ASSISTED.id: _terms(judge, AI_ASSISTED.id, ELSEWHERE)}
    for ask in (ask for one in judged for ask in one.asks(judge.policy)):
        if ask.rule not in everywhere:
            everywhere[ask.rule] = _terms(judge, ask.rule, ELSEWHERE)
        if ask.terms not in everywhere[ask.rule]:
            for path in ask.paths:
                raised[path].append(ask.terms)
    usual = (judge.policy.review, *everywhere[AI_ASSISTED.id])
    return lambda path: critical_by_policy((*raised.get(path, ()), *_terms(judge, AI_ASSISTED.id, path)), usual)


def _terms(judge: Judge, rule: str, path: str) -> tuple[ReviewTerms, ...]:
    return judge.resolve(rule, path, Authorship.AI).reviews
