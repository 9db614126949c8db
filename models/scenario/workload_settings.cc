#include "models/scenario/workload_settings.h"

#include <algorithm>

namespace vpcmirror {
namespace {

// Linux: default net.ipv4.ip_local_port_range.
constexpr PortRange kClientPorts{32768, 60999};
constexpr std::uint16_t kHttps = 443;
constexpr int kDefaultFlows = 256;
constexpr std::int64_t kDefaultFrame = 1500;
constexpr Bytes kDefaultTcpBuffer{1 << 20};
constexpr Picoseconds kOutsideDelay{kPicosecondsPerSecond / 100};
constexpr Picoseconds kDefaultBurst{kPicosecondsPerSecond / 10};

class Settler {
 public:
  Settler(Draft& draft, const WorkloadSpec& spec) : draft_(draft), spec_(spec) {}

  Workload Run() {
    workload_.name = spec_.name;
    SettleProtocol();
    if (spec_.tcp) {
      SettleTcp(*spec_.tcp);
    } else {
      SettleSizes();
      SettleArrivals();
    }
    SettleTimes();
    SettleWakeDelay();
    return std::move(workload_);
  }

 private:
  void Fail(const std::string& path, const std::string& message, const std::string& accepted) {
    draft_.errors.Add(path, message, accepted);
  }

  void Default(const std::string& name, const std::string& value, const std::string& text,
               const std::string& source) {
    AssumeOfWorkload(draft_, spec_, {name, value, text, source, false});
  }

  void SettleWakeDelay() {
    if (!spec_.wake_delay) return;
    workload_.wake_delay = spec_.wake_delay->value;
    if (spec_.requests || spec_.replay || spec_.tcp) {
      Fail(spec_.wake_delay->path, "a wake delay of requests, of TCP flows or of a replay",
           "a wake delay beside `rate`, or `in` and `out`");
    } else if (workload_.wake_delay < Picoseconds(0) || Seconds(workload_.wake_delay) > 1) {
      Fail(spec_.wake_delay->path, "a wake delay out of range", "0 s to 1 s, such as \"100 us\"");
    }
  }

  void SettleProtocol() {
    if (spec_.protocol) {
      workload_.protocol = spec_.protocol->value;
      const auto protocol = workload_.protocol;
      if (protocol != kProtocolTcp && protocol != kProtocolUdp && protocol != kProtocolIcmp) {
        Fail(spec_.protocol->path, "protocol " + std::to_string(protocol), "TCP, UDP or ICMP");
      }
    } else {
      Default("workload_protocol", "TCP", "Workloads are TCP where no protocol is given.",
              kOurChoice);
    }
    SettlePorts();
    SettleFlows();
  }

  void SettlePorts() {
    if (workload_.protocol == kProtocolIcmp) return;
    if (spec_.server_port) {
      workload_.server_port = spec_.server_port->value;
      if (workload_.server_port == 0) Fail(spec_.server_port->path, "port 0", "1 to 65535");
    } else {
      workload_.server_port = kHttps;
      Default("server_port", "443", "Servers of workloads listen on 443 where no port is given.",
              kOurChoice);
    }
    if (!spec_.client_ports) {
      workload_.client_ports = kClientPorts;
      Default("client_ports", "32768-60999", "Clients of workloads use ports 32768 to 60999.",
              "Linux: default ip_local_port_range");
      return;
    }
    workload_.client_ports = spec_.client_ports->value;
    if (workload_.client_ports.first == 0 ||
        workload_.client_ports.first > workload_.client_ports.last) {
      Fail(spec_.client_ports->path,
           "the port range " + std::to_string(workload_.client_ports.first) + "-" +
               std::to_string(workload_.client_ports.last),
           "two ports from 1 to 65535, the smaller one first");
    }
  }

  // Without ports nothing tells two flows between the same addresses apart.
  void SettleFlowOfIcmp() {
    workload_.flows = 1;
    if (spec_.flows && spec_.flows->value != 1) {
      Fail(spec_.flows->path,
           std::to_string(spec_.flows->value) + " flows of ICMP, which has no ports",
           "1, or another protocol");
    }
  }

