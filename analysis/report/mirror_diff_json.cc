#include "analysis/report/mirror_diff_json.h"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "analysis/report/findings.h"
#include "analysis/report/flow_json.h"
#include "analysis/report/flow_set_words.h"

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

std::string_view PresenceWord(MirroringGroup::Presence presence) {
  constexpr std::array<std::string_view, 3> kWords = {"both", "before", "after"};
  return kWords[static_cast<std::size_t>(presence)];
}

// IANA numbers as ranges: "6", "0-255".
Json ProtocolsJson(const std::bitset<256>& protocols) {
  RangeSet<std::uint16_t> numbers;
  for (std::uint16_t i = 0; i < protocols.size(); ++i) {
    if (protocols[i]) numbers = numbers.With(RangeSet<std::uint16_t>({i, i}));
  }
  return PortRangeTexts(numbers);
}

Json BoxJson(const FlowBox& box) {
  Json json = {{"family", box.family == IpFamily::kV4 ? "IPv4" : "IPv6"},
               {"protocols", ProtocolsJson(box.protocols)},
               {"ports", box.has_ports ? "known" : "none"},
               {"sources", AddressRangeTexts(box.sources, box.family)},
               {"destinations", AddressRangeTexts(box.destinations, box.family)}};
  if (box.has_ports) {
    json["source_ports"] = PortRangeTexts(box.source_ports);
    json["destination_ports"] = PortRangeTexts(box.destination_ports);
  }
  return json;
}

Json WitnessOf(const DiffEntry& entry) {
  if (!entry.witness) return nullptr;
  return {{"eni", entry.witness->eni},
          {"direction", ToString(entry.witness->direction)},
          {"packet", PacketWords(*entry.witness)},
          {"flow", FlowJson(entry.witness->flow)},
          {"nat_gateway", entry.nat_gateway ? Json(*entry.nat_gateway) : Json(nullptr)},
          {"holds_in_place", entry.holds_in_place}};
}

Json DirectionsJson(const std::vector<Direction>& directions) {
  Json json = Json::array();
  for (const Direction each : directions) json.push_back(ToString(each));
  return json;
}

Json EntryJson(const DiffEntry& entry) {
  const MirroringChange& change = *entry.change;
  Json json = {{"kind", ToString(change.kind)},
               {"also_altered", change.is_also_altered},
               {"also_other_share", change.has_also_other_share},
               {"to_mirror_port", change.is_to_mirror_port},
               {"directions", DirectionsJson(entry.directions)},
               {"present", PresenceWord(entry.presence)},
               {"enis", entry.enis},
               {"mirrors", {{"before", entry.before}, {"after", entry.after}}},
               {"whole_mirror", change.is_whole_mirror},
               {"packets", PacketsWords(entry)}};
  json["traits"] = Json::array();
  for (const TraitChange& trait : change.traits) {
    json["traits"].push_back(
        {{"name", trait.name}, {"before", trait.before}, {"after", trait.after}});
  }
  json["flows"] = Json::array();
  for (const FlowBox& box : change.flows.boxes()) json["flows"].push_back(BoxJson(box));
  json["ether_types"] = Json::array();
  for (const std::uint16_t type : entry.ether_types) {
    json["ether_types"].push_back(type == kAnyOtherEtherType ? "other"
                                                             : fmt::format("0x{:04x}", type));
  }
  json["witness"] = WitnessOf(entry);
  return json;
}

}  // namespace

std::string MirrorDiffJson(const DiffReport& report) {
  Json changes = Json::array();
  for (const DiffEntry& entry : DiffEntriesOf(report)) changes.push_back(EntryJson(entry));
  std::size_t changed = 0;
  for (const MirroringGroup& group : report.diff.groups) changed += group.enis.size();
  Json json = {{"schema", kDiffSchema},
               {"version", report.version},
               {"before", report.before},
               {"after", report.after},
               {"summary",
                {{"changes", changes.size()},
                 {"changed_enis", changed},
                 {"unchanged_enis", report.diff.unchanged_enis},
                 {"complete", !report.diff.gave_up()}}}};
  json["changes"] = std::move(changes);
  json["drops"] = DropsWords(report);
  json["not_compared"] = NotComparedWords(report);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace vpcmirror
