"""Analyses that are kept in a folder, so that looking is not repeated."""
