"""The first file of a worker, run as `python -I -S bootstrap.py PATH...`.

The paths are the folders that have judgegate and its engines. They come behind the standard library,
so nothing in them can take the place of a module of Python's own.
"""

import gc
import signal
import sys

if __name__ == "__main__":
    gc.disable()  # a worker collects between files, and not while it imports or a tree grows
    # Ctrl-C is for the parent, which ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    sys.path.extend(sys.argv[1:])
    from judgegate.workers.worker import serve

    serve()
