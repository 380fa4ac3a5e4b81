"""The filters that a repository's configuration defines, switched off.

Git runs one whenever it wants to know whether a file is what the index says, and it wants to know that at odd times: also when it writes
a temporary index.
"""

from judgegate.change.git import GitError, Launcher
from judgegate.change.paths import decode_path

_FILTER_SETTINGS = r"^filter\..*\.(clean|smudge|process|required)$"


def switch_filters_off(launcher: Launcher) -> Launcher:
    """The same git, told that every filter is empty. Variables carry it, because a filter's name may hold what `-c` cannot."""
    try:
        found = launcher.run("config", "-z", "--name-only", "--get-regexp", _FILTER_SETTINGS)
    except GitError:
        return launcher
    names = [decode_path(name) for name in found.split(b"\0") if name]
    variables = {"GIT_CONFIG_COUNT": str(len(names))}
    for number, name in enumerate(names):
        variables[f"GIT_CONFIG_KEY_{number}"] = name
        variables[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
    return launcher.with_environment(variables)
