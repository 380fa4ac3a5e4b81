"""Decide what a change leads to: values in, a verdict out.

Nothing here reads a file, asks a forge or runs anything.
"""
