#include "sim/sweep/processes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/sweep/give_out.h"

namespace vpcmirror::sim {
namespace {

Outcome PidAnd(std::size_t run) {
  return {.figures = {std::int64_t{::getpid()}, static_cast<std::int64_t>(run)}};
}

std::map<std::size_t, Outcome> RunAll(std::size_t count, Workers& workers) {
  std::map<std::size_t, Outcome> outcomes;
  std::vector<std::size_t> runs;
  for (std::size_t run = 0; run < count; ++run) runs.push_back(run);
  GiveOutControl control;
  control.ended = [&](std::size_t run, const Outcome& outcome) { outcomes[run] = outcome; };
  EXPECT_TRUE(GiveOut(runs, {&workers}, control));
  return outcomes;
}

TEST(ProcessesTest, RunEachRunOnceInProcessesOfTheirOwn) {
  Processes processes(3, PidAnd);
  const auto outcomes = RunAll(50, processes);
  ASSERT_EQ(outcomes.size(), 50u);
  std::set<Cell> pids;
  for (const auto& [run, outcome] : outcomes) {
    ASSERT_EQ(outcome.figures.size(), 2u);
    EXPECT_EQ(outcome.figures[1], Cell(static_cast<std::int64_t>(run)));
    pids.insert(outcome.figures[0]);
  }
  EXPECT_LE(pids.size(), 3u);
  EXPECT_FALSE(pids.contains(Cell(std::int64_t{::getpid()})));
}

TEST(ProcessesTest, BringBackAnswersLongerThanASocketHolds) {
  Processes processes(
      1, [](std::size_t) { return Outcome{.figures = {std::string(3'000'000, 'x')}}; });
  EXPECT_EQ(RunAll(1, processes).at(0).figures, (std::vector<Cell>{std::string(3'000'000, 'x')}));
}

TEST(ProcessesTest, ReplaceOneThatDiesOverARun) {
  Processes processes(2, [](std::size_t run) {
    if (run == 3) ::raise(SIGKILL);
    if (run == 5) ::_exit(4);
    return PidAnd(run);
  });
  const auto outcomes = RunAll(10, processes);
  ASSERT_EQ(outcomes.size(), 10u);
  for (const auto& [run, outcome] : outcomes) {
    EXPECT_EQ(outcome.status == RunStatus::kLost, run == 3 || run == 5) << run;
  }
  EXPECT_EQ(outcomes.at(3).error, "its process was killed by signal 9");
  EXPECT_EQ(outcomes.at(5).error, "its process ended with exit code 4");
}

TEST(ProcessesTest, AreGoneWithTheirOwner) {
  std::int64_t pid = 0;
  {
    Processes processes(1, PidAnd);
    pid = std::get<std::int64_t>(RunAll(1, processes).at(0).figures[0]);
    EXPECT_EQ(::kill(static_cast<pid_t>(pid), 0), 0);
  }
  EXPECT_NE(::kill(static_cast<pid_t>(pid), 0), 0);
}

// Workers that answer in the order of a script.
class ScriptedWorkers : public Workers {
 public:
  explicit ScriptedWorkers(std::size_t count) : count_(count) {}

  std::size_t Count() const override { return count_; }
  bool HasIdle() const override { return at_.size() < count_; }
  void Give(std::size_t run) override {
    at_.push_back(run);
    given.push_back(run);
  }
  std::vector<Ended> Wait(double /*seconds*/) override {
    std::vector<Ended> ended;
    if (at_.empty()) return ended;
    const std::size_t run = at_.front();
    at_.erase(at_.begin());
    if (lose.erase(run) == 1) return {{run, std::nullopt}};
    ended.push_back({run, Outcome{}});
    if (twice.erase(run) == 1) ended.push_back({run, Outcome{}});
    return ended;
  }

  std::vector<std::size_t> given;
  std::set<std::size_t> lose;   // come back without an outcome, once
  std::set<std::size_t> twice;  // answered twice

 private:
  std::size_t count_;
  std::vector<std::size_t> at_;
};

TEST(GiveOutTest, GivesInOrderAndAgainWhatWasLost) {
  ScriptedWorkers workers(2);
  workers.lose = {1};
  workers.twice = {0};
  std::vector<std::size_t> ended;
  GiveOutControl control;
  control.ended = [&](std::size_t run, const Outcome&) { ended.push_back(run); };
  EXPECT_TRUE(GiveOut({3, 1, 0, 2}, {&workers}, control));
  EXPECT_EQ(workers.given, (std::vector<std::size_t>{3, 1, 0, 1, 2}));
  EXPECT_EQ(std::set<std::size_t>(ended.begin(), ended.end()), (std::set<std::size_t>{0, 1, 2, 3}));
  EXPECT_EQ(ended.size(), 4u);
}

TEST(GiveOutTest, LeavesTheRestWhenItIsStopped) {
  ScriptedWorkers workers(1);
  std::stop_source stop;
  int ended = 0;
  GiveOutControl control;
  control.stop = stop.get_token();
  control.ended = [&](std::size_t, const Outcome&) {
    if (++ended == 2) stop.request_stop();
  };
  EXPECT_FALSE(GiveOut({0, 1, 2, 3}, {&workers}, control));
  EXPECT_EQ(ended, 2);
}

}  // namespace
}  // namespace vpcmirror::sim
