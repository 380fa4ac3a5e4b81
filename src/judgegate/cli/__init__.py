"""The command line: one file a command, each a few lines of wiring."""

from judgegate.cli.main import main, run

__all__ = ["main", "run"]
