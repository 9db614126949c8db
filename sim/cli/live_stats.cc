#include "sim/cli/live_stats.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "analysis/report/prometheus_text.h"
#include "models/mirror/refusal.h"

namespace vpcmirror::sim {
namespace {

using StatsJson = nlohmann::ordered_json;

std::string NameOfError(int error) {
  const char* const name = ::strerrorname_np(error);
  return name == nullptr ? std::to_string(error) : name;
}

double Seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

using Label = std::pair<std::string_view, std::string>;

// Samples of one figure stand together, behind what it is.
class Exposition {
 public:
  void Counter(std::string_view name, std::string_view help) { Begin(name, help, "counter"); }
  void Gauge(std::string_view name, std::string_view help) { Begin(name, help, "gauge"); }

  template <class Number>
  void Add(std::initializer_list<Label> labels, Number number) {
    text_ += name_;
    char before = '{';
    for (const auto& [name, value] : labels) {
      fmt::format_to(std::back_inserter(text_), "{}{}={}", std::exchange(before, ','), name,
                     QuotedLabel(value));
    }
    fmt::format_to(std::back_inserter(text_), "{} {}\n", before == ',' ? "}" : "", number);
  }
  template <class Number>
  void Add(Number number) {
    Add({}, number);
  }

  std::string& text() { return text_; }

