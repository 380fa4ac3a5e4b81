"""What flows into the expressions of a Python file; start with `trace.py`."""
