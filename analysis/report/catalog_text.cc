#include "analysis/report/catalog_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kValueColumn = 22;

std::string GibWords(const std::optional<Bytes>& memory) {
  constexpr double kGibibyte = 1024.0 * 1024 * 1024;
  if (!memory) return "-";
  return SignificantText(static_cast<double>(memory->count()) / kGibibyte, 6) + " GiB";
}

std::string Words(const std::optional<BitsPerSecond>& rate) {
  return rate ? BitRateText(*rate) : "-";
}
std::string Words(const std::optional<PacketsPerSecond>& rate) {
  return rate ? PacketRateText(*rate) : "-";
}
template <class Integer>
std::string Words(const std::optional<Integer>& count) {
  return count ? CountText(*count) : "-";
}

std::string CrossoverWords(const Limits& limits) {
  const auto bytes = CrossoverBytes(limits);
  return bytes ? SignificantText(*bytes, 3) + " B" : "-";
}

// Lines of "label   value", the value in as many lines as it takes.
class Sheet {
 public:
  explicit Sheet(const TextStyle& style) : style_(style) {}

  void Title(const std::string& text) {
    out_ += Painted(Printable(text), Ink::kBold, style_.color) + "\n";
  }
  void Row(const std::string& label, const std::string& value) {
    const std::string head = fmt::format("{:{}}", "  " + label, kValueColumn);
    out_ += Paragraph(head, value, style_.width, kValueColumn) + "\n";
  }
  void Item(const std::string& text) { out_ += Paragraph("  ", text, style_.width, 2) + "\n"; }
  std::string Take() { return std::move(out_); }

 private:
  const TextStyle& style_;
  std::string out_;
};

std::string BandwidthSense(const CatalogType& type) {
  const bool combined = type.type.limits.model == LimitModel::kCombined;
  return combined ? "in and out together" : "each way";
}

// How a row's figures are to be read.
std::vector<std::string> NotesOn(const CatalogType& type) {
  std::vector<std::string> notes;
  const Limits& limits = type.type.limits;
  if (type.peak_bandwidth && limits.bandwidth && *type.peak_bandwidth > *limits.bandwidth) {
    notes.push_back(
        "The bandwidth is the baseline. The peak lasts as long as the instance has "
        "credits, and no answer counts on it.");
  }
  if (!limits.bandwidth) notes.emplace_back("The bandwidth is not known, and does not limit.");
  if (!limits.packet_rate) notes.emplace_back("The packet rate is not known, and does not limit.");
  if (!type.type.max_enis) notes.emplace_back("The number of ENIs is not known.");
  for (const KnownFlaw& flaw : type.known) {
    notes.push_back("Doubtful (" + flaw.code + "): " + flaw.reason + ".");
  }
  return notes;
}

void AddLimits(const CatalogType& type, Sheet& sheet) {
  const Limits& limits = type.type.limits;
  const std::string sense = BandwidthSense(type);
  sheet.Row("vCPUs", Words(limits.vcpus));
  sheet.Row("memory", GibWords(limits.memory));
  sheet.Row("bandwidth", limits.bandwidth ? Words(limits.bandwidth) + ", " + sense : "-");
  if (type.peak_bandwidth) sheet.Row("peak bandwidth", Words(type.peak_bandwidth) + ", " + sense);
  sheet.Row("packet rate", limits.packet_rate ? Words(limits.packet_rate) + ", " + sense : "-");
  if (CrossoverBytes(limits)) {
    sheet.Row("crossover",
              CrossoverWords(limits) +
                  ": frames that are smaller on average meet the packet rate before the bandwidth");
  }
}

void AddCounts(const CatalogType& type, Sheet& sheet) {
  if (type.connections) sheet.Row("connections", Words(type.connections));
  if (type.queues) sheet.Row("queues", Words(type.queues) + " to receive and as many to send");
  sheet.Row("ENIs", Words(type.type.max_enis));
  if (type.ipv4_per_eni) sheet.Row("addresses of an ENI", Words(type.ipv4_per_eni));
  if (type.mirror_source) {
    sheet.Row("mirror source", *type.mirror_source ? "yes, by the lists of 2023 and 2024"
                                                   : "no, by the lists of 2023 and 2024");
  }
  if (type.hour_price) {
    sheet.Row("price", fmt::format("{} {} an hour", SignificantText(type.hour_price->amount, 6),
                                   type.hour_price->currency));
  }
}

std::string GbpsWords(const std::optional<BitsPerSecond>& low,
                      const std::optional<BitsPerSecond>& high) {
  if (!low || !high) return "-";
  return fmt::format("{}..{}", SignificantText(static_cast<double>(low->count()) / 1e9, 3),
                     SignificantText(static_cast<double>(high->count()) / 1e9, 3));
}

std::string FindingText(const std::string& file, const CatalogFinding& finding,
                        const TextStyle& style) {
  const bool is_known = !finding.known_because.empty();
  const std::string name = finding.name.empty() ? "" : finding.name + ": ";
  std::string out = Paragraph(fmt::format("{}:{}: ", Printable(file), finding.line),
                              name + finding.message + " (" + finding.code + ")", style.width, 4) +
                    "\n";
  const std::string rest = is_known ? "known: " + finding.known_because : finding.advice;
  if (!rest.empty()) out += Paragraph("    ", rest, style.width, 4) + "\n";
  return out;
}

}  // namespace

