#include "sim/input/catalog.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "sim/input/csv.h"
#include "sim/input/json_document.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

namespace fs = std::filesystem;

// What every table of instance types may have beside its own columns.
const std::vector<std::string> kExtraColumns = {"hour_price", "currency", "known"};

CsvColumns TencentColumns() {
  return {.required = {"instance_type", "vcpu", "memory_gb", "pps_in_plus_out", "connections",
                       "queues", "private_gbps_in_plus_out", "eni_max", "source", "as_of"},
          .optional = kExtraColumns};
}

CsvColumns AwsColumns() {
  return {.required = {"instance_type", "vcpu", "memory_gib", "baseline_mbps", "peak_mbps",
                       "eni_max", "ipv4_per_eni", "mirror_source_ok_2023_24", "source", "as_of"},
          .optional = kExtraColumns};
}

CsvColumns ReceiverColumns() {
  return {.required = {"receiver", "gbps_per_vcpu", "gbps_low", "gbps_high", "gbps_most",
                       "pps_per_vcpu", "scaling_efficiency", "ring_frames", "source", "as_of"}};
}

// One row, and where its faults go.
class Row {
 public:
  Row(const CsvTable& table, const CsvRow& row, std::vector<ScenarioError>& errors)
      : table_(table), row_(row), errors_(errors) {}

  const std::string& Text(std::string_view column) const { return CellOf(table_, row_, column); }

  // The cell and `unit` as a quantity; empty for an empty cell.
  template <class T>
  std::optional<T> Quantity(std::string_view column, std::string_view unit,
                            Parsed<T> (*parse)(std::string_view)) const {
    const std::string& text = Text(column);
    if (text.empty()) return std::nullopt;
    const Parsed<T> parsed = parse(text + std::string(unit));
    if (!parsed || *parsed.value == T{}) {
      Complain(column, text, "a positive decimal number, or nothing where it is not known");
      return std::nullopt;
    }
    return parsed.value;
  }

  std::optional<int> Integer(std::string_view column) const {
    return Quantity<int>(column, " frames", &ParseFrames);
  }

  // A cell that must not be empty; a column that is missing has been told already.
  std::string Required(std::string_view column) const {
    const std::string& text = Text(column);
    if (text.empty() && HasColumn(table_, column))
      Complain(column, text, "something: every row has it");
    return text;
  }

  int line() const { return row_.line; }

  void Complain(std::string_view column, std::string_view found, std::string accepted) const {
    ScenarioError error;
    error.file = table_.file;
    error.line = row_.line;
    error.column = 1;
    error.message = found.empty() ? fmt::format("{} is empty", column)
                                  : fmt::format("{} is \"{}\"", column, found);
    error.accepted = std::move(accepted);
    errors_.push_back(std::move(error));
  }

 private:
  const CsvTable& table_;
  const CsvRow& row_;
  std::vector<ScenarioError>& errors_;
};

template <class Entry>
void AddUnique(const Row& row, std::string_view column, const std::string& name,
               std::set<std::string>& names, std::vector<Entry>& all, Entry entry) {
  if (!names.insert(name).second) row.Complain(column, name, "a name that no other row has");
  all.push_back(std::move(entry));
}

std::string TypeName(const Row& row) {
  std::string name = row.Required("instance_type");
  if (!name.empty() && !IsTypeName(name)) {
    row.Complain("instance_type", name, "a type's name: letters, digits, dots and dashes");
  }
  return name;
}

std::optional<double> PositiveNumber(const std::string& text) {
  double number = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  const bool is_good = parsed.ec == std::errc() && parsed.ptr == end && number > 0;
  return is_good ? std::optional(number) : std::nullopt;
}

