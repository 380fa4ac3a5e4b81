import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from judgegate.change.repository import Repository
from judgegate.change.scratch import Scratch, temporary_files
from judgegate.model.errors_and_exit_codes import IncompleteError
from tests.repositories import RepositoryBuilder


def test_a_directory_that_cannot_be_written_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path / "gone"))
    with pytest.raises(IncompleteError, match=r"(?s)cannot be written.*TMPDIR"):
        Scratch("sha1")


def test_a_full_disk_is_said() -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("no device that is always full")
    with pytest.raises(IncompleteError, match="No space left"), temporary_files():
        full.write_bytes(b"x")


def test_an_object_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    scratch = Scratch("sha1")
    scratch.lay_over(tmp_path)
    oid = scratch.store("blob", b"x")
    shutil.rmtree(scratch.objects / oid[:2])
    (scratch.objects / oid[:2]).write_text("in the way")
    with pytest.raises(IncompleteError, match="cannot be written"):
        scratch.store("blob", b"x")
    scratch.close()


@pytest.mark.parametrize(
    "name",
    [
        "plain",
        "with:colon",
        'with"quote',
        "with\nnewline",
        "#hash",
        "back\\slash",
        "caf\u00e9",
    ],
)
def test_objects_below_an_odd_path_are_read(tmp_path: Path, name: str) -> None:
    builder = RepositoryBuilder(tmp_path / name)
    builder.write("a.py", "old\n").commit()
    with Repository.open(builder.path) as repository:
        oid = repository.lay_scratch().store("blob", b"new\n")
        old = repository.blob_at(repository.resolve("HEAD"), "a.py")
        assert old is not None
        assert (repository.read(oid), repository.read(old.oid)) == (b"new\n", b"old\n")
        assert repository.lay_scratch() is repository.lay_scratch()


def test_an_interrupt_leaves_nothing_behind(
    repository: RepositoryBuilder, tmp_path: Path
) -> None:
    (tmp_path / "tmp").mkdir()
    code = (
        "import sys, os, signal; from pathlib import Path; from judgegate.change.repository import Repository;"
        "r = Repository.open(Path(sys.argv[1])); r.lay_scratch(); assert os.listdir(sys.argv[2]);"
        "os.kill(os.getpid(), signal.SIGINT); signal.pause()"
    )
    command = [sys.executable, "-c", code, str(repository.path), str(tmp_path / "tmp")]
    done = subprocess.run(
        command,
        env={"TMPDIR": str(tmp_path / "tmp"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -signal.SIGINT or b"KeyboardInterrupt" in done.stderr
    assert list((tmp_path / "tmp").iterdir()) == []
