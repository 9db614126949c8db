#include "sim/fluid/flow_bundles.h"

#include <algorithm>
#include <utility>

#include "sim/fluid/in_parallel.h"
#include "sim/fluid/losses.h"

namespace vpcmirror::sim {
namespace {

// A bundle while it grows.
struct OpenHop {
  Hop hop;
  std::vector<CopyBundle> copies;
  std::vector<RefusedBundle> refused;
};

double SquaresOf(const Flux& flux) {
  return flux.frames_per_second > 0
             ? flux.bits_per_second * flux.bits_per_second / flux.frames_per_second
             : 0;
}

bool IsAlike(const Hop& a, const Hop& b) {
  return a.eni == b.eni && a.direction == b.direction && a.admission == b.admission &&
         a.stop == b.stop && a.is_last == b.is_last;
}

class Bundler {
 public:
  Bundler(const ValidScenario& scenario, const WalkPart& part)
      : scenario_(scenario),
        part_(part),
        ways_(scenario),
        limits_flows_(FlowLimitedEnis(scenario)) {}

  FlowBundles Run() && {
    WalkSteadyFlows(
        scenario_, [this](const SteadyPassing& passing) { See(passing); }, part_);
    CloseFrames();
    CloseBundle();
    return std::move(all_);
  }

 private:
  static std::vector<bool> FlowLimitedEnis(const ValidScenario& scenario) {
    std::vector<bool> limited;
    for (const Eni& eni : scenario.deployment->enis) {
      limited.push_back(scenario.deployment->cvms[eni.cvm].limits.flow_bandwidth.has_value());
    }
    return limited;
  }

  void See(const SteadyPassing& passing) {
    if (passing.is_first) CloseFrames();
    if (passing.is_first) {
      frames_ = {.workload = static_cast<std::uint32_t>(passing.workload),
                 .stream = static_cast<std::uint32_t>(passing.stream),
                 .flux = passing.flux,
                 .squares = SquaresOf(passing.flux)};
      frames_.is_answered = !passing.is_answer && !passing.is_elastic &&
                            !scenario_.workloads[passing.workload].requests.empty();
      is_answer_ = passing.is_answer;
      is_elastic_ = passing.is_elastic;
      flow_ = passing.flow;
    }
    if (used_ == way_.size()) way_.emplace_back();
    OpenHop& open = way_[used_++];
    open.copies.clear();
    open.refused.clear();
    open.hop = {.eni = static_cast<std::uint32_t>(passing.eni),
                .direction = passing.direction,
                .admission = passing.admission,
                .stop = passing.stop,
                .is_last = passing.is_last};
    for (const Outcome& outcome : passing.decision.outcomes()) Add(passing, outcome, open);
  }

  void Add(const SteadyPassing& passing, const Outcome& outcome, OpenHop& open) {
    const auto mirror =
        static_cast<std::uint32_t>(passing.mirrors[passing.tap.given_position(outcome.session)]);
    if (outcome.refusal != Refusal::kNone) {
      open.refused.push_back({mirror, outcome.refusal, passing.flux});
      return;
    }
    CopyBundle copy{.mirror = mirror, .way = {}, .original = passing.flux};
    const CopyPlan& plan = outcome.plan;
    if (plan.mtu_action == MtuAction::kDrop) {
      copy.way.dropped = DropReason::kMtu;
      open.copies.push_back(copy);
      return;
    }
    copy.way = ways_.Of(passing, outcome);
    copy.wire = CopiesOf(passing.tap.session(outcome.session), plan, passing.frame.wire_length,
                         passing.flux);
    copy.wire_squares = SquaresOf(copy.wire);
    if (passing.flux.frames_per_second > 0) {
      copy.packets = copy.wire.frames_per_second / passing.flux.frames_per_second;
    }
    if (plan.mtu_action == MtuAction::kTruncate || plan.mtu_action == MtuAction::kRepair) {
      constexpr double kBitsOfByte = 8;
      const Bytes away = passing.frame.wire_length - plan.offset - plan.kept;
      copy.cut = passing.flux;
      copy.cut_away_bps =
          passing.flux.frames_per_second * static_cast<double>(away.count()) * kBitsOfByte;
    }
    open.copies.push_back(copy);
  }