std::optional<HourPrice> PriceOf(const Row& row) {
  const std::string& text = row.Text("hour_price");
  const std::string& currency = row.Text("currency");
  if (text.empty() && currency.empty()) return std::nullopt;
  constexpr double kLeast = 1e-9;  // of any currency, and the most: beyond is a slip
  constexpr double kMost = 1e9;
  auto amount = PositiveNumber(text);
  if (amount && (*amount < kLeast || *amount > kMost)) amount.reset();
  if (!amount) row.Complain("hour_price", text, "a positive decimal number of `currency`");
  const bool is_code =
      currency.size() == 3 &&
      std::all_of(currency.begin(), currency.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!is_code) row.Complain("currency", currency, "a currency's code, such as USD");
  if (!amount || !is_code) return std::nullopt;
  return HourPrice{*amount, currency};
}

std::optional<bool> YesOrNo(const Row& row, std::string_view column) {
  const std::string& text = row.Text(column);
  if (text.empty()) return std::nullopt;
  if (text != "yes" && text != "no") row.Complain(column, text, "yes, no or nothing");
  return text == "yes";
}

// "CAT-TWIN: reason; CAT-NAME: reason". A reason may have semicolons of its own.
std::vector<KnownFlaw> KnownFlaws(const Row& row) {
  std::vector<KnownFlaw> known;
  std::string_view rest = row.Text("known");
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find("; CAT-"), rest.size());
    const std::string_view part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 2, rest.size()));
    const std::size_t colon = part.find(": ");
    if (colon == std::string_view::npos || colon == 0 || colon + 2 == part.size()) {
      row.Complain("known", part, "CODE: why the row stays as it is; several with \"; \" between");
      return {};
    }
    known.push_back({std::string(part.substr(0, colon)), std::string(part.substr(colon + 2))});
  }
  return known;
}

CatalogType CommonOf(const Row& row) {
  CatalogType entry;
  entry.line = row.line();
  entry.type.name = TypeName(row);
  entry.type.limits.vcpus = row.Integer("vcpu");
  entry.type.max_enis = row.Integer("eni_max");
  entry.type.source = row.Required("source");
  entry.type.as_of = row.Required("as_of");
  entry.hour_price = PriceOf(row);
  entry.known = KnownFlaws(row);
  return entry;
}

void CheckRange(const Row& row, const ReceiverProfile& profile) {
  if (!profile.bandwidth_low && !profile.bandwidth_high) return;
  const bool ordered = profile.bandwidth_low && profile.bandwidth_high &&
                       profile.bandwidth_per_vcpu &&
                       *profile.bandwidth_low <= *profile.bandwidth_per_vcpu &&
                       *profile.bandwidth_per_vcpu <= *profile.bandwidth_high;
  if (!ordered) {
    row.Complain("gbps_low", row.Text("gbps_low"),
                 "gbps_low <= gbps_per_vcpu <= gbps_high, or neither low nor high");
  }
}

}  // namespace

void ReadTencentTypes(std::string_view text, const std::string& file, Catalog& into) {
  const CsvTable table = ParseCsv(text, file, TencentColumns(), into.errors);
  std::set<std::string> names;
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, into.errors);
    CatalogType entry = CommonOf(row);
    entry.provider = "tencent";
    Limits& limits = entry.type.limits;
    limits.model = LimitModel::kCombined;
    limits.memory = row.Quantity("memory_gb", " GiB", &ParseBytes);
    limits.packet_rate = row.Quantity("pps_in_plus_out", " pps", &ParsePacketRate);
    limits.bandwidth = row.Quantity("private_gbps_in_plus_out", " Gbps", &ParseBandwidth);
    entry.connections = row.Integer("connections");
    entry.queues = row.Integer("queues");
    AddUnique(row, "instance_type", entry.type.name, names, into.types, entry);
  }
}

