"""GitHub: the event, what its API says of the people, and how the verdict is published.

The only room that speaks HTTP.
"""
