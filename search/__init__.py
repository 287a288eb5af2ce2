"""The public index: what can be found, and how."""
