"""A team's own rules, as checks: patterns, regular expressions, imports.

The engines are imported when they are needed.
"""
