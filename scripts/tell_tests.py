#!/usr/bin/env python3
"""tell_tests.py CTEST_XML...: says which tests were skipped, and why, and which failed.

Failed ones come last, with the end of what each printed: where only the end of a log is
kept, it is there.
"""

import pathlib
import sys
import xml.etree.ElementTree as xml

FAILURE_CHARACTERS = 3000  # of what a failed test printed, from its end


def printed(case):
    return case.findtext("system-out") or ""


def reason(case):
    """What the test printed last: a skipped test says why in its last line."""
    lines = [line.strip() for line in printed(case).splitlines()]
    told = [line for line in lines if line and not line.startswith("[")]
    return told[-1] if told else "no reason printed"


def tell_skipped(cases):
    by_reason = {}
    for case in cases:
        if case.find("skipped") is not None:
            by_reason.setdefault(reason(case), []).append(case.get("name"))
    print(f"== {sum(map(len, by_reason.values()))} of {len(cases)} tests were skipped")
    for why, names in sorted(by_reason.items()):
        print(f"  {why}")
        for name in sorted(set(names)):
            print(f"    {name}")


def tell_failed(cases):
    failed = [case for case in cases if case.get("status") == "fail"]
    for case in failed:
        print(f"== FAILED: {case.get('name')}, after {float(case.get('time') or 0):.0f} s")
        print(printed(case)[-FAILURE_CHARACTERS:])
    print(f"== {len(failed)} of {len(cases)} tests failed")
    for case in failed:
        print(f"    {case.get('name')}")


def main():
    cases = []
    for path in filter(lambda path: pathlib.Path(path).exists(), sys.argv[1:]):
        cases += xml.parse(path).getroot().iter("testcase")
    tell_skipped(cases)
    tell_failed(cases)


if __name__ == "__main__":
    main()
