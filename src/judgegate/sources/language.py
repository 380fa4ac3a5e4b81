"""Which language a file is written in, by its name or, where the name has no suffix, by its first line."""

import re

PYTHON = "python"
HEAD_SIZE = 256
"""How many bytes of a file the first line is searched in."""

_SUFFIXES = {".py": PYTHON, ".pyi": PYTHON, ".pyw": PYTHON}
_SHEBANG = re.compile(rb"\A(?:\xef\xbb\xbf)?#![ \t]*(?P<program>[^\s]+)(?P<rest>[^\r\n]*)")
_PYTHON_PROGRAM = re.compile(rb"(?:[a-z]*python|pypy|jython|graalpy|sage)w?[0-9.]*t?d?(?:-dbg)?\Z")
_SPLIT_OPTION = re.compile(rb"\A(?:-[0iv]*S|--split-string=)")
_RUNNERS = (b"uv", b"pipx")
_ASSIGNMENT = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*=")


def language_of(path: str, head: bytes = b"") -> str | None:
    """The language that a check can name, or None.

    Args:
        path: as git has it; only its last part matters, and case does not.
        head: the first bytes of the content (HEAD_SIZE are enough), for scripts that only their first line gives away.
    """
    name = path.rpartition("/")[2].lower()
    dot = name.rfind(".")
    if dot >= 0 and (known := _SUFFIXES.get(name[dot:])):
        return known
    return _language_of_shebang(head[:HEAD_SIZE])


def _language_of_shebang(head: bytes) -> str | None:
    shebang = _SHEBANG.match(head)
    if shebang is None:
        return None
    program = shebang["program"].rpartition(b"/")[2]
    if program == b"env":
        program = _program_of_env(shebang["rest"].split())
    runs_script = program in _RUNNERS and b"run" in shebang["rest"].split()
    return PYTHON if runs_script or _PYTHON_PROGRAM.match(program) else None


def _program_of_env(words: list[bytes]) -> bytes:
    """What `env` would start: its first word that is neither an option, nor an option's value, nor an assignment."""
    takes_value = False
    for word in (_SPLIT_OPTION.sub(b"", word).strip(b"\"'") for word in words):
        if takes_value:
            takes_value = False
        elif word in (b"-u", b"-C", b"--unset", b"--chdir"):
            takes_value = True
        elif word and not word.startswith(b"-") and not _ASSIGNMENT.match(word):
            return word.rpartition(b"/")[2]
    return b""
