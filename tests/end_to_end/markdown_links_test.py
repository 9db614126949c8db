#!/usr/bin/env python3
"""Every relative link of every page leads to a file, and behind its # to a heading there; and the
index of docs/ has every page."""

import functools
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")  # in which brackets are no link
LINK = re.compile(r"\]\(([^)\s]+)[^)]*\)")
HEADING = re.compile(r"^#{1,6} +(.*?) *$", re.MULTILINE)
PAGES = ("*.md", "docs/**/*.md", "scenarios/**/*.md", "tests/**/*.md", "models/**/*.md")


@functools.cache
def text_of(page):
    return FENCED.sub("", page.read_text(encoding="utf-8"))


@functools.cache
def anchors(text):
    """Of the headings, as GitHub makes them: lower case, blanks to hyphens, no punctuation, and a
    number behind those that are there already."""
    found = set()
    for heading in HEADING.findall(text):
        shown = LINK.sub("]", heading).replace("[", "").replace("]", "")
        anchor = re.sub(r"[^\w\- ]", "", shown.lower()).replace(" ", "-")
        number = 0
        while (name := f"{anchor}-{number}" if number else anchor) in found:
            number += 1
        found.add(name)
    return found


def is_broken(page, link):
    file, _, anchor = link.partition("#")
    target = page.parent / file if file else page
    if not target.exists():
        return True
    return bool(anchor) and target.suffix == ".md" and anchor not in anchors(text_of(target))


class MarkdownLinks(unittest.TestCase):
    def test_lead_somewhere(self):
        pages = {page for pattern in PAGES for page in ROOT.glob(pattern)}
        self.assertIn(ROOT / "README.md", pages)
        broken = [f"{page.relative_to(ROOT)}: {link}" for page in sorted(pages)
                  for link in LINK.findall(CODE.sub("code", text_of(page)))
                  if "://" not in link and is_broken(page, link)]
        self.assertEqual(broken, [])

    def test_of_the_index_are_all_pages(self):
        index = ROOT / "docs/README.md"
        linked = {(index.parent / link.partition("#")[0]).resolve()
                  for link in LINK.findall(text_of(index))}
        self.assertEqual(sorted(set(index.parent.glob("*.md")) - linked - {index}), [])


class Anchors(unittest.TestCase):
    # Read off pages as GitHub shows them.
    def test_are_as_github_makes_them(self):
        self.assertEqual(anchors("# Two results\n## What's `--set`, and why?\n### Two results\n"
                                 "## 1. Get a first answer\n## [Links](x.md) too\n"),
                         {"two-results", "whats---set-and-why", "two-results-1",
                          "1-get-a-first-answer", "links-too"})


if __name__ == "__main__":
    unittest.main()
