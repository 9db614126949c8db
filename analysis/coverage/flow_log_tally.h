// What became of the records of a flow log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace vpcmirror {

struct FlowLogTally {
  std::string file;
  std::int64_t records = 0;   // that could be read; each is one of those that follow
  std::int64_t observed = 0;  // of traffic at an ENI of the scenario
  std::int64_t rejected = 0;  // by a security group or ACL: not mirrored, and not counted
  std::int64_t no_data = 0;
  std::int64_t skipped = 0;    // the cloud recorded nothing, though something passed
  std::int64_t unknown = 0;    // of an interface that the scenario does not have
  std::int64_t elsewhere = 0;  // neither end has the ENI's address, and no direction is said
  std::vector<std::string> unknown_interfaces;  // the first kMostToldInterfaces of them
  std::int64_t bad_lines = 0;
  std::vector<std::string> told_lines;  // "flow.log:7: \"x\" is no number of bytes"; the first

  static constexpr std::size_t kMostToldInterfaces = 10;
};

}  // namespace vpcmirror
