"""Isolation and limits: checks run in processes of their own. The parent's side is `judgegate.workers.pool`.

Nothing is imported here, because a worker imports this package too and its start-up is what a small
change waits for.
"""
