#include "analysis/report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "analysis/report/explain_words.h"
#include "analysis/words/counted.h"

namespace vpcmirror {
namespace {

// A number where explain --packet has no word for it, or takes the word for another.
std::string PacketProtocol(const FlowKey& flow) {
  constexpr std::uint8_t kAh = 51;  // IANA protocol numbers
  const std::string word = ProtocolWord(flow.protocol);
  const bool means_icmpv6 = flow.protocol == kProtocolIcmp && !flow.source.is_v4();
  const bool has_word =
      flow.protocol != kAh && word.find(' ') == std::string::npos && !means_icmpv6;
  return has_word ? word : std::to_string(flow.protocol);
}

}  // namespace

std::string_view LevelOf(Severity severity, std::string_view lesser) {
  const bool is_level = severity == Severity::kError || severity == Severity::kWarning;
  return is_level ? ToString(severity) : lesser;
}

FindingCounts CountFindings(const FindingsReport& report) {
  FindingCounts counts;
  for (const Finding& finding : report.findings) {
    if (IsSuppressed(finding)) {
      ++counts.suppressed;
    } else {
      ++counts.by_severity[static_cast<std::size_t>(finding.severity)];
    }
  }
  return counts;
}

std::vector<const Finding*> ShownFindings(const FindingsReport& report) {
  std::vector<const Finding*> shown;
  for (const Finding& finding : report.findings) {
    if (!IsSuppressed(finding)) shown.push_back(&finding);
  }
  std::stable_sort(shown.begin(), shown.end(),
                   [](const Finding* a, const Finding* b) { return a->severity < b->severity; });
  return shown;
}

std::string SummaryWords(const FindingsReport& report) {
  const FindingCounts counts = CountFindings(report);
  std::string words;
  for (std::size_t i = 0; i < kSeverities; ++i) {
    if (counts.by_severity[i] == 0) continue;
    if (!words.empty()) words += ", ";
    words += Counted(counts.by_severity[i], ToString(static_cast<Severity>(i)));
  }
  if (words.empty()) words = "nothing found";
  if (counts.suppressed > 0) words += fmt::format("; {} suppressed", counts.suppressed);
  if (report.already_known > 0) words += fmt::format("; {} already known", report.already_known);
  return words;
}

std::string PlaceWords(const Finding& finding) {
  std::string words = finding.file;
  for (const int number : {finding.line, finding.column}) {
    if (number == 0) break;
    words += fmt::format("{}{}", words.empty() ? "" : ":", number);
  }
  return words;
}

std::string EditWords(const Edit& edit) {
  if (edit.value.empty()) return "remove " + edit.path;
  std::string quoted = "--set '";
  for (const char each : edit.path + "=" + edit.value) {
    if (each == '\'') {
      quoted += "'\\''";  // out of the quotes, a quote, and in again
    } else {
      quoted += each;
    }
  }
  return quoted + "'";
}

std::string PacketWords(const Witness& witness) {
  const FlowKey& flow = witness.flow;
  std::string words =
      fmt::format("{} {} {} > {}", witness.direction == Direction::kIngress ? "in" : "out",
                  PacketProtocol(flow), EndWord(flow.source, flow.source_port, flow.ports),
                  EndWord(flow.destination, flow.destination_port, flow.ports));
  if (witness.frame > Bytes(0)) words += fmt::format(" len {}", witness.frame.count());
  if (flow.ports == Ports::kLaterFragment) words += " fragment";
  return words;
}

}  // namespace vpcmirror
