"""What lets a stranger check the register without trusting it, and keeps what is private."""
