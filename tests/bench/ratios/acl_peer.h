// DPDK's librte_acl.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "tests/bench/ratios/tuples.h"

namespace vpcmirror::ratios {

// Starts DPDK's environment without hugepages, devices or files; once a process.
// Throws std::runtime_error when it does not start.
void StartDpdk();

class AclPeer {
 public:
  static constexpr std::size_t kBurst = 32;

  // Requires StartDpdk. Throws std::runtime_error when the rules cannot be built.
  AclPeer(const std::vector<TupleRule>& rules, const std::vector<Tuple>& tuples);
  ~AclPeer();

  // The ways to classify that this machine has, "sse" and the like.
  const std::vector<std::string>& paths() const;
  // All tuples in bursts of kBurst.
  void Classify(std::size_t path);
  // Of the last Classify: the index of the first rule that matches, or kNoCondition.
  std::uint32_t found(std::size_t tuple) const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

}  // namespace vpcmirror::ratios
