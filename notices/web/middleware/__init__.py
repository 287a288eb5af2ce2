"""Around the routing: what happens to every request, so that no handler can forget it."""
