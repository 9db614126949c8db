#include "sim/cli/tencent_bodies.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "models/scenario/find_enis.h"
#include "sim/cli/tencent_names.h"

namespace vpcmirror::sim {
namespace {

using Json = nlohmann::json;
using Ordered = nlohmann::ordered_json;

// Writes one mirror, as far as it can; what keeps it from it goes to `errors`.
class BodyWriter {
 public:
  BodyWriter(const ExaminedScenario& examined, const MirrorSpec& spec, const PlacedMirror& placed)
      : examined_(examined),
        spec_(spec),
        placed_(placed),
        written_(examined.document.root.at(Json::json_pointer(spec.path))) {}

  Ordered Write(TencentNames& names, std::vector<ScenarioError>& errors,
                std::vector<std::string>& notes) {
    Ordered body;
    body["VpcId"] = names.OfVpc(placed_.vpc);
    body["TrafficMirrorName"] = id();
    Keep(body, "TrafficMirrorDescribe");
    // Mandatory for mirrors of type VPC; and no document says which way a mirror without a
    // Direction copies, while check has judged it by one.
    body["State"] = written_.value("State", "RUNNING");
    body["Direction"] = written_.value("Direction", "ALL");
    Keep(body, "Type");
    body["CollectorSrcs"] = Sources(names, errors);
    WriteFilter(body, names);
    body["CollectorTarget"] = Target(names, notes);
    WriteSubnet(body, names);
    Keep(body, "Tags");
    CheckOptions(errors, notes);
    return body;
  }

  const std::string& id() const { return placed_.mirror->settings().id; }

 private:
  const ValidScenario& valid() const { return *examined_.sound; }
  const Deployment& deployment() const { return *valid().deployment; }
  const ProviderProfile& profile() const {
    return valid().providers[deployment().vpcs[placed_.vpc].provider];
  }

  void Keep(Ordered& body, const char* key) const {
    if (written_.contains(key)) body[key] = written_[key];
  }

  Ordered Sources(TencentNames& names, std::vector<ScenarioError>& errors) {
    std::vector<std::string> objects;
    const auto add = [&](std::string object) {
      const bool is_new = std::find(objects.begin(), objects.end(), object) == objects.end();
      if (is_new) objects.push_back(std::move(object));
    };
    for (const CollectionRange& range : FindRanges(valid(), spec_.sources, placed_.vpc)) {
      if (range.kind == CollectionRange::Kind::kVpc) {
        add(names.OfVpc(range.index));
      } else if (range.kind == CollectionRange::Kind::kSubnet) {
        add(names.OfSubnet(range.index));
      } else {
        for (const std::size_t eni : range.enis) add(names.OfEni(eni));
      }
    }
    CheckNumber(objects.size(), errors);
    return objects;
  }

  // Hosts of the scenario are ENIs to the API.
  void CheckNumber(std::size_t objects, std::vector<ScenarioError>& errors) const {
    for (const Quota& quota : profile().quotas) {
      if (quota.name != "objects_per_mirror" || !quota.most) continue;
      if (objects <= static_cast<std::size_t>(*quota.most)) continue;
      ScenarioError error;
      error.path = spec_.path + "/CollectorSrcs";
      error.message =
          fmt::format("mirror {} watches {} collection objects, ENI by ENI", id(), objects);
      error.accepted =
          fmt::format("at most {}: their subnets or the VPC, or several mirrors", *quota.most);
      errors.push_back(std::move(error));
    }
  }

  void WriteFilter(Ordered& body, TencentNames& names) const {
    if (spec_.filter.nat_id) {
      body["NatId"] = names.OfNatGateway(spec_.filter.nat_id->value, placed_.vpc);
    }
    const auto conditions = written_.find("CollectorNormalFilters");
    if (conditions != written_.end() && !conditions->empty()) {
      body["CollectorNormalFilters"] = *conditions;
    }
    for (const char* list : {"IngressFilterRules", "EgressFilterRules"}) {
      const auto rules = written_.find(list);
      if (rules != written_.end() && !rules->empty()) body[list] = Rules(*rules);
    }
  }

  // Order and action as check has them where the scenario leaves them out: no document says
  // what the API takes then. What only an answer of the API has is left out.
  Ordered Rules(const Json& rules) const {
    Ordered all = Ordered::array();
    for (const Json& rule : rules) {
      Ordered one;
      for (const char* key : {"SrcNet", "DstNet", "Protocol", "SrcPort", "DstPort"}) {
        if (rule.contains(key)) one[key] = rule[key];
      }
      one["Priority"] = rule.contains("Priority") ? rule["Priority"] : Json(Priority(all.size()));
      one["Action"] = rule.value("Action", "ACCEPT");
      if (rule.contains("Description")) one["Description"] = rule["Description"];
      all.push_back(std::move(one));
    }
    return all;
  }

  // From 1: what the API makes of 0 beside an absent one is documented nowhere.
  std::int64_t Priority(std::size_t position) const {
    const FilterRules& rules = *profile().rule_mode;
    const auto from = static_cast<std::int64_t>(position);
    const std::int64_t first = std::max<std::int64_t>(rules.priority.first, 1);
    return rules.largest_first ? rules.priority.last - from : first + from;
  }

