// Results built by hand, every number by arithmetic.
#pragma once

#include <string>

#include "models/scenario/run_result.h"
#include "models/units/rates.h"

namespace vpcmirror::testing_report {

// `per_second` frames of `size` bytes each over one second.
inline Load LoadOf(std::int64_t per_second, std::int64_t size) {
  return {.frames = per_second,
          .bytes = Bytes(per_second * size),
          .bandwidth = BitsPerSecond(per_second * size * kBitsPerByte),
          .packet_rate = PacketsPerSecond(per_second)};
}

inline Load Sum(const Load& a, const Load& b) {
  return {.frames = a.frames + b.frames,
          .bytes = a.bytes + b.bytes,
          .bandwidth = a.bandwidth + b.bandwidth,
          .packet_rate = a.packet_rate + b.packet_rate};
}

// 100,000 frames/s of 1250 bytes are 1 Gbps: in, out, and a copy of each
// (encapsulation none), as in Tencent's own example: 1 in becomes 3 out.
inline HostResult Source(const std::string& id) {
  HostResult host;
  host.id = id;
  host.type = "S5.4XLARGE32";
  host.limit_model = LimitModel::kCombined;
  host.limit_bandwidth = BitsPerSecond(6'000'000'000);
  host.limit_packet_rate = PacketsPerSecond(1'000'000);
  host.used_in = LoadOf(100'000, 1250);
  host.used_out = LoadOf(300'000, 1250);
  host.copies_out = LoadOf(200'000, 1250);
  host.cpu = {.cores_used = 0.5, .cores_limit = 16, .table = "kernel"};
  host.cpu.operations[static_cast<std::size_t>(CpuOperation::kProductionTx)].cores = 0.5;
  host.cpu.operations[static_cast<std::size_t>(CpuOperation::kClone)] = {.cores = 0.25,
                                                                         .payer = Payer::kHost};
  host.memory_peak = Bytes(3000);
  return host;
}

inline EniResult SourceEni(const std::string& host) {
  EniResult eni;
  eni.id = host + "/eni0";
  eni.host = host;
  eni.address = IpAddress::V4(0x0a000105);  // 10.0.1.5
  eni.in = LoadOf(100'000, 1250);
  eni.out = LoadOf(300'000, 1250);
  eni.mirror_out = LoadOf(200'000, 1250);
  eni.offered_in = LoadOf(100'000, 1250);
  eni.offered_out = LoadOf(100'000, 1250);
  eni.dropped = {{"egress_bandwidth", {}}, {"security_group", {}}};
  return eni;
}

inline ReceiverResult Receiver(const std::string& host) {
  ReceiverResult receiver;
  receiver.id = host + "/eni0";
  receiver.host = host;
  receiver.address = IpAddress::V4(0x0a000909);  // 10.0.9.9
  receiver.profile = "suricata";
  receiver.capacity_bandwidth = BitsPerSecond(4'000'000'000);
  receiver.in = LoadOf(200'000, 1250);
  receiver.digested = LoadOf(200'000, 1250);
  receiver.dropped = {{"receiver_ring", {}}};
  return receiver;
}

// One source, one mirror, one receiver; nothing lost. 4 of 6 Gbps and 400 of
// 1000 kpps at the source, 2 of 4 Gbps at the receiver.
inline RunResult OneInThreeOut() {
  RunResult result;
  result.engine = "packet";
  result.scenario_name = "one-in-three-out";
  result.scenario_description = "The example of Tencent's document";
  result.scenario_file = "/somewhere/scenarios/one-in-three-out.json";
  result.scenario_sha256 = std::string(64, 'a');
  result.scenario_changes = {"/workloads/www/in=x2"};
  result.seed = 7;
  result.duration = Picoseconds(kPicosecondsPerSecond);
  result.events = 1'000'000;
  result.hosts = {Source("web")};
  result.enis = {SourceEni("web")};
  result.receivers = {Receiver("ids")};

  MirrorResult mirror;
  mirror.id = "mirror-0";
  mirror.sources = {"web/eni0"};
  mirror.receivers = {"ids/eni0"};
  mirror.ledger.offered = {200'010, Bytes(250'000'600)};
  mirror.ledger.rejected[static_cast<std::size_t>(Refusal::kNeverMirrored)] = {10, Bytes(600)};
  mirror.ledger.mirrored = {200'000, Bytes(250'000'000)};
  mirror.ledger.wire_datagrams = 200'000;
  mirror.ledger.wire_bytes = Bytes(250'000'000);
  mirror.lost_after_source = {{"receiver_ring", {}}, {"not_received", {}}};
  result.mirrors = {mirror};

  result.assumptions = {{.name = "flow_hash_symmetric",
                         .value = "true",
                         .text = "Both directions of a flow reach the same receiver",
                         .source = "not documented",
                         .overridden = true}};
  return result;
}

// The copies of OneInThreeOut through a load balancer of two zones, all in zone a and 1 in
// 10 of them lost there for want of bandwidth: 2 Gbps came in, 1.8 of them went to ids.
inline LoadBalancerResult Balancer() {
  LoadBalancerResult balancer;
  balancer.id = "copies";
  balancer.kind = "nlb";
  balancer.title = "Network Load Balancer";
  balancer.address = IpAddress::V4(0x0a000907);  // 10.0.9.7
  balancer.in = LoadOf(200'000, 1250);
  balancer.zones = {{"a", balancer.in}, {"b", {}}};
  balancer.backends = {{"ids/eni0", "ids", "a", true, LoadOf(180'000, 1250)},
                       {"spare/eni0", "spare", "b", false, {}}};
  balancer.dropped = {{"load_balancer_listener", {}},
                      {"load_balancer_backend", {}},
                      {"load_balancer_bandwidth", {20'000, Bytes(25'000'000)}},
                      {"load_balancer_mtu", {}}};
  balancer.may_be_reordered = 50'000;
  return balancer;
}

}  // namespace vpcmirror::testing_report
