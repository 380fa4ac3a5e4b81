"""What a team's own rules look for, as checks: patterns, regular expressions, imports. The engines are imported when they are needed."""
