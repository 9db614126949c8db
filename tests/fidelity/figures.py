#!/usr/bin/env python3
"""figures.py TABLES [DOCUMENT]: a line for each table that the fidelity tests left in TABLES.

Prints them, or writes them between the marks of DOCUMENT.
"""

import pathlib
import re
import sys

FIRST, LAST = "<!-- figures: written by reproduce.sh -->", "<!-- end of figures -->"
HEAD = "| comparison | rows | worst error, of what is allowed |\n| --- | --- | --- |\n"


def line_of(text):
    title = re.match(r"== ([^:]+): (.*)", text)
    unit = re.search(r"errors in (.*)|errors (the same)", text)
    end = re.search(r"(\d+) rows compared, (\d+) over what is allowed(?:; worst: (.*))?", text)
    rows, over, worst = end.groups()
    unit = unit.group(1) or ""
    worst = worst or "+0.000 of 0"
    error, _, rest = worst.partition(" of ")
    allowed, _, at = rest.partition(" at ")
    shown = "none" if allowed == "0" and float(error) == 0 else f"{error} of {allowed} {unit}, {at}"
    failed = f"; {over} **over**" if over != "0" else ""
    return f"| `{title.group(1)}`: {title.group(2)} | {rows} | {shown}{failed} |\n"


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__, file=sys.stderr)
        return 2
    tables = sorted(pathlib.Path(sys.argv[1]).glob("*.txt"))
    figures = HEAD + "".join(line_of(table.read_text(encoding="utf-8")) for table in tables)
    if len(sys.argv) == 2:
        print(figures, end="")
        return 0
    document = pathlib.Path(sys.argv[2])
    before, mark, rest = document.read_text(encoding="utf-8").partition(FIRST)
    _, end, after = rest.partition(LAST)
    if not mark or not end:
        print(f"{document}: no \"{FIRST}\" before a \"{LAST}\"", file=sys.stderr)
        return 1
    document.write_text(f"{before}{FIRST}\n{figures}{LAST}{after}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
