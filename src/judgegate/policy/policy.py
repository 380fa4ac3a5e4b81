"""The policy: what the team demands, ready to be asked."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from judgegate.model.change import Blob
from judgegate.model.levels import Action, EditedAs, FailOn
from judgegate.model.own_rules import Search, Sought
from judgegate.model.rules import RuleSpec
from judgegate.model.verdict import PolicySource
from judgegate.policy.block_fields import digest, is_bound
from judgegate.policy.conditions import Facts
from judgegate.policy.effective_rules import (
    EffectiveRule,
    MergedRule,
    free_layers,
    merge_block,
    resolve_rule,
    rule_at,
    sealed_blocks,
)
from judgegate.policy.exemptions import Exemption, find_exemption
from judgegate.policy.override import OverrideTerms
from judgegate.policy.oversight import FLOORED, UNANALYSED
from judgegate.policy.own_rule_kinds import kind_of
from judgegate.policy.own_rules import searches_of
from judgegate.policy.provenance import ProvenanceTerms, TeamSignal
from judgegate.policy.resource_limits import LimitTerms
from judgegate.policy.review import ReviewTerms
from judgegate.policy.rules import (
    NOWHERE,
    PolicyFile,
    Scope,
    all_scopes,
    folders_of,
    scope_at,
)
from judgegate.policy.waivers import Waivable, Waiver, find_waiver

if TYPE_CHECKING:
    from judgegate.policy.block_fields import SingleTerm

T = TypeVar("T")


class Plan(Struct, frozen=True):
    """What an analysis must look for: no action, severity or threshold.

    `rules` are the ids of the rules that can ever fire, sorted. `searches` is what those that the
    policy brings itself look for in files' contents; what is known of a file or a change without
    them is in every analysis. `digest` names the content.
    """

    rules: tuple[str, ...]
    limits: LimitTerms
    signals: tuple[TeamSignal, ...]
    searches: tuple[Sought, ...] = ()

    @property
    def digest(self) -> str:
        """The digest of the content: it tells whether an analysis was made for this plan."""
        return digest(self)


class Policy:
    """All layers, lowest first, over the rows of the rules that exist. Built by loading only.

    `paths` are the files that it was read from, as far as they are in the place of the
    repository's policy.
    """

    def __init__(
        self,
        rows: Mapping[str, RuleSpec],
        layers: tuple[PolicyFile, ...],
        source: PolicySource,
        paths: tuple[str, ...],
    ) -> None:
        self.rows = rows
        self.layers = layers
        self.source = source
        self.paths = paths
        self._sealed = sealed_blocks(layers)
        self._known: dict[object, object] = {}

    @property
    def fail_on(self) -> FailOn:
        """The mildest outcome that makes the exit code non-zero, unless the command line says otherwise."""
        terms: SingleTerm[FailOn] = self._merged_block("fail_on", self._seal("fail_on"))
        return terms.value

    @property
    def edited(self) -> EditedAs:
        """What a finding counts as that the change edited and that is proved to be no worse."""
        terms: SingleTerm[EditedAs] = self._merged_block("edited", self._seal("edited"))
        return terms.value

    @property
    def override(self) -> OverrideTerms:
        """Who may override a verdict that no non-negotiable rule is part of."""
        terms: OverrideTerms = self._merged_block("override", self._seal("override"))
        return terms

    def provenance_of(self, rule: str) -> ProvenanceTerms:
        """What makes a change AI-assisted in the eyes of this rule."""
        terms: ProvenanceTerms = self._merged_block(
            "provenance", self._seal("provenance", self._rule(rule, NOWHERE).sealed_at)
        )
        return terms

    @property
    def provenance(self) -> ProvenanceTerms:
        """What makes a change AI-assisted for all rules that no layer made non-negotiable."""
        terms: ProvenanceTerms = self._merged_block("provenance", self._seal("provenance"))
        return terms

    @property
    def review(self) -> ReviewTerms:
        """What a human review is, unless a rule says otherwise."""
        terms: ReviewTerms = self._merged_block("review", self._seal("review"))
        return terms

    @property
    def limits(self) -> LimitTerms:
        """What one file may cost.

        One analysis serves all rules, so the first non-negotiable rule's view counts.
        """
        seals = [
            merged.sealed_at
            for id_ in self.rows
            if (merged := self._rule(id_, NOWHERE)).sealed_at is not None
        ]
        terms: LimitTerms = self._merged_block("limits", self._seal("limits", *seals))
        return terms

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """All waivers, the lowest layer's first; those of layers above a seal do not count."""
        seal = self._seal("waivers")
        return tuple(
            waiver
            for index, file in enumerate(self.layers)
            if not is_bound(index, seal)
            for waiver in file.waivers
        )

    def resolve(self, rule: str, facts: Facts) -> EffectiveRule:
        """What the rule says of a finding, or of the change where `facts` are about one of its files.

        Raises:
            KeyError: no row has this id.
        """
        scope = self._scope(facts.path)
        merged = self._rule(rule, scope)
        terms: ReviewTerms = self._merged_block(
            "review", self._seal("review", merged.sealed_at), scope
        )
        return resolve_rule(merged, facts, terms)

    def is_non_negotiable(self, rule: str, path: str | None = None) -> bool:
        """Whether no later layer can weaken the rule and no waiver can lift its findings (at this path)."""
        return self._rule(rule, self._scope(path)).sealed is not None

    def switched_off(self, rule: str) -> bool:
        """Whether the policy says `off` for this rule wherever it could apply."""
        return rule not in FLOORED and all(
            self._rule(rule, scope).strongest is Action.OFF
            for scope in all_scopes(self.layers)
        )

    def plan(self) -> Plan:
        """What an analysis must look for so that this policy can judge it."""
        found = self._known.get("plan")
        if not isinstance(found, Plan):
            found = self._known["plan"] = self._make_plan()
        return found

    def _make_plan(self) -> Plan:
        """The plan, with the searches of those rules that can fire."""
        rules = tuple(sorted(rule for rule in self.rows if not self.switched_off(rule)))
        signals = dict.fromkeys(
            placed.value for file in self.layers for placed in file.provenance.signals
        )
        searches = (
            Sought(rule, search) for rule, search in self._contents() if rule in rules
        )
        return Plan(rules, self.limits, tuple(signals), tuple(searches))

    def searches(self) -> Mapping[str, Search]:
        """What the rules that the policy brings itself look for, by their ids."""
        return searches_of(self.layers)

    @property
    def own_rules(self) -> tuple[RuleSpec, ...]:
        """The rows of the rules that the policy brings itself."""
        return tuple(self.rows[rule] for rule in self.searches())

    def _contents(self) -> Iterator[tuple[str, Search]]:
        """The searches that read files' contents, by their rules."""
        return (
            (rule, search)
            for rule, search in self.searches().items()
            if kind_of(search).reads_contents
        )

    def exemption(
        self, path: str, *blobs: Blob | None, rule: str = UNANALYSED.id
    ) -> Exemption | None:
        """The entry that exempts a file, given all its sides; None where none does.

        A link, a submodule or an executable never is.

        `rule` is the one in whose eyes it is asked: a non-negotiable one does not see what later
        layers exempt.
        """
        seal = self._seal("exempt", self._rule(rule, self._scope(path)).sealed_at)
        return find_exemption([file.exempt for file in self.layers], path, blobs, seal)

    def find_waiver(
        self, finding: Waivable, today: date, used: Mapping[Waiver, int]
    ) -> Waiver | None:
        """The waiver that lifts a finding today, None on a non-negotiable rule.

        `used`: how many findings each has lifted so far.
        """
        if finding.rule in FLOORED or self.is_non_negotiable(finding.rule, finding.path):
            return None
        return find_waiver(self.waivers, finding, today, used)

    def merged(self, rule: str, path: str | None = None) -> MergedRule:
        """The rule with each value's place, as the layers have it (at this path)."""
        return self._rule(rule, self._scope(path))

    def _seal(self, block: str, *others: int | None) -> int | None:
        """The first layer after which the block may only be tightened."""
        sealed = self._sealed.get(block)
        seals = [
            seal for seal in (sealed[0] if sealed else None, *others) if seal is not None
        ]
        return min(seals, default=None)

    # Which terms a block has only its caller knows, so the type checker has to believe it.
    def _merged_block(self, block: str, seal: int | None, scope: Scope = NOWHERE) -> T:  # type: ignore[type-var]
        """The block's terms, merged once and kept."""
        key = ("block", block, seal, scope)
        if key not in self._known:
            self._known[key] = merge_block(
                block, self.layers, free_layers(self.layers, seal, scope)
            )
        return self._known[key]  # type: ignore[return-value]  # as above

    def _rule(self, rule: str, scope: Scope) -> MergedRule:
        """The rule as the layers have it in this scope, merged once and kept."""
        key = ("rule", rule, scope)
        found = self._known.get(key)
        if not isinstance(found, MergedRule):
            found = self._known[key] = rule_at(self.layers, self.rows[rule], scope)
        return found

    def _scope(self, path: str | None) -> Scope:
        """The folders' own policies that apply at the path."""
        return scope_at(self.layers, path)


def effective_digest(policy: Policy) -> str:
    """The digest of what applies, whatever files, comments and order of keys it was written with."""
    folders = ["", *sorted(folders_of(policy.layers))]
    rules = {
        rule: [_content(policy.merged(rule, folder)) for folder in folders]
        for rule in policy.rows
    }
    blocks = [
        policy.fail_on,
        policy.provenance,
        policy.review,
        policy.limits,
        policy.override,
        policy.plan(),
        policy.searches(),
    ]
    if policy.edited is not EditedAs.WARN:
        # Left out where nothing says so: digests without it are published.
        blocks.append(policy.edited)
    lists = [[file.folder, file.exempt, sorted(file.sealed)] for file in policy.layers]
    return digest([folders, rules, blocks, lists, policy.waivers])


def _content(rule: MergedRule) -> list[object]:
    """What of a merged rule is part of the digest: all but places."""
    row = rule.row
    return [
        row.severity,
        row.options,
        rule.below,
        rule.above,
        rule.when,
        rule.cases,
        rule.raised,
        rule.sealed is not None,
    ]
