#include "analysis/report/explain_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string_view>

#include "analysis/report/explain_words.h"
#include "analysis/report/outer_headers.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kIndent = 2;
constexpr std::size_t kMostPackets = 8;  // of one copy whose sizes are shown
constexpr int kVerdictColumn = 21;       // as wide as an IPv4 address and a length
constexpr int kReasonColumn = 46;        // width of a reason in the summary's table

std::string_view WayWord(Direction direction) {
  return direction == Direction::kIngress ? "in" : "out";
}

class ExplainText : private TextLines {
 public:
  ExplainText(const ValidScenario& scenario, const TextStyle& style)
      : TextLines(style), scenario_(scenario) {}

  std::string Packet(const Explanation& explanation);
  std::string Lines(const CaptureExplanation& capture);
  std::string Summary(const CaptureExplanation& capture);

 private:
  // "  subject: answer", wrapped.
  void Entry(std::string_view subject, std::string_view answer, int indent = kIndent) {
    const std::string text = Printable(fmt::format("{}: {}", subject, answer));
    const std::string margin(static_cast<std::size_t>(indent), ' ');
    Line("{}{}", margin, Wrapped(text, style_.width - indent, 2 + indent));
  }

  const Eni& EniAt(std::size_t index) const { return scenario_.deployment->enis[index]; }
  const Mirror& MirrorAt(std::size_t index) const { return *scenario_.mirrors[index].mirror; }
  Ink InkOf(std::string_view title) const;

  void WriteVerdict(const Explanation& explanation);
  void WriteFrame(const Explanation& explanation);
  void WriteForAll(const Explanation& explanation);
  void WriteSession(const Explanation& explanation, std::size_t index);
  void WriteCopy(const ExplainedSession& session);
  void WriteHeaders(const ExplainedSession& session, const ExplainedPacket& packet);
  void WriteBasis(const Explanation& explanation);

  void WriteCounts(const CaptureExplanation& capture);
  void WriteRulings(const CaptureExplanation& capture);
  void WriteReceivers(const CaptureExplanation& capture);
  void WriteUnmatched(const CaptureExplanation& capture);
  std::string LineVerdict(const CaptureExplanation& capture, const FrameLine& line) const;
  std::string ReasonOf(const CaptureExplanation& capture, const Ruling& ruling) const;

  const ValidScenario& scenario_;
};

Ink ExplainText::InkOf(std::string_view title) const {
  if (title == "MIRRORED") return Ink::kGood;
  return title == "NOT MIRRORED" ? Ink::kWarning : Ink::kBad;
}

std::string ExplainText::Packet(const Explanation& explanation) {
  WriteVerdict(explanation);
  WriteFrame(explanation);
  WriteForAll(explanation);
  for (std::size_t i = 0; i < explanation.sessions.size(); ++i) {
    if (!explanation.ruling_for_all) WriteSession(explanation, i);
  }
  WriteBasis(explanation);
  return Take();
}

void ExplainText::WriteVerdict(const Explanation& explanation) {
  const std::string_view title = VerdictTitle(explanation);
  const std::string text =
      Wrapped(Printable(fmt::format("{}: {}.", title, VerdictWords(scenario_, explanation))),
              style_.width, 0);
  Line("{}{}", Painted(title, InkOf(title), style_.color),
       std::string_view(text).substr(title.size()));
}

void ExplainText::WriteFrame(const Explanation& explanation) {
  const Deployment& deployment = *scenario_.deployment;
  const Eni& eni = EniAt(explanation.eni);
  const Subnet& subnet = deployment.subnets[eni.subnet];
  const FrameInfo& frame = explanation.frame;
  out_ += '\n';
  std::string packet =
      fmt::format("{} {}, {} bytes (Ethernet frame without FCS)", WayWord(explanation.direction),
                  FlowWords(frame), frame.wire_length.count());
  if (frame.vlan_tags > 0) packet += fmt::format(", VLAN {}", frame.vlan_id);
  if (frame.state == FrameState::kCutShort) packet += ", captured in part";
  if (frame.state == FrameState::kMalformed) {
    packet += fmt::format(", malformed: {}", ToString(frame.fault));
  }
  Entry("packet", packet, 0);
  Entry("ENI",
        fmt::format("{} ({}), subnet {}, VPC {}, {}", eni.id, ToString(eni.addresses.front()),
                    subnet.name, deployment.vpcs[subnet.vpc].name,
                    ProviderOf(scenario_, explanation.eni).name),
        0);
  if (explanation.route.next_hop.kind != NextHop::Kind::kNotLookedUp) {
    std::string route = NextHopWords(scenario_, explanation.route.next_hop);
    if (explanation.route.stop != Stop::kNone) {
      route +=
          fmt::format("; the packet itself gets nowhere: {}", ToString(explanation.route.stop));
    }
    Entry("route", route, 0);
  }
  for (const Hop& hop : explanation.security) Entry("security " + hop.id, hop.what, 0);
  if (explanation.admission != Admission::kAdmitted) {
    Entry("dropped by",
          explanation.admission == Admission::kAcl ? "the network ACL of the subnet"
                                                   : "the security groups of the ENI",
          0);
  }
}