  // Frames of one flow and size that have been all their way.
  void CloseFrames() {
    if (used_ == 0) return;
    if (!FitsBundle()) {
      CloseBundle();
      bundle_ = frames_;
      bundle_.flux = {};
      bundle_.squares = 0;
      bundle_flow_ = flow_;
      bundle_.asked_by = is_answer_ ? frames_.stream - 1 : FlowBundle::kNone;
      if (is_elastic_) JoinGroup();
      open_ = used_;
      while (hops_.size() < open_) hops_.emplace_back();
      for (std::size_t i = 0; i < open_; ++i) {
        hops_[i].hop = way_[i].hop;
        hops_[i].copies.clear();
        hops_[i].refused.clear();
      }
      is_open_ = true;
    }
    bundle_.flux += frames_.flux;
    bundle_.squares += frames_.squares;
    for (std::size_t i = 0; i < used_; ++i) Merge(way_[i], hops_[i]);
    used_ = 0;
  }

  // A client's stream begins a group, and its server's is the next.
  void JoinGroup() {
    const bool is_next = !all_.elastic.empty() &&
                         bundle_.workload == all_.elastic.back().workload &&
                         bundle_.stream <= group_stream_ + 1;
    if (!is_next) {
      group_stream_ = bundle_.stream;
      all_.elastic.push_back({.workload = bundle_.workload,
                              .first_bundle = static_cast<std::uint32_t>(all_.bundles.size())});
    }
    bundle_.elastic = static_cast<std::uint32_t>(all_.elastic.size() - 1);
    ++all_.elastic.back().bundles;
  }

  bool FitsBundle() const {
    if (!is_open_ || bundle_.stream != frames_.stream || open_ != used_) return false;
    for (std::size_t i = 0; i < used_; ++i) {
      if (!IsAlike(hops_[i].hop, way_[i].hop)) return false;
      if (limits_flows_[way_[i].hop.eni] && bundle_flow_ != flow_) return false;
    }
    return true;
  }

  static void Merge(const OpenHop& from, OpenHop& into) {
    for (const CopyBundle& copy : from.copies) {
      const auto same = std::find_if(into.copies.begin(), into.copies.end(), [&](const auto& each) {
        return each.mirror == copy.mirror && each.way == copy.way && each.packets == copy.packets;
      });
      if (same == into.copies.end()) {
        into.copies.push_back(copy);
        continue;
      }
      same->original += copy.original;
      same->wire += copy.wire;
      same->wire_squares += copy.wire_squares;
      same->cut += copy.cut;
      same->cut_away_bps += copy.cut_away_bps;
    }
    for (const RefusedBundle& refused : from.refused) {
      const auto same =
          std::find_if(into.refused.begin(), into.refused.end(), [&](const auto& each) {
            return each.mirror == refused.mirror && each.refusal == refused.refusal;
          });
      if (same == into.refused.end()) {
        into.refused.push_back(refused);
      } else {
        same->flux += refused.flux;
      }
    }
  }

  void CloseBundle() {
    if (!is_open_) return;
    is_open_ = false;
    bundle_.first_hop = static_cast<std::uint32_t>(all_.hops.size());
    bundle_.hops = static_cast<std::uint32_t>(open_);
    for (std::size_t i = 0; i < open_; ++i) {
      OpenHop& open = hops_[i];
      open.hop.is_paired = open.hop.direction == Direction::kEgress &&
                           open.hop.admission == Admission::kAdmitted &&
                           open.hop.stop == Stop::kNone &&
                           std::any_of(open.copies.begin(), open.copies.end(),
                                       [](const CopyBundle& copy) { return !copy.way.dropped; });
      open.hop.first_copy = static_cast<std::uint32_t>(all_.copies.size());
      open.hop.copies = static_cast<std::uint32_t>(open.copies.size());
      open.hop.first_refused = static_cast<std::uint32_t>(all_.refused.size());
      open.hop.refused = static_cast<std::uint32_t>(open.refused.size());
      all_.hops.push_back(open.hop);
      all_.copies.insert(all_.copies.end(), open.copies.begin(), open.copies.end());
      all_.refused.insert(all_.refused.end(), open.refused.begin(), open.refused.end());
    }
    all_.streams = std::max(all_.streams, bundle_.stream + std::size_t{1});
    all_.bundles.push_back(bundle_);
  }

