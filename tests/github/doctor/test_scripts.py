"""Scripts: where they run judgegate, and what keeps its exit code from being theirs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.github.doctor.scripts import Call, find_calls
from judgegate.policy.document import Scalar
from judgegate.policy.problems import Place

ME = "judgegate check"


def calls(script: str, shell: str = "") -> list[Call]:
    return list(find_calls(Scalar(Place("x.yml", 10, 1), script, plain=False), shell))


@pytest.mark.parametrize(
    ("script", "shell"),
    [
        (ME, ""),
        (f"pip install judgegate\n{ME} --base origin/main\necho done", ""),
        (f"{ME}; true", ""),
        (f"{ME} && echo fine", ""),
        (f"make && {ME}", ""),
        (f"{ME} || exit 1", ""),
        (f"{ME} || {{ echo no; exit 3; }}", ""),
        (f"{ME} | tee report", "bash"),
        (f"set -o pipefail\n{ME} | tee report", ""),
        (f"set -euo pipefail\n{ME} | tee report", "sh"),
        (f"{ME} > report 2>&1", ""),
        (f"{ME} &> report", ""),
        (f'said=$({ME})\necho "$said"', ""),
        (f"set +e\n{ME}", ""),
        (f"{ME}", "pwsh"),
        (f"{ME}\necho done", "bash -e {0}"),
        (f"if make; then\n  echo yes\nfi\n{ME}", ""),
        (f"{ME} # || true", ""),
    ],
)
def test_what_ends_with_the_exit_code_of_judgegate_is_sound(script: str, shell: str) -> None:
    assert [call.flaw for call in calls(script, shell)] == [""]


@pytest.mark.parametrize(
    ("script", "shell", "flaw"),
    [
        (f"{ME} || true", "", "what stands behind ||"),
        (f"{ME} || :", "", "what stands behind ||"),
        (f"{ME} ||\\\n  echo no", "", "what stands behind ||"),
        (f"{ME} || exit 0", "", "what stands behind ||"),
        (f"{ME} | tee report", "", "pipefail"),
        (f"{ME} | tee report", "sh", "pipefail"),
        (f"{ME} &\nwait", "", "background"),
        (f"{ME} && echo fine\necho done", "", "with && behind it"),
        (f"! {ME}", "", "condition"),
        (f"if {ME}; then echo yes; fi", "", "condition"),
        (f"while ! {ME}; do sleep 1; done", "", "condition"),
        (f'echo "$({ME})"', "", "substitution"),
        (f"local said=`{ME}`", "", "substitution"),
        (f"test -e x || {ME}", "", "runs only if what stands in front of ||"),
        (f"test -e x && {ME}\necho done", "", "runs only if what stands in front of &&"),
        (f"if test -e x; then\n  {ME}\nfi", "", "block"),
        (f"for x in *; do\n  {ME}\ndone", "", "block"),
        (f"f() {{\n  {ME}\n}}", "", "block"),
        (f"exit 0\n{ME}", "", "end before"),
        (f"trap 'exit 0' EXIT\n{ME}", "", "trap"),
        (f"set +e\n{ME}\necho done", "", "goes on"),
        (f"set +o errexit\n{ME}\necho done", "", "goes on"),
        (f"{ME}\necho done", "pwsh", "goes on"),
        (f"{ME}\necho done", "bash {0}", "goes on"),
    ],
)
def test_what_swallows_the_exit_code_is_named(script: str, shell: str, flaw: str) -> None:
    (call,) = calls(script, shell)
    assert flaw in call.flaw


@pytest.mark.parametrize(
    ("options", "level"),
    [
        ("", ""),
        ("--fail-on block", "block"),
        ("--fail-on=never", "never"),
        ('--fail-on "$LEVEL"', "$LEVEL"),
        ("--exit-zero", "never"),
        ("-f text --exit-zero-x", ""),
    ],
)
def test_what_the_call_fails_on_is_read(options: str, level: str) -> None:
    assert [call.fail_on for call in calls(f"{ME} {options}")] == [level]


def test_the_line_is_the_file_s() -> None:
    assert [(call.command, call.line) for call in calls("set -e\n\njudgegate \\\n  check\njudgegate github\n")] == [
        ("check", 13),
        ("github", 15),
    ]
    assert [call.line for call in calls("true\n" + ME + " \\")] == [12]
    plain = Scalar(Place("x.yml", 10, 1), ME, plain=True)
    assert [call.line for call in find_calls(plain, "")] == [10]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from([ME, "||", "&&", "|", "&", "$(", "`", "\n", "\\\n", "#", "if ", "{", "}", " ", "'", "set +e", "é"]), max_size=20
    ).map("".join)
)
def test_any_script_is_read(script: str) -> None:
    assert all(call.line >= 10 for call in calls(script))
