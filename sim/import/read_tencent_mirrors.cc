// Tencent Cloud's mirrors as DescribeTrafficMirrors answers them, made into the bodies of
// CreateTrafficMirror that a scenario takes. Both generations: CollectorNormalFilters, and
// rules by direction with NO-DIRECTION.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "models/wire/address.h"
#include "sim/import/read_tencent.h"

namespace vpcmirror::sim {
namespace {

constexpr std::string_view kMirrorList = "TrafficMirrorSet";

// What of an answer a body takes; IDs, times, descriptions and tags have no effect.
constexpr std::array<std::string_view, 8> kMirrorKeys = {
    "VpcId", "TrafficMirrorName", "State", "Direction", "CollectorSrcs",
    "NatId", "CollectorTarget",   "Type"};
constexpr std::array<std::string_view, 7> kConditionKeys = {
    "SrcNet", "DstNet", "Protocol", "SrcPort", "DstPort", "Action", "Priority"};
constexpr std::array<std::string_view, 8> kRuleKeys = {"TrafficMirrorFilterRuleId",
                                                       "Priority",
                                                       "Action",
                                                       "SrcNet",
                                                       "DstNet",
                                                       "Protocol",
                                                       "SrcPort",
                                                       "DstPort"};
constexpr std::array<std::string_view, 3> kTargetKeys = {"TargetIps", "AlgHash", "TargetType"};

bool IsName(std::string_view text) {
  constexpr std::size_t kLongest = 60;
  return !text.empty() && text.size() <= kLongest &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  std::string_view("._:/-").find(c) != std::string_view::npos;
         });
}

// The sample of ResetTrafficMirrorSrcs has line breaks in its IDs.
std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

MirrorEnd SourceOf(const FoundText& id, const std::optional<FoundText>& vpc) {
  MirrorEnd end{.id = id, .vpc = vpc};
  const auto begins = [&](std::string_view with) { return id.value.starts_with(with); };
  if (begins("vpc-")) end.what = MirrorEnd::What::kVpc;
  if (begins("subnet-")) end.what = MirrorEnd::What::kSubnet;
  if (begins("ins-")) end.what = MirrorEnd::What::kInstance;
  if (ParseIpAddress(id.value)) end.what = MirrorEnd::What::kAddress;
  return end;
}

class MirrorReader {
 public:
  explicit MirrorReader(const Value& at) : at_(at) {
    part_.id = at.Text("TrafficMirrorId");
    vpc_ = at.FoundText("VpcId");
  }

  FoundMirrorPart Read(const std::string& name) {
    SourcedJson& body = part_.body = CopyMembers(at_, kMirrorKeys);
    const auto own_name = at_.Get("TrafficMirrorName");
    if (!name.empty()) {
      body.Replace("TrafficMirrorName",
                   SourcedJson::Text(name, own_name ? own_name->origin() : at_.origin()));
    }
    TakeSources();
    TakeNat();
    TakeConditions();
    TakeRules("IngressFilterRules");
    TakeRules("EgressFilterRules");
    TakeTarget();
    return std::move(part_);
  }

 private:
  void TakeSources() {
    const auto list = at_.Get("CollectorSrcs");
    if (!list) return;
    SourcedJson sources = SourcedJson::List(list->origin());
    for (FoundText& source : TextsOf(list)) {
      source.value = Trimmed(source.value);
      sources.Add(SourcedJson::Text(source));
      part_.ends.push_back(SourceOf(source, vpc_));
    }
    part_.body.Replace("CollectorSrcs", std::move(sources));
  }

  void TakeNat() {
    auto nat = at_.FoundText("NatId");
    if (!nat) return;
    part_.ends.push_back(
        {.what = MirrorEnd::What::kNatGateway, .id = std::move(*nat), .vpc = vpc_});
  }

  // A network without a length is one address.
  static SourcedJson Condition(const Value& item, std::span<const std::string_view> keys) {
    SourcedJson condition = CopyMembers(item, keys);
    for (const char* net : {"SrcNet", "DstNet"}) {
      const auto text = item.FoundText(net);
      const auto address = text ? ParseIpAddress(text->value) : std::nullopt;
      if (!address) continue;
      condition.Remove(net);
      condition.Set(
          net, SourcedJson::Text(text->value + (address->is_v4() ? "/32" : "/128"), text->origin));
    }
    return condition;
  }

