"""Numbers of the service: counted by a follower of the log, read for pages and files."""
