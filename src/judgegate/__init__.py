"""judgegate: a merge gate for the age of AI-written code."""

__version__ = "0.1.0"
