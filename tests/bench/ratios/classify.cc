// How fast a 5-tuple finds its rule.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "models/mirror/classifier.h"
#include "models/mirror/flow_cache.h"
#include "tests/bench/ratios/acl_peer.h"
#include "tests/bench/ratios/bpf_peer.h"
#include "tests/bench/ratios/cases.h"
#include "tests/bench/ratios/race.h"
#include "tests/bench/ratios/table.h"
#include "tests/bench/ratios/tuples.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::uint64_t kRuleSeed = 42;
constexpr std::uint64_t kTupleSeed = 7;
constexpr std::uint64_t kTraceSeed = 5;
// Cold: no flow comes again before the others have driven it out of L2.
constexpr std::size_t kColdTuples = 1 << 16;
// Packets of a trace, before it starts again: so many that each flow comes, and
// for hot flows so few that reading the trace is not what is measured.
constexpr std::size_t kHotPackets = 1 << 14;
constexpr std::size_t kZipfPackets = 1 << 20;
// Room for twice 100,000 flows at 32 bytes, IPv6 having its share beside.
constexpr std::size_t kCacheBytes = std::size_t{8} << 20;

// A filter, the flows that it is asked about, and what it should say of each.
struct Trial {
  std::vector<TupleRule> rules;
  std::vector<Tuple> tuples;
  std::vector<FlowKey> flows;
  Classifier classifier{{}};
  std::vector<std::uint32_t> found;
  std::vector<std::uint32_t> want;

  // Flows anew, and what the reference says of them.
  void Ask(std::vector<Tuple> about) {
    tuples = std::move(about);
    flows = FlowsOf(tuples);
    found.assign(flows.size(), kNoCondition);
    want.clear();
    for (const FlowKey& flow : flows) want.push_back(FindFirst(classifier.conditions(), flow));
  }

  void FindInBursts() {
    const std::span<const FlowKey> all = flows;
    for (std::size_t first = 0; first < all.size(); first += AclPeer::kBurst) {
      const std::size_t burst = std::min(AclPeer::kBurst, all.size() - first);
      classifier.FindEach(all.subspan(first, burst), std::span(found).subspan(first, burst));
    }
    benchmark::ClobberMemory();
  }

  void FindOneByOne() {
    for (std::size_t i = 0; i < flows.size(); ++i) found[i] = classifier.Find(flows[i]);
    benchmark::ClobberMemory();
  }

  // As a tap asks: the cache, and the classifier for what it does not know.
  void FindThroughCache(FlowCache& cache) {
    const std::span<const FlowKey> all = flows;
    const std::span<std::uint32_t> out = found;
    for (std::size_t first = 0; first < all.size(); first += AclPeer::kBurst) {
      const std::size_t end = std::min(first + AclPeer::kBurst, all.size());
      if (cache.StrayedSinceAsked()) {
        for (std::size_t i = first; i < end; ++i) cache.Prefetch(all[i], 0);
      }
      for (std::size_t i = first; i < end; ++i) {
        const FlowMemory* known = cache.Find(all[i], 0);
        if (known != nullptr) [[likely]] {
          out[i] = known->verdict;
          continue;
        }
        out[i] = classifier.Find(all[i]);
        cache.Store(all[i], {.verdict = out[i]});
      }
    }
    benchmark::ClobberMemory();
  }
};

void Require(bool agreed, const std::string& who) {
  if (!agreed) throw std::runtime_error(who + " does not answer as the reference does");
}

Trial MakeTrial(std::size_t rules) {
  Trial trial;
  trial.rules = DrawRules(rules, kRuleSeed);
  trial.classifier = Classifier(ConditionsOf(trial.rules));
  return trial;
}

std::string RulesText(std::size_t rules) {
  return rules == 1 ? "1 rule" : std::to_string(rules) + " rules";
}

bool Agrees(const AclPeer& acl, const Trial& trial) {
  for (std::size_t i = 0; i < trial.want.size(); ++i) {
    if (acl.found(i) != trial.want[i]) return false;
  }
  return true;
}

bool Agrees(const BpfPeer& bpf, const Trial& trial) {
  for (std::size_t i = 0; i < trial.want.size(); ++i) {
    if (bpf.matched(i) != (trial.want[i] != kNoCondition)) return false;
  }
  return true;
}

// A row against the path of rte_acl that is fastest on this machine.
void PrintAgainstAcl(const Race& race, std::size_t ours, std::size_t first_path, const AclPeer& acl,
                     const std::string& name, double bound) {
  std::size_t best = first_path;
  for (std::size_t i = 0; i < acl.paths().size(); ++i) {
    if (race.figure(first_path + i).median < race.figure(best).median) best = first_path + i;
  }
  Print({.name = name,
         .ours = race.figure(ours).median,
         .peer = race.contender(best),
         .peer_figure = race.figure(best).median,
         .goal = Faster(bound)});
}

