"""What makes a finding in a Python file dangerous or not; start with `contexts.py`."""