void ExplainText::WriteForAll(const Explanation& explanation) {
  if (explanation.sessions.empty()) return;
  Title("Before any mirror");
  for (const StepWords& words : WordsForAll(scenario_, explanation)) {
    Entry(words.subject, words.answer);
  }
}

void ExplainText::WriteSession(const Explanation& explanation, std::size_t index) {
  const ExplainedSession& session = explanation.sessions[index];
  const MirrorSettings& settings = MirrorAt(session.mirror).settings();
  std::string title = "Mirror " + Printable(settings.id);
  if (explanation.sessions.size() > 1) {
    title += fmt::format(" ({} of {} on this ENI, number {})", index + 1,
                         explanation.sessions.size(), settings.number);
  }
  Title(title);
  for (const TrailStep& step : session.steps) {
    const StepWords words = WordsOf(scenario_, explanation, session, step);
    Entry(words.subject, words.answer);
  }
  if (session.copy) WriteCopy(session);
}

void ExplainText::WriteCopy(const ExplainedSession& session) {
  const ExplainedCopy& copy = *session.copy;
  Bytes wire{};
  for (const ExplainedPacket& packet : copy.packets) wire += packet.wire;
  if (!copy.packets.empty()) {
    WriteHeaders(session, copy.packets.front());
    const std::string sizes =
        copy.packets.size() == 1
            ? fmt::format("{} bytes (Ethernet frame without FCS)", wire.count())
            : fmt::format("{} bytes in {} packets (Ethernet frames without FCS)", wire.count(),
                          copy.packets.size());
    Entry("on the wire", sizes);
  }
  if (copy.packets.size() > 1) {
    std::string each;
    for (std::size_t i = 0; i < std::min(copy.packets.size(), kMostPackets); ++i) {
      each += fmt::format("{}{}", i == 0 ? "" : ", ", copy.packets[i].wire.count());
    }
    if (copy.packets.size() > kMostPackets) {
      each += fmt::format(" and {} more", copy.packets.size() - kMostPackets);
    }
    Entry("each", each + " bytes");
  }
  if (copy.balancing) {
    const LoadBalancer& balancer =
        scenario_.deployment->load_balancers[copy.balancing->load_balancer];
    Entry("load balancer", fmt::format("{} ({}): {} {}", balancer.id, balancer.kind.title,
                                       copy.balancing->passes() ? "passes it" : "drops it",
                                       BalancingWords(scenario_, *copy.balancing)));
  }
  if (copy.path.stop == Stop::kNone) return;
  Entry("way to the receiver", std::string(ToString(copy.path.stop)));
  if (!copy.path.hops.empty()) {
    Entry(copy.path.hops.back().id, copy.path.hops.back().what, kIndent + 2);
  }
}

void ExplainText::WriteHeaders(const ExplainedSession& session, const ExplainedPacket& packet) {
  const auto headers = OuterHeaders(packet.outer, MirrorAt(session.mirror).settings().tunnel);
  if (headers.empty()) {
    Entry("outer headers", "none: encapsulation none is for accounting");
    return;
  }
  Entry("outer headers", fmt::format("{} bytes and an Ethernet header of {}", packet.outer.size(),
                                     kEthernetHeaderBytes));
  for (const OuterHeader& header : headers) {
    std::string fields;
    for (const HeaderField& field : header.fields) {
      std::string name(field.name);
      std::replace(name.begin(), name.end(), '_', ' ');
      const auto* number = std::get_if<std::int64_t>(&field.value);
      fields += fmt::format(
          "{}{} {}", fields.empty() ? "" : ", ", name,
          number != nullptr ? std::to_string(*number) : std::get<std::string>(field.value));
    }
    Entry(header.name, fields, kIndent + 2);
  }
  std::string carried = fmt::format("{} bytes of the frame, from byte {}", packet.payload.count(),
                                    packet.payload_offset.count());
  if (packet.rewritten > Bytes(0)) {
    carried += fmt::format(", behind {} bytes of rewritten headers", packet.rewritten.count());
  }
  Entry("carried", carried, kIndent + 2);
}

