"""The parts of analyse: both sides of a file, what the workers answer, and what no worker is needed for."""
