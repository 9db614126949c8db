#include "analysis/plan/parts.h"

#include <cmath>
#include <unordered_map>
#include <utility>

#include "models/scenario/limit_margins.h"

namespace vpcmirror {
namespace {

// By CVM ID, the name that its host has in the scenario.
std::unordered_map<std::string, std::string> HostNames(const Deployment& deployment) {
  std::unordered_map<std::string, std::string> names;
  for (const Cvm& cvm : deployment.cvms) names.emplace(cvm.id, cvm.host);
  return names;
}

template <class Unit>
double PlainCount(const std::optional<Quantity<Unit>>& quantity) {
  return quantity ? static_cast<double>(quantity->count()) : 0;
}

bool IsBandwidth(std::string_view limit) { return limit.starts_with("bandwidth"); }

double CapacityOf(const HostResult& host) {
  if (host.tightest == "cpu") return host.cpu.cores_limit.value_or(0);
  return IsBandwidth(host.tightest) ? PlainCount(host.limit_bandwidth)
                                    : PlainCount(host.limit_packet_rate);
}

double CapacityOf(const ReceiverResult& receiver) {
  return IsBandwidth(receiver.tightest) ? PlainCount(receiver.capacity_bandwidth)
                                        : PlainCount(receiver.capacity_packet_rate);
}

void AddPart(PartName name, PartUse use, std::map<PartName, PartUse>& parts) {
  use.members = 1;
  const auto [at, is_new] = parts.try_emplace(std::move(name), use);
  if (is_new) return;
  use.members += at->second.members;
  KeepLeastMargins(at->second.margins, use.margins);
  if (use.margin < at->second.margin) {
    at->second = std::move(use);
  } else {
    at->second.members = use.members;
    at->second.margins = std::move(use.margins);
  }
}

void LeaveOutDoubles(std::map<PartName, PartUse>& parts) {
  constexpr double kSameMargin = 1e-6;
  std::erase_if(parts, [&](const auto& part) {
    const auto& [name, use] = part;
    if (name.kind != PartKind::kHost || use.limit != "cpu") return false;
    const auto receiver = parts.find({PartKind::kReceiver, name.name});
    return receiver != parts.end() && std::abs(receiver->second.margin - use.margin) < kSameMargin;
  });
}

}  // namespace

std::string_view ToString(PartKind kind) {
  switch (kind) {
    case PartKind::kHost:
      return "host";
    case PartKind::kReceiver:
      return "receiver";
    case PartKind::kLoadBalancer:
      return "load_balancer";
  }
  return "";
}

std::map<PartName, PartUse> AllPartsOf(const ValidScenario& scenario, const RunResult& result) {
  const auto names = HostNames(*scenario.deployment);
  const auto name_of = [&](const std::string& cvm) {
    const auto found = names.find(cvm);
    return found == names.end() ? cvm : found->second;
  };
  std::map<PartName, PartUse> parts;
  for (const HostResult& host : result.hosts) {
    if (!host.margin) continue;
    AddPart({PartKind::kHost, name_of(host.id)},
            {.tightest_member = host.id,
             .limit = host.tightest,
             .capacity = CapacityOf(host),
             .margin = *host.margin,
             .margins = host.margins},
            parts);
  }
  for (const ReceiverResult& receiver : result.receivers) {
    if (!receiver.margin) continue;
    AddPart({PartKind::kReceiver, name_of(receiver.host)},
            {.tightest_member = receiver.id,
             .limit = receiver.tightest,
             .capacity = CapacityOf(receiver),
             .workers = receiver.workers ? receiver.workers->count : 1,
             .margin = *receiver.margin,
             .margins = receiver.margins},
            parts);
  }
  for (const LoadBalancerResult& balancer : result.load_balancers) {
    if (!balancer.margin) continue;
    AddPart({PartKind::kLoadBalancer, balancer.id},
            {.tightest_member = balancer.id,
             .limit = balancer.tightest,
             .capacity = PlainCount(balancer.limit_bandwidth),
             .margin = *balancer.margin,
             .margins = balancer.margins},
            parts);
  }
  return parts;
}

std::map<PartName, PartUse> PartsOf(const ValidScenario& scenario, const RunResult& result) {
  std::map<PartName, PartUse> parts = AllPartsOf(scenario, result);
  LeaveOutDoubles(parts);
  return parts;
}

}  // namespace vpcmirror