  Ordered Target(TencentNames& names, std::vector<std::string>& notes) const {
    const Json& written = written_["CollectorTarget"];
    Ordered target;
    std::vector<std::string> receivers;
    if (placed_.load_balancer) {
      receivers.push_back(names.OfLoadBalancer(*placed_.load_balancer));
    } else {
      for (std::size_t i = 0; i < placed_.receiver_enis.size(); ++i) {
        receivers.push_back(Receiver(names, i));
      }
    }
    target["TargetIps"] = receivers;
    // Which receiver a copy goes to rests on it where there are several.
    const bool by_flow = placed_.mirror->settings().choice == ReceiverChoice::kByFlow;
    if (written.contains("AlgHash") || receivers.size() > 1) {
      target["AlgHash"] = by_flow ? "FIVE_TUPLE_FLOW" : "ENI";
    }
    const std::string type = written.value("TargetType", "");
    if (type == "CLB" || type == "IP") target["TargetType"] = type;
    if (type == "ENI") {
      target["TargetType"] = "IP";
      notes.push_back(fmt::format(
          "mirror {}: written with TargetType IP and the addresses of its receivers, since no "
          "document says what TargetIps holds beside TargetType ENI",
          id()));
    }
    return target;
  }

  std::string Receiver(TencentNames& names, std::size_t number) const {
    const IpAddress& address = placed_.mirror->settings().receivers[number].address;
    const bool is_written = std::any_of(
        spec_.targets.begin(), spec_.targets.end(),
        [&](const At<std::string>& each) { return ParseIpAddress(each.value) == address; });
    return names.AddressOf(placed_.receiver_enis[number], address, is_written);
  }

  void WriteSubnet(Ordered& body, TencentNames& names) const {
    if (!written_.contains("SubnetId")) return;
    const auto& name = written_["SubnetId"].get_ref<const std::string&>();
    for (std::size_t i = 0; i < deployment().subnets.size(); ++i) {
      const Subnet& subnet = deployment().subnets[i];
      if (subnet.vpc != placed_.vpc || (subnet.name != name && subnet.id != name)) continue;
      body["SubnetId"] = names.OfSubnet(i);
      return;
    }
    body["SubnetId"] = name;
  }

  void CheckOptions(std::vector<ScenarioError>& errors, std::vector<std::string>& notes) const {
    const auto options = written_.find("options");
    if (options == written_.end()) return;
    for (const auto& [option, value] : options->items()) {
      // How a copy travels is the cloud's own and an assumption here; the others ask for
      // copies that nobody would make.
      if (option == "encapsulation" || option == "mtu_policy") {
        notes.push_back(fmt::format(
            "mirror {}: the API has no {} (options.{}); what the cloud does may differ from it",
            id(), option, option));
        continue;
      }
      ScenarioError error;
      error.path = spec_.path + "/options/" + option;
      error.message = fmt::format(
          "mirror {}: the API has no {}, so that what it deploys would "
          "copy other traffic, or send it elsewhere, than check has judged",
          id(), option);
      error.accepted = "the mirror without this option, checked again";
      errors.push_back(std::move(error));
    }
  }

  const ExaminedScenario& examined_;
  const MirrorSpec& spec_;
  const PlacedMirror& placed_;
  const Json& written_;
};

// That the timeline creates are not among them.
const PlacedMirror* PlacedOf(const ValidScenario& valid, const MirrorSpec& spec) {
  const auto is = [&](const PlacedMirror& each) { return each.path == spec.path; };
  const auto found = std::find_if(valid.mirrors.begin(), valid.mirrors.end(), is);
  return found == valid.mirrors.end() ? nullptr : &*found;
}

ScenarioError OtherCloud(const MirrorSpec& spec) {
  ScenarioError error;
  error.path = spec.path;
  error.message = "this is " + spec.spoken + ", and only Tencent Cloud's mirrors can be exported";
  error.accepted = "a CreateTrafficMirror body of Tencent Cloud in a VPC of provider tencent";
  return error;
}

void Locate(std::vector<ScenarioError>& errors, const ExaminedScenario& examined) {
  for (ScenarioError& error : errors) {
    const TextPosition at = examined.PositionOf(error.path);
    error.file = examined.document.file;
    error.line = at.line;
    error.column = at.column;
  }
  std::stable_sort(errors.begin(), errors.end(), [](const auto& a, const auto& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
}

std::string NoteOf(const ScenarioError& missing) {
  return missing.message + "; their names stand for them (" + missing.path + ")";
}

}  // namespace

TencentExport TencentBodies(const ExaminedScenario& examined, WithoutId without_id) {
  TencentExport exported;
  std::vector<ScenarioError> errors;
  TencentNames names(examined);
  for (const MirrorSpec& spec : examined.written.mirrors) {
    const PlacedMirror* placed = PlacedOf(*examined.sound, spec);
    if (spec.api != "tencent") {
      errors.push_back(OtherCloud(spec));
    } else if (placed != nullptr) {
      BodyWriter writer(examined, spec, *placed);
      exported.bodies.push_back({writer.id(), writer.Write(names, errors, exported.notes)});
    }
  }
  for (const ScenarioError& missing : names.Missing()) {
    if (without_id == WithoutId::kRefuse) errors.push_back(missing);
    if (without_id == WithoutId::kName) exported.notes.push_back(NoteOf(missing));
  }
  if (errors.empty()) return exported;
  Locate(errors, examined);
  throw ScenarioException(std::move(errors));
}

}  // namespace vpcmirror::sim
