"""The process behind `print/press.py`; nobody starts it by hand."""

import os
import signal
import sys

from notices.print import press
from notices.structured_logging import configure

NICE = 5
"""Whoever answers people goes first, where there is a core too few."""


def main() -> None:
    """Print until there is nobody left to print for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us
    configure()
    os.nice(NICE)
    press.work(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
