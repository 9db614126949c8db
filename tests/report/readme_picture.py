#!/usr/bin/env python3
"""Makes the README's picture of a report again: the first screen of the quickstart's, at 1280
pixels, light, down to the end of the picture of its copies."""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import browser

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURE = ROOT / "docs/pictures/report.png"
MOST_BYTES = 200_000  # of a picture that everybody clones
FIRST_PICTURE_ENDS = "Math.ceil(document.querySelector('svg').getBoundingClientRect().bottom)"
MARGIN_PIXELS = 6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    program = parser.parse_args().program.resolve()
    chromium = browser.find_chromium()
    if not chromium:
        sys.exit("chromium is not installed")
    with tempfile.TemporaryDirectory() as folder, browser.Browser(chromium) as window:
        subprocess.run([str(program), "run", "scenarios/quickstart.json", "--series", "--baseline",
                        "--out", folder], cwd=ROOT, stdout=subprocess.DEVNULL, check=True)
        with window.page(width=1280, theme="light") as page:
            page.open(pathlib.Path(folder) / "report.html")
            page.screenshot(PICTURE, page.evaluate(FIRST_PICTURE_ENDS) + MARGIN_PIXELS)
    if PICTURE.stat().st_size > MOST_BYTES:
        sys.exit(f"{PICTURE} has more than {MOST_BYTES} bytes")


if __name__ == "__main__":
    main()