void ExplainText::WriteBasis(const Explanation& explanation) {
  const ProviderProfile& provider = ProviderOf(scenario_, explanation.eni);
  if (provider.experimental) {
    out_ += '\n';
    Line("{}", Wrapped(fmt::format("The profile of {} is experimental: it follows documents and "
                                   "was not compared with the cloud.",
                                   provider.name),
                       style_.width, 0));
  }
  const std::vector<Assumption> behind = AssumptionsBehind(scenario_, explanation);
  if (behind.empty()) return;
  Title("Assumptions that this rests on (--format json says what each means)");
  std::string text;
  for (const Assumption& each : behind) {
    text += fmt::format("{}{}={}{}", text.empty() ? "" : ", ", each.name, Printable(each.value),
                        each.overridden ? " (yours)" : "");
  }
  Line("  {}", Wrapped(text, style_.width - kIndent, kIndent));
}

std::string ExplainText::ReasonOf(const CaptureExplanation& capture, const Ruling& ruling) const {
  const Mirror* mirror =
      ruling.session ? &MirrorAt(capture.sessions[*ruling.session].mirror) : nullptr;
  return ReasonWords(scenario_, capture.eni, ruling, mirror);
}

std::string ExplainText::LineVerdict(const CaptureExplanation& capture,
                                     const FrameLine& line) const {
  if (!line.direction) return "not this ENI's";
  if (line.sessions.empty()) return "no mirror";
  std::string text;
  for (const FrameLine::OfSession& each : line.sessions) {
    if (!text.empty()) text += "; ";
    if (each.ruling.session && line.sessions.size() > 1) {
      text += MirrorAt(capture.sessions[*each.ruling.session].mirror).settings().id + " ";
    }
    if (!each.ruling.copies()) {
      text += "no: " + std::string(ToString(each.ruling.refusal));
    } else if (each.ruling.dropped) {
      text += "lost: " + std::string(ToString(*each.ruling.dropped));
    } else {
      const MirrorSettings& settings =
          MirrorAt(capture.sessions[*each.ruling.session].mirror).settings();
      text += fmt::format("{} {} B", ToString(settings.receivers[each.receiver].address),
                          each.wire.count());
    }
  }
  return text;
}

std::string ExplainText::Lines(const CaptureExplanation& capture) {
  constexpr std::int64_t kPicosecondsPerMicrosecond = 1'000'000;
  Line("{}", Painted(fmt::format("{:>6} {:>11} {:<3} {:<{}} {}", "frame", "time (s)", "way",
                                 "copy to, wire bytes", kVerdictColumn, "packet"),
                     Ink::kBold, style_.color));
  for (const FrameLine& line : capture.lines) {
    const std::int64_t micros = line.time.count() / kPicosecondsPerMicrosecond;
    Line("{:>6} {:>4}.{:06} {:<3} {:<{}} {}", line.number, micros / 1'000'000, micros % 1'000'000,
         line.direction ? WayWord(*line.direction) : "-", Printable(LineVerdict(capture, line)),
         kVerdictColumn, FlowWords(line.frame));
  }
  const std::int64_t rest = capture.frames - static_cast<std::int64_t>(capture.lines.size());
  if (rest > 0) {
    Line("{} more frames: --limit shows more, --summary counts them", CountText(rest));
  }
  out_ += '\n';
  WriteCounts(capture);
  return Take();
}

void ExplainText::WriteCounts(const CaptureExplanation& capture) {
  const Count& in = capture.passed[static_cast<std::size_t>(Direction::kIngress)];
  const Count& out = capture.passed[static_cast<std::size_t>(Direction::kEgress)];
  std::string text =
      fmt::format("{} frames at {}: {} in, {} out", CountText(capture.frames),
                  Printable(EniAt(capture.eni).id), CountText(in.frames), CountText(out.frames));
  if (capture.others.frames > 0) {
    text += fmt::format(
        ", {} not this ENI's (the first is frame {}; --local names addresses "
        "that stand for it)",
        CountText(capture.others.frames), capture.first_other);
  }
  Line("{}.", Wrapped(text, style_.width - 1, 0));
  if (capture.cut_short + capture.malformed > 0) {
    Line("{} end inside a header by the capture, {} are malformed.", CountText(capture.cut_short),
         CountText(capture.malformed));
  }
  if (!capture.complete) {
    Line("{}", Painted("Stopped: this is what was read until then.", Ink::kWarning, style_.color));
  }
  const ProviderProfile& provider = ProviderOf(scenario_, capture.eni);
  if (provider.experimental) Line("The profile of {} is experimental.", provider.name);
}

