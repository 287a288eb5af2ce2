"""The faces of the register: HTTP, HTML, feeds."""
