"""What is published of a verdict: the status that carries it, and whatever else the workflow asks for."""
