"""Reading Python once: decoding, lines, syntax, definitions. Every check of Python shares what is read here."""

from judgegate.checks.python.reading import read_python
from judgegate.checks.python.source import Definition, PythonSource, Unreadable

__all__ = ["Definition", "PythonSource", "Unreadable", "read_python"]
