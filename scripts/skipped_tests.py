#!/usr/bin/env python3
"""skipped_tests.py CTEST_XML...: says how many tests were skipped, which, and why."""

import pathlib
import sys
import xml.etree.ElementTree as xml


def reason(case):
    """What the test printed last: a skipped test says why in its last line."""
    lines = [line.strip() for line in (case.findtext("system-out") or "").splitlines()]
    told = [line for line in lines if line and not line.startswith("[")]
    return told[-1] if told else "no reason printed"


def main():
    total = 0
    by_reason = {}
    for path in filter(lambda path: pathlib.Path(path).exists(), sys.argv[1:]):
        for case in xml.parse(path).getroot().iter("testcase"):
            total += 1
            if case.find("skipped") is not None:
                by_reason.setdefault(reason(case), []).append(case.get("name"))
    print(f"{sum(map(len, by_reason.values()))} of {total} tests were skipped")
    for why, names in sorted(by_reason.items()):
        print(f"  {why}")
        for name in sorted(set(names)):
            print(f"    {name}")


if __name__ == "__main__":
    main()
