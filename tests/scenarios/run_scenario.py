#!/usr/bin/env python3
"""run_scenario.py: runs one scenario and holds its result to its envelope.

Beside scenarios/<name>.json stands <name>.expect.json (scenarios/schema/
expect.schema.json says how it is written). Beyond the envelope, every
scenario must give the same bytes twice, and result.json alone must show that
each mirror's account adds up.
"""

import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77  # SKIP_RETURN_CODE of the ctest
KEYS = {"$schema", "captures", "set", "exit_code", "verdict", "stochastic", "bounds"}
BOUND_KEYS = {"path", "min", "max", "why"}
STEP = re.compile(r"(\w+)(?:\[(?:(\*)|(\d+)|(\w+)=(.+?))\])?(?:\.|$)")


def values_at(result, path):
    """The values at `mirrors[id=audit].wire_bytes`, `enis[0].in_bps`, `receivers[*].frames`."""
    found, at = [result], 0
    while at < len(path):
        step = STEP.match(path, at)
        if not step:
            raise KeyError(f"'{path}' is no path, from character {at + 1}")
        at = step.end()
        name, every, index, key, wanted = step.groups()
        found = [value[name] for value in found]
        if every:
            found = [member for value in found for member in value]
        elif index:
            found = [value[int(index)] for value in found]
        elif key:
            found = [member for value in found for member in value if str(member[key]) == wanted]
            if not found:
                raise KeyError(f"nothing in {name} has {key} {wanted}")
    return found


def complaints_about_bounds(result, bounds):
    for bound in bounds:
        try:
            value = sum(values_at(result, bound["path"]))
        except (KeyError, IndexError, TypeError) as error:
            yield f"{bound['path']}: not in the result ({error})"
            continue
        low, high = bound.get("min", float("-inf")), bound.get("max", float("inf"))
        if not low <= value <= high:
            yield f"{bound['path']} is {value}, not in [{low}, {high}]: {bound['why']}"


def complaints_about_ledgers(result):
    """offered = rejected + mirrored + sum of dropped + queued_at_end, in frames and bytes."""
    if not any(mirror["offered_frames"] for mirror in result["mirrors"]):
        yield "no mirror was offered a single frame"
    for mirror in result["mirrors"]:
        for unit in ("frames", "bytes"):
            dropped = sum(count[unit] for count in mirror["dropped"].values())
            parts = [mirror[f"{what}_{unit}"] for what in ("rejected", "mirrored", "queued_at_end")]
            if mirror[f"offered_{unit}"] != sum(parts) + dropped:
                yield (f"mirror {mirror['id']} does not add up in {unit}: offered"
                       f" {mirror[f'offered_{unit}']}, rejected, mirrored, queued {parts},"
                       f" dropped {dropped}")


def measured(result):
    """What of a result must change with the seed of a stochastic scenario."""
    return [result[part] for part in ("hosts", "enis", "mirrors", "receivers")]


def read_envelope(path):
    envelope = json.loads(path.read_text(encoding="utf-8"))
    wrong = set(envelope) - KEYS
    for bound in envelope["bounds"]:
        wrong |= set(bound) - BOUND_KEYS
        if "why" not in bound or not ({"min", "max"} & set(bound)):
            wrong.add(str(bound))
    if wrong:
        sys.exit(f"{path}: not as scenarios/schema/expect.schema.json says: {sorted(wrong)}")
    return envelope


def capture_settings(envelope, captures):
    """--set arguments that point at the captures' folder; ends the test when one is absent."""
    arguments = []
    for pointer, name in envelope.get("captures", {}).items():
        file = captures / name
        if not file.is_file():
            print(f"skipped: no capture {name} in {captures} (set VPCMIRROR_CAPTURES)")
            sys.exit(SKIPPED)
        arguments += ["--set", f"{pointer}={json.dumps(str(file.resolve()))}"]
    return arguments


class Runner:
    def __init__(self, arguments, folder, settings):
        self.arguments, self.folder, self.settings = arguments, folder, settings
        self.failed = []

    def run(self, name, exit_codes, *more):
        """Runs the scenario into its own folder; its files by name, with the standard output."""
        out = self.folder / name
        command = [str(self.arguments.program), "run", str(self.arguments.scenario), "--out",
                   str(out), "--format", "json", "--quiet", *self.settings, *more]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        if done.returncode not in exit_codes:
            print(done.stderr.decode(errors="replace"))
            wanted = " or ".join(map(str, exit_codes))
            sys.exit(f"exit status {done.returncode}, not {wanted}: {' '.join(command)}")
        files = {path.relative_to(out).as_posix(): path.read_bytes()
                 for path in out.rglob("*") if path.is_file()}
        files["standard output"] = done.stdout
        return files

    def check(self, complaints):
        self.failed += complaints


def soon(scenario):
    """--set arguments that have the timeline, if there is one, happen in a thousandth of its time."""
    text = re.sub(r"^\s*//.*$", "", scenario.read_text(encoding="utf-8"), flags=re.MULTILINE)
    arguments = []
    for number, event in enumerate(json.loads(text).get("timeline", [])):
        for key in ("at", "every", "until"):
            if key in event:
                arguments += ["--set", f"/timeline/{number}/{key}=x0.001"]
    return arguments


def check_scenario(runner, scenario, envelope, brief):
    exit_codes = [envelope.get("exit_code", 0)]
    if brief:
        # What an assertion of the whole run misses may not have happened yet.
        result = json.loads(runner.run("brief", [*exit_codes, 0], "--set", f'/duration="{brief}"',
                                       *soon(scenario))["result.json"])
        runner.check(complaints_about_ledgers(result))
        return
    first = runner.run("first", exit_codes)
    result = json.loads(first["result.json"])
    runner.check(complaints_about_ledgers(result))
    runner.check(complaints_about_bounds(result, envelope["bounds"]))
    if result["verdict"] != envelope["verdict"]:
        runner.check([f"verdict is {result['verdict']}, not {envelope['verdict']}"])
    second = runner.run("second", exit_codes)
    runner.check(f"{name} differs between two runs of one seed"
                 for name in sorted(set(first) | set(second)) if first.get(name) != second.get(name))
    if envelope.get("stochastic"):
        seed = str(result["seed"] + 1)
        other = json.loads(runner.run("other", exit_codes, "--seed", seed)["result.json"])
        if measured(other) == measured(result):
            runner.check(["nothing that was measured changed with the seed"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--scenario", type=pathlib.Path, required=True)
    parser.add_argument("--captures", type=pathlib.Path, required=True)
    parser.add_argument("--brief", metavar="DURATION", help="run this long, check the ledgers alone")
    arguments = parser.parse_args()

    envelope = read_envelope(arguments.scenario.with_suffix(".expect.json"))
    settings = capture_settings(envelope, arguments.captures)
    for pointer, value in envelope.get("set", {}).items():
        settings += ["--set", f"{pointer}={json.dumps(value)}"]
    with tempfile.TemporaryDirectory() as folder:
        runner = Runner(arguments, pathlib.Path(folder), settings)
        check_scenario(runner, arguments.scenario, envelope, arguments.brief)
    for complaint in runner.failed:
        print(complaint)
    sys.exit(1 if runner.failed else 0)


if __name__ == "__main__":
    main()
