"""`python -m quayside.traffic docs/traffic.md` writes the page's table anew. A test holds the committed page to be current."""

import sys
from pathlib import Path

from quayside.traffic.table import page

if __name__ == "__main__":
    FILE = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/traffic.md")
    FILE.write_text(page(FILE.read_text(encoding="utf-8")), encoding="utf-8")
