"""How the tests of this room read the facts of a Python text."""

from textwrap import dedent

from judgegate.model.facts import FileFacts
from judgegate.sources.python import read_python
from judgegate.sources.python_facts import extract_python


def facts(text: str, salt: bytes = b"salt") -> FileFacts:
    return extract_python(read_python(dedent(text).encode(), salt))
