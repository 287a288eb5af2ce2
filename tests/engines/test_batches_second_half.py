"""The process that has the second half of a file is told of however it ends."""

import subprocess
import sys

import pytest

BEGUN = """
import os, signal, threading, time
from notices.batches.halves import SecondHalf
from notices.batches.outcomes import outcome
from notices.batches.parts import Counts

def end_it():
    os.kill(os.getpid(), signal.SIGXCPU)

def telling(moment):
    threading.Timer(0.3, end_it).start()
    return Counts(met=set(range(1_000_000, 2_000_000)))  # more than a pipe takes

def stopped(half):
    os.kill(half._process.pid, signal.SIGSTOP)
    return half._process.pid
"""
ENDS = {
    "it answers": ("""
half = SecondHalf(lambda moment: Counts(rows=3, met={moment}))
half.begin(7)
""", "Counts(rows=3, asked=0, statuses=Counter(), problems=Counter(), checks=Counter(), met={7})"),
    "at work": ("""
half = SecondHalf(lambda moment: end_it())
half.begin(None)
""", "Refused(code='file_too_large_inside', params={})"),
    "before it is told to begin": ("""
half = SecondHalf(telling)
pid = stopped(half)
os.kill(pid, signal.SIGKILL)
half._process.join()
half.begin(None)
""", "Failed(why='second half -9')"),
    "told, and not begun": ("""
half = SecondHalf(telling)
pid = stopped(half)
half.begin(None)
os.kill(pid, signal.SIGXCPU)
os.kill(pid, signal.SIGCONT)
""", "Refused(code='file_too_large_inside', params={})"),
    "while it tells": ("""
half = SecondHalf(telling)
half.begin(None)
half._process.join()
""", "Refused(code='file_too_large_inside', params={})"),
    "by a fault": ("""
half = SecondHalf(lambda moment: 1 / 0)
half.begin(None)
""", "Failed(why='ZeroDivisionError <string>:18')"),
}  # fmt: skip


def said(script: str) -> list[str]:
    """In a process of its own: a test's has threads, and is not to be forked."""
    words = [sys.executable, "-c", script]
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()


@pytest.mark.parametrize("end", ENDS)
def test_it_is_told_how_it_ended_and_nobody_is_left(end: str) -> None:
    begun, expected = ENDS[end]
    script = f"""{BEGUN}{begun}
print(outcome(half.counts))
half.let_go()
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("nobody is left")
"""

    # In a process of its own: a test's has threads, which is not to be forked.
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.splitlines() == [expected, "nobody is left"]


def test_one_process_answers_where_there_is_none_more_to_be_had() -> None:
    script = """
import errno
from notices.batches import reading, working

def none(work):
    raise OSError(errno.EAGAIN, "")

class Task:
    key, in_halves = bytes(32), 1

working.SecondHalf = none
found = reading.Surveyed("utf-8", False, 0, ",", 9, True, False, reading.Mark(100, 4))
whole = iter(())
left, second = working.Work(Task(), None)._halved(working.Looked([], None, found), whole)
print(left is whole, second)
"""

    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["True", "None"]
