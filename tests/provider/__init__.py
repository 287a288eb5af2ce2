"""A real provider of identities for the tests, and everything that can be wrong with one."""
