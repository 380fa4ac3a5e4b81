"""Insecure code, by bandit's tests."""
