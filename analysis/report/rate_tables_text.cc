#include "analysis/report/rate_tables_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <vector>

#include "analysis/report/drops_text.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/usage.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// The load chooses the unit of a row, unless the limit would then have seven digits.
constexpr double kLimitInUnit = 1000;

// Limits of one kind of host or receiver, and what the kind is called.
std::string LimitText(const std::optional<std::int64_t>& limit, const RowUnit& unit,
                      LimitModel model) {
  if (!limit) return "no limit";
  return fmt::format("{} {}", SignificantText(static_cast<double>(*limit) / unit.size, 4),
                     model == LimitModel::kCombined ? "in+out" : "each way");
}

template <class Unit>
std::optional<std::int64_t> CountOf(const std::optional<Quantity<Unit>>& quantity) {
  return quantity ? std::optional(quantity->count()) : std::nullopt;
}

// Bits or packets: which face of a Load a row of a table shows.
struct Face {
  bool bits = true;

  double Of(const Load& load) const {
    return static_cast<double>(bits ? load.bandwidth.count() : load.packet_rate.count());
  }
  RowUnit UnitFor(double largest) const {
    return bits ? BitRateUnit(largest) : PacketRateUnit(largest);
  }
};
constexpr Face kFaces[] = {{true}, {false}};

class RateTables : private TextLines {
 public:
  RateTables(const RunResult& result, const TextStyle& style) : TextLines(style), result_(result) {}

  std::string Hosts();
  std::string Enis();
  std::string Receivers();

 private:
  Ink InkOf(const ValueRange& used) const;  // of shares of a limit

  void WriteHostRow(const MemberGroup& group, Face face);
  void WriteHostCpu(const MemberGroup& group);
  void WriteEniRow(const MemberGroup& group, Face face);
  void WriteReceiverRow(const MemberGroup& group, Face face);
  void WriteWorkers(const MemberGroup& group);
  void WriteDropsOf(const MemberGroup& receivers);

  const RunResult& result_;
};

std::string RateTables::Hosts() {
  if (result_.hosts.empty()) return "";
  std::vector<Member> members;
  for (const HostResult& host : result_.hosts) {
    members.push_back({host.id, fmt::format("{} {} {} {}", host.type, ToString(host.limit_model),
                                            CountOf(host.limit_bandwidth).value_or(-1),
                                            CountOf(host.limit_packet_rate).value_or(-1))});
  }
  out_ += '\n';
  Line("{:7}{:^24}{:^24}", "", "offered production", "offered copies");
  Line("{}{:>12}{:>12}{:>12}{:>12}{:>14}{:>11}", Painted("Hosts  ", Ink::kBold, style_.color), "in",
       "out", "in", "out", "limit", "used");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}  {}", group.label, result_.hosts[group.members.front()].type);
    for (const Face face : kFaces) WriteHostRow(group, face);
    WriteHostCpu(group);
  }
  return Take();
}

Ink RateTables::InkOf(const ValueRange& used) const {
  if (used.high() > 1) return Ink::kBad;
  return used.high() > 1 - result_.margin_goal + 1e-9 ? Ink::kWarning : Ink::kPlain;
}

std::string CoresText(double cores) {
  return cores < 0.001 ? "under 0.001" : SignificantText(cores, 3);
}

// Where cores are busy, of the member whose cores are busiest.
void RateTables::WriteHostCpu(const MemberGroup& group) {
  constexpr std::string_view kWork[kCpuOperations] = {
      "production in", "production out", "making copies", "receiving copies", "analysing them"};
  const CpuUse* busiest = &result_.hosts[group.members.front()].cpu;
  for (const std::size_t member : group.members) {
    const CpuUse& cpu = result_.hosts[member].cpu;
    if (cpu.cores_used > busiest->cores_used) busiest = &cpu;
  }
  std::string work;
  std::string of_host;
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    const OperationUse& use = busiest->operations[i];
    if (use.cores == 0) continue;
    std::string& into = use.payer == Payer::kGuest ? work : of_host;
    into += fmt::format("{}{} {}", into.empty() ? "" : ", ", kWork[i], CoresText(use.cores));
  }
  if (busiest->cores_used > 0) {
    const std::string text =
        fmt::format("{} vCPU{}{}{}", CoresText(busiest->cores_used),
                    busiest->cores_limit ? fmt::format(" of {:g}", *busiest->cores_limit) : "",
                    work.empty() ? "" : ": ", work);
    Line("  CPU    {}", Wrapped(text, style_.width - 9, 9));
  }
  if (!of_host.empty()) Line("         the cloud's own: {}", of_host);
  if (busiest->poll_mode) {
    Line("         poll mode: tools show these cores busy at any load, which is no sign of it");
  }
}

