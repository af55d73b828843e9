"""`python -m goodstanding.desk.lawcheck law [overlay ...]` prints every finding of the law."""

from __future__ import annotations

import sys

from goodstanding.desk.checking import check_law

if __name__ == "__main__":
    for text in check_law(sys.argv[1:] or ["law"]):
        sys.stdout.write(text + "\n")
