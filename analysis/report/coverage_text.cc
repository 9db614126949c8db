#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/report/assertions.h"
#include "analysis/report/coverage_report.h"
#include "analysis/report/member_groups.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kBelowHead = 4;

// The reasons by what they take, the most first: "no rule matches 12 %, ARP 1 %".
std::string UnseenWords(const std::array<double, kUnseenReasons>& unseen, double all) {
  std::vector<std::size_t> reasons;
  for (std::size_t i = 0; i < kUnseenReasons; ++i) {
    if (unseen[i] > 0) reasons.push_back(i);
  }
  std::stable_sort(reasons.begin(), reasons.end(),
                   [&](std::size_t a, std::size_t b) { return unseen[a] > unseen[b]; });
  std::string words;
  for (const std::size_t i : reasons) {
    words += fmt::format("{}{} {}", words.empty() ? "" : ", ", WhyUnseen(static_cast<Unseen>(i)),
                         PercentText(unseen[i] / all));
  }
  return words;
}

class CoverageWriter {
 public:
  CoverageWriter(const CoverageReport& report, const TextStyle& style)
      : report_(report), scenario_(*report.scenario), style_(style) {}

  std::string Write() {
    WriteGroups();
    out_ += '\n';
    WriteSummary();
    WriteNeverMirrored();
    for (const FlowLogTally& log : report_.logs) WriteLog(log);
    for (const AssertionResult& assertion : report_.asserts) WriteAssertion(assertion);
    return std::move(out_);
  }

