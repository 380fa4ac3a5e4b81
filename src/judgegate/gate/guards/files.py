"""In which files guards are looked for, going by their paths."""

from judgegate.gate.guards.kinds import Where
from judgegate.gate.looking.testing import is_test
from judgegate.model.languages import language_by_suffix

WITHOUT_GUARDS = frozenset({"css", "json", "nix", "yaml"})
"""Languages that hold none, unless they describe a pipeline."""

MORE_SUFFIXES = (".vue", ".svelte", ".erb", ".jinja", ".jinja2", ".j2", ".groovy", ".pl", ".ps1", ".sql")
"""Of templates and languages that no table of languages here has."""

PIPELINE_FOLDERS = (".github/workflows/", ".github/actions/", ".gitlab/", ".circleci/", ".buildkite/")
PIPELINE_NAMES = frozenset(
    {
        ".gitlab-ci.yml",
        ".pre-commit-config.yaml",
        ".travis.yml",
        "Jenkinsfile",
        "azure-pipelines.yml",
        "bitbucket-pipelines.yml",
        "tox.ini",
    }
)


def places_looked_at(path: str) -> frozenset[Where]:
    """Which kinds of guards a file can hold; none for prose and data."""
    name = path.rpartition("/")[2]
    if path.startswith(PIPELINE_FOLDERS) or name in PIPELINE_NAMES:
        return frozenset({Where.PIPELINES})
    language = language_by_suffix(path)
    if language in WITHOUT_GUARDS or (language is None and not name.lower().endswith(MORE_SUFFIXES)):
        return frozenset()
    return frozenset({Where.TESTS if is_test(path, language) else Where.CODE})
