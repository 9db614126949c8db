#!/usr/bin/env python3
"""report_browser.py PAGE...: how long a browser is busy with a report.

Prints for each page its size, the time until its script is through, and the longest task that
sorting, filtering and scrolling its longest table take (as Chromium's tracing has them), in
milliseconds. Beside each, what the same browser takes for a page of one line: this is where the
machine is.
"""

import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "report"))
from browser import Browser, find_chromium  # pylint: disable=wrong-import-position

FRAMES = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))"
LONGEST_TABLE = """
window.box = [...document.querySelectorAll(".table")].map((box) => [box, Number(
    box.querySelector(".count") ? box.querySelector(".count").textContent.replace(/\\D/g, "") : 0)])
    .sort((a, b) => b[1] - a[1])[0][0], box.dataset.table"""
ACTIONS = {
    "sort by figure": "box.querySelectorAll('thead button')[4].click()",
    "sort by name": "box.querySelectorAll('thead button')[0].click()",
    "filter": "box.querySelector('input').value = '77',"
              "box.querySelector('input').dispatchEvent(new Event('input'))",
    "unfilter": "box.querySelector('input').value = '',"
                "box.querySelector('input').dispatchEvent(new Event('input'))",
    "scroll": "box.querySelector('.view').scrollTop = 123456",
}


def longest_task_ms(page, action):
    """Of the page's own thread, between its call and the frame behind it."""
    browser = page.browser
    browser.events.clear()
    browser.call("Tracing.start", traceConfig={"includedCategories": ["toplevel", "devtools.timeline"]},
                 transferMode="ReportEvents")
    page.evaluate(action)
    page.evaluate(FRAMES)
    browser.call("Tracing.end")
    longest = 0
    done = False
    while not done:
        browser.call("Browser.getVersion")
        for _, method, params in browser.events:
            if method == "Tracing.dataCollected":
                for event in params["value"]:
                    if event.get("ph") == "X" and event.get("name") in (
                            "RunTask", "ThreadControllerImpl::RunTask", "FunctionCall",
                            "EvaluateScript", "Layout", "UpdateLayoutTree"):
                        longest = max(longest, event.get("dur", 0) / 1000)
            done = done or method == "Tracing.tracingComplete"
        browser.events.clear()
    return longest


def measure(browser, path):
    with browser.page() as page:
        page.open(path)
        ready = page.evaluate("performance.timing.loadEventEnd - performance.timing.navigationStart")
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, loaded in {ready} ms")
        if page.evaluate("document.querySelectorAll('.table').length") == 0:
            return
        print("  table", page.evaluate(LONGEST_TABLE))
        for name, action in ACTIONS.items():
            print(f"  {name:16}{longest_task_ms(page, action):8.1f} ms")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder, Browser(find_chromium()) as browser:
        empty = pathlib.Path(folder, "one-line.html")
        empty.write_text("<!DOCTYPE html><title>one line</title><p>one line", encoding="utf-8")
        for path in (empty, *map(pathlib.Path, sys.argv[1:])):
            measure(browser, path)


if __name__ == "__main__":
    main()
