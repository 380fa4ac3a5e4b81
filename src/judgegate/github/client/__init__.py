"""GitHub's REST interface: requests, patience, and answers as values."""
