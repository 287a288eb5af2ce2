"""Keeping a register safe: writing a backup, and restoring one."""
