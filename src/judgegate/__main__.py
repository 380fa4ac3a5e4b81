"""`python -m judgegate`: Python looks for modules in the working directory first, and that may be the judged repository."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]

from judgegate.cli.app import main

main()
