"""The rules of human judgement that no check stands behind: the gate itself observes for them."""

from judgegate.model.levels import Severity
from judgegate.model.rules import RulePage, RuleSpec

AI_ASSISTED = RuleSpec(
    id="oversight/ai-assisted",
    summary="An AI helped to write this change, so a qualified human must judge it.",
    severity=Severity.MEDIUM,
    remedy="Ask someone who had no part in the change to review it.",
    question="Does it do what was asked, and only that?",
    page=RulePage(
        what="""\
This rule applies if the change counts as AI-assisted, and is evaluated once for each changed file. A change
counts as AI-assisted if a commit, a note, the branch or the pull request has evidence of at least the
confidence in `provenance.gate_on`, in one of the roles in `provenance.roles`. With `gate_on: always` every
change counts.

The absence of a marker proves nothing: judgegate never calls an unmarked change human.""",
        why="""\
Assistants often write code that reads well and is wrong in one line. They make the writing faster, but not
the judging. Someone who knows the code, and who did not help to make the change, must say that the change
does what it should.""",
        mend="""\
Ask for a review by someone with the standing that the policy requires. A person who wrote, co-wrote or
committed a part of the change does not count. An approval counts for the commit that it was given on.

There is nothing to fix in the change itself. Leave the marker where it is: it shows the reviewer what to
question first.""",
        tune="""\
`cases` with `paths` require more where more is at stake. `review` sets how many approvals are required, and
from whom:

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
    summary="A file of the change could not be checked, so a human must review it.",
    severity=Severity.MEDIUM,
    remedy="Review the file by hand, or exempt it in the policy and give the reason.",
    question="What is in it, and how did you check that?",
    page=RulePage(
        what="""\
Every file of the change ends as analysed, exempt or unanalysed. This rule reports the unanalysed files. A
file is unanalysed if no check covers its kind (a notebook, a workflow, a container file, a binary), if it
is a link or a submodule, if it is too large, if it does not decode or parse, or if a check stopped before
its end.""",
        why="""\
A file that could not be checked may have any fault. If a gate said nothing about files that it did not
read, one unusual byte would be enough to get past it.""",
        mend="""\
Read the reason beside the file. Fix a file that does not parse, and split a file that is too large. Any
other file needs a human who reads it and approves.""",
        tune="""\
An `exempt` entry with a reason names files that need no check. It never applies to links, submodules and
executables:

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
    summary="The change touches the rules that judge it, so a human must agree.",
    severity=Severity.HIGH,
    remedy="Ask someone who may change the policy to review it.",
    question="What becomes weaker by this, and does the team want that?",
    page=RulePage(
        what="""\
The rule finds a change of the policy, of a file that it extends (before or after the change), of
CODEOWNERS, or of a workflow that runs judgegate. The base's policy judges the change. The change's own
policy is used after the merge.""",
        why="""\
A person who changes the rules and the code together could let anything pass. So the rules of the base apply
until a human has agreed to other ones.""",
        mend="""\
Ask for a review by someone with the standing that the policy requires. If other work must not wait for it,
move the change of the policy into its own pull request.""",
        tune="""\
`review` sets who may agree to a change of the rules:

```yaml
rules:
  oversight/policy-change:
    review: {approvals: 2, from: [{team: example/platform}]}
```

A maintainer who works alone can set `review: {author: attest}` here. The action is never below `review`, in
any policy. It cannot be waived.""",
        language="text",
    ),
)

OVERSIGHT: tuple[RuleSpec, ...] = (AI_ASSISTED, UNANALYSED, POLICY_CHANGE)

FLOORED = frozenset({UNANALYSED.id, POLICY_CHANGE.id})
"""The rules that are never below `review`, whatever a policy says."""