 private:
  void Put(std::string_view head, std::string_view text, int indent) {
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, indent));
  }

  std::string VerdictOf(const EniCoverage& row) const {
    if (row.is_covered) {
      std::string by = "covered by ";
      for (std::size_t i = 0; i < row.mirrors.size(); ++i) {
        by += (i == 0 ? "" : ", ") + scenario_.mirrors[row.mirrors[i]].mirror->settings().id;
      }
      return row.is_receiver ? by + ", though it receives copies: not counted" : by;
    }
    if (row.is_receiver) return "receives copies: not counted";
    return fmt::format("not covered: {}", WhyUnseen(*row.because));
  }

  std::string TrafficOf(const EniCoverage& row) const {
    if (row.bytes == 0) {
      return report_.coverage.is_steady ? "no workload sends or receives here"
                                        : "nothing of it is in the log";
    }
    const std::string unseen = UnseenWords(row.unseen, row.bytes);
    return fmt::format("{} of bytes seen{}{}", PercentText(row.seen / row.bytes),
                       unseen.empty() ? "" : "; unseen: ", unseen);
  }

  // What passes an ENI, or each of several that differ by less than the digits show.
  std::string AmountOf(const EniCoverage& row) const {
    if (row.bytes == 0) return "";
    if (!report_.coverage.is_steady) return SizeText(Bytes(std::llround(row.bytes)), 3);
    return BitRateText(BitsPerSecond(std::llround(row.bytes * kBitsPerByte)), 3);
  }

  void WriteGroups() {
    std::vector<Member> members;
    std::vector<std::string> heads;
    std::vector<std::string> bodies;
    for (const EniCoverage& row : report_.coverage.enis) {
      heads.push_back(VerdictOf(row));
      const std::string amount = AmountOf(row);
      bodies.push_back(
          fmt::format("{}{}", amount.empty() ? "" : amount + " at each, ", TrafficOf(row)));
      members.push_back(
          {scenario_.deployment->enis[row.eni].id, heads.back() + "\n" + bodies.back()});
    }
    for (const MemberGroup& group : GroupMembers(members)) {
      const std::size_t first = group.members.front();
      const bool is_covered = report_.coverage.enis[first].is_covered;
      const bool is_receiver = report_.coverage.enis[first].is_receiver;
      const std::size_t count = group.members.size();
      std::string body = bodies[first];
      if (count == 1) {
        if (const std::size_t at = body.find(" at each"); at != std::string::npos) {
          body.erase(at, std::string_view(" at each").size());
        }
      }
      const std::string name =
          count == 1 ? group.label : fmt::format("{} ({} ENIs)", group.label, count);
      const std::string line = Paragraph("", name + ": " + heads[first], style_.width, kBelowHead);
      AppendLine(out_, "{}",
                 Painted(line,
                         is_receiver  ? Ink::kPlain
                         : is_covered ? Ink::kGood
                                      : Ink::kWarning,
                         style_.color));
      Put("    ", body, kBelowHead + 2);
    }
  }

  void WriteSummary() {
    const CoverageSummary summary = SummaryOf(report_.coverage);
    Put("ENIs covered: ",
        summary.covered() ? fmt::format("{} of {} ({})", CountText(summary.covered_enis),
                                        CountText(summary.enis), PercentText(*summary.covered()))
                          : "there are none to cover",
        kBelowHead);
    const std::string basis =
        report_.coverage.is_steady
            ? "the workloads' steady traffic; what passes two ENIs counts at each"
            : "what the flow logs tell, at each interface";
    if (summary.seen) {
      const std::string unseen = UnseenWords(summary.unseen, 1);
      Put("Bytes seen: ",
          fmt::format("{} ({}){}{}", PercentText(*summary.seen), basis,
                      unseen.empty() ? "" : "; unseen: ", unseen),
          kBelowHead);
    } else {
      Put("Bytes seen: ", fmt::format("no traffic is known ({})", basis), kBelowHead);
    }
    if (report_.coverage.left_out.empty()) return;
    Put("Left out: ",
        fmt::format("workloads whose rates nobody knows beforehand: {}",
                    fmt::join(report_.coverage.left_out, ", ")),
        kBelowHead);
  }

  void WriteNeverMirrored() {
    for (const ProviderProfile& provider : scenario_.providers) {
      std::vector<std::string> names;
      for (const NeverMirrored& each : provider.never_mirrored) {
        if (std::find(names.begin(), names.end(), each.name) == names.end()) {
          names.push_back(each.name);
        }
      }
      std::string words = names.empty() ? "nothing" : fmt::format("{}", fmt::join(names, ", "));
      for (const DocumentSource& source : provider.sources) {
        const auto& sections = source.sections;
        const bool is_it =
            std::find(sections.begin(), sections.end(), "never_mirrored") != sections.end();
        if (!is_it) continue;
        words += fmt::format("; {}", source.where);
      }
      Put(fmt::format("Never mirrored by {}: ", provider.title),
          fmt::format("{} (as of {})", words, provider.as_of), kBelowHead);
    }
  }

  void WriteLog(const FlowLogTally& log) {
    std::string words = fmt::format("{} records, {} of traffic at ENIs of the scenario",
                                    CountText(log.records), CountText(log.observed));
    const auto add = [&](std::int64_t count, std::string_view what) {
      if (count > 0) words += fmt::format(", {} {}", CountText(count), what);
    };
    add(log.rejected, "rejected (dropped before a mirror sees them)");
    add(log.no_data, "without data");
    add(log.skipped, "that the cloud skipped");
    add(log.elsewhere, "whose addresses are not the interface's");
    add(log.unknown, "of interfaces that the scenario does not have");
    if (!log.unknown_interfaces.empty()) {
      words += fmt::format(" ({}{})", fmt::join(log.unknown_interfaces, ", "),
                           log.unknown_interfaces.size() == FlowLogTally::kMostToldInterfaces
                               ? ", and maybe more"
                               : "");
    }
    if (log.bad_lines > 0) {
      words += fmt::format("; no record: {}", CountedText(log.bad_lines, "line"));
    }
    Put(log.file + ": ", words, kBelowHead);
    for (const std::string& line : log.told_lines) Put("    ", line, kBelowHead + 2);
  }

  void WriteAssertion(const AssertionResult& assertion) {
    const AssertionOutcome outcome = OutcomeOf(assertion);
    const std::string line =
        Paragraph("",
                  fmt::format("assertion {}: {} ({})", ToString(outcome), Printable(assertion.text),
                              OutcomeText(assertion)),
                  style_.width, kBelowHead);
    AppendLine(out_, "{}", Painted(line, assertion.held ? Ink::kGood : Ink::kBad, style_.color));
  }

  const CoverageReport& report_;
  const ValidScenario& scenario_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string_view WhyUnseen(Unseen reason) {
  switch (reason) {
    case Unseen::kNoMirror:
      return "no mirror names it";
    case Unseen::kReceiver:
      return "it receives copies";
    case Unseen::kStopped:
      return "the mirror is stopped";
    case Unseen::kNeverMirrored:
      return "never mirrored by this cloud";
    case Unseen::kMirrorTraffic:
      return "copies, or sent to a mirror port";
    case Unseen::kDirection:
      return "the other direction is collected";
    case Unseen::kNextHop:
      return "the route does not lead to the NAT gateway";
    case Unseen::kFilter:
      return "no rule matches";
    case Unseen::kRule:
      return "a rule rejects it";
    case Unseen::kEarlierSession:
      return "an earlier session's rule rejects it";
    case Unseen::kNetworkService:
      return "a network service that no filter names";
    case Unseen::kSampled:
      return "left out by sampling";
    case Unseen::kNotIp:
      return "no IP, and copies carry IP alone";
    case Unseen::kTooLong:
      return "too long for the MTU, and dropped";
  }
  return "";
}

std::string CoverageText(const CoverageReport& report, const TextStyle& style) {
  return CoverageWriter(report, style).Write();
}

}  // namespace vpcmirror
