#!/usr/bin/env python3
"""Every command of README.md and docs/ does what its page says, typed in the order of the page;
and every example of --help runs.

What a command of a page is, page_commands.py says. Each page has a folder of its own that looks
like a clone after ./quickstart.sh; files that a page takes for the reader's own stand in it under
their names. `--write` puts what is printed into the pages.
"""

import argparse
import functools
import gzip
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import page_commands
from page_commands import ROOT

HERE = pathlib.Path(__file__).resolve().parent
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
OF_A_CLONE = ("docs", "scenarios", "tests")

# What readers have themselves: its name on a page, and what stands for it.
READERS_OWN = {
    "estate.json": HERE / "stand_ins/estate.json",
    "scenario.json": HERE / "stand_ins/estate.json",
    "before.json": HERE / "stand_ins/estate.json",
    "monday.json": HERE / "stand_ins/estate.json",
    "sunday.json": ROOT / "scenarios/quickstart.json",
    "answers": ROOT / "tests/golden/import/tencent",
    "plan.json": ROOT / "tests/golden/import/terraform/aws-plan.json",
    "types.json": ROOT / "tests/golden/import/tencent/instance-types.json",
    "web.pcap": ROOT / "tests/golden/mixed-session.pcap",
    "flow.log": HERE / "stand_ins/flow.log",
    "matrix.csv": HERE / "stand_ins/matrix.csv",
}
# The same, of examples in --help alone.
OF_EXAMPLES = {
    "a.json": HERE / "stand_ins/estate.json",
    "after.json": ROOT / "scenarios/quickstart.json",
    "answers-of-monday": ROOT / "tests/golden/import/tencent",
    "answers-of-today": ROOT / "tests/golden/import/tencent",
}
PACKED = {"flow.log.gz": "flow.log", "logs/monday.gz": "flow.log"}
# Pages whose files are all there, in the clone or by an earlier command.
AS_WRITTEN = ("README.md", "tutorial.md")
RESULTS = ("main", "branch")  # folders, each with the result of a run

FOUND_SOMETHING_OR_NOT = (0, 1, 3)  # exit statuses

NOT_RUN = (
    (re.compile(r" --interface "), "mirrors real traffic; tests/live does so where it harms none"),
    (re.compile(r"^(sudo|systemctl) "), "needs rights"),
    (re.compile(r"^mpirun "), "needs the machines of a cluster; sweep_test.py has mpirun on one"),
    (re.compile(r"^cat hosts"), "shows a file of a cluster"),
    (re.compile(r"^(cmake|ctest|\./test\.sh|scripts/)"), "builds or tests the program"),
)
# A command in running text: its name, and the rest up to the end of the code.
INLINE = re.compile(r"`vpcmirror ([a-z]+)([^`]*)`")
OPTION = re.compile(r"(?<![\w/-])--[a-z][a-z-]*")

arguments = None


def why_not_run(command):
    return next((why for pattern, why in NOT_RUN if pattern.search(command.text)), None)


