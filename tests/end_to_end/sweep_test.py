#!/usr/bin/env python3
"""A sweep gives the same table whoever runs it, and however often it is interrupted.

Each way to run the sweep below is compared with `--jobs 1`: several processes,
several ranks, a process or a rank that is killed half-way, Ctrl-C, a full disk.
What needs mpirun is skipped where there is none.
"""

import argparse
import csv
import os
import pathlib
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

FINDINGS, BAD_INPUT, STOPPED = 1, 2, 130
SCENARIO = """{
  "provider": "tencent", "duration": "40 ms",
  "hosts": {"web": {"count": 2, "type": "S5.2XLARGE32"},
            "ids": {"type": "S5.4XLARGE32", "receiver": "suricata"}},
  "workloads": {"www": {"at": "web", "in": "100 Mbps", "out": "200 Mbps", "arrivals": "poisson"}},
  "mirrors": [{"CollectorSrcs": ["web"], "CollectorTarget": {"TargetIps": ["ids"]}}]
}
"""
# 2 x 6 points of 2 replications, the last over the limits of web.
VARIED = ["--vary", "/mirrors/0/Direction=ALL,EGRESS", "--vary", "/workloads/*/out=x1..x6:6",
          "--runs", "2"]
RUNS = 24
MPIRUN = ["mpirun", "--allow-run-as-root", "--oversubscribe"]
# Containers often forbid one rank to read another's memory, of which Open MPI warns.
ENVIRONMENT = os.environ | {"OMPI_MCA_btl_vader_single_copy_mechanism": "none"}
PATIENCE = 100  # seconds, on a machine that is busy

arguments = None
needs_mpirun = unittest.skipUnless(shutil.which("mpirun"), "mpirun (openmpi-bin) is not installed")


def rows_in(folder):
    """How many runs are known there, while they are being run."""
    try:
        with sqlite3.connect(f"file:{folder}/sweep.sqlite?mode=ro", uri=True) as database:
            return database.execute("SELECT count(*) FROM runs").fetchone()[0]
    except sqlite3.Error:
        return 0


def processes_below(parent):
    """All descendants of a process, each with its environment."""
    children = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    below, known = [parent], []
    while below:
        for child in children.get(below.pop(), []):
            below.append(child)
            known.append(child)
    return known


def rank_of(process):
    try:
        environment = pathlib.Path(f"/proc/{process}/environ").read_bytes().split(b"\0")
    except OSError:
        return None
    for variable in environment:
        name, _, value = variable.partition(b"=")
        if name == b"OMPI_COMM_WORLD_RANK":
            return int(value)
    return None


class SweepTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.reference = tempfile.TemporaryDirectory()
        cls.scenario = pathlib.Path(cls.reference.name) / "small.json"
        cls.scenario.write_text(SCENARIO)
        ran = cls.run_sweep(cls.reference.name, "--jobs", "1")
        if ran.returncode != 0:
            raise AssertionError(ran.stderr)
        cls.expected = cls.tables(cls.reference.name)

    @classmethod
    def tearDownClass(cls):
        cls.reference.cleanup()

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.out = folder.name + "/out"

    @classmethod
    def command(cls, out, *options, varied=tuple(VARIED), scenario=None):
        return [arguments.program, "sweep", str(scenario or cls.scenario), *varied, "--out", out,
                *options]

    @classmethod
    def run_sweep(cls, out, *options, before=(), **more):
        return subprocess.run([*before, *cls.command(out, *options, **more)], env=ENVIRONMENT,
                              capture_output=True, text=True, timeout=PATIENCE, check=False)

    @staticmethod
    def tables(folder):
        return [(pathlib.Path(folder) / name).read_bytes() for name in ("sweep.csv", "sweep.json")]

    def rows_of_table(self):
        table = (pathlib.Path(self.out) / "sweep.csv").read_text(encoding="utf-8")
        return list(csv.DictReader(table.splitlines()))

    def expect_same(self):
        csv_bytes, json_bytes = self.tables(self.out)
        self.assertEqual(csv_bytes.decode(), self.expected[0].decode())
        self.assertEqual(json_bytes.decode(), self.expected[1].decode())

    def resume(self, *options, before=()):
        ran = self.run_sweep(self.out, "--resume", *options, before=before)
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.expect_same()
        return ran

    def start_and_wait(self, command, rows):
        """The sweep under way, when so many runs are known."""
        process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, start_new_session=True)
        deadline = time.monotonic() + PATIENCE
        while rows_in(self.out) < rows:
            self.assertIsNone(process.poll(), "it ended before it could be interrupted")
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.005)
        return process

    def test_table_holds_what_was_varied_and_what_came_of_it(self):
        rows = list(csv.DictReader(self.expected[0].decode().splitlines()))
        self.assertEqual(len(rows), RUNS)
        self.assertEqual([row["/mirrors/0/Direction"] for row in rows], ["ALL"] * 12 + ["EGRESS"] * 12)
        self.assertEqual([row["/workloads/*/out"] for row in rows[:12:2]],
                         ["x1", "x2", "x3", "x4", "x5", "x6"])
        self.assertEqual({row["status"] for row in rows}, {"done"})
        # 2 hosts x 6 x 200 Mbps out are copied, and ALL copies the 2 x 100 Mbps that come in, too.
        # 4,000 Poisson frames and more: off by 5 % in one of a thousand runs at most. A copy is
        # at most 50 bytes longer than its frame of 1500, and the last is under way at the end.
        for row, copied in ((rows[10], 2 * 1300e6), (rows[22], 2 * 1200e6)):
            self.assertGreater(int(row["mirror_out_bps"]), 0.95 * copied)
            self.assertLess(int(row["mirror_out_bps"]), 1.05 * copied * 1550 / 1500)
        self.assertNotEqual(rows[0]["goodput_bps"], rows[1]["goodput_bps"])  # replications differ

    def test_processes_do_not_matter(self):
        ran = self.run_sweep(self.out, "--jobs", "3")
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.expect_same()

    def test_known_runs_are_not_run_again(self):
        self.assertEqual(self.run_sweep(self.out).returncode, 0)
        ran = self.resume()
        self.assertIn(f"{RUNS} of them known", ran.stderr)
        again = self.run_sweep(self.out)
        self.assertEqual(again.returncode, BAD_INPUT)
        self.assertIn("give --resume to go on with it, or another --out", again.stderr)

    def test_more_replications_come_on_top(self):
        few = [*VARIED[:-1], "1"]
        self.assertEqual(self.run_sweep(self.out, varied=few).returncode, 0)
        self.resume()

    def test_ctrl_c_keeps_what_is_done(self):
        process = self.start_and_wait(self.command(self.out, "--jobs", "1"), 3)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, STOPPED, errors)
        self.assertIn("--resume runs what is missing", errors)
        rows = self.rows_of_table()
        self.assertGreaterEqual(len(rows), 3)
        self.assertLess(len(rows), RUNS)
        self.assertEqual({row["status"] for row in rows}, {"done"})
        self.resume()

    def test_a_killed_program_loses_nothing_that_is_done(self):
        process = self.start_and_wait(self.command(self.out, "--jobs", "2"), 3)
        process.kill()
        process.communicate(timeout=PATIENCE)
        ran = self.resume()
        self.assertIn("of them known", ran.stderr)

    def test_a_killed_process_is_a_row_and_not_the_end(self):
        process = self.start_and_wait(self.command(self.out, "--jobs", "1"), 3)
        os.kill(processes_below(process.pid)[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, FINDINGS, errors)
        rows = self.rows_of_table()
        self.assertEqual([row["error"] for row in rows if row["status"] != "done"],
                         ["its process was killed by signal 9"])
        self.assertEqual(len(rows), RUNS)
        self.resume()

    def test_fewer_replications_are_refused(self):
        self.assertEqual(self.run_sweep(self.out).returncode, 0)
        ran = self.run_sweep(self.out, "--resume", varied=[*VARIED[:-1], "1"])
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertIn("give --runs 2, or another --out", ran.stderr)
        self.expect_same()

    def test_a_damaged_file_is_said_with_what_to_do(self):
        self.assertEqual(self.run_sweep(self.out).returncode, 0)
        with open(self.out + "/sweep.sqlite", "r+b") as database:
            database.seek(4096)
            database.write(b"x" * 8192)
        ran = self.run_sweep(self.out, "--resume")
        self.assertEqual(ran.returncode, BAD_INPUT, ran.stderr)
        self.assertIn("it is damaged", ran.stderr)
        self.assertIn("without --resume, or give another --out", ran.stderr)
        self.assertNotIn("is kept", ran.stderr)

    def test_the_engine_of_each_point_is_a_column(self):
        ran = self.run_sweep(self.out, "--engine", "auto",
                             varied=["--vary", "/duration=1 ms,100 h"])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual([row["engine"] for row in self.rows_of_table()], ["packet", "fluid"])
        with sqlite3.connect(self.out + "/sweep.sqlite") as database:
            self.assertEqual(database.execute("SELECT engine FROM runs ORDER BY point").fetchall(),
                             [("packet",), ("fluid",)])

    def test_another_scenario_is_not_mixed_in(self):
        scenario = pathlib.Path(self.out).parent / "small.json"
        scenario.write_text(SCENARIO)
        self.assertEqual(self.run_sweep(self.out, scenario=scenario).returncode, 0)
        scenario.write_text(SCENARIO.replace("100 Mbps", "101 Mbps"))
        ran = self.run_sweep(self.out, "--resume", scenario=scenario)
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertIn("holds results of another scenario", ran.stderr)
        ran = self.run_sweep(self.out, "--resume", varied=["--vary", "/seed=1,2"])
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertIn("holds results of another variation", ran.stderr)

    def test_another_program_is_not_mixed_in(self):
        self.assertEqual(self.run_sweep(self.out).returncode, 0)
        with sqlite3.connect(self.out + "/sweep.sqlite") as database:
            database.execute("UPDATE about SET value = 'vpcmirror 0.0.1' WHERE name = 'program'")
        ran = self.run_sweep(self.out, "--resume")
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertIn("holds results of another program (vpcmirror 0.0.1, and this is", ran.stderr)

    def test_all_that_is_wrong_is_told_before_the_first_run(self):
        ran = self.run_sweep(self.out, varied=["--vary", "/hosts/wbe/count=1,2", "--vary",
                                               "/hosts/web/count=2,ten,0", "--vary", "/seed=1,2"])
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertEqual(ran.stderr.count("there is no \"/hosts/wbe\""), 2, ran.stderr)
        ran = self.run_sweep(self.out, varied=["--vary", "/hosts/web/count=2,ten,0", "--vary",
                                               "/workloads/www/at=web,nobody"])
        for wrong in ('found the string "ten"', "found 0", "nobody"):
            self.assertIn(wrong, ran.stderr)
        self.assertEqual(ran.stderr.count('found the string "ten"'), 1, ran.stderr)
        self.assertFalse(os.path.exists(self.out))

    def fill_the_disk(self):
        """What runs the sweep with too little room, and what ends that."""
        os.mkdir(self.out)
        mounted = os.geteuid() == 0 and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=100k", "tmpfs", self.out], capture_output=True,
            check=False).returncode == 0
        if mounted:
            self.addCleanup(subprocess.run, ["umount", self.out], check=False)
            return None, lambda: subprocess.run(
                ["mount", "-o", "remount,size=4m", self.out], check=True)
        limit = 60 * 1024
        return (lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))), lambda: None

    def test_a_full_disk_stops_it_and_it_goes_on_later(self):
        limit, make_room = self.fill_the_disk()
        ran = subprocess.run(self.command(self.out, "--jobs", "1"), env=ENVIRONMENT, text=True,
                             preexec_fn=limit, capture_output=True, timeout=PATIENCE, check=False)
        self.assertEqual(ran.returncode, BAD_INPUT, ran.stderr)
        self.assertIn("is kept, and the same command with --resume goes on", ran.stderr)
        self.assertIn("sweep.sqlite: ", ran.stderr)  # where
        if limit is None:
            self.assertIn("the disk is full: make room there", ran.stderr)
        self.assertFalse(os.path.exists(self.out + "/sweep.csv"))
        make_room()
        ran = self.resume()
        self.assertIn("of them known", ran.stderr)

    @needs_mpirun
    def test_ranks_do_not_matter(self):
        ran = self.run_sweep(self.out, before=[*MPIRUN, "-n", "2"])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.expect_same()
        ran = self.run_sweep(self.out + "-3", "--jobs", "2", before=[*MPIRUN, "-n", "3"])
        self.assertEqual(ran.returncode, 0, ran.stderr)
        self.assertEqual(self.tables(self.out + "-3"), self.expected)

    def kill_rank(self, mpirun, rank):
        ranks = [each for each in processes_below(mpirun.pid) if rank_of(each) == rank]
        os.kill(min(ranks), signal.SIGKILL)  # the rank itself; its own processes came later

    @needs_mpirun
    def test_a_killed_rank_ends_all_and_it_goes_on_later(self):
        process = self.start_and_wait([*MPIRUN, "-n", "2", *self.command(self.out)], 4)
        self.kill_rank(process, 1)
        process.communicate(timeout=PATIENCE)
        self.assertNotEqual(process.returncode, 0)
        ran = self.resume(before=[*MPIRUN, "-n", "2"])
        self.assertIn("of them known", ran.stderr)

    @needs_mpirun
    def test_with_recovery_the_others_do_what_a_killed_rank_was_at(self):
        process = self.start_and_wait(
            [*MPIRUN, "--enable-recovery", "-n", "3",
             *self.command(self.out, "--lost-after", "3 s")], 4)
        self.kill_rank(process, 1)
        _, errors = process.communicate(timeout=PATIENCE)
        self.expect_same()
        self.assertIn("rank 1 is not heard of any more", errors)

    @needs_mpirun
    def test_under_mpirun_errors_are_told_once_and_nobody_waits(self):
        ran = self.run_sweep(self.out, before=[*MPIRUN, "-n", "3"],
                             varied=["--vary", "/hosts/wbe/count=1"])
        self.assertEqual(ran.returncode, BAD_INPUT)
        self.assertEqual(ran.stderr.count("there is no \"/hosts/wbe\""), 1, ran.stderr)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True)
    arguments, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest])
