"""The rules of human judgement that no check stands behind: the gate itself observes for them."""

from judgegate.model.levels import Severity
from judgegate.model.rules import RulePage, RuleSpec

AI_ASSISTED = RuleSpec(
    id="oversight/ai-assisted",
    summary="An AI helped to write this change, so a qualified human must judge it.",
    severity=Severity.MEDIUM,
    remedy="Ask somebody who took no part in the change to review it.",
    question="Does it do what was asked, and only that?",
    page=RulePage(
        what="""\
Asked once for each changed file when the change counts as AI-assisted: when evidence of at least the confidence that
`provenance.gate_on` names is found in a commit, a note, the branch or the pull request, in one of the roles that
`provenance.roles` lists. With `gate_on: always` every change counts.

The absence of a marker proves nothing: an unmarked change is never called human.""",
        why="""\
Code that reads well and is wrong in one line is what assistants are good at. They speed up the writing, not the judging:
somebody who knows the code has to say that the change does what it should, and that somebody must not be one of its makers.""",
        mend="""\
Ask for a review by somebody with the standing that the policy asks for. Who wrote, co-wrote or committed a part of the change
does not count, and an approval counts for the commit that it was given on.

There is nothing to mend in the change itself. Leave the marker where it is: it tells the reviewer what to question first.""",
        tune="""\
`cases` with `paths` ask for more where more is at stake, `review` says how many approvals and from whom:

```yaml
rules:
  oversight/ai-assisted:
    action: review
    cases:
      - when: {paths: ["src/payments/**"]}
        review: {approvals: 2, from: [code_owners]}
```

A team that wants no reward for hiding a marker sets `provenance: {gate_on: always}`.""",
        language="text",
    ),
)

UNANALYSED = RuleSpec(
    id="oversight/unanalysed",
    summary="A file of the change could not be checked, so a human must look at it.",
    severity=Severity.MEDIUM,
    remedy="Review the file by hand, or tell the policy why nobody needs to.",
    question="What is in it, and how was that made sure of?",
    page=RulePage(
        what="""\
Every file of the change ends as analysed, exempt or unanalysed. This rule stands for the last: nothing covers its kind (a
notebook, a workflow, a container file, a binary), it is a link or a submodule, it is too large, it does not decode or parse, or
a check ended before its time.""",
        why="""\
Could not check is not clean. A gate that is silent about what it did not read can be walked around with one odd byte.""",
        mend="""\
Read the reason beside the file. A file that does not parse can be repaired, one that is too large can be split. For the rest a
human looks at the file and approves.""",
        tune="""\
An `exempt` entry with a reason names files that need no check. It never holds for links, submodules and executables:

```yaml
exempt:
  - {name: fixtures, paths: ["tests/data/**"], reason: Input for tests, never run.}
```

The action is never below `review`, in any policy; it can be raised to `block`. It cannot be waived.""",
        language="text",
    ),
)

POLICY_CHANGE = RuleSpec(
    id="oversight/policy-change",
    summary="The change touches the rules that it is judged by, so a human must agree.",
    severity=Severity.HIGH,
    remedy="Ask somebody who may change the policy to review it.",
    question="What becomes weaker by this, and does the team want that?",
    page=RulePage(
        what="""\
A change of the policy, of a file that it extends (before or after the change), of CODEOWNERS, or of a workflow that runs
judgegate. The change is judged by the base's policy; its own comes into force when it is merged.""",
        why="""\
Whoever changes the rules and the code together could let anything through. So the rules of the base hold until a human has
agreed to other ones.""",
        mend="""\
Ask for a review by somebody with the standing that the policy asks for. To get other work through meanwhile, move the policy's
change into a pull request of its own.""",
        tune="""\
`review` says who may agree to a change of the rules:

```yaml
rules:
  oversight/policy-change:
    review: {approvals: 2, from: [{team: example/platform}]}
```

A maintainer who is alone can allow `review: {author: attest}` here. The action is never below `review`, in any policy. It
cannot be waived.""",
        language="text",
    ),
)

OVERSIGHT: tuple[RuleSpec, ...] = (AI_ASSISTED, UNANALYSED, POLICY_CHANGE)

FLOORED = frozenset({UNANALYSED.id, POLICY_CHANGE.id})
"""The rules that are never below `review`, whatever a policy says."""
