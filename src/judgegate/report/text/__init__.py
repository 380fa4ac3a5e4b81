"""The report for a person at a terminal.

It is in the order in which one asks: what, may it merge, why, who wrote it, what is left to do.
"""