  void SettleFlows() {
    const int usual = spec_.tcp ? 1 : kDefaultFlows;
    workload_.flows = spec_.flows ? spec_.flows->value : usual;
    if (workload_.protocol == kProtocolIcmp) {
      SettleFlowOfIcmp();
      return;
    }
    const int ports = workload_.client_ports.last - workload_.client_ports.first + 1;
    if (!spec_.flows) {
      // A range of fewer ports is what the user chose; a flow needs a port of its own.
      workload_.flows = std::clamp(ports, 1, usual);
    } else if (workload_.flows < 1) {
      Fail(spec_.flows->path, std::to_string(workload_.flows) + " flows", "1 or more");
    } else if (workload_.flows > ports) {
      Fail(spec_.flows->path,
           std::to_string(workload_.flows) + " flows and only " + std::to_string(ports) +
               " client ports",
           "at most a flow for each client port");
    }
  }

  template <class T>
  void RefuseBesideTcp(const std::optional<At<T>>& given, const char* name) {
    if (!given) return;
    Fail(given->path, std::string("`") + name + "` beside `tcp`",
         "`tcp` alone: its flows send what the network lets them");
  }

  void SettleTcp(const At<TcpSpec>& given) {
    RefuseBesideTcp(spec_.in, "in");
    RefuseBesideTcp(spec_.out, "out");
    RefuseBesideTcp(spec_.rate, "rate");
    RefuseBesideTcp(spec_.scope, "per");
    RefuseBesideTcp(spec_.sizes, "sizes");
    RefuseBesideTcp(spec_.arrivals, "arrivals");
    RefuseBesideTcp(spec_.requests, "requests");
    RefuseBesideTcp(spec_.replay, "replay");
    if (workload_.protocol != kProtocolTcp) {
      Fail(spec_.protocol->path, "`tcp` flows of another protocol", "protocol TCP");
    }
    const TcpSpec& spec = given.value;
    workload_.sizes = {FrameSize{Bytes(kDefaultFrame), 1.0}};
    workload_.tcp = TcpSettings{.variant = spec.variant,
                                .send = ValueOf(spec.send),
                                .request = ValueOf(spec.request).value_or(Bytes(0)),
                                .response = ValueOf(spec.response).value_or(Bytes(0)),
                                .think = ValueOf(spec.think).value_or(Picoseconds(0)),
                                .exchanges = ValueOf(spec.exchanges).value_or(0),
                                .buffer = ValueOf(spec.buffer).value_or(kDefaultTcpBuffer)};
    CheckExchanges(given);
    // Its goodput would be of what is left of it, with and without a mirror.
    const auto& warm_up = draft_.scenario.warm_up;
    if (spec.send && warm_up && warm_up->value > Picoseconds(0)) {
      Fail(spec.send->path, "`send` beside a warm-up, in which it may be over",
           "no `warm_up`, or flows without end");
    }
    CheckTcpBuffer();
    SettleOutside(spec);
  }

  template <class T>
  static std::optional<T> ValueOf(const std::optional<At<T>>& given) {
    return given ? std::optional<T>(given->value) : std::nullopt;
  }

  void CheckExchanges(const At<TcpSpec>& given) {
    const TcpSpec& spec = given.value;
    if (spec.request.has_value() != spec.response.has_value()) {
      const auto& one = spec.request ? spec.request : spec.response;
      Fail(one->path, std::string("a ") + (spec.request ? "request" : "response") + " alone",
           "`request` and `response`, or neither");
    }
    for (const auto* size : {&spec.send, &spec.request, &spec.response}) {
      if (!*size || (*size)->value.count() > 0) continue;
      Fail((*size)->path, "no bytes to send", "a size above zero");
    }
    if (spec.request && spec.send) {
      Fail(spec.send->path, "`send` beside `request`",
           "`send` for flows that only send, or `request` and `response`");
    }
    if (spec.request) return;
    const auto without = [&](const auto& given_one, const char* name) {
      if (!given_one) return;
      Fail(given_one->path, std::string("`") + name + "` without requests",
           "`request` and `response` beside it");
    };
    without(spec.think, "think");
    without(spec.exchanges, "exchanges");
  }

  void SettleOutside(const TcpSpec& spec) {
    if (!spec_.at) {
      const auto only_at = [&](const auto& given, const char* name) {
        if (!given) return;
        Fail(given->path, std::string("`") + name + "` of flows between hosts",
             "`at` in place of `from` and `to`, for flows to and from the outside");
      };
      only_at(spec.client, "client");
      only_at(spec.delay, "delay");
      return;
    }
    if (!spec.delay) {
      Default("tcp_outside_delay", "10 ms",
              "TCP peers outside are 10 ms away, one way: as far as light goes in 2,000 km of "
              "fibre.",
              kOurChoice);
    }
    workload_.tcp->outside_delay = spec.delay ? spec.delay->value : kOutsideDelay;
  }

