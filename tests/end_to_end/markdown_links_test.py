#!/usr/bin/env python3
"""Every relative link of every page leads to something."""

import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
CODE = re.compile(r"`[^`\n]*`")  # in which brackets are no link
LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
PAGES = ("*.md", "docs/**/*.md", "scenarios/**/*.md", "tests/**/*.md", "models/**/*.md")


class MarkdownLinks(unittest.TestCase):
    def test_lead_somewhere(self):
        pages = {page for pattern in PAGES for page in ROOT.glob(pattern)}
        self.assertIn(ROOT / "README.md", pages)
        broken = [f"{page.relative_to(ROOT)}: {link}" for page in sorted(pages)
                  for link in LINK.findall(CODE.sub("code", page.read_text(encoding="utf-8")))
                  if "://" not in link and not (page.parent / link).exists()]
        self.assertEqual(broken, [])


if __name__ == "__main__":
    unittest.main()
