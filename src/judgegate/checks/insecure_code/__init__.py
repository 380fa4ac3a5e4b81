"""Insecure code, by bandit's tests."""

from judgegate.checks.insecure_code.check import CHECK
from judgegate.checks.insecure_code.rule import INSECURE_CODE

__all__ = ["CHECK", "INSECURE_CODE"]
