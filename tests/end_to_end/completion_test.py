#!/usr/bin/env python3
"""What shells complete, asked of the shells themselves; and the manual page, of groff."""

import argparse
import shutil
import subprocess
import sys
import tempfile
import unittest

arguments = None

ASK_BASH = """
. "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=()
_vpcmirror
printf '%s\\n' "${COMPREPLY[@]}"
"""
ASK_ZSH = """
autoload -U compinit; compinit -u -D
source "$1" && whence -w _vpcmirror _vpcmirror_run _vpcmirror_catalog_list
"""


def program(*words):
    return subprocess.run([arguments.program, *words], capture_output=True, text=True, check=True)


def needs(name):
    return unittest.skipIf(shutil.which(name) is None, f"there is no {name} here")


class CompletionTest(unittest.TestCase):
    def script(self, shell):
        file = tempfile.NamedTemporaryFile("w", suffix=f".{shell}", encoding="utf-8")
        self.addCleanup(file.close)
        file.write(program("completion", shell).stdout)
        file.flush()
        return file.name

    def bash(self, *words):
        asked = subprocess.run(["bash", "--norc", "-c", ASK_BASH, "bash", self.script("bash"),
                                "vpcmirror", *words],
                               capture_output=True, text=True, check=True)
        self.assertEqual(asked.stderr, "")
        return asked.stdout.split()

    def test_bash_completes_commands_options_and_what_is_to_be_chosen(self):
        self.assertEqual(self.bash("r"), ["report", "run"])
        self.assertEqual(self.bash("run", "--for"), ["--format"])
        self.assertEqual(self.bash("run", "--format", ""), ["text", "json"])
        self.assertEqual(self.bash("run", "--format", "=", "j"), ["json"])
        self.assertEqual(self.bash("catalog", "s"), ["show"])
        self.assertEqual(self.bash("catalog", "list", "--fam"), ["--family"])
        self.assertEqual(self.bash("check", "x.json", "--fail-on", "w"), ["warning"])
        self.assertEqual(self.bash("completion", ""), ["bash", "zsh", "fish"])
        self.assertEqual(self.bash("run", "scenario"), [], "files are the shell's own to find")

    def test_every_command_of_the_help_is_completed(self):
        listed = program("--help").stdout.split("Subcommands:")[1].splitlines()
        names = [line.split()[0] for line in listed if line.startswith("  ") and line.strip()]
        self.assertGreater(len(names), 12)
        self.assertEqual(sorted(self.bash("")), sorted(names))

    @needs("zsh")
    def test_zsh_reads_its_script(self):
        asked = subprocess.run(["zsh", "-f", "-c", ASK_ZSH, "zsh", self.script("zsh")],
                               capture_output=True, text=True, check=True)
        self.assertEqual(asked.stderr, "")
        self.assertEqual(asked.stdout.count(": function"), 3)

    @needs("fish")
    def test_fish_completes_with_descriptions(self):
        with tempfile.TemporaryDirectory() as home:
            def ask(line):
                asked = subprocess.run(
                    ["fish", "--no-config", "-c", f"source {self.script('fish')}; complete -C '{line}'"],
                    capture_output=True, text=True, check=True, cwd=home,
                    env={"HOME": home, "PATH": "/usr/bin:/bin"})
                self.assertEqual(asked.stderr, "")
                return [row.split("\t")[0] for row in asked.stdout.splitlines()]
            self.assertEqual(ask("vpcmirror sw"), ["sweep"])
            self.assertEqual(sorted(ask("vpcmirror run --format ")), ["json", "text"])
            self.assertIn("--family", ask("vpcmirror catalog list --fam"))
            self.assertEqual(sorted(ask("vpcmirror completion ")), ["bash", "fish", "zsh"])

    @needs("groff")
    def test_the_manual_page_is_sound_and_has_every_command(self):
        page = program("manual").stdout
        shown = subprocess.run(["groff", "-man", "-Tutf8", "-ww"], input=page,
                               capture_output=True, text=True, check=True)
        self.assertEqual(shown.stderr, "")
        for name in ("run", "catalog list", "completion"):
            self.assertIn(f'.SS "{name}"', page)
        self.assertIn("NO_COLOR", page)
        # An option's text is that of --help.
        self.assertIn("Share of each limit that should stay free",
                      program("run", "--help").stdout)
        self.assertIn("Share of each limit that should stay free", page)


def main():
    global arguments
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