  const ValidScenario& scenario_;
  WalkPart part_;
  CopyWays ways_;
  std::vector<bool> limits_flows_;  // by ENI
  FlowBundles all_;
  // Frames under way, and the bundle that they may go into.
  FlowBundle frames_;
  int flow_ = 0;
  bool is_answer_ = false;
  bool is_elastic_ = false;
  std::uint32_t group_stream_ = 0;  // the first of the elastic group under way
  std::vector<OpenHop> way_;        // of which the first `used_` are theirs
  std::size_t used_ = 0;
  FlowBundle bundle_;
  int bundle_flow_ = 0;
  std::vector<OpenHop> hops_;  // of which the first `open_` are its
  std::size_t open_ = 0;
  bool is_open_ = false;
};

void Append(FlowBundles&& part, FlowBundles& all) {
  const auto hops = static_cast<std::uint32_t>(all.hops.size());
  const auto copies = static_cast<std::uint32_t>(all.copies.size());
  const auto refused = static_cast<std::uint32_t>(all.refused.size());
  const auto bundles = static_cast<std::uint32_t>(all.bundles.size());
  const auto groups = static_cast<std::uint32_t>(all.elastic.size());
  for (Hop& hop : part.hops) {
    hop.first_copy += copies;
    hop.first_refused += refused;
  }
  for (FlowBundle& bundle : part.bundles) {
    bundle.first_hop += hops;
    if (bundle.elastic != FlowBundle::kNone) bundle.elastic += groups;
  }
  for (ElasticGroup& group : part.elastic) group.first_bundle += bundles;
  const auto append = [](auto& from, auto& into) {
    into.insert(into.end(), from.begin(), from.end());
  };
  append(part.hops, all.hops);
  append(part.copies, all.copies);
  append(part.refused, all.refused);
  append(part.bundles, all.bundles);
  append(part.elastic, all.elastic);
  all.streams = std::max(all.streams, part.streams);
}

// Of the hops of one group.
template <class Visit>
void ForEachHop(FlowBundles& all, const ElasticGroup& group, Visit visit) {
  for (std::uint32_t i = 0; i < group.bundles; ++i) {
    const FlowBundle& bundle = all.bundles[group.first_bundle + i];
    for (std::uint32_t j = 0; j < bundle.hops; ++j) visit(bundle, all.hops[bundle.first_hop + j]);
  }
}

void MarkWhatIsFelt(const BudgetNumbers& numbers, FlowBundles& all) {
  const auto budget_of = [&](const Hop& hop) {
    return hop.direction == Direction::kEgress ? numbers.Out(hop.eni) : numbers.In(hop.eni);
  };
  std::vector<std::uint32_t> felt;
  const auto is_felt = [&](std::uint32_t budget) {
    return std::find(felt.begin(), felt.end(), budget) != felt.end();
  };
  for (const ElasticGroup& group : all.elastic) {
    felt.clear();
    ForEachHop(all, group, [&](const FlowBundle& bundle, Hop& hop) {
      if (HasData(bundle)) felt.push_back(budget_of(hop));
    });
    ForEachHop(all, group, [&](const FlowBundle&, Hop& hop) {
      hop.is_felt = is_felt(budget_of(hop));
      hop.copies_are_felt = is_felt(numbers.Out(hop.eni));
    });
  }
}

// Whether there is so much that threads pay.
bool IsLarge(const ValidScenario& scenario) {
  constexpr std::size_t kManyStreams = 1000;
  std::size_t streams = 0;
  for (const Workload& workload : scenario.workloads) {
    streams += workload.streams.size() + workload.requests.size() + workload.tcp_streams.size() +
               workload.observed.size();
  }
  return streams >= kManyStreams;
}

FlowBundles Bundled(const ValidScenario& scenario) {
  if (!IsLarge(scenario)) return Bundler(scenario, {}).Run();
  constexpr std::size_t kParts = 8;  // whatever the cores, so that sums are made in one order
  std::vector<FlowBundles> parts(kParts);
  InParallel(kParts, [&](std::size_t part) {
    parts[part] = Bundler(scenario, {.number = part, .of = kParts}).Run();
  });
  FlowBundles all = std::move(parts.front());
  for (std::size_t part = 1; part < kParts; ++part) Append(std::move(parts[part]), all);
  return all;
}

}  // namespace

bool HasData(const FlowBundle& bundle) {
  constexpr double kBits = 8;
  constexpr double kRounding = 1e-6;  // of a frame's length
  return bundle.flux.bits_per_second > bundle.flux.frames_per_second * kBits *
                                           static_cast<double>(kTcpFrameHeaders.count()) *
                                           (1 + kRounding);
}

FlowBundles BundleFlows(const ValidScenario& scenario) {
  FlowBundles all = Bundled(scenario);
  if (!all.elastic.empty()) MarkWhatIsFelt(BudgetNumbers(*scenario.deployment), all);
  return all;
}

}  // namespace vpcmirror::sim
