#!/usr/bin/env python3
"""scripts/install_packages.sh, with apt-get, dpkg-query, id and sudo played by stubs."""

import pathlib
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts/install_packages.sh"
TOOLS = "awk bash cat dirname env grep mktemp rm tail".split()


def packages_of(*groups):
    lines = [line.split() for line in (ROOT / "packages.txt").read_text().splitlines()]
    return [line[0] for line in lines if line and line[0][0] != "#" and line[1] in groups]


class InstallPackages(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.bin = pathlib.Path(folder.name)
        self.calls = self.bin / "calls"
        self.calls.touch()
        for tool in TOOLS:
            (self.bin / tool).symlink_to(shutil.which(tool))
        self.stub("id", "echo 0")
        self.installed(packages_of("build", "test"))
        self.stub("apt-get", f'echo "apt-get $DEBIAN_FRONTEND $*" >>{self.calls}')

    def stub(self, name, body):
        path = self.bin / name
        path.write_text(f"#!{self.bin}/bash\n{body}\n")
        path.chmod(0o755)

    def installed(self, packages):
        lines = "".join(f"installed {name}\n" for name in packages)
        self.stub("dpkg-query", f"cat <<'END'\n{lines}END\nexit 1")  # 1: it knew not all of them

    def run_script(self, *groups):
        done = subprocess.run([str(self.bin / "bash"), str(SCRIPT), *groups], check=False,
                              env={"PATH": str(self.bin)}, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode(), self.calls.read_text().splitlines()

    def test_is_silent_and_calls_nothing_when_all_is_there(self):
        self.assertEqual(self.run_script("build", "test"), (0, "", []))

    def test_installs_what_is_missing_and_nothing_else(self):
        first, *others = packages_of("build")
        self.installed(others)
        status, _, calls = self.run_script("build")
        self.assertEqual(status, 0)
        self.assertRegex(calls[0], "^apt-get noninteractive update ")
        self.assertRegex(calls[1], f"^apt-get noninteractive install .*recommends {first.replace('+', '.')}$")
        self.assertEqual(len(calls), 2)

    def test_takes_a_package_that_was_removed_for_missing(self):
        first, *others = packages_of("build")
        names = "".join(f"installed {name}\n" for name in others)
        self.stub("dpkg-query", f"cat <<'END'\nconfig-files {first}\n{names}END")
        self.assertEqual(len(self.run_script("build")[2]), 2)

    def test_goes_on_when_the_lists_cannot_be_updated(self):
        self.installed([])
        self.stub("apt-get", f'echo "apt-get $*" >>{self.calls}; [ "$1" = install ]')
        status, told, calls = self.run_script("build")
        self.assertEqual((status, len(calls)), (0, 2))
        self.assertIn("going on", told)

    def test_says_what_apt_said_when_it_fails(self):
        self.installed([])
        self.stub("apt-get", "echo E: Unable to locate; exit 100")
        status, told, _ = self.run_script("build")
        self.assertEqual(status, 1)
        self.assertIn("E: Unable to locate", told)
        self.assertIn("could not install", told)

    def test_uses_sudo_where_not_root(self):
        self.installed([])
        self.stub("id", "echo 1000")
        self.stub("sudo", f'echo sudo >>{self.calls}; "$@"')
        status, _, calls = self.run_script("build")
        self.assertEqual(status, 0)
        self.assertEqual([call.split()[0] for call in calls], ["sudo", "apt-get"] * 2)

    def test_names_the_command_where_there_is_neither_root_nor_sudo(self):
        self.installed([])
        self.stub("id", "echo 1000")
        status, told, calls = self.run_script("build")
        self.assertEqual((status, calls), (1, []))
        self.assertIn("apt-get install g++", told)

    def test_lists_the_packages_where_there_is_no_apt(self):
        (self.bin / "apt-get").unlink()
        status, told, _ = self.run_script("build")
        self.assertEqual(status, 1)
        self.assertIn("libns3-dev", told)

    def test_refuses_a_group_that_does_not_exist(self):
        status, told, _ = self.run_script("bild")
        self.assertEqual(status, 1)
        self.assertIn("'bild'", told)


class PackageList(unittest.TestCase):
    def test_gives_each_package_a_group_and_a_reason_and_only_one_line(self):
        names = []
        for line in (ROOT / "packages.txt").read_text().splitlines():
            if line and not line.startswith("#"):
                name, group, why = line.split(maxsplit=2)
                self.assertIn(group, ("build", "test", "bench", "docs"), line)
                self.assertTrue(why)
                names.append(name)
        self.assertEqual(len(names), len(set(names)))


if __name__ == "__main__":
    unittest.main()
