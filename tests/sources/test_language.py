import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.sources.text import language_of


@pytest.mark.parametrize(
    "path",
    [
        "a.py",
        "src/a.pyi",
        "a.pyw",
        "A.PY",
        "x.y.py",
        ".py",
        "caf\udce9.py",
        "docs b/x.py",
        ".github/scripts/deploy.py",
        "new\nline.py",
    ],
)
def test_a_python_suffix_is_python_whatever_the_content(path: str) -> None:
    assert language_of(path, b"#!/bin/sh\n") == "python"


@pytest.mark.parametrize(
    "line",
    [
        b"#!/usr/bin/python",
        b"#!/usr/bin/python3",
        b"#! /usr/local/bin/python3.12 -u",
        b"#!python",
        b"#!/usr/bin/env python3",
        b"#!/usr/bin/env -S python3 -I",
        b"#!/usr/bin/env -Spython3",
        b'#!/usr/bin/env -S "python3" -I',
        b"#!/usr/bin/env --split-string=python3 -I",
        b"#!/usr/bin/env -i PATH=/bin -u HOME python2.7",
        b"#!/usr/bin/env pypy3",
        b"#!/usr/bin/python3.13t",
        b"#!/usr/bin/env -S uv run --script",
        b"\xef\xbb\xbf#!/usr/bin/python",
        b"#!/usr/bin/python\r",
    ],
)
@pytest.mark.parametrize("path", ["deploy", "bin/deploy.sh", "a.b.c"])
def test_a_first_line_that_starts_python_makes_any_file_python(
    path: str, line: bytes
) -> None:
    assert language_of(path, line + b"\nimport os\n") == "python"


@pytest.mark.parametrize(
    "head",
    [b"", b"#!/bin/sh\n", b"#!/usr/bin/env bash\n", b"#!/usr/bin/env\n", b"# python\n", b"\n#!/usr/bin/python\n", b"#!/opt/python/bin/sh\n",
     b"#!/usr/bin/env -u python\n", b"#!/usr/bin/env -S uv pip\n", b"#!\n", b"#!/usr/bin/pythonic\n"],
)  # fmt: skip
def test_other_first_lines_are_not_python(head: bytes) -> None:
    assert language_of("script", head) is None


@pytest.mark.parametrize(
    "path", ["README.md", "py", "a.pyc", "a.pyx", "a.py.txt", "x.py/notes", "a.ipynb"]
)
def test_other_names_are_not_python(path: str) -> None:
    assert language_of(path) is None


@settings(deadline=None, max_examples=100)
@given(st.text(), st.binary())
def test_any_path_and_any_content_has_an_answer(path: str, head: bytes) -> None:
    assert language_of(path, b"#!" + head) in ("python", None)
