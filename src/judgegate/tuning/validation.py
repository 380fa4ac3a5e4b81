"""What an editor shows of a policy: every problem with its place, taken apart."""

import re

from judgegate.policy.policy import Policy
from judgegate.policy.problems import PolicyError, PolicyProblem
from judgegate.report.json_values import Json

VERSION = 1
_EXPECTED = re.compile(r"expected (?P<expected>.+), found (?P<found>.+?)(?:; did you mean .*)?", re.DOTALL)
_SUGGESTION = re.compile(r'; did you mean "?(?P<word>[^"?]+)"?\?')


def valid_document(policy: Policy) -> Json:
    """The answer for a policy that loads."""
    return {"version": VERSION, "valid": True, "files": [file.file for file in policy.layers], "problems": []}


def invalid_document(error: PolicyError) -> Json:
    """The answer for one that does not."""
    return {
        "version": VERSION,
        "valid": False,
        "files": [],
        "problems": [_problem(problem) for problem in error.problems],
    }


def _problem(problem: PolicyProblem) -> Json:
    """Lines and columns count from 1; line 0 stands for the file as a whole. What a problem does not say is null."""
    expectation = _EXPECTED.fullmatch(problem.message)
    near = _SUGGESTION.search(problem.message)
    return {
        "file": problem.file,
        "line": problem.line,
        "column": problem.column,
        "end_column": problem.column + len(problem.underline.strip()) if problem.line else 0,
        "message": problem.message,
        "expected": expectation["expected"] if expectation else None,
        "found": expectation["found"] if expectation else None,
        "suggestion": near["word"] if near else None,
    }


def describe_policy(policy: Policy) -> str:
    """One line on a policy that loads."""
    parts = [
        f"{len(policy.layers)} layers" if len(policy.layers) > 1 else "1 layer",
        f"{sum(not policy.switched_off(rule) for rule in policy.rows)} rules on",
        *(
            [f"{len(policy.waivers)} waivers" if len(policy.waivers) > 1 else "1 waiver"]
            if policy.waivers
            else []
        ),
    ]
    return f"{policy.source.source} is a valid policy: {', '.join(parts)}."
