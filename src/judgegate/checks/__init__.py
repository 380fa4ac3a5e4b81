"""What to look for: one file, or one folder, for each rule or small group of rules."""

from judgegate.checks.complex_function import CHECK as RADON
from judgegate.checks.complex_function import COMPLEX_FUNCTION
from judgegate.checks.insecure_code import CHECK as BANDIT
from judgegate.checks.insecure_code import INSECURE_CODE
from judgegate.checks.language import HEAD_SIZE, language_of
from judgegate.checks.shapes import Check, Compare, Scan, Side, Sighting, Survey, Tree, applicable
from judgegate.model.rules import RuleSpec

CHECKS: tuple[Check, ...] = (BANDIT, RADON)
RULES: tuple[RuleSpec, ...] = (INSECURE_CODE, COMPLEX_FUNCTION)

__all__ = ["CHECKS", "HEAD_SIZE", "RULES", "Check", "Compare", "Scan", "Side", "Sighting", "Survey", "Tree", "applicable", "language_of"]
