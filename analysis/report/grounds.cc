#include "analysis/report/grounds.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "analysis/report/text_layout.h"

namespace vpcmirror {
namespace {

// In the order of their weight.
enum class Ground : std::uint8_t { kDocumented, kAssumed, kYours };
constexpr std::array<std::string_view, 3> kGroundNames = {"documented", "assumed", "yours"};

class Grounds {
 public:
  explicit Grounds(const RunResult& result) : result_(result) {}

  Grounds& Add(Ground ground, const std::string& what) {
    std::vector<std::string>& named = named_[static_cast<std::size_t>(ground)];
    if (std::find(named.begin(), named.end(), what) == named.end()) named.push_back(what);
    return *this;
  }

  // By the name under which an assumption is written; `what` it is about, where none is made.
  Grounds& AddAssumption(std::string_view name, const std::string& what) {
    bool is_assumed = false;
    for (const Assumption& assumption : result_.assumptions) {
      if (assumption.name != name) continue;
      is_assumed = true;
      Add(assumption.overridden ? Ground::kYours : Ground::kAssumed,
          fmt::format("{}={}", name, Printable(assumption.value)));
    }
    return is_assumed ? *this : Add(Ground::kDocumented, what);
  }

  Grounds& AddLimits() {
    for (const HostResult& host : result_.hosts) {
      if (host.type.empty()) {
        Add(Ground::kYours, "limits by hand");
      } else {
        Add(Ground::kDocumented, "limits of instance types");
      }
    }
    return AddAssumption("congestion", "who loses over a limit");
  }

  Grounds& AddSoftware() {
    for (const ReceiverResult& receiver : result_.receivers) {
      if (!receiver.profile.empty() && receiver.margin) {
        Add(Ground::kAssumed, fmt::format("what {} takes a vCPU", Printable(receiver.profile)));
      }
    }
    return *this;
  }

  std::string Words() const {
    std::string words;
    for (std::size_t ground = 0; ground < named_.size(); ++ground) {
      if (named_[ground].empty()) continue;
      words += fmt::format("{}{}: {}", words.empty() ? "" : "; ", kGroundNames[ground],
                           fmt::join(named_[ground], ", "));
    }
    return words;
  }

 private:
  const RunResult& result_;
  std::array<std::vector<std::string>, kGroundNames.size()> named_;
};

}  // namespace

std::string EgressGrounds(const RunResult& result) {
  return Grounds(result)
      .AddAssumption("encapsulation", "encapsulation")
      .Add(Ground::kYours, "workloads")
      .Words();
}

std::string ProductionLossGrounds(const RunResult& result) {
  return Grounds(result).AddLimits().Add(Ground::kYours, "workloads").Words();
}

std::string CopyLossGrounds(const RunResult& result) {
  return Grounds(result).AddLimits().AddSoftware().Add(Ground::kYours, "workloads").Words();
}

std::string CoverageGrounds(const RunResult& result) {
  return Grounds(result)
      .Add(Ground::kDocumented, "what filters mean")
      .Add(Ground::kYours, "filters and workloads")
      .Words();
}

std::string CoreGrounds(const RunResult& result) {
  const bool is_default =
      std::any_of(result.assumptions.begin(), result.assumptions.end(),
                  [](const Assumption& assumption) { return assumption.name == "costs"; });
  Grounds grounds(result);
  for (const HostResult& host : result.hosts) {
    if (host.cpu.table.empty()) continue;
    grounds.Add(is_default ? Ground::kAssumed : Ground::kYours,
                "cost table " + Printable(host.cpu.table));
  }
  return grounds.Add(Ground::kYours, "workloads").Words();
}

}  // namespace vpcmirror
