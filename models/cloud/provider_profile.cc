#include "models/cloud/provider_profile.h"

#include <algorithm>

namespace vpcmirror {

std::optional<std::int64_t> QuotaOf(const ProviderProfile& profile, std::string_view name) {
  const auto quota = std::find_if(profile.quotas.begin(), profile.quotas.end(),
                                  [&](const Quota& each) { return each.name == name; });
  return quota == profile.quotas.end() ? std::nullopt : quota->most;
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
