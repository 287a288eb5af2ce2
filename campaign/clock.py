"""The wall clocks of one service and of its database, set by hand while they run.

Not by libfaketime: its `clock_nanosleep` breaks `time.sleep` of Python 3.11 and later, even where
the monotonic clock is left alone (EINVAL; its issue 426), and it opens a file and allocates memory
where PostgreSQL asks for the time in a signal handler.
"""

import os
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Literal

SOURCE = Path(__file__).with_suffix(".c")
NEEDED = {"cc": "a C compiler (gcc, libc6-dev)", "bash": "bash"}

Whose = Literal["service", "database"]
WHOSE: tuple[Whose, ...] = ("service", "database")


class Clock:
    """Two clocks, and `python`, under which a service and all that it starts are told by them.

    The service knows nothing of it: it starts its children with the Python that it runs in, which
    is a virtual environment as ours is. What is preloaded would not reach its engines otherwise,
    since they get none of our environment.
    """

    def __init__(self, folder: Path) -> None:
        folder.chmod(0o755)  # PostgreSQL may run as somebody else
        self._folder = folder
        for each in WHOSE:
            self.set(each, 0)
        library = folder / "clock.so"
        subprocess.run(
            ["cc", "-O2", "-shared", "-fPIC", f'-DFOLDER="{folder}"', "-o", library, SOURCE],
            check=True,
        )
        library.chmod(0o755)
        real, ours = Path(sys.executable), Path(sys.prefix)
        self.python = folder / "bin" / real.name
        self.python.parent.mkdir()
        for name in ("pyvenv.cfg", "lib", "lib64"):
            if (ours / name).exists():
                (folder / name).symlink_to(ours / name)
        self.python.write_text(
            f'#!/bin/bash\nLD_PRELOAD={library} exec -a "$0" {real.resolve()} "$@"\n'
        )
        self.python.chmod(0o755)

    @staticmethod
    def lacks() -> str | None:
        """What this machine lacks for it, None where it can be had."""
        if sys.platform != "linux":
            return "Linux"
        return next((package for name, package in NEEDED.items() if not shutil.which(name)), None)

    def set(self, whose: Whose, ahead: int) -> None:
        """`ahead` seconds from now on; the file is written over, since it is mapped."""
        file = os.open(self._folder / whose, os.O_WRONLY | os.O_CREAT, 0o644)
        try:
            os.pwrite(file, struct.pack("@q", ahead), 0)
        finally:
            os.close(file)
