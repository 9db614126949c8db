#include "analysis/report/catalog_json.h"

#include <nlohmann/json.hpp>
#include <optional>

namespace vpcmirror {
namespace {

using Json = nlohmann::ordered_json;

template <class Figure>
Json OrNull(const std::optional<Figure>& figure) {
  if (!figure) return nullptr;
  if constexpr (std::is_arithmetic_v<Figure>) {
    return *figure;
  } else {
    return figure->count();
  }
}

Json TypeRow(const CatalogType& row) {
  const Limits& limits = row.type.limits;
  Json json;
  json["name"] = row.type.name;
  json["provider"] = row.provider;
  json["family"] = std::string(FamilyOf(row.type.name));
  json["vcpus"] = OrNull(limits.vcpus);
  json["memory_bytes"] = OrNull(limits.memory);
  json["limit_model"] = ToString(limits.model);
  json["bandwidth_bps"] = OrNull(limits.bandwidth);
  json["peak_bandwidth_bps"] = OrNull(row.peak_bandwidth);
  json["packet_rate_pps"] = OrNull(limits.packet_rate);
  json["crossover_bytes"] = OrNull(CrossoverBytes(limits));
  json["connections"] = OrNull(row.connections);
  json["queues"] = OrNull(row.queues);
  json["enis"] = OrNull(row.type.max_enis);
  json["ipv4_per_eni"] = OrNull(row.ipv4_per_eni);
  json["mirror_source"] = OrNull(row.mirror_source);
  json["hour_price"] = row.hour_price ? Json{{"amount", row.hour_price->amount},
                                             {"currency", row.hour_price->currency}}
                                      : Json(nullptr);
  json["doubts"] = Json::array();
  for (const KnownFlaw& flaw : row.known) {
    json["doubts"].push_back({{"code", flaw.code}, {"reason", flaw.reason}});
  }
  json["source"] = row.type.source;
  json["as_of"] = row.type.as_of;
  return json;
}

Json ReceiverRow(const CatalogReceiver& row) {
  const ReceiverProfile& profile = row.profile;
  Json json;
  json["name"] = profile.name;
  json["bandwidth_per_vcpu_bps"] = OrNull(profile.bandwidth_per_vcpu);
  json["low_bps"] = OrNull(profile.bandwidth_low);
  json["high_bps"] = OrNull(profile.bandwidth_high);
  json["most_bps"] = OrNull(profile.bandwidth_most);
  json["packet_rate_per_vcpu_pps"] = OrNull(profile.packets_per_vcpu);
  json["scaling_efficiency"] = profile.scaling_efficiency;
  json["ring_frames"] = profile.ring_frames;
  json["source"] = profile.source;
  json["as_of"] = profile.as_of;
  return json;
}

std::string Written(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

template <class Rows, class ToJson>
std::string ListText(const Rows& rows, ToJson to_json) {
  Json list = Json::array();
  for (const auto& row : rows) list.push_back(to_json(row));
  return Written(list);
}

}  // namespace

std::string CatalogListJson(const std::vector<CatalogType>& types) {
  return ListText(types, TypeRow);
}
std::string CatalogTypeJson(const CatalogType& type) { return Written(TypeRow(type)); }
std::string ReceiverListJson(const std::vector<CatalogReceiver>& receivers) {
  return ListText(receivers, ReceiverRow);
}
std::string CatalogReceiverJson(const CatalogReceiver& receiver) {
  return Written(ReceiverRow(receiver));
}

std::string LintJson(const std::vector<LintedTable>& tables) {
  Json json;
  json["findings"] = Json::array();
  int rows = 0;
  int known = 0;
  int found = 0;
  for (const LintedTable& table : tables) {
    rows += table.rows;
    for (const CatalogFinding& each : table.findings) {
      ++(each.known_because.empty() ? found : known);
      json["findings"].push_back({{"code", each.code},
                                  {"file", table.file},
                                  {"line", each.line},
                                  {"name", each.name},
                                  {"message", each.message},
                                  {"advice", each.advice},
                                  {"known_because", each.known_because}});
    }
  }
  json["rows"] = rows;
  json["found"] = found;
  json["known"] = known;
  return Written(json);
}

}  // namespace vpcmirror
