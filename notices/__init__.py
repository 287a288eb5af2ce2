"""The register: what was declared lost, and what is so now."""

__version__ = "0.1.0"
