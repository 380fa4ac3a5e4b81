"""What would let a change slip past the gate, as a repository's workflows and settings wire it."""
