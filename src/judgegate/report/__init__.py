"""How a verdict is told: one format a file, and the one list of them."""