// Enters each path of rte_acl, after its answers were compared; returns the first one's number.
std::size_t EnterAcl(Race& race, AclPeer& acl, const Trial& trial) {
  std::size_t first = 0;
  for (std::size_t path = 0; path < acl.paths().size(); ++path) {
    acl.Classify(path);
    Require(Agrees(acl, trial), "rte_acl " + acl.paths()[path]);
    const std::size_t number =
        race.Enter("rte_acl " + acl.paths()[path] + ", burst 32", trial.tuples.size(),
                   [&acl, path] { acl.Classify(path); });
    if (path == 0) first = number;
  }
  return first;
}

void RaceCold(std::size_t rules, double acl_bound, std::optional<double> bpf_bound) {
  Trial trial = MakeTrial(rules);
  trial.Ask(DrawTuples(trial.rules, kColdTuples, kTupleSeed));
  const std::string name = "classify " + RulesText(rules);
  trial.FindInBursts();
  Require(trial.found == trial.want, name + " in bursts");
  trial.FindOneByOne();
  Require(trial.found == trial.want, name + " one by one");

  Race race(name);
  const std::size_t bursts =
      race.Enter("ours, burst 32", kColdTuples, [&] { trial.FindInBursts(); });
  race.Enter("ours, one by one", kColdTuples, [&] { trial.FindOneByOne(); });  // to compare
  AclPeer acl(trial.rules, trial.tuples);
  const std::size_t first_path = EnterAcl(race, acl, trial);
  std::unique_ptr<BpfPeer> bpf;
  std::size_t bpf_number = 0;
  if (bpf_bound) {
    bpf = std::make_unique<BpfPeer>(trial.rules, trial.tuples);
    bpf->Classify();
    Require(Agrees(*bpf, trial), "bpf_filter");
    bpf_number = race.Enter("bpf_filter", kColdTuples, [&] { bpf->Classify(); });
  }
  race.Run();

  PrintAgainstAcl(race, bursts, first_path, acl, name, acl_bound);
  if (!bpf_bound) return;
  Print({.name = name,
         .ours = race.figure(bursts).median,
         .peer = "bpf_filter",
         .peer_figure = race.figure(bpf_number).median,
         .goal = Faster(*bpf_bound)});
}

void RaceGrowth() {
  Trial few = MakeTrial(10);
  few.Ask(DrawTuples(few.rules, kColdTuples, kTupleSeed));
  Trial many = MakeTrial(10'000);
  many.Ask(DrawTuples(many.rules, kColdTuples, kTupleSeed));
  Race race("classify 10000 rules against 10");
  const std::size_t small = race.Enter("ours, 10 rules", kColdTuples, [&] { few.FindInBursts(); });
  const std::size_t large =
      race.Enter("ours, 10000 rules", kColdTuples, [&] { many.FindInBursts(); });
  race.Run();
  Print({.name = "classify 10000 rules against 10",
         .ours = race.figure(large).median,
         .peer = "ours, 10 rules",
         .peer_figure = race.figure(small).median,
         .goal = Within(10)});
}

struct Trace {
  const char* name;
  std::size_t flows = 0;
  std::size_t packets = 0;
  double acl_bound = 0;
};

void RaceCache(std::size_t rules, const Trace& trace) {
  Trial trial = MakeTrial(rules);
  const std::vector<Tuple> of_flow = DrawTuples(trial.rules, trace.flows, kTupleSeed);
  std::vector<Tuple> packets;
  for (const std::uint32_t flow : DrawZipf(trace.flows, trace.packets, kTraceSeed)) {
    packets.push_back(of_flow[flow]);
  }
  trial.Ask(std::move(packets));
  const std::string name = "classify " + RulesText(rules) + ", " + trace.name;
  FlowCache cache(kCacheBytes);
  trial.FindThroughCache(cache);
  Require(trial.found == trial.want, name + ", cache empty");
  trial.FindThroughCache(cache);
  Require(trial.found == trial.want, name + ", cache full");

  Race race(name);
  const std::size_t ours =
      race.Enter("ours, through the cache", trace.packets, [&] { trial.FindThroughCache(cache); });
  AclPeer acl(trial.rules, trial.tuples);
  const std::size_t first_path = EnterAcl(race, acl, trial);
  race.Run();
  PrintAgainstAcl(race, ours, first_path, acl, name, trace.acl_bound);
}

}  // namespace

void RaceClassifiers() {
  for (const std::size_t rules : {1, 5, 10}) RaceCold(rules, 2.5, 5);
  RaceCold(100, 1.2, {});
  RaceCold(1'000, 1.1, {});
  RaceCold(10'000, 1.5, {});
  RaceGrowth();
}

void RaceFlowCaches() {
  for (const std::size_t rules : {10, 1'000}) {
    RaceCache(rules, {"1000 hot flows in cache", 1'000, kHotPackets, 7});
    RaceCache(rules, {"100000 Zipf flows", 100'000, kZipfPackets, 1.5});
  }
}

}  // namespace vpcmirror::ratios
