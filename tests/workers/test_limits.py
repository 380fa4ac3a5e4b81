import os
import signal

import pytest

from judgegate.workers.pool import Pool
from judgegate.workers.wire import Limits, Scanned
from tests.workers.schedulers import own_pool, own_task, real_task, reasons, said

SMALL = Limits(source=5_000_000, cpu=1, memory=200 << 20, clock=20.0, answer=1_000_000)


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        ("burn", "it takes more than 1 seconds of CPU time to check"),
        ("hoard", "it needs more memory than a check may have"),
        ("crash", "the check misbehave failed on it (ZeroDivisionError: division by zero)"),
        ("recurse", "it is nested too deeply for misbehave"),
        ("exit", "its worker died (exit status 3)"),
        ("segfault", "its worker died (SIGSEGV)"),
        ("terminate", "its worker died (SIGTERM)"),
        ("kill", "its worker was killed from outside, twice"),
        ("much", "the checks found more in it than they can report"),
    ],
)
def test_a_file_that_breaks_its_check_fails_alone_and_says_why(
    act: str, reason: str
) -> None:
    with own_pool(1, SMALL) as pool:
        answers = list(
            pool.scan(
                [own_task("before"), own_task(act), own_task("after"), own_task("last")]
            )
        )
    assert reasons(answers) == {"before": None, act: reason, "after": None, "last": None}


def test_an_answer_of_many_pieces_arrives_whole() -> None:
    with own_pool(1, SMALL) as pool:
        [answer] = pool.scan([own_task("some")])
    assert said(answer) == "x" * 900_000


def test_a_source_beyond_the_limit_is_never_sent() -> None:
    with own_pool(1, Limits(source=10)) as pool:
        answers = list(
            pool.scan(
                [
                    own_task("small", b"x" * 10),
                    own_task("large", b"x" * 11),
                    own_task("more", b"y"),
                ]
            )
        )
    assert reasons(answers) == {
        "small": None,
        "large": "it is larger than 10 bytes",
        "more": None,
    }


def test_a_file_that_runs_out_of_time_is_tried_once_more_alone() -> None:
    reads: list[str] = []

    def read() -> bytes:
        reads.append("slow")
        return b"# sleep\n" if len(reads) == 1 else b"# quick\n"

    with own_pool(2, Limits(clock=1.0)) as pool:
        answers = list(pool.scan([own_task("slow", read), own_task("other")]))
    assert [(answer.id, said(answer)) for answer in answers] == [
        ("slow", "# quick\n"),
        ("other", "# other\n"),
    ]
    assert reads == ["slow", "slow"]


def test_a_file_that_runs_out_of_time_twice_has_failed() -> None:
    with own_pool(1, Limits(clock=1.0)) as pool:
        answers = list(pool.scan([own_task("sleep"), own_task("other")]))
    assert reasons(answers) == {
        "sleep": "its check did not end within 1 seconds, not even alone",
        "other": None,
    }


def test_a_worker_that_is_killed_from_outside_gets_its_file_again() -> None:
    contents = iter([b"# kill\n", b"# fine\n"])
    with own_pool(1) as pool:
        [answer] = pool.scan([own_task("x", lambda: next(contents))])
    assert said(answer) == "# fine\n"
    assert next(contents, None) is None


def test_an_idle_worker_that_is_killed_is_replaced() -> None:
    with own_pool(1) as pool:
        list(pool.scan([own_task("x")]))
        [pid] = pool.pids
        os.kill(pid, signal.SIGKILL)
        assert reasons(list(pool.scan([own_task("y"), own_task("z")]))) == {
            "y": None,
            "z": None,
        }
        assert pid not in pool.pids


def test_where_the_system_cannot_limit_memory_the_parent_watches_it() -> None:
    limits = Limits(memory=100 << 20, stack=16 << 20, recursion=1000, watch_memory=True)
    with own_pool(1, limits) as pool:
        answers = list(pool.scan([own_task("hoard slowly"), own_task("after")]))
    assert reasons(answers) == {
        "hoard slowly": "it needs more memory than a check may have",
        "after": None,
    }


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "1+" * 5000 + "1\n",
        "x = a" + ".b" * 3000 + "\n",
        "x = " + "-" * 1000 + "1\n",
        "x = f" + "()" * 2000 + "\n",
        "if x: pass\n" + "".join(f"elif x == {number}: pass\n" for number in range(2500)),
        "def f(x):\n    if x: pass\n"
        + "".join(f"    elif x == {number}: pass\n" for number in range(2000)),
    ],
    ids=["sum", "attributes", "signs", "calls", "branches", "branches in a function"],
)
def test_deep_code_is_read_and_the_eval_behind_it_found(text: str) -> None:
    with Pool(1, b"") as pool:
        [answer] = pool.scan([real_task("x", (text + "eval(input())\n").encode())])
    assert isinstance(answer, Scanned), answer
    assert "B307" in {observation.code for observation in answer.observations}


@pytest.mark.parametrize(
    "text",
    [
        "if x: pass\n" + "elif x: pass\n" * 20_000,
        "x = " + "(" * 150 + ")" * 150,
        "-" * 400_000 + "1\n",
    ],
)
def test_code_too_deep_for_python_is_a_failure_that_says_so(text: str) -> None:
    with Pool(1, b"") as pool:
        answers = list(
            pool.scan([real_task("deep", text.encode()), real_task("after", b"x = 1\n")])
        )
    assert reasons(answers)["deep"] is not None or text.startswith("x")
    assert reasons(answers)["after"] is None
