"""The text around a patch's files: nothing in it that a program would apply is passed over, and nothing in it that may hold a marker."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgegate.change.patch_headers import BrokenPatchError, PatchLines
from judgegate.change.patch_mail import PatchMessage, read_message
from judgegate.change.patch_parser import check_text, is_mail_start, split_patch
from tests.change.reading import only, patched

HARMLESS = "--- /dev/null\n+++ b/b.md\n@@ -0,0 +1 @@\n+hi\n"
HIDDEN = "--- /dev/null\n+++ b/e.py\n@@ -0,0 +1 @@\n+evil()\n"
NEW = "diff --git a/b.md b/b.md\nnew file mode 100644\nindex 0000000..45b983b\n" + HARMLESS
FROM = "From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\n"
HEADERS = "From: Ann <ann@example.com>\nSubject: [PATCH] Title\n"
MARKER = "Co-authored-by: Robot <robot@example.com>"


def _indent(text: str, blanks: str) -> str:
    return "".join(blanks + line for line in text.splitlines(keepends=True))


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (_indent(HIDDEN, "  "), 8, "indented text"),
        (_indent(HIDDEN, "\t"), 8, "indented text"),
        (_indent(HIDDEN, "X"), 8, "indented text"),
        (_indent(HIDDEN, "- "), 8, "indented text"),
        (
            "  diff --git a/e.py b/e.py\n  old mode 100644\n  new mode 100755\n",
            6,
            "indented text",
        ),
        (
            "*** a/e.py\n--- b/e.py\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n",
            8,
            "context diff",
        ),
        (" *** a/e.py\n --- b/e.py\n ***************\n *** 1 ****\n", 8, "context diff"),
        ("Index: e.py\n0a\nimport os\n.\n", 7, "ed script"),
        ("1,2c\nx\n.\n", 6, "ed script"),
        ("3s/.//\n", 6, "ed script"),
        ("Index: e.py\n1c1\n< a\n---\n> b\n", 7, "without context"),
        ("Index: e.py\n===\n" + HIDDEN.replace("e.py", "f.py"), 6, "names another file"),
        ("Content-Transfer-Encoding: quoted-printable\n", 6, "encoded"),
        ("content-transfer-encoding : 8bit base64\n", 6, "encoded"),
        ("Content-Transfer-Encoding:\n base64\n", 6, "encoded"),
        ("Content-Transfer-Encoding: =?utf-8?q?base64?=\n", 6, "encoded"),
    ],
)
def test_what_another_program_would_apply_is_not_taken_for_text(
    tmp_path: Path, text: str, line: int, said: str
) -> None:
    with pytest.raises(BrokenPatchError, match=said) as error:
        patched(tmp_path, HARMLESS + "\n" + text)
    assert error.value.line == line


@pytest.mark.parametrize(
    "text",
    [
        "*******\nTitle\n*******\n\n*** bold\n",
        "Index: rebuilt each night\n",
        "Index: c.md\n=====\n" + HARMLESS.replace("b.md", "c.md"),
        "Index: c.md\n=====\n" + HARMLESS.replace("b/b.md", "c.md"),
        "12a\tb\n5 days\n2.39.5\n1a1 is a hash\n1234567\n4c4\nas said\n",
        "- one\n- @@ two\n> @@ -1 +1 @@\n",
        "Content-Transfer-Encoding: 8bit\n",
        "    Content-Transfer-Encoding: base64\n",
    ],
)
def test_prose_is_prose(tmp_path: Path, text: str) -> None:
    assert patched(tmp_path, HARMLESS + "\n" + text).files


def test_a_patch_is_not_hidden_between_the_lines_of_binary_data(tmp_path: Path) -> None:
    binary = "diff --git a/x b/x\nnew file mode 100644\nindex 0000000..2222222\nGIT binary patch\nliteral 2\nJcmZ?wbhEHbRAdlfW&i*H\n\n"
    assert (
        only(patched(tmp_path, binary)).obstacle
        == "a patch with binary content is not unpacked"
    )
    with pytest.raises(BrokenPatchError, match="indented text") as error:
        patched(tmp_path, binary + _indent(HIDDEN, " "))
    assert error.value.line == 10


@pytest.mark.parametrize(
    ("headers", "line"),
    [
        (HEADERS + "Content-Transfer-Encoding: quoted-printable\n\n", 3),
        (
            FROM
            + HEADERS
            + "Content-Transfer-Encoding: 8bit\nContent-Transfer-Encoding: quoted-printable\n\n",
            5,
        ),
        (
            FROM
            + HEADERS
            + 'Content-Type: multipart/mixed; boundary="B"\n\n--B\nContent-Transfer-Encoding: quoted-printable\n\n',
            7,
        ),
        (
            FROM
            + HEADERS
            + "\none\n---\n"
            + NEW
            + "\nFrom ann@example.com Mon Sep 17 00:00:00 2001\nContent-Transfer-Encoding: base64\n",
            16,
        ),
    ],
)
def test_an_encoded_mail_is_refused_however_it_says_so(
    tmp_path: Path, headers: str, line: int
) -> None:
    with pytest.raises(BrokenPatchError, match="encoded for transfer") as error:
        patched(tmp_path, headers + "text\n---\n" + NEW.replace("b.md", "e.py"))
    assert error.value.line == line


@pytest.mark.parametrize(
    ("line", "starts"),
    [
        (FROM, True),
        ("From ann@example.com Mon Sep 17 00:00:00 2001\n", True),
        ("From ann 1:00:00 2001\n", True),
        ("From a 00:00:00 91\n", True),
        ("From a b c 2001 00:00:00   2001:\n", True),
        ("From ann Mon Sep 17 00:00:00 +0200 2001\n", True),
        ("From a 00:00:00 90\n", False),
        ("From now on, at 12:00 it is noon\n", False),
        ("From: Ann <ann@example.com>\n", False),
        (">From ann@example.com Mon Sep 17 00:00:00 2001\n", False),
    ],
)
def test_a_mail_starts_where_git_says_so(line: str, starts: bool) -> None:
    assert is_mail_start(line.encode()) is starts


@pytest.mark.parametrize(
    "patch",
    [
        FROM + HEADERS + f"\ntext\n\n{MARKER}\n---\n" + NEW,
        HEADERS + f"\ntext\n\n{MARKER}\n---\n" + NEW,
        "\n\n" + HEADERS + f"\ntext\n\n{MARKER}\n---\n" + NEW,
        FROM + HEADERS + f"\ntext\n---\n{MARKER}\n b.md | 1 +\n\n" + NEW,
        FROM + HEADERS + "\ntext\n---\n" + NEW + f"-- \n2.39.5\n{MARKER}\n",
        FROM
        + HEADERS
        + f"\nThe series.\n\n{MARKER}\n-- \n2.39.5\n\n"
        + FROM
        + HEADERS
        + "\ntext\n---\n"
        + NEW,
        FROM
        + HEADERS
        + 'Content-Type: multipart/mixed; boundary="B"\n\n'
        + f"{MARKER}\n--B\nContent-Type: text/plain\n\ntext\n---\n"
        + NEW,
        FROM
        + HEADERS
        + 'Content-Type: multipart/mixed; boundary="B"\n\n'
        + f"--B\n\ntext\n--B--\n{MARKER}\n"
        + NEW,
        FROM
        + HEADERS
        + "\ntext\n---\n"
        + NEW
        + f"\nFrom ann@example.com Mon Sep 17 00:00:00 2001\n{HEADERS}\n{MARKER}\n",
        f"Title\n\n{MARKER}\n\n" + NEW,
        NEW + f"Title\n\n{MARKER}\n\n" + NEW.replace("b.md", "c.md"),
        "abc1234 Title\n" + NEW + f"abd1234 {MARKER}\n",
        f"commit abc1234\nAuthor: Ann <ann@example.com>\n\n    Title\n\n    {MARKER}\n\n"
        + NEW,
        f"commit abc1234\nAuthor: Ann <ann@example.com>\n\n    Title\n---\n b.md | 1 +\n{MARKER}\n"
        + NEW,
        f"commit abc1234\nTitle\n\n{MARKER}\n\n" + NEW,
        f"commit abc1234\n{MARKER}\n" + NEW,
        f"commit abc1234 {MARKER}\n" + NEW,
        f"commit abc1234 (main)\n  {MARKER}\n\n    Title\n" + NEW,
        "commit abc1234\n\n    Title\n\n" + NEW + f"\n{MARKER}\n",
    ],
)
def test_no_text_is_dropped(patch: str) -> None:
    said = [
        message.message
        for part in split_patch(patch.encode())
        if (message := read_message(part))
    ]
    assert sum(message.count(MARKER.encode()) for message in said) == 1


def test_what_programs_add_is_no_part_of_the_message() -> None:
    statistics = " b.md          | 1 +\n pic.png       | Bin 0 -> 9 bytes\n old => new.md | 10 ++--\n 3 files changed, 1 insertion(+)\n"
    summary = " create mode 100644 b.md\n rename old => new.md (90%)\n mode change 100644 => 100755 x\n\n"
    patch = (
        FROM
        + HEADERS
        + f"\ntext\n---\n{statistics}{summary}{NEW}-- \n2.39.5 (Apple Git-154)\n\n"
    )
    (part,) = split_patch(patch.encode())
    assert read_message(part) == PatchMessage(
        b"Ann <ann@example.com>", b"Ann <ann@example.com>", b"Title\n\ntext\n"
    )


PIECES = st.sampled_from(
    [
        " ",
        "X",
        "- ",
        "@@ -1",
        "*** ",
        "********",
        "1,2",
        "a",
        "Index: b",
        "--- b",
        "Content-Transfer-Encoding:",
        "8bit",
        "\n",
    ]
)


@given(pieces=st.lists(PIECES | st.text(max_size=5), max_size=12))
def test_hostile_text_is_text_or_refused(pieces: list[str]) -> None:
    lines = PatchLines("".join(pieces).encode("utf-8", "surrogatepass"))
    # Any other exception fails the test.
    with suppress(BrokenPatchError):
        check_text(lines)
    assert lines.number == 1
