"""The program's end when the engine stops it."""

import subprocess
import sys

PROGRAM = """
import signal, sys, threading, time
from components.interrupt import end_quietly_when_interrupted
end_quietly_when_interrupted()
threading.Thread(target=time.sleep, args=(60,)).start()
print("ready", flush=True)
signal.pause()
"""


def test_an_interrupted_program_ends_at_once_and_without_a_traceback() -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert program.stdout is not None
    assert program.stdout.readline() == "ready\n"

    program.send_signal(2)
    _, printed = program.communicate(timeout=10)

    assert (program.returncode, printed) == (130, "")