void RateTables::WriteHostRow(const MemberGroup& group, Face face) {
  const HostResult& first = result_.hosts[group.members.front()];
  const std::optional<std::int64_t> limit =
      face.bits ? CountOf(first.limit_bandwidth) : CountOf(first.limit_packet_rate);
  ValueRange production_in;
  ValueRange production_out;
  ValueRange copies_in;
  ValueRange copies_out;
  ValueRange used;
  double largest = static_cast<double>(limit.value_or(0)) / kLimitInUnit;
  for (const std::size_t member : group.members) {
    const HostResult& host = result_.hosts[member];
    const double in = face.Of(host.used_in);
    const double out = face.Of(host.used_out);
    production_in.Add(in - face.Of(host.copies_in));
    production_out.Add(out - face.Of(host.copies_out));
    copies_in.Add(face.Of(host.copies_in));
    copies_out.Add(face.Of(host.copies_out));
    if (limit) {
      used.Add(UsageOf(first.limit_model, in, out).rate / static_cast<double>(*limit));
    }
    largest = std::max({largest, in, out});
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  const std::string share = limit ? " " + PercentRangeText(used) : "";
  // A long limit takes of the room for its share.
  constexpr std::size_t kRoom = 25;
  const std::string limit_text = fmt::format(" {:>13}", LimitText(limit, unit, first.limit_model));
  const std::size_t left = kRoom > limit_text.size() ? kRoom - limit_text.size() : 0;
  Line("  {:5}{:>12}{:>12}{:>12}{:>12}{}{}", unit.name, CellText(production_in, unit),
       CellText(production_out, unit), CellText(copies_in, unit), CellText(copies_out, unit),
       limit_text, Painted(fmt::format("{:>{}}", share, left), InkOf(used), style_.color));
}

std::string RateTables::Enis() {
  if (result_.enis.empty()) return "";
  std::vector<Member> members;
  for (const EniResult& eni : result_.enis) members.push_back({eni.id, ""});
  out_ += '\n';
  Line("{:7}{:^24}{:^36}", "", "offered production", "passed");
  Line("{}{:>12}{:>12}{:>12}{:>12}{:>12}", Painted("ENIs   ", Ink::kBold, style_.color), "in",
       "out", "in", "out", "copies out");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}", group.label);
    for (const Face face : kFaces) WriteEniRow(group, face);
    DropCounts drops;
    std::int64_t offered = 0;
    for (const std::size_t member : group.members) {
      const EniResult& eni = result_.enis[member];
      offered += eni.offered_in.frames - eni.copies_in.frames + eni.offered_out.frames;
      for (const auto& [reason, count] : eni.dropped) drops[reason] += count;
    }
    AppendDrops(out_, drops, offered);
  }
  return Take();
}

