#include "analysis/report/load_balancers_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

#include "analysis/report/drops_text.h"
#include "analysis/report/member_groups.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

class BalancersTable : private TextLines {
 public:
  BalancersTable(const RunResult& result, const TextStyle& style)
      : TextLines(style), result_(result) {}

  std::string Write();

 private:
  void WriteLoadBalancer(const LoadBalancerResult& balancer);

  const RunResult& result_;
};

std::string BalancersTable::Write() {
  if (result_.load_balancers.empty()) return "";
  out_ += '\n';
  Line("{}{:>10}{:>14}{:>14}",
       Painted(fmt::format("{:34}", "Load balancers"), Ink::kBold, style_.color), "copies", "rate",
       "share");
  for (const LoadBalancerResult& balancer : result_.load_balancers) WriteLoadBalancer(balancer);
  return Take();
}

void BalancersTable::WriteLoadBalancer(const LoadBalancerResult& balancer) {
  const auto row = [&](const std::string& what, const Load& load, std::int64_t of) {
    Line("  {:32}{:>10}{:>14}{:>14}", what, CountText(load.frames), BitRateText(load.bandwidth),
         PercentText(Loss{load.frames, of}.fraction()));
  };
  Line("{}  {}", balancer.id, balancer.title);
  const std::int64_t arrived = balancer.in.frames;
  for (const LoadBalancerZoneResult& zone : balancer.zones) {
    const std::string limit = balancer.limit_bandwidth
                                  ? fmt::format(" of {}", BitRateText(*balancer.limit_bandwidth))
                                  : "";
    row(fmt::format("in{}{}", zone.zone.empty() ? "" : " at zone " + zone.zone, limit), zone.in,
        arrived);
  }
  for (const BackendResult& backend : balancer.backends) {
    row(fmt::format("to {}{}", backend.id, backend.healthy ? "" : " (unhealthy)"), backend.out,
        arrived);
  }
  if (balancer.queued_at_end > 0) {
    Line("  queued at the end: {}", CountText(balancer.queued_at_end));
  }
  AppendDrops(out_, balancer.dropped, arrived);
  if (balancer.may_be_reordered > 0) {
    Line("  may be out of order: {} frames ({})", CountText(balancer.may_be_reordered),
         PercentText(Loss{balancer.may_be_reordered, arrived}.fraction()));
  }
}

}  // namespace

std::string LoadBalancersText(const RunResult& result, const TextStyle& style) {
  return BalancersTable(result, style).Write();
}

}  // namespace vpcmirror
