#!/usr/bin/env python3
"""The README shows what ./quickstart.sh prints, to the letter.

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
BLOCK = re.compile(r"(<!-- quickstart: [^\n]*-->\n```\n)(.*?)(```\n<!-- end of quickstart -->\n)",
                   re.DOTALL)


def real_output(program):
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
    block = BLOCK.search(text)
    if not block:
        sys.exit(f"{README} has no block of quickstart's output")
    real = real_output(arguments.program.resolve())
    if arguments.write:
        README.write_text(text[:block.start(2)] + real + text[block.end(2):], encoding="utf-8")
    elif block.group(2) != real:
        sys.stdout.writelines(difflib.unified_diff(
            block.group(2).splitlines(keepends=True), real.splitlines(keepends=True),
            "README.md", "what quickstart.sh prints"))
        sys.exit("README.md shows something else; run this with --write, and read the change")


if __name__ == "__main__":
    main()
