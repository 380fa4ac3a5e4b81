"""How a policy judges single observations: facts in, a finding and the review it asks for out."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache, cached_property
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from judgegate.model.analysis import Paired, PlacedObservation
from judgegate.model.levels import (
    Action,
    Authorship,
    Confidence,
    EditedAs,
    Origin,
    Severity,
)
from judgegate.model.observation import Observation
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import Finding
from judgegate.policy.conditions import Facts
from judgegate.policy.effective_rules import EffectiveRule
from judgegate.policy.oversight import AI_ASSISTED
from judgegate.policy.policy import Policy
from judgegate.policy.provenance import ProvenanceTerms
from judgegate.policy.review import ReviewTerms
from judgegate.provenance.assessment import ProvenanceAssessment
from judgegate.review.demands import Ask


class JudgedFinding(Struct, frozen=True):
    """A finding and the effective rule that made it one.

    `paths` are the files that raised it, none for the change as a whole.
    """

    finding: Finding
    rule: EffectiveRule
    paths: tuple[str, ...] = ()

    def asks(self, policy: Policy) -> tuple[Ask, ...]:
        """The reviews it asks for, if that is what it leads to and no waiver lifts it."""
        finding = self.finding
        if finding.action is not Action.REVIEW or finding.waiver:
            return ()
        if finding.origin is Origin.EXISTING:
            return ()
        # Where no code owner is known for a path, those whom the policy names besides may approve.
        fallback = tuple(
            standing
            for standing in policy.review.standings
            if standing.kind != "code_owners"
        )
        # An `Ask` has a fallback of its own for a policy that names no one else.
        named = {"fallback": fallback} if fallback else {}
        return tuple(
            Ask(finding.rule, terms, self.paths, self.rule.non_negotiable, **named)
            for terms in self.rule.reviews
        )


class FindingJudge(Struct, frozen=True, dict=True):
    """The policy, what the evidence says of the lines, and what is known of the change.

    `known` are the facts that are the same for every finding of the change. `assess` weighs the
    evidence by provenance terms: a non-negotiable rule sees only those of the layers up to the one
    that made it so.
    """

    policy: Policy
    specs: Mapping[str, RuleSpec]
    assess: Callable[[ProvenanceTerms], ProvenanceAssessment]
    known: Facts

    def assessment(self, rule: str) -> ProvenanceAssessment:
        """Who wrote what, in the eyes of a rule."""
        return self.assess(self.policy.provenance_of(rule))

    def resolve(
        self,
        rule: str,
        path: str | None,
        provenance: Authorship,
        *,
        severity: Severity | None = None,
        confidence: Confidence | None = None,
        code: str | None = None,
    ) -> EffectiveRule:
        """The rule as it is for a finding with these facts."""
        return self._resolve_once(
            rule,
            replace(
                self.known,
                path=path,
                provenance=provenance,
                severity=severity,
                confidence=confidence,
                code=code,
            ),
        )

    @cached_property
    def _resolve_once(self) -> Callable[[str, Facts], EffectiveRule]:
        """As `Policy.resolve`, but asked once for the same facts: thousands of findings can have them."""
        return cache(self.policy.resolve)

    def reviews_if_assisted(self, rule: str, path: str) -> tuple[ReviewTerms, ...]:
        """The reviews that the rule asks for of a file that an AI helped to write."""
        return self.resolve(rule, path, Authorship.AI).reviews

    def judge(self, paired: Paired) -> JudgedFinding | None:
        """The finding that an observation makes, or None where the policy does not mind."""
        seen, path = paired.now.seen, paired.now.path
        provenance = self.assessment(seen.rule).of_lines(path, (seen.lines,))
        rule = self._resolve_seen(seen, path, provenance)
        if rule.action is Action.OFF or not self._exceeds(seen, rule):
            return None
        origin, action = self._origin_and_action(paired, rule)
        spec = self.specs[seen.rule]
        finding = Finding(
            rule=seen.rule,
            code=seen.code or None,
            severity=rule.severity,
            confidence=seen.confidence,
            path=path,
            line=seen.lines.start,
            end_line=seen.lines.end,
            subject=seen.subject,
            message=_with_difference(
                rule.message or self._describe(paired, rule), paired.differs
            ),
            action=action,
            origin=origin,
            provenance=provenance,
            fingerprint=seen.fingerprint,
            excerpt=seen.excerpt,
            remedy=spec.remedy_for(seen.code),
            why=rule.why or "",
            touched=origin is Origin.EXISTING and _edits_definition(paired),
        )
        return JudgedFinding(finding, rule, (path,))

    def _origin_and_action(
        self, paired: Paired, rule: EffectiveRule
    ) -> tuple[Origin, Action]:
        """Whether the change answers for it, and what it leads to.

        What was edited and did not become worse is a warning at most. The policy may say that it counts as
        introduced, and a rule that is not negotiable always says so.
        """
        if paired.origin is not Origin.EDITED:
            return paired.origin, rule.action
        if rule.non_negotiable or self.policy.edited is EditedAs.INTRODUCED:
            return Origin.INTRODUCED, rule.action
        return Origin.EDITED, min(rule.action, Action.WARN)

    def tightens(self, now: PlacedObservation, was: PlacedObservation) -> bool:
        """Whether a finding moved from a place whose rules were weaker.

        The same facts are judged in both, only the path exchanged.
        """
        provenance = self.assessment(now.seen.rule).of_lines(now.path, (now.seen.lines,))
        here = self._resolve_seen(now.seen, now.path, provenance)
        there = self._resolve_seen(now.seen, was.path, provenance)
        return self._action(now.seen, there) < self._action(now.seen, here)

    def _action(self, seen: Observation, rule: EffectiveRule) -> Action:
        """What the rule leads to here: nothing where the measure is within its limit."""
        return rule.action if self._exceeds(seen, rule) else Action.OFF

    def _resolve_seen(
        self, seen: Observation, path: str, provenance: Authorship
    ) -> EffectiveRule:
        return self.resolve(
            seen.rule,
            path,
            provenance,
            severity=seen.severity,
            confidence=seen.confidence,
            code=seen.code,
        )

    def _exceeds(self, seen: Observation, rule: EffectiveRule) -> bool:
        limit = self._limit(seen, rule)
        return limit is None or seen.size > limit

    def _limit(self, seen: Observation, rule: EffectiveRule) -> int | None:
        """What the measure may be at most, or None where the rule limits none."""
        for option in self.specs[seen.rule].options:
            if option.limits_measure:
                return rule.options[option.name]
        return None

    def _describe(self, paired: Paired, rule: EffectiveRule) -> str:
        seen = paired.now.seen
        limit = self._limit(seen, rule)
        if limit is None:
            return seen.message
        was = ""
        if paired.was is not None and paired.has_grown:
            was = f", up from {paired.measure_before}"
        return f"{seen.metric} is {seen.measure}{was}; the limit is {limit}"


_CHANGED = {
    "meanings": "what is called",
    "roots": "what flows into it",
    "constants": "what flows into it",
    "keywords": "how it is called",
    "guards": "what is checked before it",
    "exposure": "who can reach it",
    "rest": "what is checked before it",
    "doubts": "what its names mean",
}
"""What a person calls the parts of an evidence context."""


def _with_difference(message: str, differs: Iterable[str]) -> str:
    """A message that says, of code that is as before, why it counts as new."""
    changed = [*dict.fromkeys(_CHANGED[part] for part in differs)]
    if not changed:
        return message
    verb = "is" if len(changed) == 1 else "are"
    what = " and ".join(changed)
    return f"{message.removesuffix('.')}. The code was there before, but {what} {verb} not the same"


def _edits_definition(paired: Paired) -> bool:
    """Whether the change edits the definition around it, on either side."""
    now, was = paired.now, paired.was
    if now.file.change.added_at.meets(now.seen.whole):
        return True
    return was is not None and was.file.change.removed_at.meets(was.seen.whole)


ELSEWHERE = "\ufdd0"
"""A path that no file has: what a rule asks for there, it asks for everywhere.

