"""How a verdict is rendered: one format a file, and one table of them."""