class Clone:
    """A folder in which the commands of a page are typed."""

    def __init__(self, program):
        self._folder = tempfile.TemporaryDirectory(prefix="vpcmirror-docs-")
        self.path = pathlib.Path(self._folder.name)
        built = self.path / "build/release"
        built.mkdir(parents=True)
        (built / "vpcmirror").symlink_to(program)
        for name in OF_A_CLONE:
            (self.path / name).symlink_to(ROOT / name)
        self._quickstart_without_building()
        self.environment = {"PATH": f"{built}:{os.environ['PATH']}", "HOME": str(self.path),
                            "LC_ALL": "C.UTF-8", "NO_COLOR": "1"}

    def _quickstart_without_building(self):
        script = (ROOT / "quickstart.sh").read_text(encoding="utf-8")
        built, lines = re.subn(r'^"\$root/scripts/[^\n]*\n', "", script, flags=re.M)
        if lines != 2:
            sys.exit("quickstart.sh installs and builds otherwise than by two lines of scripts/")
        copy = self.path / "quickstart.sh"
        copy.write_text(built, encoding="utf-8")
        copy.chmod(0o755)

    def add_readers_own(self, page, own=None):
        """Those files that the page names."""
        for name, source in (own or READERS_OWN).items():
            if not re.search(rf"(?<![\w/.]){re.escape(name)}\b", page):
                continue
            copy = shutil.copytree if source.is_dir() else shutil.copyfile
            copy(source, self.path / name)
        for name, source in PACKED.items():
            (self.path / name).parent.mkdir(exist_ok=True)
            (self.path / name).write_bytes(gzip.compress(READERS_OWN[source].read_bytes(), mtime=0))
        for name in RESULTS:
            if f"{name}/" in page:
                self.run_or_exit(f"vpcmirror run scenarios/quickstart.json --out {name}")

    def run_or_exit(self, text):
        status, printed = self.run(page_commands.Command(0, text, 0, (0, 0)))
        if status != 0:
            sys.exit(f"{text}\n{''.join(printed)}")

    def run(self, command):
        return page_commands.printed_by(command, self.path, self.environment)

    def close(self):
        self._folder.cleanup()