std::string ExplainText::Summary(const CaptureExplanation& capture) {
  WriteCounts(capture);
  if (capture.sessions.empty()) {
    Line("No mirror watches {}.", Printable(EniAt(capture.eni).id));
    return Take();
  }
  WriteRulings(capture);
  WriteReceivers(capture);
  WriteUnmatched(capture);
  return Take();
}

void ExplainText::WriteRulings(const CaptureExplanation& capture) {
  const Ruling* last = nullptr;
  for (const RulingCount& count : capture.rulings) {
    const Ruling& ruling = count.ruling;
    if (last == nullptr || last->session != ruling.session) {
      const std::string title =
          ruling.session
              ? "Mirror " +
                    Printable(MirrorAt(capture.sessions[*ruling.session].mirror).settings().id)
              : std::string("Before any mirror");
      out_ += '\n';
      Line("{}{:>10} {:>9} {:>9}",
           Painted(fmt::format("{:<{}}", title, kReasonColumn), Ink::kBold, style_.color), "frames",
           "bytes", "e.g. no.");
    }
    std::string reason = fmt::format("{} {}: {}", ruling.copies() ? "yes" : "no ",
                                     WayWord(ruling.direction), ReasonOf(capture, ruling));
    if (ruling.dropped) {
      reason += fmt::format("; lost: {}", ToString(*ruling.dropped));
    } else if (ruling.mtu_action != MtuAction::kWhole) {
      reason += fmt::format("; {}", ActionWords(ruling.mtu_action));
    }
    const std::string text = Wrapped(Printable(reason), kReasonColumn - 3, 5);
    const std::size_t end = text.rfind('\n') == std::string::npos ? 0 : text.rfind('\n') + 1;
    Line("  {}{:<{}}{:>10} {:>9} {:>9}", text.substr(0, end), text.substr(end), kReasonColumn - 2,
         CountText(count.frames.frames), SizeText(count.frames.bytes), CountText(count.example));
    last = &ruling;
  }
}

void ExplainText::WriteReceivers(const CaptureExplanation& capture) {
  Bytes wire{};
  std::int64_t packets = 0;
  for (const RulingCount& count : capture.rulings) {
    wire += count.wire;
    packets += count.packets;
  }
  if (packets == 0) return;
  Title("Copies");
  Entry("on the wire", fmt::format("{} packets, {} (Ethernet frames without FCS)",
                                   CountText(packets), SizeText(wire)));
  for (const SessionUse& use : capture.sessions) {
    const MirrorSettings& settings = MirrorAt(use.mirror).settings();
    for (std::size_t i = 0; i < use.receivers.size(); ++i) {
      Entry(fmt::format("{} to {}", settings.id, ToString(settings.receivers[i].address)),
            fmt::format("{} frames, {}", CountText(use.receivers[i].frames),
                        SizeText(use.receivers[i].bytes)));
    }
  }
}

void ExplainText::WriteUnmatched(const CaptureExplanation& capture) {
  bool titled = false;
  for (const SessionUse& use : capture.sessions) {
    const MirrorSettings& settings = MirrorAt(use.mirror).settings();
    for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
      const auto& rules = use.rules[static_cast<std::size_t>(direction)];
      for (std::size_t i = 0; i < rules.size(); ++i) {
        if (rules[i].matched > 0) continue;
        if (!titled) Title("Rules that matched nothing");
        titled = true;
        const FilterRule& rule = settings.filter.rules(direction)[i];
        Entry(fmt::format("{} {} {}", settings.id, WayWord(direction), rule.label),
              fmt::format(
                  "{}; asked {}", ConditionWords(rule.condition),
                  rules[i].asked == 0 ? "about no frame" : "about " + CountText(rules[i].asked)));
      }
    }
  }
}

}  // namespace

std::string ExplanationText(const ValidScenario& scenario, const Explanation& explanation,
                            const TextStyle& style) {
  return ExplainText(scenario, style).Packet(explanation);
}

std::string FrameLinesText(const ValidScenario& scenario, const CaptureExplanation& capture,
                           const TextStyle& style) {
  return ExplainText(scenario, style).Lines(capture);
}

std::string CaptureSummaryText(const ValidScenario& scenario, const CaptureExplanation& capture,
                               const TextStyle& style) {
  return ExplainText(scenario, style).Summary(capture);
}

}  // namespace vpcmirror
