"""`python -m bench.real_changes COMMAND`: one file for each command."""

import argparse
import sys

from bench.real_changes import add, agree, choose, compare, fetch, judge, sample
from bench.real_changes.problems import Problem

COMMANDS = {
    "agree": agree,
    "choose": choose,
    "fetch": fetch,
    "judge": judge,
    "compare": compare,
    "sample": sample,
    "add": add,
}


def main(arguments: list[str]) -> int:
    """Run the command that the arguments name, and return its exit code."""
    parser = argparse.ArgumentParser(prog="real_changes", description="Judge real changes.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        summary, _, _ = str(module.__doc__).partition("\n")
        command = commands.add_parser(name, help=summary, description=summary)
        module.add_arguments(command)
        command.set_defaults(run=module.run)
    options = parser.parse_args(arguments)
    try:
        code: int = options.run(options)
    except Problem as problem:
        print(f"real_changes: {problem}", file=sys.stderr)
        return 2
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