class DocsCommands(unittest.TestCase):
    maxDiff = None

    def test_do_what_their_pages_say(self):
        for page in PAGES:
            lines = page.read_text(encoding="utf-8").splitlines(keepends=True)
            commands = page_commands.commands_of(lines)
            if not commands:
                continue
            clone = Clone(arguments.program)
            self.addCleanup(clone.close)
            if page.name not in AS_WRITTEN:
                clone.add_readers_own("".join(lines))
            written = self._run_all(page, lines, commands, clone)
            if arguments.write and written != lines:
                page.write_text("".join(written), encoding="utf-8")

    def _run_all(self, page, lines, commands, clone):
        """The page with what is really printed in the place of what it shows."""
        written = []
        done = 0
        for command in commands:
            with self.subTest(page=page.name, line=command.line, command=command.text.strip()):
                if why := why_not_run(command):
                    self.skipTest(why)
                status, printed = clone.run(command)
                self.assertEqual(status, command.exit_status, "".join(printed))
                shown = lines[slice(*command.shown)]
                if not shown:
                    continue
                really = page_commands.as_printed(shown, printed)
                self.assertIsNotNone(really, "a part begins with a line that is not in\n"
                                     + "".join(printed))
                if arguments.write:
                    written += lines[done:command.shown[0]] + really
                    done = command.shown[1]
                elif really != shown:
                    self.fail("run this with --write, and read the change\n"
                              + page_commands.difference(page.name, shown, really))
        return written + lines[done:]

    def test_of_running_text_have_their_options(self):
        for page in PAGES:
            text = page.read_text(encoding="utf-8")
            for name, rest in INLINE.findall(text):
                with self.subTest(page=page.name, command=name + rest):
                    self.assertEqual(set(OPTION.findall(rest)) - self._options_of(name), set())

    @functools.cache
    def _options_of(self, name):
        done = subprocess.run([str(arguments.program), name, "--help"], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        return set(OPTION.findall(done.stdout))


def examples_of(help_text):
    """The commands below "Example:" or "Examples:", and behind it on its line."""
    _, _, text = help_text.partition("Example")
    lines = text.replace("\\\n", " ").splitlines()
    # What stands behind a command, three spaces or more away, says what it does.
    return [re.split(r"\s{3,}", line.removeprefix(":").removeprefix("s:").strip())[0]
            for line in lines if re.match(r"^(s?:)? +vpcmirror ", line)]


class HelpExamples(unittest.TestCase):
    """Each runs, whatever it finds: its files are only stand-ins."""

    SETTINGS_OF_SHELLS = re.compile(r" (\| source|> /).*")  # what is printed goes elsewhere here

    def test_run(self):
        names = re.findall(r"^  ([a-z]+) {4,}", self._help(), flags=re.M)
        self.assertGreaterEqual(len(names), 15)
        for name in names:
            clone = Clone(arguments.program)
            self.addCleanup(clone.close)
            examples = examples_of(self._help(name))
            self.assertTrue(examples, f"{name} --help has no example")
            text = "\n".join(examples)
            clone.add_readers_own(text, READERS_OWN | OF_EXAMPLES)
            if "traffic-mirror" in text:
                shutil.copytree(ROOT / "tests/golden/import/aws", clone.path, dirs_exist_ok=True)
            if re.search(r"out/quickstart|^vpcmirror diff$", text, flags=re.M):
                for _ in range(2):  # so that there is one before it
                    clone.run_or_exit("vpcmirror run scenarios/quickstart.json")
            if "last-week.json" in text:  # findings of the same
                clone.run(page_commands.Command(
                    0, "vpcmirror check scenario.json --format json > last-week.json", 0, (0, 0)))
            for example in examples:
                with self.subTest(example=example):
                    example = self.SETTINGS_OF_SHELLS.sub("", example)
                    status, printed = clone.run(page_commands.Command(0, example, 0, (0, 0)))
                    self.assertIn(status, FOUND_SOMETHING_OR_NOT, "".join(printed))

    @staticmethod
    def _help(*command):
        return subprocess.run([str(arguments.program), *command, "--help"], check=True,
                              capture_output=True, text=True).stdout


class Tutorial(unittest.TestCase):
    def test_shows_the_file_that_it_copies(self):
        page = (ROOT / "docs/tutorial.md").read_text(encoding="utf-8")
        shop = (ROOT / "docs/tutorial/shop.json").read_text(encoding="utf-8")
        self.assertIn(f"```json\n{shop}```\n", page)


class CommandsOfAPage(unittest.TestCase):
    """page_commands.commands_of, which everything above relies on."""

    PAGE = """vpcmirror outside
```
vpcmirror run a.json \\
    --quiet
run: no command
vpcmirror check a.json  # exit 1, as is meant
```
```json
vpcmirror in a file
```
```
$ cp a b
$ vpcmirror diff
one

two
$ vpcmirror new
```
"""

    def test_are_found_with_what_they_print(self):
        lines = self.PAGE.splitlines(keepends=True)
        found = [(each.line, each.text, each.exit_status, lines[slice(*each.shown)])
                 for each in page_commands.commands_of(lines)]
        self.assertEqual(found, [
            (3, "vpcmirror run a.json \\\n    --quiet\n", 0, []),
            (6, "vpcmirror check a.json  # exit 1, as is meant\n", 1, []),
            (12, "cp a b\n", 0, []),
            (13, "vpcmirror diff\n", 0, ["one\n", "\n", "two\n"]),
            (17, "vpcmirror new\n", 0, []),
        ])


class Excerpts(unittest.TestCase):
    """page_commands.as_printed, which everything above relies on."""

    PRINTED = ["a\n", "b\n", "c\n", "d\n", "e\n"]

    def assert_shown_as(self, shown, expected):
        got = page_commands.as_printed([f"{line}\n" for line in shown], self.PRINTED)
        self.assertEqual(got, [f"{line}\n" for line in expected])

    def test_without_elision_is_all(self):
        self.assert_shown_as(["a", "x"], "abcde")

    def test_keeps_the_length_of_its_parts(self):
        self.assert_shown_as(["x", "b", "...", "d", "..."], ["a", "b", "...", "d", "..."])
        self.assert_shown_as(["...", "b", "x", "...", "e"], ["...", "b", "c", "...", "e"])

    def test_has_a_last_part_to_the_end(self):
        self.assert_shown_as(["...", "c"], ["...", "c", "d", "e"])

    def test_is_none_where_a_part_is_not_printed(self):
        self.assertIsNone(page_commands.as_printed(["...\n", "x\n"], self.PRINTED))
        self.assertIsNone(page_commands.as_printed(["b\n", "...\n", "a\n"], self.PRINTED))


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the real output into the pages")
    arguments = parser.parse_args()
    arguments.program = arguments.program.resolve()
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
