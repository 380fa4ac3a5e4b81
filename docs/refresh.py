"""Brings help texts, the demo's output and the rules' pages in the documentation up to date.

`make docs` runs it; a test compares what it would write with what is there.
"""

import os
import pty
import re
import subprocess
import sys
from collections.abc import Mapping
from io import StringIO
from pathlib import Path

from rich.console import Console
from rich.text import Text

from judgegate.doctor.finding import FindingKind, Gravity
from judgegate.doctor.run import kinds
from judgegate.report.rule_pages import render_rule_page, shipped_rules

ROOT = Path(__file__).parent.parent
PAGES = (ROOT / "README.md", *sorted(ROOT.glob("docs/*.md")))
PICTURE = ROOT / "docs" / "demo.svg"
RULE_PAGES = ROOT / "docs" / "rules"
DIAGNOSES = re.compile(
    r"(?<=^<!-- diagnoses: written by make docs -->\n).*?(?=^<!-- end -->$)",
    re.MULTILINE | re.DOTALL,
)
DOCUMENT = re.compile(r"\bdocs/((?:workflows/)?[\w-]+\.(?:md|yml))")
"""A page or a workflow of this folder, as the program names it in a sentence."""

WIDTH = 100
"""Columns of the terminal that the texts and the picture are made for."""

SAID = re.compile(
    r"(?P<head>```console\n\$ judgegate (?P<arguments>[^\n|]*--help|demo)"
    r"(?: \| head -(?P<lines>\d+))?\n)(?P<body>.*?)```",
    re.DOTALL,
)
WEB_FONT = re.compile(r"\s*@font-face \{.*?\}", re.DOTALL)
PROGRAM = Path(sys.executable).parent / "judgegate"


def refresh_page(page: str) -> str:
    """The page with the current output of each `$ judgegate ... --help` and `$ judgegate demo` in it.

    Doctor's diagnoses are renewed too.
    """
    page = DIAGNOSES.sub(lambda _: _describe_diagnoses(tuple(kinds())), page)
    return SAID.sub(
        lambda match: (
            f"{match['head']}{_ask(match['arguments'].split(), match['lines'])}```"
        ),
        page,
    )


def _describe_diagnoses(found: tuple[FindingKind, ...]) -> str:
    """A list of all diagnoses by severity, and then a section for each in the program's order."""
    index = "".join(
        f"- **{gravity.value}**: {', '.join(_links(found, gravity))}\n"
        for gravity in sorted(Gravity, reverse=True)
    )
    return f"\n{index}\n" + "".join(map(_describe_diagnosis, found))


def _links(found: tuple[FindingKind, ...], gravity: Gravity) -> list[str]:
    return [f"[{kind.id}](#{kind.id})" for kind in found if kind.gravity is gravity]


def _describe_diagnosis(kind: FindingKind) -> str:
    exception = (
        "" if kind.milder is None else f" Only a **{kind.milder.value}** {kind.unless}."
    )
    remedy = DOCUMENT.sub(r"[docs/\1](\1)", kind.remedy)
    severity = f"Severity: **{kind.gravity.value}**.{exception}"
    return f"### `{kind.id}`\n\n{severity}\n\nWhy: {kind.why}\n\nFix: {remedy}\n\n"


def tell_rule_pages() -> dict[str, str]:
    """The rules' pages by their paths below `docs/rules`, and an index of them."""
    rules = shipped_rules()
    rows = "".join(
        f"| [{spec.id}]({spec.id}.md) | {spec.severity.value} | {spec.summary} |\n"
        for _, spec in sorted(rules.items())
    )
    index = f"# Rules\n\n| rule | severity | what it says |\n|---|---|---|\n{rows}"
    return {"README.md": index} | {
        f"{spec.id}.md": render_rule_page(spec) for spec in rules.values()
    }


def write_rule_pages() -> None:
    """Write the rules' pages, and take away those of rules that are gone."""
    pages = tell_rule_pages()
    for page in RULE_PAGES.rglob("*.md"):
        if page.relative_to(RULE_PAGES).as_posix() not in pages:
            page.unlink()
    for name, text in pages.items():
        (RULE_PAGES / name).parent.mkdir(parents=True, exist_ok=True)
        (RULE_PAGES / name).write_text(text)


def draw_demo() -> str:
    """What `judgegate demo` shows on a terminal, as SVG.

    It names no font of the web: an image in a page may not load one.
    """
    console = Console(
        record=True,
        width=WIDTH,
        height=1,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
    )
    console.print(Text.from_ansi(_watch("demo")))
    drawn = console.export_svg(title="judgegate demo", unique_id="judgegate")
    return WEB_FONT.sub("", drawn).replace(
        "Fira Code, monospace", "ui-monospace, Menlo, Consolas, monospace"
    )


def _ask(arguments: list[str], lines: str | None) -> str:
    done = subprocess.run(
        [PROGRAM, *arguments],
        env=_environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    said = done.stdout.splitlines()[: int(lines) if lines else None]
    return "\n".join(line.rstrip() for line in said) + "\n"


def _watch(*arguments: str) -> str:
    """What the program writes to a terminal, colours included."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [PROGRAM, *arguments],
        env=_environment(),
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    ):
        os.close(theirs)
        seen = b"".join(iter(lambda: _read(ours), b""))
    os.close(ours)
    return seen.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # Linux says so when the last writer has left
        return b""


def _environment() -> Mapping[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in {"NO_COLOR", "FORCE_COLOR"} and not name.startswith("JUDGEGATE_")
    }
    return kept | {"COLUMNS": str(WIDTH), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


if __name__ == "__main__":
    for path in PAGES:
        path.write_text(refresh_page(path.read_text()))
    PICTURE.write_text(draw_demo())
    write_rule_pages()
