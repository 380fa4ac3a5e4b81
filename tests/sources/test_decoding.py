import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.sources.python import read_python
from tests.checks.reading import reason_of


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"a = 1\n", "a = 1\n"),
        (codecs.BOM_UTF8 + b"a = 1\n", "a = 1\n"),
        (codecs.BOM_UTF8 + b"# coding: utf-8\n", "# coding: utf-8\n"),
        ("a = 'é'\n".encode(), "a = 'é'\n"),
        (b"# coding: latin-1\na = '\xe9'\n", "# coding: latin-1\na = 'é'\n"),
        (b"# -*- coding: ISO-8859-1 -*-\n# \xe9\n", "# -*- coding: ISO-8859-1 -*-\n# é\n"),
        (b"# coding: iso-8859-15\na = '\xa4'\n", "# coding: iso-8859-15\na = '€'\n"),
        (b"# coding: cp1252\na = '\x80'\n", "# coding: cp1252\na = '€'\n"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=ascii :\n",
            "#!/usr/bin/python\n# vim: set fileencoding=ascii :\n",
        ),
        (b"a = 1\n\n# coding: rot13\n", "a = 1\n\n# coding: rot13\n"),
        (b"a = 1\r\nb = 2\rc = 3\n", "a = 1\r\nb = 2\rc = 3\n"),
        (b"", ""),
    ],
)
def test_what_python_reads_is_read_as_python_reads_it(data: bytes, text: str) -> None:
    assert read_python(data).text == text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"a = 1\0\n", "it contains a NUL byte, which Python does not read"),
        ("a = 1\n".encode("utf-16"), "it is encoded in UTF-16, which Python does not read"),
        (codecs.BOM_UTF16_BE + b"a", "it is encoded in UTF-16, which Python does not read"),
        (b"a = 1\n# \xe9\n", "line 2 is not valid utf-8"),
        (codecs.BOM_UTF8 + b"a\n\n# \xe9\n", "line 3 is not valid utf-8"),
        (b"# coding: ascii\n\na = '\xe9'\n", "line 3 is not valid ascii"),
        (b"# coding: cp1252\n\na = '\x81'\n", "line 3 is not valid cp1252"),
        (
            codecs.BOM_UTF8 + b"# coding: latin-1\n",
            "its encoding cannot be determined: encoding problem: utf-8",
        ),
        (
            b"# coding: no-such-thing\n",
            "its encoding cannot be determined: unknown encoding: no-such-thing",
        ),
    ],
)
def test_what_cannot_be_decoded_says_why(data: bytes, reason: str) -> None:
    assert reason_of(data) == reason


@pytest.mark.parametrize(
    "cookie",
    [
        "raw_unicode_escape",
        "unicode_escape",
        "utf-7",
        "rot13",
        "punycode",
        "cp037",
        "utf-16",
        "idna",
        "hex",
        "gbk",
        "shift_jis",
        "koi8-r",
    ],
)
def test_an_encoding_that_can_hide_code_is_not_read(cookie: str) -> None:
    reason = reason_of(f"# coding: {cookie}\n# \\u000aimport os\n".encode())
    assert reason is not None
    assert "encoding" in reason


@pytest.mark.parametrize(
    "data",
    [
        b"\r# coding: raw_unicode_escape\n# \\u000aimport os\n",
        b"# one\r# coding: raw_unicode_escape\n# \\u000aimport os\n",
        b"# one\r# two\r# three coding: latin-1\n",
    ],
)
def test_a_cookie_behind_a_lone_carriage_return_is_not_believed(data: bytes) -> None:
    assert reason_of(data) is not None


@settings(deadline=None, max_examples=200)
@given(
    st.one_of(
        st.binary(),
        st.builds(
            lambda head, rest: head + rest,
            st.sampled_from([b"# coding: ", b"\r#coding=", codecs.BOM_UTF8]),
            st.binary(),
        ),
    )
)
def test_any_bytes_are_read_or_refused_with_a_sentence(data: bytes) -> None:
    reason = reason_of(data)
    assert reason is None or (reason and "\n" not in reason)
