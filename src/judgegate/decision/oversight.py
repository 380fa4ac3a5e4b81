"""The rules on human judgement: what they see comes from the verdict's own parts, not from a check."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from judgegate.decision.findings import FindingJudge, JudgedFinding
from judgegate.model.observation import fingerprint
from judgegate.model.rules import RuleSpec
from judgegate.model.scales import Action, Authorship, Origin
from judgegate.model.verdict import FileState, Finding, JudgedFile
from judgegate.policy.merge import EffectiveRule
from judgegate.policy.oversight import AI_ASSISTED, POLICY_CHANGE, UNANALYSED
from judgegate.provenance.assessment import ProvenanceAssessment

if TYPE_CHECKING:
    from judgegate.policy.review import ReviewTerms


def judge_assistance(judge: FindingJudge, paths: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/ai-assisted`: the rule is asked once for each changed file; one finding stands for all, the demands are kept apart."""
    assessment = judge.assessment(AI_ASSISTED.id)
    if assessment.verdict is not Authorship.AI:
        return []
    message = describe_assistance(assessment)
    alike: dict[tuple[Action, tuple[ReviewTerms, ...]], tuple[EffectiveRule, list[str]]] = {}
    for path in paths or (None,):
        rule = judge.resolve(AI_ASSISTED.id, path, Authorship.AI)
        _, raised_by = alike.setdefault((rule.action, rule.reviews), (rule, []))
        raised_by += [path] if path is not None else []
    return [
        JudgedFinding(finding_of(AI_ASSISTED, rule, None, message, Authorship.AI), rule, tuple(raised_by))
        for rule, raised_by in alike.values()
        if rule.action is not Action.OFF
    ]


def describe_assistance(assessment: ProvenanceAssessment) -> str:
    """One sentence: how sure it is that an AI helped, and which tools say so."""
    if assessment.confidence is None:
        return f"The change is held to the terms for AI-assisted changes: {assessment.assumed}."
    tools = sorted({evidence.tool for evidence in assessment.gating})
    return f"An AI helped to write the change ({assessment.confidence.value}): {', '.join(tools)}."


def judge_unanalysed(judge: FindingJudge, files: Iterable[JudgedFile]) -> list[JudgedFinding]:
    """`oversight/unanalysed`: one finding for each file that could not be analysed."""
    return [
        judged
        for file in files
        if file.state is FileState.UNANALYSED
        and (judged := judge_path(judge, UNANALYSED.id, file.change.path, f"Not analysed: {file.reason}."))
    ]


def judge_policy_change(judge: FindingJudge, touched: Iterable[tuple[str, str]]) -> list[JudgedFinding]:
    """`oversight/policy-change`: one finding for each file that decides how changes are judged, with what it is."""
    return [
        judged
        for path, what in touched
        if (judged := judge_path(judge, POLICY_CHANGE.id, path, f"The change touches {what}."))
    ]


def judge_fallback(judge: FindingJudge, why: Sequence[str]) -> list[JudgedFinding]:
    """`oversight/policy-change`, where the base's policy does not load: those who may review the policy judge what happens without it."""
    if not why:
        return []
    judged = judge_path(
        judge, POLICY_CHANGE.id, None, f"The base's policy does not load, so the pack strict judges. {why[0]}"
    )
    return [judged] if judged else []


def judge_path(judge: FindingJudge, rule_id: str, path: str | None, message: str) -> JudgedFinding | None:
    """The finding that a fact about a file, or about the change as a whole, makes; `message` unless the policy has its own."""
    assessment = judge.assessment(rule_id)
    provenance = assessment.verdict if path is None else assessment.of_file(path)
    rule = judge.resolve(rule_id, path, provenance)
    if rule.action is Action.OFF:
        return None
    finding = finding_of(judge.specs[rule_id], rule, path, message, provenance)
    return JudgedFinding(finding, rule, () if path is None else (path,))


def finding_of(
    spec: RuleSpec, rule: EffectiveRule, path: str | None, message: str, provenance: Authorship
) -> Finding:
    """A finding that has no lines."""
    return Finding(
        rule=spec.id,
        code=None,
        severity=rule.severity,
        confidence=None,
        path=path,
        line=None,
        end_line=None,
        subject="",
        message=rule.message or message,
        action=rule.action,
        origin=Origin.INTRODUCED,
        provenance=provenance,
        fingerprint=fingerprint(spec.id, "", "", [path or ""]),
        remedy=spec.remedy,
        why=rule.why or "",
    )
