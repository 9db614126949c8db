// libpcap's bpf_filter, interpreted as a capture without a kernel does.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "tests/bench/ratios/tuples.h"

namespace vpcmirror::ratios {

class BpfPeer {
 public:
  // One program that accepts what any of the rules matches, over a frame of
  // each tuple. Throws std::runtime_error when libpcap does not compile it.
  BpfPeer(const std::vector<TupleRule>& rules, const std::vector<Tuple>& tuples);
  ~BpfPeer();

  void Classify();
  // Of the last Classify.
  bool matched(std::size_t tuple) const;

 private:
  struct Program;
  std::unique_ptr<Program> program_;
};

}  // namespace vpcmirror::ratios
