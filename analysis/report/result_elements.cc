#include "analysis/report/result_elements.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "models/wire/address.h"

namespace vpcmirror {
namespace {

using ParsedJson = nlohmann::json;

Load ReadRates(ResultFields& fields, const std::string& prefix) {
  Load load;
  load.bandwidth = BitsPerSecond(fields.Whole(prefix + "bps"));
  load.packet_rate = PacketsPerSecond(fields.Whole(prefix + "pps"));
  return load;
}

Count ReadCountAt(ResultFields& parent, std::string_view key) {
  ResultFields fields(parent, key);
  const Count count = ReadCount(fields, "");
  fields.Finish();
  return count;
}

DropCounts ReadDrops(ResultFields& parent, std::string_view key) {
  DropCounts drops;
  ResultFields fields(parent, key);
  for (const auto& [reason, count] : fields.members()) {
    drops.emplace_hint(drops.end(), reason, ReadCountAt(fields, reason));
  }
  return drops;
}

template <class Reason, std::size_t size>
void ReadReasons(ResultFields& parent, std::string_view key, std::size_t first,
                 std::array<Count, size>& counts) {
  ResultFields fields(parent, key);
  for (std::size_t i = first; i < size; ++i) {
    counts[i] = ReadCountAt(fields, ToString(static_cast<Reason>(i)));
  }
  fields.Finish();
}

IpAddress ReadAddress(ResultFields& fields) {
  const std::string& text = fields.Text("ip");
  const std::optional<IpAddress> address = ParseIpAddress(text);
  if (!address) fields.Fail("ip", "is no IP address");
  return *address;
}

// `margin`, when it was so small, and which limit it is of.
template <class Subject>
void ReadMargin(ResultFields& fields, Subject& subject) {
  subject.margin = fields.NumberOrNull("margin");
  const auto from = fields.WholeOrNull("margin_from_ns");
  const auto to = fields.WholeOrNull("margin_to_ns");
  subject.margin_span = {Picoseconds(from.value_or(0) * kPicosecondsPerNanosecond),
                         Picoseconds(to.value_or(0) * kPicosecondsPerNanosecond)};
  subject.tightest = fields.TextOrNull("tightest");
}

CpuUse ReadCpu(ResultFields& parent) {
  constexpr std::size_t kPayers = 2;
  ResultFields fields(parent, "cpu");
  CpuUse cpu;
  cpu.cores_used = fields.Number("cores_used");
  cpu.cores_limit = fields.NumberOrNull("cores_limit");
  fields.Skip("cores_host");
  cpu.table = fields.Text("table");
  cpu.poll_mode = fields.Flag("poll_mode");
  ResultFields operations(fields, "operations");
  for (std::size_t i = 0; i < kCpuOperations; ++i) {
    ResultFields use(operations, ToString(static_cast<CpuOperation>(i)));
    cpu.operations[i] = {use.Number("cores"), use.Word<Payer>("payer", kPayers)};
    use.Finish();
  }
  operations.Finish();
  fields.Finish();
  return cpu;
}

std::optional<WorkersUse> ReadWorkers(ResultFields& parent) {
  if (parent.IsNull("workers")) {
    parent.Skip("workers");
    return std::nullopt;
  }
  ResultFields fields(parent, "workers");
  WorkersUse workers;
  workers.count = static_cast<int>(fields.Whole("count"));
  if (workers.count < 1) fields.Fail("count", "is below 1");
  workers.busiest = ReadRates(fields, "busiest_in_");
  workers.mean = ReadRates(fields, "mean_in_");
  fields.Skip("busiest_used");
  fields.Skip("mean_used");
  workers.ring_peak = fields.As<Bytes>("ring_peak_bytes");
  workers.ring_limit = fields.AsOrNull<Bytes>("ring_limit_bytes");
  fields.Finish();
  return workers;
}

LoadBalancerZoneResult ReadZone(ResultFields& fields) {
  LoadBalancerZoneResult zone;
  zone.zone = fields.Text("zone");
  zone.in = ReadLoad(fields, "in_");
  return zone;
}

BackendResult ReadBackend(ResultFields& fields) {
  BackendResult backend;
  backend.id = fields.Text("id");
  backend.host = fields.Text("host");
  backend.zone = fields.Text("zone");
  backend.healthy = fields.Flag("healthy");
  backend.out = ReadLoad(fields, "out_");
  return backend;
}

// A column of figures into its place among all of them, bin by bin.
void ReadColumn(ResultFields& figures, std::size_t column, std::string_view name,
                SeriesObject& object) {
  if (!figures.members().contains(std::string(name))) return;  // was always zero
  const std::size_t width = FiguresOf(object.kind).size();
  const ParsedJson& values = figures.TakeList(name);
  if (object.values.empty()) object.values.resize(values.size() * width);
  if (object.values.size() != values.size() * width) {
    figures.Fail(name, "has not as many bins as the figures before it");
  }
  for (std::size_t bin = 0; bin < values.size(); ++bin) {
    if (!values[bin].is_number()) figures.Fail(name, "has an element that is no number");
    object.values[bin * width + column] = values[bin].get<double>();
  }
}

std::map<std::string, std::vector<std::int64_t>> ReadDropBins(ResultFields& parent) {
  std::map<std::string, std::vector<std::int64_t>> dropped;
  ResultFields fields(parent, "dropped_frames");
  for (const auto& [reason, list] : fields.members()) {
    std::vector<std::int64_t>& bins = dropped[reason];
    for (const ParsedJson& frames : fields.TakeList(reason)) {
      if (!frames.is_number_integer()) fields.Fail(reason, "has an element that is no number");
      bins.push_back(frames.get<std::int64_t>());
    }
  }
  return dropped;
}

}  // namespace

Count ReadCount(ResultFields& fields, const std::string& prefix) {
  return {fields.Whole(prefix + "frames"), fields.As<Bytes>(prefix + "bytes")};
}

Load ReadLoad(ResultFields& fields, const std::string& prefix) {
  Load load = ReadRates(fields, prefix);
  const Count count = ReadCount(fields, prefix);
  load.frames = count.frames;
  load.bytes = count.bytes;
  return load;
}

DelayResult ReadDelay(ResultFields& parent, std::string_view key) {
  ResultFields fields(parent, key);
  DelayResult delay;
  delay.frames = fields.Whole("frames");
  const auto time = [&](std::string_view each) {
    if (delay.frames != 0) return fields.Nanoseconds(each);
    fields.Skip(each);  // null: none were timed
    return Picoseconds(0);
  };
  delay.mean = time("mean_ns");
  delay.p50 = time("p50_ns");
  delay.p99 = time("p99_ns");
  delay.p999 = time("p99_9_ns");
  delay.p9999 = time("p99_99_ns");
  delay.largest = time("max_ns");
  fields.Finish();
  return delay;
}

HostResult ReadHost(ResultFields& fields) {
  constexpr std::size_t kLimitModels = 2;
  HostResult host;
  host.id = fields.Text("id");
  host.type = fields.Text("type");
  host.limit_model = fields.Word<LimitModel>("limit_model", kLimitModels);
  host.limit_bandwidth = fields.AsOrNull<BitsPerSecond>("limit_bps");
  fields.Skip("used_bps");
  host.limit_packet_rate = fields.AsOrNull<PacketsPerSecond>("limit_pps");
  fields.Skip("used_pps");
  host.used_in = ReadRates(fields, "used_in_");
  host.used_out = ReadRates(fields, "used_out_");
  host.copies_in = ReadRates(fields, "copies_in_");
  host.copies_out = ReadRates(fields, "copies_out_");
  ReadMargin(fields, host);
  host.crossover = fields.AsOrNull<Bytes>("crossover_bytes");
  host.cpu = ReadCpu(fields);
  ResultFields memory(fields, "memory");
  host.memory_peak = memory.As<Bytes>("peak_bytes");
  memory.Finish();
  return host;
}

EniResult ReadEni(ResultFields& fields) {
  EniResult eni;
  eni.id = fields.Text("id");
  eni.host = fields.Text("host");
  eni.address = ReadAddress(fields);
  eni.vpc = fields.TextIfThere("vpc");
  eni.subnet = fields.TextIfThere("subnet");
  eni.zone = fields.TextIfThere("zone");
  eni.in = ReadLoad(fields, "in_");
  eni.out = ReadLoad(fields, "out_");
  eni.mirror_out = ReadLoad(fields, "mirror_out_");
  fields.Skip("offered_bps");
  fields.Skip("offered_pps");
  eni.offered_in = ReadLoad(fields, "offered_in_");
  eni.copies_in = ReadLoad(fields, "copies_in_");
  eni.offered_out = ReadLoad(fields, "offered_out_");
  eni.dropped = ReadDrops(fields, "dropped");
  return eni;
}

MirrorResult ReadMirror(ResultFields& fields) {
  MirrorResult mirror;
  Ledger& ledger = mirror.ledger;
  mirror.id = fields.Text("id");
  mirror.sources = fields.Texts("sources");
  mirror.receivers = fields.Texts("receivers");
  ledger.offered = ReadCount(fields, "offered_");
  fields.Skip("rejected_frames");
  fields.Skip("rejected_bytes");
  ReadReasons<Refusal>(fields, "rejected", 1, ledger.rejected);  // 0 is kNone
  ledger.mirrored = ReadCount(fields, "mirrored_");
  ledger.queued_at_end = ReadCount(fields, "queued_at_end_");
  ReadReasons<DropReason>(fields, "dropped", 0, ledger.dropped);
  ledger.wire_datagrams = fields.Whole("wire_datagrams");
  ledger.wire_bytes = fields.As<Bytes>("wire_bytes");
  ledger.truncated.frames = fields.Whole("truncated_frames");
  ledger.truncated_away = fields.As<Bytes>("truncated_away_bytes");
  mirror.lost_after_source = ReadDrops(fields, "lost_after_source");
  return mirror;
}

ReceiverResult ReadReceiver(ResultFields& fields) {
  ReceiverResult receiver;
  receiver.address = ReadAddress(fields);
  receiver.id = fields.Text("id");
  receiver.host = fields.Text("host");
  receiver.profile = fields.Text("profile");
  receiver.in = ReadRates(fields, "in_");
  const Count count = ReadCount(fields, "");
  receiver.in.frames = count.frames;
  receiver.in.bytes = count.bytes;
  receiver.capacity_bandwidth = fields.AsOrNull<BitsPerSecond>("capacity_bps");
  receiver.capacity_packet_rate = fields.AsOrNull<PacketsPerSecond>("capacity_pps");
  receiver.workers = ReadWorkers(fields);
  ReadMargin(fields, receiver);
  receiver.digested = ReadLoad(fields, "digested_");
  receiver.queued_at_end = fields.Whole("queued_at_end_frames");
  receiver.duplicate_frames = fields.Whole("duplicate_frames");
  receiver.duplicate_bytes = fields.As<Bytes>("duplicate_bytes");
  receiver.dropped = ReadDrops(fields, "dropped");
  return receiver;
}

LoadBalancerResult ReadLoadBalancer(ResultFields& fields) {
  LoadBalancerResult balancer;
  balancer.id = fields.Text("id");
  balancer.kind = fields.Text("kind");
  balancer.title = fields.Text("title");
  balancer.address = ReadAddress(fields);
  balancer.in = ReadLoad(fields, "in_");
  balancer.limit_bandwidth = fields.AsOrNull<BitsPerSecond>("zone_limit_bps");
  ReadMargin(fields, balancer);
  balancer.zones = ReadElements(fields, "zones", ReadZone);
  balancer.backends = ReadElements(fields, "backends", ReadBackend);
  balancer.queued_at_end = fields.Whole("queued_at_end_frames");
  balancer.may_be_reordered = fields.Whole("may_be_reordered_frames");
  balancer.dropped = ReadDrops(fields, "dropped");
  return balancer;
}

TcpResult ReadTcp(ResultFields& fields) {
  TcpResult tcp;
  tcp.id = fields.Text("id");
  tcp.variant = fields.Text("variant");
  tcp.flows = fields.Whole("flows");
  tcp.connections = fields.Whole("connections");
  tcp.failed = fields.Whole("failed_connections");
  tcp.without_port = fields.Whole("without_port");
  tcp.delivered = fields.As<Bytes>("delivered_bytes");
  tcp.goodput = fields.As<BitsPerSecond>("goodput_bps");
  tcp.segments = fields.Whole("segments");
  tcp.retransmitted = fields.Whole("retransmitted_segments");
  tcp.exchange = ReadDelay(fields, "exchange");
  return tcp;
}

ReplicatedFigure ReadReplicatedFigure(ResultFields& fields) {
  return {.path = fields.Text("path"),
          .mean = fields.Number("mean"),
          .half_width = fields.NumberOrNull("half_width"),
          .smallest = fields.Number("smallest"),
          .largest = fields.Number("largest")};
}

SeriesObject ReadSeriesObject(ResultFields& fields) {
  constexpr std::size_t kKinds = 4;
  SeriesObject object;
  object.kind = fields.Word<SeriesKind>("kind", kKinds);
  object.id = fields.Text("id");
  object.first_bin = fields.Whole("first_bin");
  ResultFields figures(fields, "figures");
  const std::vector<SeriesFigure>& columns = FiguresOf(object.kind);
  for (std::size_t i = 0; i < columns.size(); ++i) ReadColumn(figures, i, columns[i].name, object);
  figures.Finish();
  object.dropped = ReadDropBins(fields);
  return object;
}

}  // namespace vpcmirror
