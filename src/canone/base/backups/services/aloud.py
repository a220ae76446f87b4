"""Writes a file to standard output: `python aloud.py FILE`."""

import shutil
import sys
from pathlib import Path

PIECE = 1024 * 1024

if __name__ == "__main__":
    with Path(sys.argv[1]).open("rb", buffering=0) as file:
        shutil.copyfileobj(file, sys.stdout.buffer, PIECE)