  void TakeConditions() {
    const auto list = at_.Get("CollectorNormalFilters");
    if (!list || list->Items().empty()) return;
    SourcedJson conditions = SourcedJson::List(list->origin());
    for (const Value& item : list->Items()) {
      SourcedJson& condition = conditions.Add(Condition(item, kConditionKeys));
      // All of them have to hold, in whatever order: to accept is no news.
      if (item.Text("Action").empty() || item.Text("Action") == "ACCEPT") {
        condition.Remove("Action");
        condition.Remove("Priority");
      }
    }
    part_.body.Set("CollectorNormalFilters", std::move(conditions));
  }

  void TakeRules(std::string_view name) {
    const auto list = at_.Get(name);
    if (!list || list->Items().empty()) return;
    SourcedJson rules = SourcedJson::List(list->origin());
    for (const Value& item : list->Items()) rules.Add(Condition(item, kRuleKeys));
    part_.body.Set(name, std::move(rules));
  }

  // The receivers are ENIs or a CLB where TargetInfo names them; else their addresses.
  void TakeTarget() {
    const auto target = at_.Get("CollectorTarget");
    if (!target) return;
    SourcedJson taken = CopyMembers(*target, kTargetKeys);
    std::vector<FoundText> named = TextsOf(at_.ItemsOf("TargetInfo"), "TargetId");
    const std::vector<FoundText> addresses = TextsOf(target->Get("TargetIps"));
    const bool is_clb = target->Text("TargetType") == "CLB" ||
                        (!named.empty() && named.front().value.starts_with("lb-"));
    if (named.empty() || (!is_clb && !addresses.empty())) named = addresses;
    const auto list = target->Get("TargetIps");
    SourcedJson receivers = SourcedJson::List(list ? list->origin() : target->origin());
    for (const FoundText& receiver : named) {
      receivers.Add(SourcedJson::Text(receiver));
      part_.ends.push_back({.what = WhatOf(receiver.value, is_clb),
                            .is_receiver = true,
                            .id = receiver,
                            .vpc = vpc_,
                            .balancer_kind = "clb"});
    }
    taken.Replace("TargetIps", std::move(receivers));
    if (is_clb) {
      taken.Replace("TargetType", SourcedJson::Text("CLB", target->origin()));
    }
    part_.body.Replace("CollectorTarget", std::move(taken));
  }

  static MirrorEnd::What WhatOf(const std::string& receiver, bool is_clb) {
    if (is_clb) return MirrorEnd::What::kBalancer;
    return ParseIpAddress(receiver) ? MirrorEnd::What::kAddress : MirrorEnd::What::kEni;
  }

  const Value& at_;
  std::optional<FoundText> vpc_;
  FoundMirrorPart part_{.body = SourcedJson::Object()};
};

// Names are free text and need not differ; what is no ID, or is there twice, gives way to
// the mirror's ID.
std::string NameOf(const Value& mirror, const std::map<std::string_view, int>& times) {
  const std::string_view name = mirror.Text("TrafficMirrorName");
  const std::string_view id = mirror.Text("TrafficMirrorId");
  const bool is_alone = IsName(name) && times.find(name)->second == 1;
  return std::string(is_alone || id.empty() ? name : id);
}

}  // namespace

void KeepTencentMirror(const Value& mirror, const Value&, Gathered& into) {
  const std::string_view id = mirror.Text("TrafficMirrorId");
  if (!id.empty() && !into.IsNew("mirror", id, mirror)) return;
  into.parts[std::string(kMirrorList)].push_back(mirror);
}

void FinishTencentMirrors(Gathered& into) {
  const std::vector<Value>& mirrors = into.parts[std::string(kMirrorList)];
  std::map<std::string_view, int> times;
  for (const Value& mirror : mirrors) ++times[mirror.Text("TrafficMirrorName")];
  for (const Value& mirror : mirrors) {
    const std::string name = NameOf(mirror, times);
    if (mirror.Text("Type") == "PUBLICIP") {
      into.AddGap("mirror_of_public_ips",
                  fmt::format("Mirror {} is left out: mirrors of public IPs (PUBLICIP) are not "
                              "simulated.",
                              name),
                  "nothing to do: its copies are not among what is reckoned", mirror.origin());
      continue;
    }
    into.inventory.mirrors.push_back(MirrorReader(mirror).Read(name));
  }
}

}  // namespace vpcmirror::sim