void ReadAwsTypes(std::string_view text, const std::string& file, Catalog& into) {
  const CsvTable table = ParseCsv(text, file, AwsColumns(), into.errors);
  std::set<std::string> names;
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, into.errors);
    CatalogType entry = CommonOf(row);
    entry.provider = "aws";
    Limits& limits = entry.type.limits;
    limits.model = LimitModel::kPerDirection;
    limits.memory = row.Quantity("memory_gib", " GiB", &ParseBytes);
    limits.bandwidth = row.Quantity("baseline_mbps", " Mbps", &ParseBandwidth);
    entry.peak_bandwidth = row.Quantity("peak_mbps", " Mbps", &ParseBandwidth);
    entry.ipv4_per_eni = row.Integer("ipv4_per_eni");
    entry.mirror_source = YesOrNo(row, "mirror_source_ok_2023_24");
    AddUnique(row, "instance_type", entry.type.name, names, into.types, entry);
  }
}

void ReadReceivers(std::string_view text, const std::string& file, Catalog& into) {
  const CsvTable table = ParseCsv(text, file, ReceiverColumns(), into.errors);
  std::set<std::string> names;
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, into.errors);
    CatalogReceiver entry{.line = row.line()};
    ReceiverProfile& profile = entry.profile;
    profile.name = row.Required("receiver");
    profile.bandwidth_per_vcpu = row.Quantity("gbps_per_vcpu", " Gbps", &ParseBandwidth);
    profile.bandwidth_low = row.Quantity("gbps_low", " Gbps", &ParseBandwidth);
    profile.bandwidth_high = row.Quantity("gbps_high", " Gbps", &ParseBandwidth);
    profile.bandwidth_most = row.Quantity("gbps_most", " Gbps", &ParseBandwidth);
    CheckRange(row, profile);
    profile.packets_per_vcpu = row.Quantity("pps_per_vcpu", " pps", &ParsePacketRate);
    profile.ring_frames = row.Integer("ring_frames").value_or(0);
    profile.source = row.Required("source");
    profile.as_of = row.Required("as_of");
    const std::string& efficiency = row.Text("scaling_efficiency");
    profile.scaling_efficiency = PositiveNumber(efficiency).value_or(0);
    if (!(profile.scaling_efficiency > 0 && profile.scaling_efficiency <= 1) &&
        HasColumn(table, "scaling_efficiency")) {
      row.Complain("scaling_efficiency", efficiency, "a number over 0 and up to 1");
    }
    AddUnique(row, "receiver", profile.name, names, into.receivers, entry);
  }
}

void ReadCatalogTable(std::string_view text, const std::string& file, Catalog& into) {
  const std::vector<std::string> header = ColumnsOfCsv(text);
  const auto in_common = [&](const CsvColumns& columns) {
    return std::count_if(columns.required.begin(), columns.required.end(), [&](const auto& each) {
      return std::find(header.begin(), header.end(), each) != header.end();
    });
  };
  const auto tencent = in_common(TencentColumns());
  const auto aws = in_common(AwsColumns());
  const auto receivers = in_common(ReceiverColumns());
  if (receivers > std::max(tencent, aws)) return ReadReceivers(text, file, into);
  return aws > tencent ? ReadAwsTypes(text, file, into) : ReadTencentTypes(text, file, into);
}

std::vector<std::string> CatalogFiles(const std::string& data_folder) {
  std::vector<std::string> files;
  for (const char* name : {"tencent-cvm.csv", "aws-ec2.csv", "receivers.csv"}) {
    files.push_back((fs::path(data_folder) / "catalog" / name).string());
  }
  return files;
}

Catalog ReadCatalog(const std::string& data_folder) {
  constexpr std::array kReaders = {&ReadTencentTypes, &ReadAwsTypes, &ReadReceivers};
  const std::vector<std::string> files = CatalogFiles(data_folder);
  Catalog catalog;
  for (std::size_t i = 0; i < kReaders.size(); ++i) {
    try {
      kReaders[i](ReadTextFile(files[i]), files[i], catalog);
    } catch (const ScenarioException& e) {
      catalog.errors.insert(catalog.errors.end(), e.errors().begin(), e.errors().end());
    }
  }
  return catalog;
}

}  // namespace vpcmirror::sim
