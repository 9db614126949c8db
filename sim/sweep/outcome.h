// What became of one run of a sweep.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace vpcmirror::sim {

using Cell = std::variant<std::monostate, std::int64_t, double, std::string>;

// As a table shows it: a number that reads back as the same, nothing for nothing.
std::string ToText(const Cell& cell);

enum class RunStatus : std::uint8_t {
  kDone,
  kFailed,  // and would again: nothing in it is left to chance
  kLost     // its process was ended from outside; another try may do
};

std::string_view ToString(RunStatus status);

inline constexpr std::size_t kLongestError = 1000;  // bytes; more is cut off

struct Outcome {
  RunStatus status = RunStatus::kDone;
  std::string error;          // empty when done
  std::vector<Cell> figures;  // empty unless done
  double seconds = 0;         // on the clock

  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// For the way between processes, also of different machines.
std::string Packed(const Outcome& outcome);
// Throws std::runtime_error for anything but what Packed() gives.
Outcome Unpacked(std::string_view text);

}  // namespace vpcmirror::sim
