"""How a language or format is read: decoding, lines, syntax. Read in workers only."""
