"""What is shown of a line must not give a secret away."""

import pytest

from judgegate.checks.excerpts import excerpt_of, mask_tokens


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


@pytest.mark.parametrize(
    "token",
    [
        "AKIA" + "ABCDEFGH" * 2,
        "AIza" + "Ab_-" * 9,
        "ghp_" + "aB3d" * 9,
        "github_pat_" + "aB3d_" * 9,
        "glpat-" + "aB-3" * 5,
        "sk-" + "proj-aB3d" * 4,
        "sk_live_" + "aB3d" * 6,
        "xoxb-" + "1234-" * 5,
        "npm_" + "aB3d" * 9,
        "eyJ" + "hbGciOiJI" + ".eyJ" + "zdWIiOiIx" + ".aB-_3",
        "-----BEGIN RSA PRIVATE KEY-----\\nMIIE",
    ],
)
def test_what_is_a_token_by_its_form_is_masked_wherever_it_stands(token: str) -> None:
    for line in (
        f'x = "{token}"',
        f"send({token})",
        f"value: {token}",
        "#" * 190 + f" {token}",
    ):
        shown = excerpt_of([line])
        assert token[4:12] not in shown
        assert "***" in shown or len(shown) == 200
    assert token not in mask_tokens(f"Possible use of {token}")


@pytest.mark.parametrize(
    "line",
    [
        "curl me:hunter2@example.com",
        "dsn = 'me:hunter2@[::1]'",
        "postgres://me:hunter2@db/x",
    ],
)
def test_a_password_before_a_host_is_masked(line: str) -> None:
    assert excerpt_of([line]) == line.replace("hunter2", "***")


@pytest.mark.parametrize(
    "line",
    [
        "ask-the-user-for-a-very-long-name()",
        "sk = skeleton_key",
        "git@example.com:alice/shop",
        "x[1:n] @ y",
        "def f(a: int) -> None:",
    ],
)
def test_what_only_begins_like_a_token_stays(line: str) -> None:
    assert excerpt_of([line]) == line


@pytest.mark.parametrize(
    "line",
    ["token = get_token()", "password = read(prompt)", 'print("hello")', "https = 1"],
)
def test_ordinary_code_stays_as_it_is(line: str) -> None:
    assert excerpt_of(["", f"   {line}  "]) == line


def test_a_long_line_is_cut() -> None:
    assert len(excerpt_of(["x" * 999])) == 200
