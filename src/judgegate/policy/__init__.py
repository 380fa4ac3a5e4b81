"""What the team demands: the policy's language, its layers, and what applies to a finding.

The words of this room that others need; everything else in it is its own business.
"""