 private:
  void Begin(std::string_view name, std::string_view help, std::string_view type) {
    name_ = fmt::format("vpcmirror_live_{}", name);
    fmt::format_to(std::back_inserter(text_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name_, help,
                   type);
  }

  std::string text_;
  std::string name_;
};

void ExposeProcess(const LiveStats& stats, Exposition& out) {
  out.Gauge("info", "What is mirrored, from where and to where");
  for (const LiveReport& report : stats.reports) {
    out.Add({{"scenario", report.scenario},
             {"eni", report.eni},
             {"source", report.source},
             {"sink", report.sink}},
            1);
  }
  out.Gauge("uptime_seconds", "Since mirroring began");
  out.Add(Seconds(stats.uptime_ns));
  out.Gauge("workers", "Threads that mirror");
  out.Add(stats.workers);
  out.Counter("reloads_total", "Readings of the scenario anew");
  out.Add({{"result", "taken"}}, stats.reloads);
  out.Add({{"result", "refused"}}, stats.refused_reloads);
}

// Two figures of the same samples: frames and bytes.
using EachCount =
    std::function<void(const std::function<void(std::initializer_list<Label>, const Count&)>&)>;
void ExposeCounts(std::string_view name, std::string_view help, const EachCount& each,
                  Exposition& out) {
  out.Counter(fmt::format("{}_frames_total", name), fmt::format("Frames {}", help));
  each([&](std::initializer_list<Label> labels, const Count& count) {
    out.Add(labels, count.frames);
  });
  out.Counter(fmt::format("{}_bytes_total", name),
              fmt::format("Bytes of original frames {}", help));
  each([&](std::initializer_list<Label> labels, const Count& count) {
    out.Add(labels, count.bytes.count());
  });
}

void ExposeCapture(const std::vector<LiveReport>& reports, Exposition& out) {
  const auto of_each = [&](const auto& number) {
    for (const LiveReport& each : reports) {
      out.Add({{"interface", each.source}}, number(each.capture));
    }
  };
  out.Counter("captured_frames_total", "Frames that were captured");
  of_each([](const CaptureCounters& capture) { return capture.frames; });
  out.Counter("captured_bytes_total", "Bytes of original frames that were captured");
  of_each([](const CaptureCounters& capture) { return capture.bytes.count(); });
  out.Counter("kernel_dropped_frames_total", "Frames lost for want of room, in no account");
  of_each([](const CaptureCounters& capture) { return capture.kernel_dropped; });
  out.Counter("unusable_frames_total", "Frames of no usable link type or length, in no account");
  of_each([](const CaptureCounters& capture) { return capture.unusable; });
  out.Counter("cut_short_frames_total", "Frames captured in part");
  of_each([](const CaptureCounters& capture) { return capture.cut_short; });
}

void ExposeEnis(const std::vector<LiveReport>& reports, Exposition& out) {
  out.Gauge("interface_up", "1: its frames are captured; 0: it is down, gone or cannot be opened");
  for (const LiveReport& each : reports) {
    if (each.is_captured) out.Add({{"interface", each.source}}, *each.is_captured ? 1 : 0);
  }
  ExposeCounts(
      "passed", "by their direction, as the ENI sees it",
      [&](const auto& add) {
        for (const LiveReport& each : reports) {
          const auto passed = [&](Direction direction) -> const Count& {
            return each.account.passed[static_cast<std::size_t>(direction)];
          };
          add({{"eni", each.eni}, {"direction", "in"}}, passed(Direction::kIngress));
          add({{"eni", each.eni}, {"direction", "out"}}, passed(Direction::kEgress));
          add({{"eni", each.eni}, {"direction", "others"}}, each.account.others);
        }
      },
      out);
  out.Counter("cut_in_header_frames_total", "Frames whose capture ends inside a header");
  for (const LiveReport& each : reports) out.Add({{"eni", each.eni}}, each.account.cut_short);
  out.Counter("malformed_frames_total", "Frames that lie about their length");
  for (const LiveReport& each : reports) out.Add({{"eni", each.eni}}, each.account.malformed);
}

// Of every ENI.
template <class Do>
void ForEachMirror(const std::vector<LiveReport>& reports, const Do& something) {
  for (const LiveReport& report : reports) {
    for (const MirrorAccount& mirror : report.account.mirrors) something(report.eni, mirror);
  }
}

template <class Reason, std::size_t kReasons>
void ExposeReasons(std::string_view name, std::string_view help,
                   std::array<Count, kReasons> Ledger::*counts, std::size_t first_reason,
                   const std::vector<LiveReport>& reports, Exposition& out) {
  ExposeCounts(
      name, help,
      [&](const auto& add) {
        ForEachMirror(reports, [&](const std::string& eni, const MirrorAccount& mirror) {
          for (std::size_t i = first_reason; i < kReasons; ++i) {
            const std::string reason(ToString(static_cast<Reason>(i)));
            add({{"eni", eni}, {"mirror", mirror.id}, {"reason", reason}},
                (mirror.ledger.*counts)[i]);
          }
        });
      },
      out);
}

void ExposeMirrors(const std::vector<LiveReport>& reports, Exposition& out) {
  const auto of_each = [&](std::string_view name, std::string_view help, Count Ledger::*count) {
    ExposeCounts(
        name, help,
        [&](const auto& add) {
          ForEachMirror(reports, [&](const std::string& eni, const MirrorAccount& mirror) {
            add({{"eni", eni}, {"mirror", mirror.id}}, mirror.ledger.*count);
          });
        },
        out);
  };
  of_each("offered", "that a mirror was asked about", &Ledger::offered);
  ExposeReasons<Refusal>("rejected", "that a mirror does not copy, by the reason",
                         &Ledger::rejected, 1, reports, out);
  ExposeReasons<DropReason>("dropped", "whose copy could not be made, by the reason",
                            &Ledger::dropped, 0, reports, out);
  of_each("truncated", "whose copy was cut", &Ledger::truncated);
}

// What was handed to sending, by mirror and receiver.
void ExposeCopies(const std::vector<LiveReport>& reports, Exposition& out) {
  const auto each = [&](const auto& add) {
    ForEachMirror(reports, [&](const std::string& eni, const MirrorAccount& mirror) {
      for (const ReceiverAccount& receiver : mirror.receivers) {
        add({{"eni", eni}, {"mirror", mirror.id}, {"receiver", ToString(receiver.address)}},
            receiver);
      }
    });
  };
  using Labels = std::initializer_list<Label>;
  ExposeCounts(
      "mirrored", "that were copied and handed to sending",
      [&](const auto& add) {
        each([&](Labels labels, const ReceiverAccount& receiver) {
          add(labels, receiver.mirrored);
        });
      },
      out);
  const auto of_each = [&](const auto& number) {
    each(
        [&](Labels labels, const ReceiverAccount& receiver) { out.Add(labels, number(receiver)); });
  };
  out.Counter("moved_frames_total",
              "Frames meant for it and copied to another, as it was out of reach");
  of_each([](const ReceiverAccount& receiver) { return receiver.moved; });
  out.Counter("wire_packets_total", "Outer packets of the copies");
  of_each([](const ReceiverAccount& receiver) { return receiver.wire_datagrams; });
  out.Counter("wire_bytes_total", "Of them, as Ethernet frames without FCS");
  of_each([](const ReceiverAccount& receiver) { return receiver.wire_bytes.count(); });
}

// Of the copies above, those that were shed.
void ExposeShed(const std::vector<LiveReport>& reports, Exposition& out) {
  const auto of_each = [&](const auto& number) {
    ForEachMirror(reports, [&](const std::string& eni, const MirrorAccount& mirror) {
      for (const ReceiverAccount& receiver : mirror.receivers) {
        const auto add = [&](const char* limit, const PacketCount& count) {
          out.Add({{"eni", eni},
                   {"mirror", mirror.id},
                   {"receiver", ToString(receiver.address)},
                   {"limit", limit}},
                  number(count));
        };
        add("rate", receiver.shed.by_rate);
        add("cpu", receiver.shed.by_cpu);
      }
    });
  };
  out.Counter("receiver_shed_packets_total",
              "Outer packets to it that were left out, by the limit");
  of_each([](const PacketCount& count) { return count.packets; });
  out.Counter("receiver_shed_bytes_total", "Of them, from the outer IP header on");
  of_each([](const PacketCount& count) { return count.bytes.count(); });
}

void ExposeSending(const SendCounters& send, Exposition& out) {
  out.Counter("taken_packets_total", "Outer packets handed to sending: sum of the next four");
  out.Add(send.taken);
  out.Counter("sent_packets_total", "Outer packets sent");
  out.Add(send.sent);
  out.Counter("refused_packets_total", "Outer packets that could not be sent, by the error");
  for (const auto& [error, packets] : send.refused)
    out.Add({{"error", NameOfError(error)}}, packets);
  out.Counter("shed_packets_total", "Outer packets left out, by the limit that they were beyond");
  out.Add({{"limit", "rate"}}, send.shed.by_rate.packets);
  out.Add({{"limit", "cpu"}}, send.shed.by_cpu.packets);
  out.Gauge("waiting_packets", "Outer packets taken and not yet sent");
  out.Add(send.waiting);
  out.Counter("sent_bytes_total", "Of outer packets sent, from the outer IP header on");
  out.Add(send.sent_bytes.count());
  out.Counter("shed_bytes_total", "Of outer packets left out");
  out.Add({{"limit", "rate"}}, send.shed.by_rate.bytes.count());
  out.Add({{"limit", "cpu"}}, send.shed.by_cpu.bytes.count());
}

void ExposeReceivers(const LiveReport& report, Exposition& out) {
  const auto of_each = [&](const auto& number) {
    for (const ReceiverCounters& each : report.receivers) {
      out.Add({{"receiver", ToString(each.receiver)}}, number(each));
    }
  };
  const auto errors_of_each = [&](const auto& errors) {
    for (const ReceiverCounters& each : report.receivers) {
      for (const auto& [error, packets] : errors(each)) {
        out.Add({{"receiver", ToString(each.receiver)}, {"error", NameOfError(error)}}, packets);
      }
    }
  };
  out.Gauge("receiver_up", "1: it gets copies; 0: it is out of reach");
  for (const IpAddress& each : report.up) out.Add({{"receiver", ToString(each)}}, 1);
  for (const IpAddress& each : report.down) out.Add({{"receiver", ToString(each)}}, 0);
  out.Counter("receiver_sent_packets_total", "Outer packets sent to it");
  of_each([](const ReceiverCounters& each) { return each.send.sent; });
  out.Counter("receiver_sent_bytes_total", "Of them, from the outer IP header on");
  of_each([](const ReceiverCounters& each) { return each.send.sent_bytes.count(); });
  out.Counter("receiver_refused_packets_total", "Outer packets that could not be sent to it");
  errors_of_each([](const ReceiverCounters& each) -> const auto& { return each.send.refused; });
  out.Counter("receiver_reported_packets_total",
              "Outer packets sent to it of which the network said that they did not arrive");
  errors_of_each([](const ReceiverCounters& each) -> const auto& { return each.reported; });
}

}  // namespace

std::string StatsLine(const LiveStats& stats) {
  StatsJson json = {{"time_ns", stats.time_ns},
                    {"uptime_s", Seconds(stats.uptime_ns)},
                    {"workers", stats.workers},
                    {"reloads", stats.reloads},
                    {"refused_reloads", stats.refused_reloads}};
  if (stats.reports.size() == 1) {
    json.update(StatsJson::parse(LiveJson(stats.reports.front())));
  } else {
    for (const LiveReport& report : stats.reports) {
      json["enis"].push_back(StatsJson::parse(LiveJson(report)));
    }
  }
  return json.dump(-1, ' ', false, StatsJson::error_handler_t::replace) + '\n';
}

std::string StatsPrometheus(const LiveStats& stats) {
  Exposition out;
  ExposeProcess(stats, out);
  const LiveReport& first = stats.reports.front();
  ExposeCapture(stats.reports, out);
  ExposeEnis(stats.reports, out);
  ExposeMirrors(stats.reports, out);
  ExposeCopies(stats.reports, out);
  ExposeShed(stats.reports, out);
  ExposeSending(first.send, out);
  ExposeReceivers(first, out);
  return std::move(out.text());
}

}  // namespace vpcmirror::sim
