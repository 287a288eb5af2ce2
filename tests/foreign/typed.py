"""Runs a program on a terminal of its own, at which its prompts are answered: typed.py ANSWER …"""

import os
import pty
import sys


def main(answer: str, words: list[str]) -> int:
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(words[0], words)  # noqa: S606
    said = b""
    try:
        while part := os.read(terminal, 4096):
            said += part
            if said.rstrip().endswith(b":"):
                os.write(terminal, answer.encode() + b"\n")
                said = b""
    except OSError:
        pass  # it has ended
    _, status = os.waitpid(child, 0)
    sys.stderr.buffer.write(said)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
