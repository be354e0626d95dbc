"""Makes the wheel that is published, with the contract with the host in it: see `src/botbox/build.py`."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
WIT = ROOT / "src/botbox/wit"

try:
    shutil.copytree(ROOT / "../../wit", WIT / "botbox")
    shutil.copytree(ROOT / "wit", WIT / "wasi")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", ROOT, *sys.argv[1:]], check=True)
finally:
    shutil.rmtree(WIT, ignore_errors=True)
    shutil.rmtree(ROOT / "build", ignore_errors=True)
