"""The parts of decide: from observations to findings, demands and reasons. Nothing here reads, asks or runs anything."""
