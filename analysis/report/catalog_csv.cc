#include "analysis/report/catalog_csv.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "analysis/report/csv_text.h"

namespace vpcmirror {
namespace {

constexpr std::int64_t kMega = 1'000'000;
constexpr std::int64_t kGiga = 1'000'000'000;
constexpr std::int64_t kGib = std::int64_t{1} << 30;

// count / unit as a decimal number, exactly. Requires a unit of twos and fives.
std::string DecimalText(std::int64_t count, std::int64_t unit) {
  std::string text = std::to_string(count / unit);
  std::int64_t rest = count % unit;
  if (rest != 0) text += '.';
  for (; rest != 0; rest = rest * 10 % unit) text += static_cast<char>('0' + rest * 10 / unit);
  return text;
}

template <class Figure>
std::string FigureCell(const std::optional<Figure>& figure, std::int64_t unit = 1) {
  if (!figure) return "";
  if constexpr (std::is_integral_v<Figure>) {
    return DecimalText(*figure, unit);
  } else {
    return DecimalText(figure->count(), unit);
  }
}

std::string YesNoCell(const std::optional<bool>& flag) { return !flag ? "" : *flag ? "yes" : "no"; }

std::string AmountCell(const CatalogType& type) {
  if (!type.hour_price) return "";
  std::array<char, 64> text{};  // a price of an hour has some 10 digits
  const auto end = std::to_chars(text.data(), text.data() + text.size(), type.hour_price->amount,
                                 std::chars_format::fixed);
  return end.ec == std::errc() ? std::string(text.data(), end.ptr) : "";
}

std::string CurrencyCell(const CatalogType& type) {
  return type.hour_price ? type.hour_price->currency : "";
}

std::string KnownCell(const CatalogType& type) {
  std::string cell;
  for (const KnownFlaw& flaw : type.known) {
    cell += (cell.empty() ? "" : "; ") + flaw.code + ": " + flaw.reason;
  }
  return cell;
}

std::string CrossoverCell(const Limits& limits) {
  const auto bytes = CrossoverBytes(limits);
  return bytes ? fmt::format("{:.1f}", *bytes) : "";
}

struct CatalogColumn {
  const char* name;
  std::string (*cell)(const CatalogType&);
};

std::string TableCsv(const std::vector<CatalogColumn>& columns,
                     const std::vector<CatalogType>& types) {
  std::string out;
  for (const CatalogColumn& column : columns)
    out += (out.empty() ? "" : ",") + std::string(column.name);
  out += '\n';
  for (const CatalogType& type : types) {
    for (std::size_t i = 0; i < columns.size(); ++i) {
      out += (i == 0 ? "" : ",") + CsvCell(columns[i].cell(type));
    }
    out += '\n';
  }
  return out;
}

const CatalogColumn kName = {"instance_type", [](const CatalogType& t) { return t.type.name; }};
const CatalogColumn kVcpu = {"vcpu",
                             [](const CatalogType& t) { return FigureCell(t.type.limits.vcpus); }};
const CatalogColumn kEnis = {"eni_max",
                             [](const CatalogType& t) { return FigureCell(t.type.max_enis); }};
const CatalogColumn kSource = {"source", [](const CatalogType& t) { return t.type.source; }};
const CatalogColumn kAsOf = {"as_of", [](const CatalogType& t) { return t.type.as_of; }};
const CatalogColumn kHourPrice = {"hour_price", &AmountCell};
const CatalogColumn kCurrency = {"currency", &CurrencyCell};
const CatalogColumn kKnownColumn = {"known", &KnownCell};

std::string CatalogFile(std::vector<CatalogColumn> columns, const std::vector<CatalogType>& types) {
  columns.insert(columns.end(), {kEnis, kSource, kAsOf});
  const auto some = [&](auto has) { return std::any_of(types.begin(), types.end(), has); };
  if (some([](const CatalogType& t) { return t.hour_price.has_value(); })) {
    columns.insert(columns.end(), {kHourPrice, kCurrency});
  }
  if (some([](const CatalogType& t) { return !t.known.empty(); })) columns.push_back(kKnownColumn);
  return TableCsv(columns, types);
}

}  // namespace

std::string CatalogListCsv(const std::vector<CatalogType>& types) {
  return TableCsv(
      {kName,
       {"provider", [](const CatalogType& t) { return t.provider; }},
       kVcpu,
       {"memory_bytes", [](const CatalogType& t) { return FigureCell(t.type.limits.memory); }},
       {"limit_model",
        [](const CatalogType& t) { return std::string(ToString(t.type.limits.model)); }},
       {"bandwidth_bps", [](const CatalogType& t) { return FigureCell(t.type.limits.bandwidth); }},
       {"peak_bandwidth_bps", [](const CatalogType& t) { return FigureCell(t.peak_bandwidth); }},
       {"packet_rate_pps",
        [](const CatalogType& t) { return FigureCell(t.type.limits.packet_rate); }},
       {"crossover_bytes", [](const CatalogType& t) { return CrossoverCell(t.type.limits); }},
       {"connections", [](const CatalogType& t) { return FigureCell(t.connections); }},
       {"queues", [](const CatalogType& t) { return FigureCell(t.queues); }},
       kEnis,
       {"ipv4_per_eni", [](const CatalogType& t) { return FigureCell(t.ipv4_per_eni); }},
       {"mirror_source", [](const CatalogType& t) { return YesNoCell(t.mirror_source); }},
       kHourPrice,
       kCurrency,
       kKnownColumn,
       kSource,
       kAsOf},
      types);
}

std::string ReceiverListCsv(const std::vector<CatalogReceiver>& receivers) {
  std::string out =
      "receiver,bandwidth_per_vcpu_bps,low_bps,high_bps,most_bps,packet_rate_per_vcpu_pps,"
      "scaling_efficiency,ring_frames,source,as_of\n";
  for (const CatalogReceiver& each : receivers) {
    const ReceiverProfile& p = each.profile;
    out += fmt::format("{},{},{},{},{},{},{},{},{},{}\n", CsvCell(p.name),
                       FigureCell(p.bandwidth_per_vcpu), FigureCell(p.bandwidth_low),
                       FigureCell(p.bandwidth_high), FigureCell(p.bandwidth_most),
                       FigureCell(p.packets_per_vcpu), p.scaling_efficiency, p.ring_frames,
                       CsvCell(p.source), CsvCell(p.as_of));
  }
  return out;
}

std::string TencentTypesCsv(const std::vector<CatalogType>& types) {
  return CatalogFile(
      {kName,
       kVcpu,
       {"memory_gb", [](const CatalogType& t) { return FigureCell(t.type.limits.memory, kGib); }},
       {"pps_in_plus_out",
        [](const CatalogType& t) { return FigureCell(t.type.limits.packet_rate); }},
       {"connections", [](const CatalogType& t) { return FigureCell(t.connections); }},
       {"queues", [](const CatalogType& t) { return FigureCell(t.queues); }},
       {"private_gbps_in_plus_out",
        [](const CatalogType& t) { return FigureCell(t.type.limits.bandwidth, kGiga); }}},
      types);
}

std::string AwsTypesCsv(const std::vector<CatalogType>& types) {
  return CatalogFile(
      {kName,
       kVcpu,
       {"memory_gib", [](const CatalogType& t) { return FigureCell(t.type.limits.memory, kGib); }},
       {"baseline_mbps",
        [](const CatalogType& t) { return FigureCell(t.type.limits.bandwidth, kMega); }},
       {"peak_mbps", [](const CatalogType& t) { return FigureCell(t.peak_bandwidth, kMega); }},
       {"ipv4_per_eni", [](const CatalogType& t) { return FigureCell(t.ipv4_per_eni); }},
       {"mirror_source_ok_2023_24",
        [](const CatalogType& t) { return YesNoCell(t.mirror_source); }}},
      types);
}

}  // namespace vpcmirror
