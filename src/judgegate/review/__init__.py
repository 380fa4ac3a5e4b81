"""Whether a human agreed: which approval counts, what is missing, and who could give it.

Nothing here does I/O.
"""