std::string CatalogListText(const std::vector<CatalogType>& types, const TextStyle& style) {
  if (types.empty()) return "No instance type is so.\n";
  std::string head;
  AppendLine(head, "{:20}{:>5}{:>11}{:>11}  {:9}{:>11}{:>6}{:>5}", "Type", "vCPU", "Memory",
             "Bandwidth", "counts", "Packets", "Cross", "ENIs");
  std::string out = Painted(head.substr(0, head.size() - 1), Ink::kBold, style.color) + "\n";
  bool some_doubtful = false;
  for (const CatalogType& each : types) {
    const Limits& limits = each.type.limits;
    const bool combined = limits.model == LimitModel::kCombined;
    some_doubtful = some_doubtful || !each.known.empty();
    AppendLine(out, "{:20}{:>5}{:>11}{:>11}  {:9}{:>11}{:>6}{:>5}",
               Printable(each.type.name) + (each.known.empty() ? "" : "*"), Words(limits.vcpus),
               GibWords(limits.memory), Words(limits.bandwidth), combined ? "in+out" : "each way",
               Words(limits.packet_rate), CrossoverWords(limits), Words(each.type.max_enis));
  }
  out += "\nCross: smaller frames, on average, meet the packet rate before the bandwidth.\n";
  if (some_doubtful) out += "*: doubtful; vpcmirror catalog show TYPE says why.\n";
  return out;
}

std::string ReceiverListText(const std::vector<CatalogReceiver>& receivers,
                             const TextStyle& style) {
  std::string head;
  AppendLine(head, "{:16}{:>14}{:>16}{:>14}{:>9}{:>10}", "Receiver", "a vCPU", "range, Gbps",
             "frames a vCPU", "scaling", "at most");
  std::string out = Painted(head.substr(0, head.size() - 1), Ink::kBold, style.color) + "\n";
  for (const CatalogReceiver& each : receivers) {
    const ReceiverProfile& profile = each.profile;
    AppendLine(out, "{:16}{:>14}{:>16}{:>14}{:>9}{:>10}", Printable(profile.name),
               Words(profile.bandwidth_per_vcpu),
               GbpsWords(profile.bandwidth_low, profile.bandwidth_high),
               Words(profile.packets_per_vcpu), SignificantText(profile.scaling_efficiency, 3),
               Words(profile.bandwidth_most));
  }
  return out;
}

std::string CatalogTypeText(const CatalogType& type, const TextStyle& style) {
  Sheet sheet(style);
  sheet.Title(
      fmt::format("{} ({}, family {})", type.type.name, type.provider, FamilyOf(type.type.name)));
  AddLimits(type, sheet);
  AddCounts(type, sheet);
  sheet.Row("source", type.type.source);
  sheet.Row("as of", type.type.as_of);
  const std::vector<std::string> notes = NotesOn(type);
  if (!notes.empty()) sheet.Title("Notes");
  for (const std::string& note : notes) sheet.Item(note);
  return sheet.Take();
}

std::string CatalogReceiverText(const CatalogReceiver& receiver, const TextStyle& style) {
  const ReceiverProfile& profile = receiver.profile;
  Sheet sheet(style);
  sheet.Title(profile.name + " (receiver)");
  sheet.Row("a vCPU", Words(profile.bandwidth_per_vcpu));
  if (profile.bandwidth_low && profile.bandwidth_high) {
    sheet.Row("range", fmt::format("{} to {} a vCPU in its maker's own table",
                                   BitRateText(*profile.bandwidth_low),
                                   BitRateText(*profile.bandwidth_high)));
  }
  sheet.Row("frames a vCPU", Words(profile.packets_per_vcpu));
  if (profile.bandwidth_most) {
    sheet.Row("at most", BitRateText(*profile.bandwidth_most) + ", whatever its vCPUs");
  }
  sheet.Row("scaling",
            SignificantText(profile.scaling_efficiency, 3) + " of n times one vCPU, for n of them");
  sheet.Row("ring", CountText(profile.ring_frames) + " frames for a worker (assumed)");
  sheet.Row("source", profile.source);
  sheet.Row("as of", profile.as_of);
  return sheet.Take();
}

std::string LintText(const std::vector<LintedTable>& tables, const TextStyle& style) {
  std::string out;
  int rows = 0;
  std::size_t known = 0;
  std::size_t found = 0;
  for (const LintedTable& table : tables) {
    rows += table.rows;
    for (const CatalogFinding& finding : table.findings) {
      out += FindingText(table.file, finding, style);
      ++(finding.known_because.empty() ? found : known);
    }
  }
  const bool is_clean = found == 0;
  out += Painted(
      fmt::format("{} rows: {}, {} known", CountText(rows), Counted(found, "finding"), known),
      is_clean ? Ink::kGood : Ink::kWarning, style.color);
  return out + "\n";
}

}  // namespace vpcmirror
