"""What is shown of a line must not give a secret away."""

import pytest

from judgegate.checks.excerpts import excerpt_of


@pytest.mark.parametrize(
    "line",
    [
        'def login(user=[], password="hunter2"):',
        'x = {"password": "hunter2"}',
        "API_KEY: str = 'hunter2'".replace(": str", ""),
        'connect("https://u:hunter2@example.com/", verify=False)',
        'os.system("curl -H token:hunter2 example.com")',
        'os.environ.setdefault("SECRET_KEY", "hunter2")',
        'token == b"hunter2"',
    ],
)
def test_a_value_beside_a_telling_name_is_masked(line: str) -> None:
    shown = excerpt_of([line])
    assert "hunter2" not in shown
    assert "***" in shown


@pytest.mark.parametrize("line", ["token = get_token()", "password = read(prompt)", 'print("hello")', "https = 1"])
def test_ordinary_code_stays_as_it_is(line: str) -> None:
    assert excerpt_of(["", f"   {line}  "]) == line


def test_a_long_line_is_cut() -> None:
    assert len(excerpt_of(["x" * 999])) == 200
