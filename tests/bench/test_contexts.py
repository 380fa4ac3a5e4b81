"""The contexts of real files are shown in words."""

from pathlib import Path

import pytest

from bench.contexts import main

TEXT = """\
import subprocess
def run(cmd, user):
    if not user.is_admin:
        return
    check(cmd)
    subprocess.run(cmd, shell=True)
"""


def test_a_finding_is_shown_with_its_guards_and_their_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.py").write_text(TEXT)
    (tmp_path / "broken.py").write_text("def")
    assert main([str(tmp_path), "--code", "B602", "--most", "5"]) == 0
    shown = capsys.readouterr().out
    assert f"[1] B602 {tmp_path / 'a.py'}:6" in shown
    assert "calls     subprocess.run" in shown
    assert "0: parameter cmd" in shown
    assert "guard     clause (user.is_admin)" in shown
    assert "    3     if not user.is_admin:" in shown
    assert "guard     call (check, cmd)" in shown
