#!/usr/bin/env python3
"""Reports of the real program in a real browser.

Every sample scenario is run, briefly, and its page opened from a file: wide and narrow, light and
dark, without JavaScript, on paper. A page may ask for nothing but itself, and complain of nothing.
Screenshots stay in --artefacts.
"""

import argparse
import json
import pathlib
import shlex
import subprocess
import sys
import tempfile
import unittest

from browser import Browser, find_chromium

FINE, FINDINGS, MISSED = 0, 1, 3
SKIPPED = 77

arguments = None
browser = None

SCENARIO = {
    "provider": "tencent",
    "hosts": {"web": {"count": 2, "type": "S5.2XLARGE32"},
              "ids": {"type": "S5.4XLARGE32", "receiver": "suricata"}},
    "workloads": {"www": {"at": "web", "in": "500 Mbps", "out": "500 Mbps"}},
    "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}],
    "duration": "50 ms",
}

# What each canvas shows besides its background: pixels of several colours.
CANVAS_COLOURS = """
[...document.querySelectorAll(".chart canvas")].map((canvas) => {
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const colours = new Set();
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] > 0) colours.add((pixels[i] << 16) | (pixels[i + 1] << 8) | pixels[i + 2]);
  }
  return colours.size;
})"""


def run_scenario(scenario, folder, *options):
    """The page of a run of it."""
    ran = subprocess.run([arguments.program, "run", str(scenario), "--quiet", "--out-dir",
                          str(folder), *options],
                         capture_output=True, text=True, check=False)
    if ran.returncode not in (FINE, MISSED):
        raise AssertionError(f"{scenario}: exit {ran.returncode}\n{ran.stderr}")
    return pathlib.Path(folder, "report.html")


class ReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="vpcmirror-report-")
        cls.addClassCleanup(cls.folder.cleanup)

    def path(self, name):
        return pathlib.Path(self.folder.name, name)

    def page_of(self, name, scenario, *options):
        file = self.path(name + ".json")
        file.write_text(json.dumps(scenario), encoding="utf-8")
        return run_scenario(file, self.path(name), *options)

    def check_page(self, path, name, **settings):
        """Opens it; nothing to complain of, and as wide as the window."""
        with browser.page(**settings) as page:
            page.open(path)
            self.assertEqual(page.complaints(), [])
            self.assertEqual(page.evaluate("document.documentElement.dataset.ready"), "yes")
            wide = page.evaluate("document.documentElement.scrollWidth")
            self.assertLessEqual(wide, page.width, "wider than the window")
            colours = page.evaluate(CANVAS_COLOURS)
            self.assertTrue(all(count > 2 for count in colours), f"a blank chart: {colours}")
            picture = f"{name}-{settings['theme']}-{settings['width']}.png"
            page.screenshot(pathlib.Path(arguments.artefacts, picture))
            return len(colours)

    def test_every_sample_has_a_page_for_wide_and_narrow_windows(self):
        samples = [path for path in sorted(pathlib.Path(arguments.scenarios).glob("*.json"))
                   if not path.name.endswith(".expect.json")
                   and path.stem != "web-capture"]  # its capture is not ours
        self.assertGreater(len(samples), 20)
        charts = 0
        for sample in samples:
            page = run_scenario(sample, self.path(sample.stem), "--set", "/duration=40 ms",
                                "--series=2 ms", *self.engine_for(sample))
            for width, theme in self.looks_for(sample):
                with self.subTest(sample=sample.stem, width=width, theme=theme):
                    charts += self.check_page(page, sample.stem, width=width, theme=theme)
        self.assertGreater(charts, 2 * len(samples), "charts drawn")

    @staticmethod
    def looks_for(sample):
        """Each width and each theme; all of both for the one that has most to show."""
        if sample.stem == "design-estate" or arguments.all_looks:
            return [(width, theme) for width in (1280, 360) for theme in ("light", "dark")]
        return [(1280, "light"), (360, "dark")]

    @staticmethod
    def engine_for(sample):
        """Of timelines that last longer than that, all is run."""
        text = sample.read_text(encoding="utf-8")
        return ("--set", "/duration=1 s") if '"timeline"' in text else ()

    def call(self, *words, codes=(FINE,), folder=None):
        ran = subprocess.run([arguments.program, *map(str, words)], capture_output=True, text=True,
                             check=False, cwd=folder or self.folder.name)
        self.assertIn(ran.returncode, codes, f"{words}\n{ran.stderr}")
        return ran

    def test_every_other_command_has_a_page_that_says_how_to_get_it_again(self):
        scenario = self.path("kinds.json")
        scenario.write_text(json.dumps(SCENARIO), encoding="utf-8")
        out = self.path("kinds")
        pages = {}
        self.call("run", scenario, "--quiet", "--out", out, "--margin", "10%")
        pages["run"] = out / "report.html"
        self.call("plan", scenario, "--out", out, "--whatif", "/workloads/www/in=x2")
        pages["plan"] = out / "plan.html"
        self.call("sweep", scenario, "--vary", "/workloads/www/in=x1,x2,x3", "--vary",
                  "/hosts/web/count=1,2", "--engine", "fluid", "--quiet", "--out", out)
        pages["sweep"] = out / "sweep.html"
        other = ("--set", "/mirrors/0/Direction=INGRESS")
        for name, words in {"check": ("check", scenario, "--format", "html"),
                            "diff": ("diff", out, out, "--format", "html"),
                            "diff-of-scenarios": ("diff", scenario, scenario, *other,
                                                  "--format", "html")}.items():
            pages[name] = self.path(name + ".html")
            ran = self.call(*words, codes=(FINE, FINDINGS))
            pages[name].write_text(ran.stdout, encoding="utf-8")
        charts = {}
        for name, path in pages.items():
            for width, theme in ((1280, "light"), (360, "dark")):
                with self.subTest(page=name, width=width):
                    charts[name] = self.check_page(path, name, width=width, theme=theme)
            with self.subTest(page=name), browser.page() as page:
                page.open(path)
                command = page.evaluate("document.querySelector('#again pre').textContent")
                words = shlex.split(command)
                self.assertEqual(words[0], "vpcmirror")
                if name == "sweep":
                    words.append("--resume")  # what is there is not run again
                self.call(*words[1:], codes=(FINE, FINDINGS))
        self.assertGreaterEqual(charts["plan"], 1, "the growth curve")
        # Margin and losses by /in for each count; the losses are always zero, or not.
        self.assertGreaterEqual(charts["sweep"], 2)

    def test_the_verdict_and_the_three_tightest_limits_come_first(self):
        path = self.page_of("first", SCENARIO)
        with browser.page() as page:
            page.open(path)
            result = json.loads(path.with_name("result.json").read_text(encoding="utf-8"))
            verdict = page.evaluate("document.querySelector('.verdict').textContent")
            self.assertIn(result["verdict"], verdict)
            self.assertIn(result["because"], verdict)
            for selector in (".verdict", ".bars", ".headlines"):
                bottom = page.evaluate(
                    f"document.querySelector('{selector}').getBoundingClientRect().bottom")
                self.assertLessEqual(bottom, 900, f"{selector} is not on the first screen")
            # 500 Mbps in and out of two hosts, of 3 Gbps in and out that an S5.2XLARGE32 has;
            # with a copy of each, 2 Gbps and the outer headers.
            labels = page.evaluate("[...document.querySelectorAll('.bars tbody th')]"
                                   ".map((head) => head.textContent).join('|')")
            self.assertEqual(labels.count("|"), 2, labels)
            self.assertIn("web[", labels)

    def test_tables_sort_and_filter(self):
        hosts = dict(SCENARIO["hosts"], web={"count": 150, "type": "S5.2XLARGE32"})
        workloads = {"www": {"at": "web", "in": "1 Mbps"},
                     "busy": {"at": "web[7]", "in": "5 Mbps"}}
        path = self.page_of("tables", dict(SCENARIO, hosts=hosts, workloads=workloads,
                                           duration="100 ms"))
        with browser.page() as page:
            page.open(path)
            rows = ("[...document.querySelectorAll('[data-table=hosts] tbody tr:not(.spacer)')]"
                    ".map((row) => row.cells[0].textContent)")
            # 150 and the receiver, of which those in sight are drawn.
            self.assertIn("151 rows", page.evaluate(
                "document.querySelector('[data-table=hosts] .count').textContent"))
            self.assertLess(len(page.evaluate(rows)), 80)
            self.assertEqual(page.evaluate(rows)[:3], ["web[0]", "web[1]", "web[2]"])

            used_in = "document.querySelectorAll('[data-table=hosts] thead button')[3]"
            page.evaluate(used_in + ".click()")
            self.assertEqual(page.evaluate(rows)[1], "web[7]", "behind the receiver")
            self.assertEqual(page.evaluate(used_in + ".parentNode.getAttribute('aria-sort')"),
                             "descending")
            page.evaluate(used_in + ".click()")
            self.assertEqual(page.evaluate(used_in + ".parentNode.getAttribute('aria-sort')"),
                             "ascending")
            self.assertNotIn("web[7]", page.evaluate(rows)[:5])

            name = "document.querySelectorAll('[data-table=hosts] thead button')[0]"
            page.evaluate(name + ".click()")
            self.assertEqual(page.evaluate(rows)[:3], ["ids", "web[0]", "web[1]"])
            page.evaluate(
                "new Promise((done) => {"
                "const box = document.querySelector('[data-table=hosts] input');"
                "box.value = 'WEB[14'; box.dispatchEvent(new Event('input'));"
                "requestAnimationFrame(() => requestAnimationFrame(done));}).then(() => 1)")
            wanted = ["web[14]"] + [f"web[{i}]" for i in range(140, 150)]
            self.assertEqual(page.evaluate(rows), wanted)
            self.assertEqual(page.complaints(), [])

    def test_a_chart_zooms_to_what_is_dragged_over_and_back(self):
        path = self.page_of("zoom", dict(SCENARIO, duration="200 ms"), "--series=1 ms")
        with browser.page() as page:
            page.open(path)
            shown = "document.querySelector('.chart .count').textContent"
            self.assertEqual(page.evaluate(shown), "Drag to zoom")
            page.drag(".chart canvas", 0.5, 0.75)
            # 0 to 0.2 s are drawn between the axis and the right edge; half of the picture is
            # somewhat before 0.1 s, three quarters before 0.15 s.
            begin, end = (float(word) for word in page.evaluate(shown).split(" to "))
            self.assertTrue(0.07 < begin < 0.1 and 0.13 < end < 0.15, (begin, end))
            page.evaluate("document.querySelector('.chart [title=\"Show all of it\"]').click()")
            self.assertEqual(page.evaluate(shown), "Drag to zoom")
            page.evaluate("document.querySelector('.chart [title=\"Zoom in\"]').click()")
            self.assertIn(" to ", page.evaluate(shown))
            page.evaluate("document.querySelector('.chart summary').click()")
            rows = page.evaluate("new Promise((done) => setTimeout(() => done("
                                 "document.querySelectorAll('.chart details tbody tr').length), 50))")
            self.assertEqual(rows, 200, "a row a bin in the table behind the chart")
            self.assertEqual(page.complaints(), [])

    def test_the_button_changes_the_theme(self):
        path = self.page_of("theme", SCENARIO)
        background = "getComputedStyle(document.body).backgroundColor"
        with browser.page(theme="light") as page:
            page.open(path)
            light = page.evaluate(background)
            page.evaluate("document.getElementById('theme').click()")
            dark = page.evaluate(background)
            self.assertNotEqual(light, dark)
        with browser.page(theme="dark") as page:
            page.open(path)
            self.assertEqual(page.evaluate(background), dark)

    def test_without_javascript_all_is_in_tables(self):
        hosts = dict(SCENARIO["hosts"], web={"count": 150, "type": "S5.2XLARGE32"})
        workloads = {"www": {"at": "web", "in": "1 Mbps"}}
        path = self.page_of("plain", dict(SCENARIO, hosts=hosts, workloads=workloads),
                            "--series=1 ms")
        with browser.page(scripts=False) as page:
            page.open(path)
            document = page.call("DOM.getDocument", depth=0)["root"]["nodeId"]

            def count(selector):
                return len(page.call("DOM.querySelectorAll", nodeId=document,
                                     selector=selector)["nodeIds"])
            self.assertEqual(count("[data-table=hosts] tbody tr"), 151)
            self.assertEqual(count("[data-chart=traffic] tbody tr"), 50)
            self.assertEqual(count("canvas"), 0)
            self.assertEqual(count("svg.diagram"), 1)
            self.assertEqual(count("#theme[hidden]"), 1, "a button that would do nothing")

    def test_prints(self):
        path = self.page_of("print", SCENARIO, "--series=1 ms")
        with browser.page(theme="dark") as page:
            page.open(path)
            document = page.pdf()
            self.assertTrue(document.startswith(b"%PDF-"))
            self.assertGreater(len(document), 20_000)
            self.assertEqual(page.complaints(), [])

    def test_names_are_text_whatever_they_are(self):
        """A result may come from anywhere: its names are not those that a scenario may have."""
        names = {"closes": "</script><script>throw 1</script>", "comment": "<!--<script>",
                 "quotes": "\"'`&amp;", "right to left": "\u05e9\u05dc\u05d5\u05dd \u0645",
                 "long": "x" * 10_000, "markup": "<img src=x onerror=alert(1)>"}
        stored = self.page_of("names", SCENARIO, "--series=1 ms").with_name("result.json")
        text = stored.read_text(encoding="utf-8")
        page_file = self.path("names.html")
        for case, name in names.items():
            with self.subTest(case):
                result = json.loads(text.replace("web[", "NAME["))
                result["scenario"]["name"] = result["scenario"]["description"] = name
                result = json.loads(json.dumps(result).replace("NAME[", json.dumps(name)[1:-1] + "["))
                stored.write_text(json.dumps(result), encoding="utf-8")
                reported = subprocess.run([arguments.program, "report", str(stored), "--out",
                                           str(page_file)],
                                          capture_output=True, text=True, check=False)
                self.assertEqual(reported.returncode, FINE, reported.stderr)
                with browser.page(width=360) as page:
                    page.open(page_file)
                    self.assertEqual(page.complaints(), [])
                    self.assertEqual(page.evaluate("document.querySelector('h1').textContent"),
                                     name)
                    hosts = page.evaluate("document.querySelector('[data-table=hosts]').textContent")
                    self.assertIn(name + "[1]", hosts)
                    self.assertEqual(page.evaluate("document.querySelectorAll('img').length"), 0)
                    wide = page.evaluate("document.documentElement.scrollWidth")
                    self.assertLessEqual(wide, 360)
                    top = page.evaluate(
                        "document.querySelector('.verdict').getBoundingClientRect().top")
                    self.assertLess(top, 450, "the verdict is still on the first screen")

    def test_everything_can_be_reached_and_is_named(self):
        path = self.page_of("reach", SCENARIO, "--series=1 ms")
        with browser.page() as page:
            page.open(path)
            unnamed = page.evaluate("""
[...document.querySelectorAll("button, input, canvas, svg[role=img]")].filter((element) =>
    !(element.getAttribute("aria-label") || element.textContent.trim())).length""")
            self.assertEqual(unnamed, 0)
            self.assertEqual(page.evaluate("document.documentElement.lang"), "en")
            self.assertEqual(page.evaluate("document.querySelectorAll('h1').length"), 1)
            scrolled = page.evaluate("""
[...document.querySelectorAll("*")].filter((element) =>
    element.scrollWidth > element.clientWidth + 1 &&
    ["auto", "scroll"].includes(getComputedStyle(element).overflowX) &&
    element.tabIndex < 0).map((element) => element.className)""")
            self.assertEqual(scrolled, [], "scrolled by the mouse alone")

    def test_text_stands_out_from_what_is_behind_it(self):
        """WCAG 2.1, 1.4.3: 4.5 to 1, and 3 to 1 for what is large or bold."""
        path = self.page_of("contrast", dict(
            SCENARIO, workloads={"www": {"at": "web", "in": "2 Gbps", "out": "2 Gbps"}}))
        for theme in ("light", "dark"):
            with self.subTest(theme), browser.page(theme=theme) as page:
                page.open(path)
                faint = page.evaluate("""
(() => {
  const light = (colour) => {
    const parts = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  };
  const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *:not(svg *)")) {
    const has_text = [...element.childNodes].some((node) =>
        node.nodeType === 3 && node.textContent.trim());
    if (!has_text || element.closest("script, style, noscript, [hidden]")) continue;
    const style = getComputedStyle(element);
    const one = light(numbers(style.color).slice(0, 3));
    const other = light(behind(element));
    const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    if (ratio < 4.5) found.push(element.textContent.slice(0, 30) + " " + ratio.toFixed(2));
  }
  return found;
})()""")
                self.assertEqual(faint, [])


def main():
    global arguments, browser
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True)
    parser.add_argument("--scenarios", required=True)
    parser.add_argument("--artefacts", required=True)
    parser.add_argument("--all-looks", action="store_true",
                        help="each sample at each width in each theme, for those who look at all")
    arguments, rest = parser.parse_known_args()
    program = find_chromium()
    if program is None:
        print("there is no chromium here: scripts/install_packages.sh test")
        return SKIPPED
    pathlib.Path(arguments.artefacts).mkdir(parents=True, exist_ok=True)
    with Browser(program) as browser:
        tests = unittest.main(argv=[sys.argv[0], *rest], exit=False)
    return 0 if tests.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
