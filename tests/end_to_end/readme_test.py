#!/usr/bin/env python3
"""The README shows what ./quickstart.sh and vpcmirror check print, to the letter.

quickstart.sh prints what the program says of scenarios/quickstart.json. The
building before is left out: on a second run there is nothing to build and
nothing is printed. `--write` puts the real output into the README.
"""

import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
# A block begins with a comment that names it, and ends with one.
BLOCK = r"(<!-- {0}[^\n]*-->\n```\n)(.*?)(```\n<!-- end of {0} -->\n)"
CHECKED = "scenarios/nothing-mirrored.json"


def output_of_check(program):
    done = subprocess.run([str(program), "check", CHECKED], cwd=ROOT, stdout=subprocess.PIPE,
                          check=True)
    return f"$ vpcmirror check {CHECKED}\n{done.stdout.decode()}"


def output_of_quickstart(program):
    """As from a fresh clone, with the same words on the command line as quickstart.sh."""
    script = (ROOT / "quickstart.sh").read_text(encoding="utf-8")
    command = re.search(r"^exec .*?/vpcmirror\" (run .*)$", script, re.MULTILINE).group(1)
    words = command.replace('"', "").replace("${to_root}", "").split()
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "scenarios").symlink_to(ROOT / "scenarios")
        done = subprocess.run([str(program), *words], cwd=folder, stdout=subprocess.PIPE,
                              check=True)
        if not (pathlib.Path(folder) / "out/quickstart/result.json").is_file():
            sys.exit("the run wrote no out/quickstart/result.json")
    return f"$ ./quickstart.sh\n{done.stdout.decode()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--write", action="store_true", help="put the real output into the README")
    arguments = parser.parse_args()

    text = README.read_text(encoding="utf-8")
    shown = text
    program = arguments.program.resolve()
    for name, real_output in (("quickstart", output_of_quickstart), ("check", output_of_check)):
        block = re.search(BLOCK.format(name), text, re.DOTALL)
        if not block:
            sys.exit(f"{README} has no block of {name}'s output")
        text = text[:block.start(2)] + real_output(program) + text[block.end(2):]
    if arguments.write:
        README.write_text(text, encoding="utf-8")
    elif shown != text:
        sys.stdout.writelines(difflib.unified_diff(
            shown.splitlines(keepends=True), text.splitlines(keepends=True),
            "README.md", "what is printed"))
        sys.exit("README.md shows something else; run this with --write, and read the change")


if __name__ == "__main__":
    main()
