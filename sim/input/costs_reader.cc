#include "sim/input/costs_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "sim/input/cursor.h"

namespace vpcmirror::sim {
namespace {

// "42.6%" of a second. The schema holds it to that shape.
std::optional<Picoseconds> ReadShare(const Cursor& object, std::string_view name) {
  const auto text = ReadText(object, name);
  if (!text) return std::nullopt;
  const Parsed<double> share = ParsePercent(text->value);
  if (!share) return std::nullopt;
  return Picoseconds(std::llround(*share.value * static_cast<double>(kPicosecondsPerSecond)));
}

std::optional<CostPoint> ReadPoint(const Cursor& at) {
  const auto load = ReadPacketRate(at, "load");
  const auto busy = ReadShare(at, "busy");
  const auto per_frame = ReadDuration(at, "per_frame", Zero::kAllowed);
  if (busy.has_value() == per_frame.has_value()) {
    at.Complain({"a point wants one of \"busy\" and \"per_frame\"",
                 R"({"load": "1 Mpps", "busy": "42.6%"}, or "per_frame": "426 ns")"});
    return std::nullopt;
  }
  if (!load) return std::nullopt;  // the schema or the reader of rates has complained
  if (busy) return CostPoint{load->value, *busy};
  // A product that leaves the range is more than a whole core, which the curve refuses.
  const Int128 product = static_cast<Int128>(load->value.count()) * per_frame->value.count();
  const Int128 most = 2 * static_cast<Int128>(kPicosecondsPerSecond);
  return CostPoint{load->value, Picoseconds(static_cast<std::int64_t>(std::min(product, most)))};
}

CostCurve ReadCurve(const Cursor& at) {
  std::vector<CostPoint> points;
  const auto list = at.Get("points");
  for (const Cursor& item : list ? list->Items() : std::vector<Cursor>{}) {
    const auto point = ReadPoint(item);
    if (!point) return {};
    points.push_back(*point);
  }
  const auto per_byte = ReadDuration(at, "per_byte", Zero::kAllowed);
  try {
    return CostCurve(ReadShare(at, "idle").value_or(Picoseconds(0)), std::move(points),
                     per_byte ? per_byte->value : Picoseconds(0));
  } catch (const std::invalid_argument& refusal) {
    at.Complain({refusal.what(), "points by rising load, within one core"});
    return {};
  }
}

OperationCost ReadOperation(const Cursor& at) {
  OperationCost cost;
  cost.curve = ReadCurve(at);
  cost.payer = EnumOf(at, "payer", Payer::kGuest, {Payer::kGuest, Payer::kHost});
  cost.confidence =
      EnumOf(at, "confidence", Confidence::kIllustrative,
             {Confidence::kMeasured, Confidence::kDerived, Confidence::kIllustrative});
  cost.source = TextOf(at, "source");
  return cost;
}

CpuCostTable ReadRoot(const Cursor& root) {
  CpuCostTable table;
  table.name = TextOf(root, "name");
  table.title = TextOf(root, "title");
  table.as_of = TextOf(root, "as_of");
  table.core_ghz = ReadNumber(root, "core_ghz").value_or(0);
  table.poll_mode = ReadFlag(root, "poll_mode");
  const auto operations = root.Get("operations");
  if (!operations) return table;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const auto at = operations->Get(ToString(static_cast<CpuOperation>(i)));
    if (at) table.costs[i] = ReadOperation(*at);
  }
  return table;
}

}  // namespace

CpuCostTable ReadCostTable(std::string_view text, const std::string& file, const Schema& schema) {
  const JsonDocument document = ParseJson(text, file);
  std::vector<Complaint> of_schema = schema.Check(document.root);
  if (!of_schema.empty()) throw ScenarioException(Locate(of_schema, document));
  std::vector<Complaint> complaints;
  CpuCostTable table = ReadRoot(Cursor(document.root, document.place, complaints));
  if (!complaints.empty()) throw ScenarioException(Locate(complaints, document));
  return table;
}

}  // namespace vpcmirror::sim
