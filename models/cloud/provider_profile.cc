#include "models/cloud/provider_profile.h"

#include <algorithm>

namespace vpcmirror {
namespace {

const Quota* QuotaNamed(const ProviderProfile& profile, std::string_view name) {
  const auto quota = std::find_if(profile.quotas.begin(), profile.quotas.end(),
                                  [&](const Quota& each) { return each.name == name; });
  return quota == profile.quotas.end() ? nullptr : &*quota;
}

}  // namespace

std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name) {
  const Quota* quota = QuotaNamed(profile, name);
  return quota == nullptr ? std::nullopt : quota->most;
}

std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name,
                                    const std::string& type) {
  const Quota* quota = QuotaNamed(profile, name);
  if (quota == nullptr) return std::nullopt;
  const auto& listed = quota->listed_types;
  const bool is_listed = std::find(listed.begin(), listed.end(), type) != listed.end();
  return is_listed ? quota->most_of_listed : quota->most;
}

std::optional<std::int64_t> QuotaThatMayHold(const ProviderProfile& profile, std::string_view name,
                                             const std::string& type) {
  const Quota* quota = QuotaNamed(profile, name);
  if (quota == nullptr || !quota->most_of_listed) return std::nullopt;
  const bool is_open = type.empty() || quota->listed_types.empty();
  return is_open ? quota->most_of_listed : std::nullopt;
}

std::string ExperimentalNote(const ProviderProfile& profile) {
  if (!profile.experimental) return "";
  return "Experimental: little of how " + profile.title +
         " mirrors traffic is documented, so that most of it is assumed.";
}

std::string_view ToString(FilterModel model) {
  switch (model) {
    case FilterModel::kAllConditions:
      return "all_conditions";
    case FilterModel::kFirstMatch:
      return "first_match";
    case FilterModel::kPeerAndProtocol:
      return "peer_and_protocol";
    case FilterModel::kEverything:
      return "everything";
  }
  return "";
}

std::string_view ToString(DirectionModel directions) {
  switch (directions) {
    case DirectionModel::kPerMirror:
      return "per_mirror";
    case DirectionModel::kPerRule:
      return "per_rule";
    case DirectionModel::kBoth:
      return "both";
  }
  return "";
}

std::string_view ToString(NumberScope scope) {
  switch (scope) {
    case NumberScope::kNone:
      return "none";
    case NumberScope::kEni:
      return "eni";
    case NumberScope::kAccount:
      return "account";
  }
  return "";
}

std::string_view ToString(VniRule rule) {
  switch (rule) {
    case VniRule::kNone:
      return "none";
    case VniRule::kFixed:
      return "fixed";
    case VniRule::kRandom:
      return "random";
  }
  return "";
}

std::string_view ToString(LoopRule rule) {
  switch (rule) {
    case LoopRule::kReceiverExcluded:
      return "receiver_excluded";
    case LoopRule::kEniNotBoth:
      return "eni_not_both";
  }
  return "";
}

std::string_view ToString(CongestionRule rule) {
  switch (rule) {
    case CongestionRule::kNotDocumented:
      return "not_documented";
    case CongestionRule::kProductionFirst:
      return "production_first";
    case CongestionRule::kNoPriority:
      return "no_priority";
  }
  return "";
}

std::string_view ToString(Congestion congestion) {
  switch (congestion) {
    case Congestion::kProductionFirst:
      return "production_first";
    case Congestion::kFifo:
      return "fifo";
    case Congestion::kSharedRandom:
      return "shared_random";
  }
  return "";
}

std::string_view ToString(CopyOrder order) {
  switch (order) {
    case CopyOrder::kBefore:
      return "before";
    case CopyOrder::kAfter:
      return "after";
  }
  return "";
}

std::string_view ToString(ReceiverChoice choice) {
  switch (choice) {
    case ReceiverChoice::kBySourceEni:
      return "eni";
    case ReceiverChoice::kByFlow:
      return "flow";
  }
  return "";
}

}  // namespace vpcmirror