(Of no path at all, a case that names one might hold.)
"""


class ReviewsByPath(Struct, frozen=True):
    """Which reviews a change's paths ask for, beside those that are asked for everywhere.

    `usual` are the policy's own terms of review and what an AI-assisted file asks for anywhere. A
    rule that asks for two approvals everywhere therefore makes no path special: `raised` holds only
    what a rule asks for here and not elsewhere.
    """

    judge: FindingJudge
    usual: tuple[ReviewTerms, ...]
    raised: Mapping[str, tuple[ReviewTerms, ...]]

    @classmethod
    def of(cls, judge: FindingJudge, judged: Iterable[JudgedFinding]) -> "ReviewsByPath":
        """What these findings ask for."""
        raised: dict[str, list[ReviewTerms]] = defaultdict(list)
        everywhere = {AI_ASSISTED.id: judge.reviews_if_assisted(AI_ASSISTED.id, ELSEWHERE)}
        asks = chain.from_iterable(one.asks(judge.policy) for one in judged)
        for ask in asks:
            if ask.rule not in everywhere:
                everywhere[ask.rule] = judge.reviews_if_assisted(ask.rule, ELSEWHERE)
            # What is asked for everywhere makes no path special.
            if ask.terms in everywhere[ask.rule]:
                continue
            for path in ask.paths:
                raised[path].append(ask.terms)
        usual = (judge.policy.review, *everywhere[AI_ASSISTED.id])
        return cls(judge, usual, {path: tuple(terms) for path, terms in raised.items()})

    def asked(self, path: str) -> tuple[ReviewTerms, ...]:
        """What is asked for here, and what would be if an AI had helped with this file."""
        return (
            *self.raised.get(path, ()),
            *self.judge.reviews_if_assisted(AI_ASSISTED.id, path),
        )
