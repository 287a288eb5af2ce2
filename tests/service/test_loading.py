"""What a process loads and prints that does nothing else."""

import json
import os
import subprocess
import sys

from tests import commands
from tests.unit.test_catalogue_schema import SCHEMA


def test_a_web_process_does_not_load_what_only_writers_need() -> None:
    """It is back sooner after it was killed: the official client of Meilisearch takes 0.2 s."""
    code = "import sys, notices.app; print({'meilisearch', 'requests'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_what_speaks_chinese_only_reads_no_translations() -> None:
    """Babel takes 0.05 to 0.2 s to load, and a catalogue of messages half as long to read."""
    code = (
        "import sys; from notices.facts.texts import Message, TextError;"
        "TextError(Message('登录')); print(Message('登录').zh, 'babel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "登录 False\n"


def test_the_command_line_prints_the_schema_of_a_catalogue() -> None:
    done = commands.run(dict(os.environ), "catalogue", "schema")

    assert json.loads(done.stdout) == SCHEMA
