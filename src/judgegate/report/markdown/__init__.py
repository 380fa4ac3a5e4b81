"""The review brief: Markdown for a pull request's comment and a step's summary.

What to question first stands first.
"""
