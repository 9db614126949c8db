#include "sim/input/catalog.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "sim/input/csv.h"
#include "sim/input/quantity.h"

namespace vpcmirror::sim {
namespace {

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

  // A cell that must not be empty.
  std::string Required(std::string_view column) const {
    const std::string& text = Text(column);
    if (text.empty()) Complain(column, text, "something: every row has it");
    return text;
  }

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

template <class T>
void AddUnique(const Row& row, std::string_view column, std::map<std::string, T>& all, T entry) {
  const std::string name = entry.name;
  if (!all.emplace(name, std::move(entry)).second) {
    row.Complain(column, name, "a name that no other row has");
  }
}

void FillCommon(const Row& row, InstanceType& type) {
  type.name = row.Required("instance_type");
  type.limits.vcpus = row.Integer("vcpu");
  type.max_enis = row.Integer("eni_max");
  type.source = row.Required("source");
  type.as_of = row.Required("as_of");
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

void ReadTencentTypes(std::string_view text, const std::string& file, InstanceTypes& types,
                      std::vector<ScenarioError>& errors) {
  const CsvTable table =
      ParseCsv(text, file,
               {"instance_type", "vcpu", "memory_gb", "pps_in_plus_out", "connections", "queues",
                "private_gbps_in_plus_out", "eni_max", "source", "as_of"},
               errors);
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, errors);
    InstanceType type;
    FillCommon(row, type);
    type.limits.model = LimitModel::kCombined;
    type.limits.memory = row.Quantity("memory_gb", " GiB", &ParseBytes);
    type.limits.packet_rate = row.Quantity("pps_in_plus_out", " pps", &ParsePacketRate);
    type.limits.bandwidth = row.Quantity("private_gbps_in_plus_out", " Gbps", &ParseBandwidth);
    AddUnique(row, "instance_type", types, std::move(type));
  }
}

void ReadAwsTypes(std::string_view text, const std::string& file, InstanceTypes& types,
                  std::vector<ScenarioError>& errors) {
  const CsvTable table =
      ParseCsv(text, file,
               {"instance_type", "vcpu", "memory_gib", "baseline_mbps", "peak_mbps", "eni_max",
                "ipv4_per_eni", "mirror_source_ok_2023_24", "source", "as_of"},
               errors);
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, errors);
    InstanceType type;
    FillCommon(row, type);
    type.limits.model = LimitModel::kPerDirection;
    type.limits.memory = row.Quantity("memory_gib", " GiB", &ParseBytes);
    type.limits.bandwidth = row.Quantity("baseline_mbps", " Mbps", &ParseBandwidth);
    AddUnique(row, "instance_type", types, std::move(type));
  }
}

void ReadReceivers(std::string_view text, const std::string& file,
                   std::map<std::string, ReceiverProfile>& receivers,
                   std::vector<ScenarioError>& errors) {
  const CsvTable table =
      ParseCsv(text, file,
               {"receiver", "gbps_per_vcpu", "gbps_low", "gbps_high", "gbps_most", "pps_per_vcpu",
                "scaling_efficiency", "ring_frames", "source", "as_of"},
               errors);
  for (const CsvRow& cells : table.rows) {
    const Row row(table, cells, errors);
    ReceiverProfile profile;
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
    const auto parsed = ParsePerSecond(efficiency + "/s");
    profile.scaling_efficiency = parsed.value.value_or(0);
    if (!(profile.scaling_efficiency > 0 && profile.scaling_efficiency <= 1)) {
      row.Complain("scaling_efficiency", efficiency, "a number over 0 and up to 1");
    }
    AddUnique(row, "receiver", receivers, std::move(profile));
  }
}

}  // namespace vpcmirror::sim
