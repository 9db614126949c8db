// Where the copies of an ENI's frames go, and what stops them for good on their way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "models/cloud/frame_drop.h"
#include "models/cloud/load_balancer.h"
#include "models/mirror/refusal.h"
#include "models/scenario/steady_walk.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

inline constexpr std::uint32_t kNowhere = UINT32_MAX;

struct CopyWay {
  std::optional<DropReason> dropped;  // at the source, all of them
  std::optional<CopyLoss> lost;       // behind the source, all of them
  std::uint32_t landing = kNowhere;   // ENI where they come in
  std::uint32_t balancer = kNowhere;  // load balancer behind that ENI
  std::uint32_t zone = 0;             // of it
  std::uint32_t backend = kNowhere;   // index into its backends
  std::uint32_t receiver = kNowhere;  // ENI whose software gets them
  std::uint32_t worker = 0;           // of that software
  double onward_bytes = 0;            // by how much a load balancer makes each packet longer

  friend bool operator==(const CopyWay&, const CopyWay&) = default;
};

class CopyWays {
 public:
  // The scenario must outlive it.
  explicit CopyWays(const ValidScenario& scenario);

  // Of the copies that `outcome`, which refuses nothing, has made of those frames.
  CopyWay Of(const SteadyPassing& passing, const Outcome& outcome);

 private:
  // Up to the ENI where they come in.
  CopyWay ToLanding(std::size_t source, std::size_t mirror, std::uint32_t receiver);
  // What the outer headers of a copy say, as far as anything on the way asks.
  FlowKey OuterFlow(std::size_t source, std::size_t mirror, std::uint32_t receiver,
                    std::uint64_t entropy) const;
  bool IsOpen(std::size_t eni);
  bool IsAdmitted(std::size_t source, std::size_t mirror, std::uint32_t receiver,
                  std::size_t landing, CopyWay& way);
  void Balance(const SteadyPassing& passing, std::size_t mirror, const Outcome& outcome,
               CopyWay& way) const;

  struct Key {
    std::uint32_t source = 0;
    std::uint32_t mirror = 0;
    std::uint32_t receiver = 0;
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hasher {
    std::size_t operator()(const Key& key) const noexcept;
  };

  const ValidScenario& scenario_;
  const Deployment& deployment_;
  std::vector<std::vector<MirrorPort>> ports_;     // by mirror and receiver
  std::vector<bool> takes_copies_;                 // by ENI
  std::vector<bool> detached_;                     // by ENI
  std::vector<BackendChoice> choices_;             // by load balancer
  std::unordered_map<std::size_t, bool> is_open_;  // by ENI: nothing is ever refused there
  std::unordered_map<Key, CopyWay, Hasher> known_;
};

}  // namespace vpcmirror::sim
