"""Functions that grew too complex, by radon's cyclomatic complexity."""

from judgegate.checks.check_types import Named, Scan
from judgegate.model.levels import Severity
from judgegate.model.rules import Option, RuleSpec, Stricter

COMPLEX_FUNCTION = RuleSpec(
    id="architecture/complex-function",
    summary="A function has more paths than a reviewer can check.",
    severity=Severity.MEDIUM,
    remedy=(
        "Split the function: give each decision, or each branch that does real work, "
        "a function of its own."
    ),
    question="Which of these paths does a test reach, and could each path be a function with a name?",
    options=(
        Option(
            name="max_complexity",
            summary="The highest cyclomatic complexity that a function may have.",
            default=15,
            minimum=1,
            maximum=1000,
            stricter=Stricter.SMALLER,
            limits_measure=True,
        ),
    ),
)

CHECK = Scan(
    name="radon",
    rules=(COMPLEX_FUNCTION.id,),
    languages=("python",),
    run=Named("judgegate.checks.complex_function_scan:scan_complexity"),
    prepare=Named("judgegate.checks.complex_function_scan:prepare"),
)
