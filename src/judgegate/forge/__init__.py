"""What every forge needs: the pull request, judging it again, and the words of what is published.

Nothing here knows of one forge.
"""
