"""`python -m goodstanding.desk.lawcheck law [overlay ...]` prints every finding of the law."""

from __future__ import annotations

import sys

from goodstanding.desk.checking import check_law

if __name__ == "__main__":
    for text in check_law(
        [a for a in sys.argv[1:] if not a.startswith("--")] or ["law"],
        "zh" if "--zh" in sys.argv else "en",
    ):
        sys.stdout.write(text + "\n")
