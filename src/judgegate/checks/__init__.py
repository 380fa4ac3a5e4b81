"""What to look for: one file, or one folder, for each rule or small group of rules."""
