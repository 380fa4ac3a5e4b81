"""From bytes to a source that checks can work on, or the reason why not."""

import ast
import warnings

from judgegate.checks.python.decoding import decode
from judgegate.checks.python.definitions import find_definitions
from judgegate.checks.python.lines import Lines
from judgegate.checks.python.newer_syntax import explain_syntax_error
from judgegate.checks.python.source import PythonSource, Unreadable

TOO_DEEP = "it is nested too deeply for Python's parser, or needs more memory than a check may have"


def read_python(data: bytes, salt: bytes = b"") -> PythonSource:
    """Read one side of a Python file.

    Raises:
        Unreadable: with the reason. Anything that Python itself would not run, or would run differently from what is seen, is unreadable.
    """
    text = decode(data)
    tree = _parse(text)
    lines = Lines(text)
    return PythonSource(data, text, tree, lines, tuple(find_definitions(tree, lines)), salt)


def _parse(text: str) -> ast.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        raise Unreadable(explain_syntax_error(error, text)) from None
    except (RecursionError, MemoryError):
        raise Unreadable(TOO_DEEP, lasting=False) from None
    except ValueError as error:
        raise Unreadable(f"Python cannot parse it: {' '.join(str(error).split())[:200]}") from None
