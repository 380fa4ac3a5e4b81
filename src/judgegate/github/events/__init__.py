"""The event that starts a run, and what it asks for."""
