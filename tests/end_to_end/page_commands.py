"""The commands that a page tells its reader to type, and what it shows of their output.

A command is a line of a fenced block without a language that begins with "$ " or with
"vpcmirror "; a \\ at its end continues it. "# exit 1" behind it says which exit status it has, if
not 0. Below a "$ " command stands what it prints; a line "..." stands for any lines, none among
them.
"""

import difflib
import pathlib
import re
import subprocess
import typing

ROOT = pathlib.Path(__file__).resolve().parents[2]
ELISION = "...\n"
EXIT_STATUS = re.compile(r"\s# exit (\d+)\b")


class Command(typing.NamedTuple):
    line: int  # of the page, from 1
    text: str  # as a shell takes it
    exit_status: int
    shown: tuple  # index of the first line of output in the page, and of the one behind the last


def commands_of(lines):
    """In the order of the page, whose lines end in "\\n"."""
    found = []
    fence = None  # the language of the block that this line is in
    at = 0
    while at < len(lines):
        line = lines[at]
        at += 1
        if line.startswith("```"):
            fence = line[3:].strip() if fence is None else None
        elif fence == "" and line.startswith(("$ ", "vpcmirror ", "mpirun ")):
            first = at
            text = line.removeprefix("$ ")
            while text.endswith("\\\n"):
                text += lines[at]
                at += 1
            begin = at
            if line.startswith("$ "):
                while not lines[at].startswith(("$ ", "```")):
                    at += 1
            status = EXIT_STATUS.search(text)
            found.append(Command(first, text, int(status[1]) if status else 0, (begin, at)))
    return found


def printed_by(command, folder, environment):
    """Exit status, and the lines of stdout and stderr, of a shell in that folder."""
    done = subprocess.run(["bash", "-c", command.text], cwd=folder, env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode().splitlines(keepends=True)


def as_printed(shown, printed):
    """`shown` as it is really printed: each part between elisions from the line on that it begins
    with, and as long as it is. None where no such line is printed."""
    result = []
    behind = 0  # lines of `printed` that are done with
    at = 0
    while at < len(shown):
        if shown[at] == ELISION:
            result.append(ELISION)
            at += 1
            continue
        if at > 0:
            if shown[at] not in printed[behind:]:
                return None
            behind = printed.index(shown[at], behind)
        elided = ELISION in shown[at:]
        end = shown.index(ELISION, at) if elided else len(shown)
        stop = behind + end - at if elided else len(printed)
        result += printed[behind:stop]
        behind = stop
        at = end
    return result


def difference(name, shown, printed):
    return "".join(difflib.unified_diff(shown, printed, name, "what is printed"))