void RateTables::WriteEniRow(const MemberGroup& group, Face face) {
  ValueRange cells[5];
  double largest = 0;
  for (const std::size_t member : group.members) {
    const EniResult& eni = result_.enis[member];
    const double rates[] = {face.Of(eni.offered_in) - face.Of(eni.copies_in),
                            face.Of(eni.offered_out), face.Of(eni.in), face.Of(eni.out),
                            face.Of(eni.mirror_out)};
    for (std::size_t i = 0; i < std::size(cells); ++i) {
      cells[i].Add(rates[i]);
      largest = std::max(largest, rates[i]);
    }
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  Line("  {:5}{:>12}{:>12}{:>12}{:>12}{:>12}", unit.name, CellText(cells[0], unit),
       CellText(cells[1], unit), CellText(cells[2], unit), CellText(cells[3], unit),
       CellText(cells[4], unit));
}

std::string RateTables::Receivers() {
  if (result_.receivers.empty()) return "";
  std::vector<Member> members;
  for (const ReceiverResult& receiver : result_.receivers) {
    members.push_back(
        {receiver.id, fmt::format("{} {} {}", receiver.profile,
                                  CountOf(receiver.capacity_bandwidth).value_or(-1),
                                  CountOf(receiver.capacity_packet_rate).value_or(-1))});
  }
  out_ += '\n';
  Line("{}{:>14}{:>14}{:>14}{:>14}", Painted("Receivers", Ink::kBold, style_.color), "arrived",
       "digested", "capacity", "used");
  for (const MemberGroup& group : GroupMembers(members)) {
    Line("{}  {}", group.label, result_.receivers[group.members.front()].profile);
    for (const Face face : kFaces) WriteReceiverRow(group, face);
    WriteWorkers(group);
    WriteDropsOf(group);
  }
  return Take();
}

void RateTables::WriteDropsOf(const MemberGroup& receivers) {
  DropCounts drops;
  Count duplicates;
  std::int64_t arrived = 0;
  for (const std::size_t member : receivers.members) {
    const ReceiverResult& receiver = result_.receivers[member];
    arrived += receiver.in.frames;
    duplicates += Count{receiver.duplicate_frames, receiver.duplicate_bytes};
    for (const auto& [reason, count] : receiver.dropped) drops[reason] += count;
  }
  AppendDrops(out_, drops, arrived);
  if (duplicates.frames > 0) {
    Line("  seen twice: {} frames ({}), {}", CountText(duplicates.frames),
         PercentText(Loss{duplicates.frames, arrived}.fraction()), SizeText(duplicates.bytes));
  }
}

// One flow cannot be spread: of the receiver with the busiest worker.
void RateTables::WriteWorkers(const MemberGroup& group) {
  const ReceiverResult* busiest = nullptr;
  for (const std::size_t member : group.members) {
    const ReceiverResult& receiver = result_.receivers[member];
    if (!receiver.workers || receiver.workers->count < 2 || !receiver.margin) continue;
    if (busiest == nullptr || *receiver.margin < *busiest->margin) busiest = &receiver;
  }
  if (busiest == nullptr) return;
  const WorkersUse& workers = *busiest->workers;
  const bool of_bits = busiest->tightest == "bandwidth";
  const Face face{of_bits};
  const double mean_share = face.Of(workers.mean) / std::max(1.0, face.Of(workers.busiest));
  const double used = 1 - *busiest->margin;
  Line("  {} workers: the busiest {} used, {} on average", workers.count, PercentText(used),
       PercentText(used * mean_share));
}

void RateTables::WriteReceiverRow(const MemberGroup& group, Face face) {
  const ReceiverResult& first = result_.receivers[group.members.front()];
  const std::optional<std::int64_t> capacity =
      face.bits ? CountOf(first.capacity_bandwidth) : CountOf(first.capacity_packet_rate);
  ValueRange arrived;
  ValueRange digested;
  ValueRange used;
  double largest = static_cast<double>(capacity.value_or(0)) / kLimitInUnit;
  for (const std::size_t member : group.members) {
    const ReceiverResult& receiver = result_.receivers[member];
    arrived.Add(face.Of(receiver.in));
    digested.Add(face.Of(receiver.digested));
    if (capacity) used.Add(face.Of(receiver.in) / static_cast<double>(*capacity));
    largest = std::max(largest, face.Of(receiver.in));
  }
  if (largest == 0) return;
  const RowUnit unit = face.UnitFor(largest);
  Line("  {:7}{:>14}{:>14}{:>14}{}", unit.name, CellText(arrived, unit), CellText(digested, unit),
       capacity ? SignificantText(static_cast<double>(*capacity) / unit.size, 4) : "no limit",
       Painted(fmt::format(" {:>13}", capacity ? PercentRangeText(used) : ""), InkOf(used),
               style_.color));
}

}  // namespace

std::string HostsText(const RunResult& result, const TextStyle& style) {
  return RateTables(result, style).Hosts();
}

std::string EnisText(const RunResult& result, const TextStyle& style) {
  return RateTables(result, style).Enis();
}

std::string ReceiversText(const RunResult& result, const TextStyle& style) {
  return RateTables(result, style).Receivers();
}

}  // namespace vpcmirror
