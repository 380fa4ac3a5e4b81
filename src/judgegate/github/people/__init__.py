"""What GitHub says of the people around a pull request."""
