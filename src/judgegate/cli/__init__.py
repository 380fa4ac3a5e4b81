"""The command line: one file a command, each a few lines of wiring."""

from judgegate.cli.main import main

__all__ = ["main"]
