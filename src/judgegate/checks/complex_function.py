"""Functions that grew too complex, by radon's cyclomatic complexity."""

from judgegate.checks.check_types import Named, Scan
from judgegate.model.levels import Severity
from judgegate.model.rules import Option, RulePage, RuleSpec, Stricter

COMPLEX_FUNCTION = RuleSpec(
    id="architecture/complex-function",
    summary="A function has more paths than a reviewer can keep in mind.",
    severity=Severity.MEDIUM,
    remedy="Split the function: give each decision, or each branch that does real work, a function of its own.",
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
    page=RulePage(
        what=(
            "The check counts the paths through every function, method and closure, as `radon cc` does. "
            "It starts at one. It adds one for each `if`, `elif`, conditional expression, loop, `except`, "
            "`assert`, comprehension and its conditions, for each `case` except the catch-all, and for "
            "each further operand of `and` and `or`. The `else` of a loop and of a `try` counts too. A "
            "nested function is counted separately, not as a part of the function around it. The same is "
            "true for every method of a class inside a function.\n\n"
            "A function is introduced if it is new, or if the change made it more complex than it was."
        ),
        why=(
            "A test must reach every path, and a reviewer must understand every path. With more than ten "
            "or fifteen paths, no one does that. Generated code often adds a branch where a person would "
            "have stopped to restructure. So a function grows a little with each change, and no single "
            "change looks bad."
        ),
        mend=(
            "Give each decision a name: move a condition into a function that answers a question, move "
            "the work of a branch into a function that does it, and replace a chain of comparisons by a "
            "table. Return early instead of nesting. If you only move lines into a helper with ten "
            "parameters, the number is lower, but the code is not easier to read."
        ),
        tune=(
            "`max_complexity` under `with` is the highest value that passes. It is 15 unless the policy "
            "sets another value. A smaller value is stricter. A case for `provenance: ai` can be stricter "
            "for AI-assisted code. A waiver can accept an old function for a limited time, until it is "
            "rewritten."
        ),
        before=(
            "def price(order):\n"
            '    if order.kind == "book":\n'
            "        rate = 7\n"
            '    elif order.kind == "food" and not order.luxury:\n'
            "        rate = 7\n"
            '    elif order.kind == "export" or order.country not in UNION:\n'
            "        rate = 0\n"
            "    else:\n"
            "        rate = 19\n"
            "    return order.net * (100 + rate) / 100\n"
        ),
        after=(
            "def price(order):\n"
            "    return order.net * (100 + tax_rate(order)) / 100\n"
            "\n"
            "\n"
            "def tax_rate(order):\n"
            "    if is_export(order):\n"
            "        return 0\n"
            "    return REDUCED if is_reduced(order) else STANDARD\n"
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
