// Which traffic of a deployment its mirrors see, ENI by ENI, and why not the rest.
#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/scenario/coverage_summary.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

struct EniCoverage {
  std::size_t eni = 0;
  bool is_receiver = false;          // receives copies: it is not among those to cover
  std::vector<std::size_t> mirrors;  // that name it, as indices
  bool is_covered = false;           // by a running mirror, which copies some of its traffic
  std::optional<Unseen> because;     // it is not covered
  double bytes = 0;                  // that pass it; a second's where traffic is steady
  double seen = 0;                   // of them
  std::array<double, kUnseenReasons> unseen{};  // by Unseen; with `seen` they add up to `bytes`
};

// In the order of the ENIs; those of load balancers are left out.
struct Coverage {
  std::vector<EniCoverage> enis;
  bool is_steady = false;             // of workloads and not of a log
  std::vector<std::string> left_out;  // workloads whose traffic nobody knows beforehand
};

CoverageSummary SummaryOf(const Coverage& coverage);

// Counts what passes ENIs. Grows with the ENIs that traffic is seen at, not with traffic.
// Keeps a reference to the scenario, which must outlive it.
class CoverageCount {
 public:
  explicit CoverageCount(const ValidScenario& scenario);

  // `frame` stands for all of `bytes`, which were admitted: the ENI's taps are asked about it.
  void Add(std::size_t eni, Direction direction, const FrameInfo& frame, double bytes);
  // The same where the taps have been asked.
  void Add(std::size_t eni, const Decision& decision, double bytes);

  Coverage Result() const;

 private:
  // What an ENI's frames meet, made when the first one comes.
  struct Watch {
    MirrorTap tap;
    bool asks_next_hop = false;
  };
  const Watch& WatchOf(std::size_t eni);

  struct Sums {
    double bytes = 0;
    double seen = 0;
    std::array<double, kUnseenReasons> unseen{};
  };
  EniCoverage CoverageOf(std::size_t eni) const;

  const ValidScenario& scenario_;
  std::vector<std::vector<std::size_t>> mirrors_;  // by ENI
  std::vector<bool> receives_;                     // by ENI
  std::vector<std::unique_ptr<Watch>> watches_;    // by ENI
  std::vector<Sums> sums_;                         // by ENI
  static constexpr std::size_t kCacheBytes = std::size_t{4} << 20;
  FlowCache cache_{kCacheBytes};
};

// Of the workloads' steady traffic.
Coverage SteadyCoverage(const ValidScenario& scenario);

}  // namespace vpcmirror
