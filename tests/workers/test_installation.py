import os
import subprocess
import sys
from pathlib import Path

import pytest

import judgegate
from judgegate.model.errors_and_exit_codes import IncompleteError
from judgegate.workers.installation import environment, import_paths
from judgegate.workers.process import _from_ps, resident_bytes

HOME = str(Path(judgegate.__file__).resolve().parent.parent)


def install(folder: Path, *engines: str) -> Path:
    for engine in engines:
        folder.joinpath(engine).mkdir(parents=True)
        folder.joinpath(engine, "__init__.py").touch()
    return folder


def test_judgegate_comes_first_and_each_folder_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = install(tmp_path / "site", "bandit", "radon")
    monkeypatch.setattr(sys, "path", [str(both), str(both)])
    assert import_paths() == [HOME, str(both.resolve())]


def test_engines_may_live_in_folders_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = install(tmp_path / "one", "bandit"), install(tmp_path / "two", "radon")
    monkeypatch.setattr(sys, "path", [str(tmp_path / "missing"), str(two), str(one)])
    assert import_paths() == [HOME, str(one.resolve()), str(two.resolve())]


@pytest.mark.parametrize("entry", ["", ".", "site", "{tmp}", "{tmp}/site", "{tmp}/link"])
def test_nothing_is_taken_from_the_working_directory_or_the_judged_repository(
    entry: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "bandit", "radon")
    install(tmp_path / "site", "bandit", "radon")
    tmp_path.joinpath("link").symlink_to(tmp_path / "site")
    trusted = install(tmp_path.parent / f"{tmp_path.name}-trusted", "bandit", "radon")
    monkeypatch.setattr(sys, "path", [entry.format(tmp=tmp_path), str(trusted)])
    assert import_paths(untrusted=[tmp_path]) == [HOME, str(trusted.resolve())]
    monkeypatch.chdir(tmp_path)
    assert import_paths() == [HOME, str(trusted.resolve())]


def test_an_environment_inside_the_judged_repository_is_pythons_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install(tmp_path / ".venv" / "lib", "bandit", "radon")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / ".venv"))
    monkeypatch.setattr(sys, "path", [str(site)])
    assert import_paths(untrusted=[tmp_path]) == [HOME, str(site.resolve())]


def test_a_repository_that_is_itself_the_environment_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = install(tmp_path / "lib", "bandit", "radon")
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(site)])
    with pytest.raises(IncompleteError, match="bandit is not installed next to judgegate"):
        import_paths(untrusted=[tmp_path])


def test_a_missing_engine_is_an_error_that_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", [])
    with pytest.raises(IncompleteError, match="bandit is not installed") as caught:
        import_paths()
    assert caught.value.remedy


def test_the_environment_is_empty_but_for_where_python_finds_its_own_library(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    assert environment() == {}
    own = str(Path(sys.base_prefix) / "lib")
    monkeypatch.setenv("LD_LIBRARY_PATH", os.pathsep.join(["", "lib", "/elsewhere", own]))
    assert environment() == {"LD_LIBRARY_PATH": own}
    monkeypatch.setenv("LD_LIBRARY_PATH", "/elsewhere")
    assert environment() == {}


def test_the_memory_of_a_process_is_known_and_that_of_none_is_nothing() -> None:
    assert resident_bytes(os.getpid()) > 1 << 20
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    assert resident_bytes(gone.pid) == 0


def test_where_there_is_no_proc_the_process_list_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("judgegate.workers.process._PROC", Path("/missing"))
    answer = subprocess.CompletedProcess([], 0, stdout=b"  2048\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: answer)
    assert resident_bytes(1) == 2048 * 1024
    answer.stdout = b"\n"
    assert _from_ps(1) == 0


def test_engines_of_own_rules_are_found_where_they_are_and_missed_by_nobody_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, own = (
        install(tmp_path / "site", "bandit", "radon"),
        install(tmp_path / "own", "ast_grep_py"),
    )
    monkeypatch.setattr(sys, "path", [str(site), str(own)])
    assert import_paths() == [HOME, str(site.resolve()), str(own.resolve())]
