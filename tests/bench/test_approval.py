"""The script that measures the run after an approval: it runs, against a GitHub in a process of its own."""

import pytest

from bench.approval import main


def test_a_case_is_measured_and_told_with_its_ratio(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--runs", "1", "--case", "small"]) in {0, 1}
    [head, row] = capsys.readouterr().out.splitlines()
    assert head.split()[:3] == ["bare", "kept", "looking"]
    assert row.split()[0] == "small"
