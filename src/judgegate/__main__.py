"""Where the program starts: as `judgegate`, or as `python -m judgegate`."""

import gc
import sys

FEW_COLLECTIONS = 500_000
"""Objects between two collections of garbage: a run is short, and what it makes it mostly keeps."""


def main() -> None:
    gc.set_threshold(FEW_COLLECTIONS)  # before all else, since an import makes many objects
    from judgegate.cli.app import main as run_command_line

    run_command_line()


if __name__ == "__main__":
    if not sys.flags.safe_path:
        # Python looks for modules in the working directory first, and that may be the judged repository.
        del sys.path[0]
    main()
