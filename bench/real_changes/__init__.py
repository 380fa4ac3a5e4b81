"""What the gate says of real changes: judge them, keep the verdicts, compare two versions, read samples."""
