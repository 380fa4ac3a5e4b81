"""Scripts: where they run judgegate, and what keeps its exit code from being theirs."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgegate.doctor.scripts import UNKNOWN_LEVEL, Call, find_calls, mildest
from judgegate.policy.problems import Place
from judgegate.policy.yaml_document import Scalar

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
        (f'test "$A" != x && {ME}', ""),
        (f"test -e x || exit 2\n{ME}", ""),
        (f"set +e; make; set -e; {ME}; echo done", ""),
        (f"exec > log 2>&1\n{ME}; true", ""),
        (f"if make; then exit 1; fi; {ME}", ""),
        (f"cat <<-X > a\n\texit 0\n\tX\n{ME}; true", ""),
        (f"cat <<X\nset +e\n{ME} || true\nX\n{ME}; true", ""),
        (f"echo 'if (' \"if {{\" \\' '\n{ME}; true", ""),
        (f'echo "$(date "+%s; exit 0")"\n{ME}; true', ""),
        (f"a=(x y)\ncase $x in a) make;; *) true;; esac\n{ME}; true", ""),
        (f"{ME} && echo yes || {{ echo no >&2; exit 1; }}; true", ""),
        (f"{ME} || false; true", ""),
        (f"{ME}; true", "bash -eo pipefail {0}"),
        (f"{ME} | tee x; true", "bash -eo pipefail {0}"),
        (f"time -p timeout 60 python3.11 -m {ME}; true", ""),
        (f"A=1 /opt/{ME}; true", ""),
        (ME, "bash --norc {0}"),
        (f"f() {{ exit 1; }}\n{ME}; true", ""),
    ],
)
def test_what_ends_with_the_exit_code_of_judgegate_is_sound(
    script: str, shell: str
) -> None:
    assert [call.flaw for call in calls(script, shell)] == [""]


@pytest.mark.parametrize(
    ("script", "shell", "flaw"),
    [
        (f"{ME} || true", "", "the command after ||"),
        (f"{ME} || :", "", "the command after ||"),
        (f"{ME} ||\\\n  echo no", "", "the command after ||"),
        (f"{ME} || exit 0", "", "the command after ||"),
        (f"{ME} | tee report", "", "pipefail"),
        (f"{ME} | tee report", "sh", "pipefail"),
        (f"{ME} &\nwait", "", "background"),
        (f"{ME} && echo fine\necho done", "", "&& follows it"),
        (f"! {ME}", "", "condition"),
        (f"if {ME}; then echo yes; fi", "", "condition"),
        (f"while ! {ME}; do sleep 1; done", "", "condition"),
        (f'echo "$({ME})"', "", "substitution"),
        (f"local said=`{ME}`", "", "substitution"),
        (f"test -e x || {ME}", "", "runs only if the command before ||"),
        (f"test -e x && {ME}\necho done", "", "runs only if the command before &&"),
        (f"if test -e x; then\n  {ME}\nfi", "", "block"),
        (f"for x in *; do\n  {ME}\ndone", "", "block"),
        (f"f() {{\n  {ME}\n}}", "", "block"),
        (f"exit 0\n{ME}", "", "end before"),
        (f"trap 'exit 0' EXIT\n{ME}", "", "trap"),
        (f"set +e\n{ME}\necho done", "", "continues"),
        (f"set +o errexit\n{ME}\necho done", "", "continues"),
        (f"{ME}\necho done", "pwsh", "continues"),
        (f"{ME}\necho done", "bash {0}", "continues"),
        (f"set +e; {ME}; exit 0", "", "continues"),
        (f"set +ex\n{ME}\nexit 0", "", "continues"),
        (f"shopt -uo errexit; {ME}; exit 0", "", "continues"),
        (f"set +e; set -- -e; {ME}; exit 0", "", "continues"),
        (f"set +e; false && set -e; {ME}; exit 0", "", "continues"),
        (f"{ME}; true", "bash {0}", "continues"),
        (f"{ME}; exit 0", "pwsh", "continues"),
        (ME, "sh -c 'bash {0}; true'", "shell may end"),
        (ME, "bash -n {0}", "shell may end"),
        (ME, "bash -o noexec {0}", "shell may end"),
        (ME, "bash -c {0}", "shell may end"),
        (ME, "${{ vars.SHELL }}", "shell may end"),
        (f"exit 0; {ME}", "", "end before"),
        (f"exit; {ME}", "", "end before"),
        (f"exit 256; {ME}", "", "end before"),
        (f"exec true; {ME}", "", "end before"),
        (f"exec echo {ME}; {ME}", "", "end before"),
        (f"[[ $A == bot ]] && exit 0\n{ME}", "", "end before"),
        (f"if test x; then exit 0; fi; {ME}", "", "end before"),
        (f"trap 'exit 0' EXIT; {ME}", "", "trap"),
        (f"if false; then {ME}; fi", "", "block"),
        (f"false && {{ {ME}; }}", "", "block"),
        (f"( {ME} )", "", "block"),
        (f"f() {{ {ME}; }}\nf || true", "", "block"),
        (f"function f {{ {ME}; }}; f || true", "", "block"),
        (f"case $x in a) {ME};; esac", "", "block"),
        (f"if make; then true; elif {ME}; then true; fi", "", "condition"),
        (f"if make; then echo done; {ME}; fi", "", "block"),
        (f"{ME} |& tee x", "", "pipefail"),
        (f"set -o pipefail; set +o pipefail; {ME} | tee x", "", "pipefail"),
        (f"{ME} || exit 1 | cat", "", "||"),
        (f"{ME} || exit 1 &", "", "||"),
        (f"{ME} || {{ test x && exit 1; }}", "", "||"),
        (f"{ME} || {{ exit 0; exit 1; }}", "", "||"),
        (f"{ME} || {{ echo no; }}", "", "||"),
        (f"{ME} || {{ if test x; then exit 1; fi; }}", "", "||"),
        (f"set +e; if test x; then set -e; fi; {ME}; exit 0", "", "continues"),
        (f"{ME} || ( exit 1 ); true", "", "||"),
        (f"{ME} || false; true", "bash {0}", "||"),
        (f"make || true && {ME}", "", "before ||"),
        (f"{ME} && a & wait", "", "background"),
        (f"judgegate() {{ true; }}; {ME}", "", "something else"),
        (f"function judgegate {{ true; }}; {ME}", "", "something else"),
        (f"alias judgegate=true; {ME}", "", "something else"),
        (f'X="$(true; {ME})"; true', "", "substitution"),
        (f"cat <<A <<B\nA\n{ME}\nB\n{ME} || true", "", "||"),
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
        ("--fail-on review --fail-on=never", "never"),
        ("--base $BASE", ""),
        ("--base=$BASE", ""),
        ("--fail-on block $MORE", "$"),
        ('"${ARGS[@]}"', "$"),
        ("--all `cat options`", "$"),
    ],
)
def test_what_the_call_fails_on_is_read(options: str, level: str) -> None:
    assert [call.fail_on for call in calls(f"{ME} {options}")] == [level]


def test_of_several_levels_the_mildest_counts() -> None:
    assert mildest({"block", "never"}) == "never"
    assert mildest({"block", "review"}) == UNKNOWN_LEVEL


def test_calls_of_which_the_same_is_to_be_said_are_said_once() -> None:
    assert calls(f"{ME};" * 4000) == [Call("check", 11 - 1, "", "")]
    many = "".join(f"{ME} --fail-on x{number}\n" for number in range(4000))
    assert len(calls(many)) == 100


@pytest.mark.parametrize(
    "piece",
    [
        "$(",
        "(",
        "if ",
        "{ a;",
        "`",
        "'",
        '"',
        "$'",
        "<<a ",
        "<<a\n",
        "${{",
        "a && ",
        "x | ",
        "f() ",
        "\\",
        "A=(",
    ],
)
def test_a_script_of_one_piece_ends(piece: str) -> None:
    assert len(calls(piece * 10_000 + ME)) <= 1


def test_the_line_is_the_file_s() -> None:
    assert [
        (call.command, call.line)
        for call in calls("set -e\n\njudgegate \\\n  check\njudgegate github\n")
    ] == [
        ("check", 13),
        ("github", 15),
    ]
    assert [call.line for call in calls("true\n" + ME + " \\")] == [12]
    plain = Scalar(Place("x.yml", 10, 1), ME, plain=True)
    assert [call.line for call in find_calls(plain, "")] == [10]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                ME,
                "||",
                "&&",
                "|",
                "&",
                "$(",
                "`",
                "\n",
                "\\\n",
                "#",
                "if ",
                "{",
                "}",
                " ",
                "'",
                "set +e",
                "é",
                '"',
                "(",
                ")",
                "<<A",
                "A",
                "!",
                "exit ",
                "$'",
                "${{",
                "; ",
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_any_script_is_read(script: str) -> None:
    assert all(call.line >= 10 for call in calls(script))
