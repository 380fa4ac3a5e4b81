"""Which lines are guards, and of which kind."""

import pytest

from judgegate.checks.removed_guards.compare import places_of_guards
from judgegate.checks.removed_guards.guard_lines import (
    find_guards,
    read_line_context,
    split_lines,
)
from judgegate.checks.removed_guards.kinds import KINDS, Where
from judgegate.model.ranges import LineRange


def seen(path: str, text: str) -> list[tuple[int, str, str]]:
    """The guards of a text, with their lines, as they would count if they were removed."""
    lines = split_lines(text.encode()) or []
    guards = list(find_guards(lines, [LineRange(1, len(lines))], places_of_guards(path)))
    around = read_line_context(lines, {guard.line for guard in guards})
    return [
        (one.line, one.kind.key, one.name)
        for one in guards
        if around[one.line].conditional or not one.kind.conditional
    ]


PYTHON = """\
from django.contrib.auth.decorators import login_required
@login_required
@csrf_exempt
def pay(request, amount):
    if not request.user.has_perm("shop.pay"):
        raise PermissionDenied("no")
    # verify_signature(request)
    with self._lock:
        answer = requests.post(URL, timeout=5, verify=True)
    loose = requests.post(URL, timeout=None, verify=False)
    try:
        hmac.compare_digest(answer.tag, tag)
    except (ValueError, KeyError):
        raise Refused
    if (
        amount < 0
        or amount > LIMIT
    ):
        raise ValueError(amount)
    raise NotImplementedError
    assert amount, "an amount"
    with transaction.atomic():
        name = html.escape(request.name)
"""

JAVASCRIPT = """\
app.post("/pay", requireAuth, csrfProtection, (req, res) => {
  if (!req.user) {
    throw new ForbiddenError("no");
  }
  if (!token) return res.status(401).end();
  const known = crypto.timingSafeEqual(a, b);
  try {
    pay();
  } catch (error) {
    log(error);
  }
  node.innerHTML = DOMPurify.sanitize(markup);
  setTimeout(() => retry(), 100);
  throw new Error("always");
});
"""

GO = """\
func (s *Shop) Pay(ctx context.Context) error {
\tctx, cancel := context.WithTimeout(ctx, limit)
\tif err != nil {
\t\treturn fmt.Errorf("pay: %w", err)
\t}
\tif amount < 0 {
\t\treturn errors.New("negative")
\t}
\ts.mu.Lock()
\tif !ok { return ErrRefused }
\tpanic("never")
}
"""

RUBY = """\
class ShopController
  before_action :authenticate_user!
  def pay
    raise ArgumentError, "no amount" unless amount
    charge
  rescue Declined => error
    render
  end
end
"""

RUST = """\
fn pay(amount: i64) -> Result<(), Error> {
    if amount < 0 {
        return Err(Error::Negative);
    }
    debug_assert!(amount > 0);
}
"""

WORKFLOW = """\
permissions:
  contents: read
jobs:
  test:
    needs: [lint]
    timeout-minutes: 5
    steps:
      - name: pytest
      - run: pip install pytest
      - run: uv run pytest -q
      - uses: github/codeql-action/init@v3
"""

TEMPLATE = """\
<form>{% csrf_token %}
<input value="{{ name|escape }}">
</form>
"""


@pytest.mark.parametrize(
    ("path", "text", "guards"),
    [
        pytest.param(
            "shop/pay.py",
            PYTHON,
            [
                (2, "authorisation", "login_required"),
                (5, "authorisation", "has_perm"),
                (6, "refusal", "raise PermissionDenied"),
                (8, "lock", "with self._lock"),
                (9, "verification", "verify"),
                (12, "verification", "compare_digest"),
                (13, "handler", "except ValueError"),
                (19, "refusal", "raise ValueError"),
                (21, "assertion", "assert"),
                (22, "lock", "transaction.atomic"),
                (23, "validation", "escape"),
            ],
            id="python",
        ),
        pytest.param(
            "shop/pay.js",
            JAVASCRIPT,
            [
                (1, "authorisation", "requireAuth"),
                (3, "refusal", "throw ForbiddenError"),
                (5, "refusal", "res.status"),
                (6, "verification", "timingSafeEqual"),
                (9, "handler", "catch"),
                (12, "validation", "DOMPurify"),
            ],
            id="javascript",
        ),
        pytest.param(
            "shop/pay.go",
            GO,
            [
                (2, "limit", "WithTimeout"),
                (7, "refusal", "errors.New"),
                (9, "lock", "s.mu.Lock"),
                (10, "refusal", "return ErrRefused"),
            ],
            id="go",
        ),
        pytest.param(
            "app/shop_controller.rb",
            RUBY,
            [
                (2, "authorisation", "authenticate_user"),
                (4, "refusal", "raise ArgumentError"),
                (6, "handler", "rescue Declined"),
            ],
            id="ruby",
        ),
        pytest.param(
            "src/pay.rs",
            RUST,
            [(3, "refusal", "return Err"), (5, "assertion", "debug_assert!")],
            id="rust",
        ),
        pytest.param(
            ".github/workflows/ci.yml",
            WORKFLOW,
            [
                (1, "terms", "permissions"),
                (5, "terms", "needs"),
                (6, "limit", "timeout-minutes"),
                (10, "step", "pytest"),
                (11, "step", "codeql-action"),
            ],
            id="workflow",
        ),
        pytest.param(
            "shop/pay.html", TEMPLATE, [(1, "authorisation", "csrf_token")], id="template"
        ),
        pytest.param("shop/style.css", PYTHON, [], id="a style sheet"),
        pytest.param("README.md", PYTHON, [], id="prose"),
        pytest.param("config.yml", WORKFLOW, [], id="yaml that is no pipeline"),
    ],
)
def test_a_guard_is_known_by_its_line(
    path: str, text: str, guards: list[tuple[int, str, str]]
) -> None:
    assert seen(path, text) == guards


@pytest.mark.parametrize(
    ("path", "line", "name"),
    [
        ("tests/test_pay.py", "    assert pay(1) == 1", "assert"),
        ("tests/test_pay.py", "    with pytest.raises(Refused):", "with pytest.raises"),
        ("tests/test_pay.py", "        self.assertEqual(pay(1), 1)", "self.assertEqual"),
        ("pay.test.ts", "  expect(pay(1)).toBe(1);", "expect"),
        ("pay_test.go", '\tt.Fatalf("no")', "t.Fatalf"),
        ("pay_test.go", "\trequire.NoError(t, err)", "require.NoError"),
        ("src/test/PayTest.java", "    assertEquals(1, pay(1));", "assertEquals"),
        ("test/pay_test.rb", "    refute pay(0)", "refute"),
    ],
)
def test_in_a_test_an_assertion_is_an_expectation(path: str, line: str, name: str) -> None:
    assert seen(path, line) == [(1, "expectation", name)]


@pytest.mark.parametrize(
    "line",
    [
        "    verify=False,",
        "    timeout=None,",
        "    setTimeout(run, 10);",
        "    raise error",
        "    raise",
        "import login_required",
        "    login_required,",
        '    "verify(this)"',
        "    // verify(this)",
        "    deps = pre-commit",
        "@csrf_exempt",
    ],
)
def test_what_guards_nothing_is_no_guard(line: str) -> None:
    assert seen("app.py", f"if x:\n{line}") == []


def test_every_kind_has_a_clause_and_a_question_that_fit() -> None:
    for kind in KINDS.values():
        assert "{name}" in kind.what
        assert kind.question.endswith("?")
        assert len(kind.question) < 120
        assert kind.places <= set(Where)
        assert kind.places
