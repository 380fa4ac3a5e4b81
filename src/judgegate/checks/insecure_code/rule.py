"""The row of `security/insecure-code`."""

from judgegate.checks.insecure_code.remedies import REMEDIES
from judgegate.model.rules import RulePage, RuleSpec
from judgegate.model.scales import Severity

INSECURE_CODE = RuleSpec(
    id="security/insecure-code",
    summary="Code that bandit knows as a way in for an attacker.",
    severity=Severity.MEDIUM,
    remedy="Use the safe form that bandit's documentation names for this code, or explain in the review why this place is safe.",
    remedies=REMEDIES,
    page=RulePage(
        what=(
            "Runs every test of bandit over each Python file: shells and injected commands, SQL built from text, unpickling and unsafe "
            "YAML, weak hashes and ciphers, switched-off certificate checks, passwords that are written down, temporary files that others "
            "can guess, XML parsers that trust their input, hidden text direction. Each finding carries bandit's code (`B602`), severity "
            "and confidence.\n\n"
            "Comments that tell bandit to look away (`# nosec`) and bandit's configuration files in the change are not obeyed. Where a "
            "literal secret was found, neither it nor any other literal of its statement is shown or published."
        ),
        why=(
            "These are the faults that a deadline excuses and an attacker finds. A language model has read thousands of examples with "
            "`shell=True` and `verify=False`, and repeats them in good faith."
        ),
        mend=(
            "The remedy beside each finding names the safe form. Bandit looks at the shape of code, not at where its data comes from, so a "
            "finding can be harmless; then a reviewer should hear why, or a waiver should say it."
        ),
        tune=(
            "Cases can tell apart by `severity`, `confidence` and `code`: block what is high, review the rest, leave `B101` out under "
            "`tests/`."
        ),
        before='subprocess.run(f"convert {name} out.png", shell=True)\n',
        after='subprocess.run(["convert", "--", name, "out.png"], check=True)\n',
    ),
)
