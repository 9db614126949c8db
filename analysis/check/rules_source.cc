// Rules about what mirrors watch: which hosts may be sources, and what of their traffic is copied.
#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <vector>

#include "analysis/check/rules.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// Months since year 0 of an ISO date; 0 for what is none.
int MonthsOf(std::string_view date) {
  int year = 0;
  int month = 0;
  if (date.size() != 10) return 0;
  std::from_chars(date.data(), date.data() + 4, year);
  std::from_chars(date.data() + 5, date.data() + 7, month);
  return year * 12 + month;
}

// Lists of what a cloud supports grow from year to year.
bool IsOld(const CheckContext& context, std::string_view as_of) {
  constexpr int kOldMonths = 18;
  const int today = MonthsOf(context.settings.today);
  return today > 0 && today - MonthsOf(as_of) > kOldMonths;
}

bool IsSupported(const SourceTypes& types, const std::string& type) {
  const std::string family = type.substr(0, type.find('.'));
  const auto has = [&](const std::vector<std::string>& list) {
    return std::find(list.begin(), list.end(), family) != list.end();
  };
  return !has(types.excluded) && (types.families.empty() || has(types.families));
}

// Whether a mirror watches an ENI of the provider, by host.
std::map<std::string, const ProviderProfile*> WatchedHosts(const CheckContext& context) {
  std::map<std::string, const ProviderProfile*> hosts;
  for (std::size_t eni = 0; eni < context.watching.size(); ++eni) {
    if (context.watching[eni].empty()) continue;
    const PlacedMirror& placed = context.valid.mirrors[context.watching[eni].front()];
    const Cvm& cvm = context.deployment().cvms[context.deployment().enis[eni].cvm];
    hosts.emplace(cvm.host, &context.ProfileOf(placed));
  }
  return hosts;
}

std::string Joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

}  // namespace

void FindUnsupportedTypes(const CheckContext& context, std::vector<Finding>& findings) {
  std::map<std::string, std::string> types;  // by host
  for (const Cvm& cvm : context.deployment().cvms) types.emplace(cvm.host, cvm.type);
  for (const auto& [host, profile] : WatchedHosts(context)) {
    const SourceTypes& list = profile->source_types;
    const std::string& type = types.at(host);
    if (list.as_of.empty() || type.empty() || IsSupported(list, type)) continue;
    const HostSpec* spec = context.HostOf(host);
    Finding finding;
    finding.subject = {"host", host};
    finding.path = spec != nullptr && spec->settings.type ? spec->settings.type->path
                                                          : HostPath(context, host);
    finding.message =
        "type " + type + " of " + host + " is " +
        (list.families.empty()
             ? "among those that " + profile->title + " names as no sources of mirrors"
             : "none of the families that " + profile->title + " lists as sources of mirrors (" +
                   Joined(list.families) + ")") +
        ", as of " + list.as_of;
    if (IsOld(context, list.as_of)) {
      finding.severity = Severity::kAssumption;
      finding.message += "; that list is old, and the type is assumed to be supported";
    }
    finding.fix = "ask the provider, or try a mirror of one such host";
    findings.push_back(std::move(finding));
  }
}

void FindNeverMirrored(const CheckContext& context, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < context.valid.workloads.size(); ++i) {
    const WorkloadTraffic& traffic = context.traffic.workloads[i];
    if (traffic.never_mirrored.frames_per_second <= 0) continue;
    const Workload& workload = context.valid.workloads[i];
    const auto spec =
        std::find_if(context.written.workloads.begin(), context.written.workloads.end(),
                     [&](const WorkloadSpec& each) { return each.name == workload.name; });
    Finding finding;
    finding.subject = {"workload", workload.name};
    if (spec != context.written.workloads.end()) finding.path = spec->path;
    const double share = traffic.never_mirrored.bits_per_second / traffic.offered.bits_per_second;
    finding.message = PercentText(share) + " of workload " + workload.name +
                      " at ENIs with a mirror (" +
                      BitRateText(traffic.never_mirrored.bits_per_second) +
                      ") is traffic that the cloud mirrors for nobody";
    finding.fix = "another way to see it, such as the logs of its service";
    finding.numbers = {{"share", share, "of the workload"},
                       {"never_mirrored", traffic.never_mirrored.bits_per_second, "bps"}};
    findings.push_back(std::move(finding));
  }
}

void FindCutChecksums(const CheckContext& context, std::vector<Finding>& findings) {
  for (std::size_t i = 0; i < context.valid.mirrors.size(); ++i) {
    const PlacedMirror& placed = context.valid.mirrors[i];
    const MirrorTraffic& traffic = context.traffic.mirrors[i];
    const auto& length = placed.mirror->settings().packet_length;
    if ((!length[0] && !length[1]) || traffic.cut.frames_per_second <= 0) continue;
    const double share = traffic.cut.frames_per_second / traffic.mirrored.frames_per_second;
    Finding finding = About(
        placed,
        PercentText(share) + " of the copies of " + placed.mirror->settings().id +
            " are cut, so that the checksums in them do not fit what is left",
        "a receiver that does not verify checksums, or a packet length that holds whole packets");
    finding.numbers = {{"share", share, "of the copies"}};
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
