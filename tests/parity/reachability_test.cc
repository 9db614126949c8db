// What analysis/reach calls blocked the packet engine does not deliver, and the other way
// round: in networks drawn at random, source by source and receiver by receiver.
#include "analysis/reach/reachability.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include "models/scenario/engine.h"
#include "sim/input/library.h"
#include "sim/input/scenario_reader.h"
#include "sim/packet/packet_engine.h"
#include "tests/parity/random_deployment.h"

namespace vpcmirror::sim {
namespace {

constexpr std::uint64_t kDeployments = 1000;

struct Tally {
  std::array<int, kBlocks> by_block{};
  int not_simulated = 0;  // refused: their way leads through a CVM

  int open() const { return by_block[0]; }
  int blocked() const {
    int sum = 0;
    for (std::size_t i = 1; i < kBlocks; ++i) sum += by_block[i];
    return sum;
  }
};

RunResult RunOf(const ValidScenario& valid) {
  RunControl control;
  control.seed = 1;
  return MakePacketEngine()->Run(valid, control);
}

// Copies of a mirror that its receiver's software took: nothing is under way any more.
std::int64_t Delivered(const MirrorResult& mirror) {
  std::int64_t lost = 0;
  for (const auto& [reason, count] : mirror.lost_after_source) lost += count.frames;
  return mirror.ledger.mirrored.frames - lost;
}

std::map<std::string, std::int64_t> TakenByEni(const RunResult& result) {
  std::map<std::string, std::int64_t> taken;
  for (const ReceiverResult& each : result.receivers) taken[each.id] = each.digested.frames;
  return taken;
}

class Comparison {
 public:
  Comparison(const Scenario& written, const ValidScenario& valid, Tally& tally)
      : valid_(valid),
        reach_(ReachabilityOf(written, valid)),
        result_(RunOf(valid)),
        taken_(TakenByEni(result_)),
        tally_(tally) {}

  void Compare() {
    for (const MirrorReach& mirror : reach_.mirrors) CompareMirror(mirror);
    for (const auto& [eni, frames] : taken_) {
      if (is_backend_.count(eni) != 0) continue;
      EXPECT_EQ(frames, expected_[eni]) << eni;
    }
  }

 private:
  void CompareMirror(const MirrorReach& mirror) {
    const MirrorResult& ran = result_.mirrors[mirror.mirror];
    ASSERT_EQ(ran.id, valid_.mirrors[mirror.mirror].mirror->settings().id);
    ASSERT_GE(ran.ledger.offered.frames, 10) << "the source has no traffic to copy";
    ASSERT_EQ(ran.ledger.queued_at_end.frames, 0);
    bool some_open = false;
    bool is_balanced = false;
    for (const Reach& reach : mirror.reaches) {
      ++tally_.by_block[static_cast<std::size_t>(reach.way->block)];
      some_open = some_open || reach.is_open();
      is_balanced = is_balanced || reach.way->load_balancer;
    }
    if (is_balanced) {
      for (const Reach& reach : mirror.reaches) CompareBackend(reach);
    } else if (LandsAtAnother(mirror.reaches.front(), ran)) {
      return;
    } else {
      const std::string& eni = EniId(mirror.reaches.front().receiver);
      if (taken_.count(eni) != 0) expected_[eni] += Delivered(ran);
    }
    EXPECT_EQ(Delivered(ran) > 0, some_open) << ran.id << ": " << Delivered(ran) << " copies of "
                                             << ran.ledger.offered.frames << " frames arrived\n"
                                             << mirror.reaches.front().way->path.ToText();
  }

  // What a route leads to something else with the receiver's address may be taken there, if
  // that receives copies of other mirrors.
  bool LandsAtAnother(const Reach& reach, const MirrorResult& ran) {
    if (reach.way->block != Block::kOtherEni) return false;
    const std::string& eni = EniId(*reach.way->path.destination);
    EXPECT_NE(eni, EniId(reach.receiver));
    if (taken_.count(eni) == 0) return false;
    expected_[eni] += Delivered(ran);
    return true;
  }

  const std::string& EniId(std::size_t eni) const { return valid_.deployment->enis[eni].id; }

  // Nothing else sends to backends.
  void CompareBackend(const Reach& reach) {
    const std::string& eni = EniId(reach.receiver);
    if (taken_.count(eni) == 0) return;  // the load balancer itself
    is_backend_.insert(eni);
    EXPECT_EQ(taken_[eni] > 0, reach.is_open()) << eni << "\n" << reach.way->path.ToText();
  }

  const ValidScenario& valid_;
  Reachability reach_;
  RunResult result_;
  std::map<std::string, std::int64_t> taken_;
  std::map<std::string, std::int64_t> expected_;
  std::set<std::string> is_backend_;
  Tally& tally_;
};

// What is refused is refused for a way through a CVM and for nothing else.
void CountRefused(const Examination& examined, Tally& tally) {
  for (const ScenarioError& error : examined.errors) {
    ASSERT_NE(error.message.find("routed through a CVM"), std::string::npos)
        << error.path << ": " << error.message;
    ++tally.not_simulated;
  }
}

TEST(ReachabilityParityTest, BlockedIsNotDeliveredAndOpenIs) {
  const Library library = LoadLibrary(FindDataFolder());
  Tally tally;
  for (std::uint64_t number = 1; number <= kDeployments; ++number) {
    SCOPED_TRACE("deployment " + std::to_string(number));
    const std::string text = RandomDeployment(number);
    const Scenario written = ReadScenarioText(text, "random.json");
    const Examination examined = Examine(written, library);
    CountRefused(examined, tally);
    if (HasFatalFailure()) FAIL() << text;
    if (!examined.sound || examined.sound->mirrors.empty()) continue;
    Comparison(written, *examined.sound, tally).Compare();
    if (HasFailure()) FAIL() << text;
  }
  EXPECT_GE(tally.open(), 250);
  EXPECT_GE(tally.blocked(), 250);
  std::string counts;
  for (std::size_t i = 1; i < kBlocks; ++i) {
    const std::string name(ToString(static_cast<Block>(i)));
    EXPECT_GE(tally.by_block[i], 20) << name;
    counts += " " + name + " " + std::to_string(tally.by_block[i]);
  }
  RecordProperty("open", tally.open());
  RecordProperty("blocked", tally.blocked());
  std::printf("open %d, blocked %d:%s; %d not simulated\n", tally.open(), tally.blocked(),
              counts.c_str(), tally.not_simulated);
}

}  // namespace
}  // namespace vpcmirror::sim
