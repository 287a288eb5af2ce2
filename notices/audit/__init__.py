"""Auditing a register: log, tree, notices and claims, by database or over HTTP."""
