// FlowLog on any bytes: records that keep what their header promises, lines that are counted, or
// an error that names the file.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "models/scenario/error.h"
#include "sim/input/flow_log.h"
#include "tests/fuzz/require.h"

namespace vpcmirror::sim {
namespace {

class Memory final : public PackedLines::Octets {
 public:
  explicit Memory(std::string_view octets) : left_(octets) {}

  std::size_t Read(char* into, std::size_t room) override {
    const std::size_t size = std::min(room, left_.size());
    std::memcpy(into, left_.data(), size);
    left_.remove_prefix(size);
    return size;
  }

 private:
  std::string_view left_;
};

void CheckRecord(const FlowRecord& record, bool is_matrix) {
  if (record.kind == FlowRecord::Kind::kNoData || record.kind == FlowRecord::Kind::kSkipped) return;
  Require(record.bytes >= 0 && record.packets >= 0, "amounts are not negative");
  Require(record.start >= 0 && record.end >= 0, "times are not before 1970");
  const bool has_ports = record.flow.ports == Ports::kKnown;
  Require(has_ports == HasPorts(record.flow.protocol), "protocols with ports have them");
  const bool has_names = !record.source_name.empty() || !record.destination_name.empty();
  Require(is_matrix || !has_names, "names are of a matrix");
  Require(has_names || record.flow.source.family() == record.flow.destination.family(),
          "both ends are of one family");
  if (is_matrix) Require(record.end > record.start, "a matrix has a period");
}

void ReadAll(std::string_view octets) {
  const auto lines = static_cast<std::int64_t>(std::count(octets.begin(), octets.end(), '\n')) + 1;
  FlowLog log("fuzz.log", PackedLines(std::make_unique<Memory>(octets)));
  FlowRecord record;
  std::int64_t records = 0;
  while (log.Next(record)) {
    ++records;
    CheckRecord(record, log.is_matrix());
  }
  Require(records <= 2 * lines, "a line is at most a flow and its answers");
  Require(log.bad_lines() <= lines, "a line is bad once");
  Require(static_cast<std::int64_t>(log.told_lines().size()) ==
              std::min<std::int64_t>(log.bad_lines(), FlowLog::kMostToldLines),
          "the first bad lines are told");
  Require(!log.Next(record), "the end stays the end");
}

}  // namespace
}  // namespace vpcmirror::sim

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    vpcmirror::sim::ReadAll({reinterpret_cast<const char*>(data), size});
  } catch (const vpcmirror::ScenarioException& thrown) {
    for (const vpcmirror::ScenarioError& error : thrown.errors()) {
      vpcmirror::Require(error.file == "fuzz.log", "an error names the file");
      vpcmirror::Require(!error.message.empty(), "an error says what was found");
    }
  }
  return 0;
}
