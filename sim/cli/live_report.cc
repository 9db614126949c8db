#include "sim/cli/live_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "analysis/report/mirrors_text.h"
#include "analysis/report/result_parts.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"
#include "models/scenario/run_result.h"

namespace vpcmirror::sim {
namespace {

using OrderedJson = nlohmann::ordered_json;

MirrorResult ResultOf(const LiveReport& report, const MirrorAccount& mirror) {
  MirrorResult result{.id = mirror.id,
                      .sources = {report.eni},
                      .receivers = {},
                      .ledger = mirror.ledger,
                      .lost_after_source = {}};
  for (const ReceiverAccount& receiver : mirror.receivers) result.receivers.push_back(receiver.eni);
  return result;
}

std::string CaptureText(const LiveReport& report, const TextStyle& style) {
  const CaptureCounters& capture = report.capture;
  const LiveAccount& account = report.account;
  const Count all{capture.frames, capture.bytes};
  std::string out = LedgerTitle("Frames", style) + LedgerRow("captured", all);
  const auto row = [&](const char* words, const Count& count) {
    if (count.frames > 0) out += LedgerRow(words, count, &all);
  };
  row("to the ENI", account.passed[static_cast<std::size_t>(Direction::kIngress)]);
  row("from the ENI", account.passed[static_cast<std::size_t>(Direction::kEgress)]);
  row("between others, left aside", account.others);
  const auto count = [&](const char* words, std::int64_t frames) {
    if (frames > 0)
      AppendLine(out, "  {:{}}{:>14}", words, kLedgerWordColumns - 2, CountText(frames));
  };
  count("cut short by the capture", capture.cut_short);
  count("of them inside a header", account.cut_short);
  count("malformed", account.malformed);
  count("unusable, not captured", capture.unusable);
  count("lost by the kernel, not captured", capture.kernel_dropped);
  return out;
}

// A line for each bound that something was beyond.
std::string ShedText(const ShedCounters& shed, std::string_view before) {
  std::string out;
  const auto line = [&](std::string_view limit, const PacketCount& count) {
    if (count.packets == 0) return;
    AppendLine(out, "{}shed by {}: {:>7} packets, {}", before, limit, CountText(count.packets),
               SizeText(count.bytes));
  };
  line("--max-rate", shed.by_rate);
  line("--max-cpu ", shed.by_cpu);
  return out;
}

std::string ReceiversText(const MirrorAccount& mirror) {
  std::string out;
  for (const ReceiverAccount& receiver : mirror.receivers) {
    if (receiver.mirrored.frames == 0) continue;
    out += LedgerRow(fmt::format("to {}", ToString(receiver.address)), receiver.mirrored,
                     &mirror.ledger.mirrored);
    out += ShedText(receiver.shed, "    of it, ");
  }
  return out;
}

std::string SendText(const LiveReport& report, const TextStyle& style) {
  const SendCounters& send = report.send;
  std::string out;
  const std::string packets = fmt::format("{} packets, {} (from the outer IP header on)",
                                          CountText(send.sent), SizeText(send.sent_bytes));
  const std::string where = report.sink.empty() ? "Copies were counted and not sent: " + packets
                                                : (report.is_sent ? "Sent to " : "Written to ") +
                                                      Printable(report.sink) + ": " + packets;
  AppendLine(out, "{}.", Wrapped(where, style.width, 2));
  for (const auto& [error, count] : send.refused) {
    AppendLine(out, "  refused: {:>12} packets ({})", CountText(count), std::strerror(error));
  }
  out += ShedText(send.shed, "  ");
  for (const ReceiverCounters& each : report.receivers) {
    for (const auto& [error, count] : each.reported) {
      AppendLine(out, "  {}: the network said of {} packets: {}", ToString(each.receiver),
                 CountText(count), std::strerror(error));
    }
  }
  for (const IpAddress& receiver : report.down) {
    AppendLine(out, "  {} is out of reach", ToString(receiver));
  }
  if (send.waiting > 0) AppendLine(out, "  not sent: {:>11} packets", CountText(send.waiting));
  return out;
}

OrderedJson CountJson(const Count& count) {
  return {{"frames", count.frames}, {"bytes", count.bytes.count()}};
}

OrderedJson PacketsJson(const PacketCount& count) {
  return {{"packets", count.packets}, {"bytes", count.bytes.count()}};
}

OrderedJson ShedJson(const ShedCounters& shed) {
  return {{"rate", PacketsJson(shed.by_rate)}, {"cpu", PacketsJson(shed.by_cpu)}};
}

OrderedJson MirrorOf(const LiveReport& report, const MirrorAccount& mirror) {
  OrderedJson json = MirrorJson(ResultOf(report, mirror));
  OrderedJson receivers = OrderedJson::array();
  for (const ReceiverAccount& receiver : mirror.receivers) {
    receivers.push_back({{"id", receiver.eni},
                         {"address", ToString(receiver.address)},
                         {"mirrored_frames", receiver.mirrored.frames},
                         {"mirrored_bytes", receiver.mirrored.bytes.count()},
                         {"wire_datagrams", receiver.wire_datagrams},
                         {"wire_bytes", receiver.wire_bytes.count()},
                         {"shed", ShedJson(receiver.shed)},
                         {"moved_frames", receiver.moved}});
  }
  json["by_receiver"] = std::move(receivers);
  return json;
}

OrderedJson CaptureJson(const LiveReport& report) {
  const CaptureCounters& capture = report.capture;
  const LiveAccount& account = report.account;
  return {{"source", report.source},
          {"frames", capture.frames},
          {"bytes", capture.bytes.count()},
          {"in", CountJson(account.passed[static_cast<std::size_t>(Direction::kIngress)])},
          {"out", CountJson(account.passed[static_cast<std::size_t>(Direction::kEgress)])},
          {"others", CountJson(account.others)},
          {"cut_short", capture.cut_short},
          {"cut_in_header", account.cut_short},
          {"malformed", account.malformed},
          {"unusable", capture.unusable},
          {"kernel_dropped", capture.kernel_dropped},
          {"remark", report.remark.empty() ? OrderedJson(nullptr) : OrderedJson(report.remark)}};
}

OrderedJson ErrorsJson(const std::map<int, std::int64_t>& errors) {
  OrderedJson json = OrderedJson::object();
  for (const auto& [error, count] : errors) {
    const char* const name = ::strerrorname_np(error);
    json[name == nullptr ? std::to_string(error) : name] = count;
  }
  return json;
}

OrderedJson SentToJson(const LiveReport& report) {
  OrderedJson json = OrderedJson::array();
  for (const ReceiverCounters& each : report.receivers) {
    const bool is_down = std::ranges::find(report.down, each.receiver) != report.down.end();
    json.push_back({{"address", ToString(each.receiver)},
                    {"taken", each.send.taken},
                    {"sent", each.send.sent},
                    {"sent_bytes", each.send.sent_bytes.count()},
                    {"refused", ErrorsJson(each.send.refused)},
                    {"reported", ErrorsJson(each.reported)},
                    {"up", !is_down}});
  }
  return json;
}

OrderedJson SendJson(const LiveReport& report) {
  const SendCounters& send = report.send;
  return {{"sink", report.sink.empty() ? OrderedJson(nullptr) : OrderedJson(report.sink)},
          {"taken", send.taken},
          {"sent", send.sent},
          {"sent_bytes", send.sent_bytes.count()},
          {"refused", ErrorsJson(send.refused)},
          {"shed", ShedJson(send.shed)},
          {"waiting", send.waiting},
          {"receivers", SentToJson(report)}};
}

}  // namespace

std::string LiveText(const LiveReport& report, const TextStyle& style) {
  std::string out;
  AppendLine(out, "{}",
             Wrapped(fmt::format("Mirrored {} ({}) from {}{}.", Printable(report.eni),
                                 report.address, Printable(report.source),
                                 report.complete ? "" : ", stopped before its end"),
                     style.width, 2));
  if (!report.remark.empty()) {
    AppendLine(out, "{}", Wrapped(Printable(report.remark), style.width, 2));
  }
  out += '\n' + CaptureText(report, style) + '\n' + LedgerTitle("Mirrors", style);
  for (const MirrorAccount& mirror : report.account.mirrors) {
    out += MirrorText(ResultOf(report, mirror), style) + ReceiversText(mirror);
  }
  return report.tells_sending ? out + '\n' + SendText(report, style) : out;
}

std::string LiveJson(const LiveReport& report) {
  OrderedJson json;
  json["scenario"] = report.scenario;
  json["eni"] = report.eni;
  json["complete"] = report.complete;
  if (report.is_captured) json["interface_up"] = *report.is_captured;
  json["mirrors"] = OrderedJson::array();
  for (const MirrorAccount& mirror : report.account.mirrors) {
    json["mirrors"].push_back(MirrorOf(report, mirror));
  }
  json["capture"] = CaptureJson(report);
  json["send"] = report.tells_sending ? SendJson(report) : OrderedJson(nullptr);
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
}

}  // namespace vpcmirror::sim