  void CheckTcpBuffer() {
    const std::optional<At<Bytes>>& buffer = spec_.tcp->value.buffer;
    if (!buffer) {
      Default("tcp_buffer", "1 MiB", "Sockets of TCP flows buffer 1 MiB each way.", kOurChoice);
      return;
    }
    if (buffer->value >= kSmallestTcpBuffer && buffer->value <= kLargestTcpBuffer) return;
    Fail(buffer->path, "a buffer of " + std::to_string(buffer->value.count()) + " bytes",
         "4 KiB to 64 MiB");
  }

  void SettleSizes() {
    if (!spec_.sizes) {
      workload_.sizes = {FrameSize{Bytes(kDefaultFrame), 1.0}};
      Default("sizes", "1500 B", "Frames of workloads have 1500 bytes where no sizes are given.",
              kOurChoice);
      return;
    }
    workload_.sizes = spec_.sizes->value;
    if (workload_.sizes.empty()) {
      Fail(spec_.sizes->path, "no frame size", "at least one");
    }
    for (const FrameSize& size : workload_.sizes) {
      if (size.weight > 0) continue;
      Fail(spec_.sizes->path, "a frame size with a weight that is not above zero",
           "weights above zero");
    }
  }

  void SettleArrivals() {
    if (spec_.arrivals) {
      workload_.arrivals = spec_.arrivals->value;
    } else if (spec_.on_off) {
      workload_.arrivals = ArrivalProcess::kOnOff;
    } else {
      Default("arrivals", "constant", "Frames of workloads are evenly spaced.", kOurChoice);
    }
    if (workload_.arrivals != ArrivalProcess::kOnOff) {
      if (!spec_.on_off) return;
      Fail(spec_.on_off->path, "on/off times for arrivals that are not on/off",
           "arrivals \"on_off\", or no on/off times");
      return;
    }
    if (spec_.on_off) {
      workload_.on_off = spec_.on_off->value;
      CheckOnOff(*spec_.on_off);
      return;
    }
    workload_.on_off = OnOffSpec{kDefaultBurst, kDefaultBurst, 1.5};
    Default("on_off", "100 ms on, 100 ms off, shape 1.5",
            "On/off workloads without times are on for 100 ms and off for 100 ms in the mean.",
            kOurChoice);
  }

  void CheckOnOff(const At<OnOffSpec>& given) {
    if (given.value.mean_on.count() <= 0 || given.value.mean_off.count() <= 0) {
      Fail(given.path, "a mean on or off time that is not above zero", "times above zero");
    }
    // A Pareto distribution with a shape of 1 or less has no mean, and just above
    // 1 most of the mean lies in periods that no run is long enough to see.
    constexpr double kLeastShape = 1.1;
    if (!(given.value.shape >= kLeastShape)) {
      Fail(given.path,
           "a shape of " + std::to_string(given.value.shape) + " keeps to no mean within a run",
           "a shape of 1.1 or more");
    }
  }

  void SettleTimes() {
    workload_.start = spec_.start ? spec_.start->value : Picoseconds(0);
    workload_.stop = spec_.stop ? std::min(spec_.stop->value, draft_.duration) : draft_.duration;
    if (workload_.start.count() < 0) {
      Fail(spec_.start->path, "a start before the run begins", "0 s or later");
    } else if (spec_.start && workload_.start >= draft_.duration) {
      Fail(spec_.start->path, "workload " + spec_.name + " starts when the run is over",
           "a start before the end of the run, or a longer `duration`");
    } else if (spec_.stop && workload_.start >= spec_.stop->value) {
      Fail(spec_.stop->path, "workload " + spec_.name + " stops before it starts",
           "a stop after its start");
    }
  }

  Draft& draft_;
  const WorkloadSpec& spec_;
  Workload workload_;
};

}  // namespace

Workload SettleWorkload(Draft& draft, const WorkloadSpec& spec) {
  return Settler(draft, spec).Run();
}

void AssumeOfWorkload(Draft& draft, const WorkloadSpec& spec, const Assumption& assumption) {
  if (spec.replay && !spec.in && !spec.out && !spec.requests) return;
  draft.assumptions.Add(assumption);
}

}  // namespace vpcmirror
