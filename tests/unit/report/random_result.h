// Results with something in every place, and nothing that could be true.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/run_result.h"

namespace vpcmirror::testing_report {

// The same for the same seed.
class RandomResult {
 public:
  explicit RandomResult(std::uint32_t seed) : random_(seed) {}

  RunResult Make() {
    RunResult result;
    FillHead(result);
    FillLists(result);
    FillRuns(result);
    FillJudgement(result);
    return result;
  }

 private:
  // Every length in bits alike, so that small ones and very large ones come.
  std::int64_t Whole(int most_bits = 62) {
    const int bits = Below(most_bits + 1);
    return static_cast<std::int64_t>(random_() & ((std::uint64_t{1} << bits) - 1));
  }
  int Below(int bound) { return static_cast<int>(random_() % static_cast<std::uint64_t>(bound)); }
  bool Coin() { return Below(2) == 1; }
  double Number() {
    if (Below(4) == 0) return Below(5);  // whole, which is written with a decimal point
    return std::uniform_real_distribution<double>(-1e3, 1e3)(random_);
  }
  std::string Text() {
    static const std::vector<std::string> kParts = {"web[3]", "/eni0",    "~1",   "\"", "\\", "\n",
                                                    "\x01",   "\xc3\xa9", "\xff", "%",  " ",  "a"};
    std::string text;
    for (int parts = Below(5); parts > 0; --parts) {
      text += kParts[static_cast<std::size_t>(Below(static_cast<int>(kParts.size())))];
    }
    return text;
  }
  std::vector<std::string> Texts() {
    std::vector<std::string> texts(static_cast<std::size_t>(Below(4)));
    for (std::string& text : texts) text = Text();
    return texts;
  }
  template <class Quantity>
  Quantity Of() {
    return Quantity(Whole());
  }
  template <class Quantity>
  std::optional<Quantity> Perhaps() {
    return Coin() ? std::optional(Of<Quantity>()) : std::nullopt;
  }
  std::optional<double> PerhapsNumber() { return Coin() ? std::optional(Number()) : std::nullopt; }
  Count Counted() { return {Whole(), Of<Bytes>()}; }
  vpcmirror::Load Loaded() {
    // Sums of several are written, too.
    return {Whole(59), Bytes(Whole(59)), BitsPerSecond(Whole(59)), PacketsPerSecond(Whole(59))};
  }
  Loss Lost() { return {Whole(), Whole()}; }
  // To 37 minutes: of longer ones whole nanoseconds are written, and so no difference of two is
  // exact.
  Picoseconds Time() { return Picoseconds(Whole(51)); }
  DelayResult Delayed() { return {Whole(), Time(), Time(), Time(), Time(), Time(), Time()}; }
  IpAddress Address() {
    if (Coin()) return IpAddress::V4(static_cast<std::uint32_t>(random_()));
    std::array<std::byte, 16> octets{};
    for (std::byte& octet : octets) octet = static_cast<std::byte>(Below(256));
    return IpAddress::V6(octets);
  }
  DropCounts Drops() {
    DropCounts drops;
    for (const char* reason : {"acl", "egress_bandwidth", "receiver_ring"}) {
      if (Coin()) drops[reason] = Counted();
    }
    return drops;
  }
  template <class Element, class Make>
  std::vector<Element> Several(const Make& make) {
    std::vector<Element> elements(static_cast<std::size_t>(Below(4)));
    for (Element& element : elements) element = make();
    return elements;
  }
  template <class Subject>
  void FillMargin(Subject& subject) {
    subject.margin = PerhapsNumber();
    subject.margin_span = {Picoseconds(Whole()), Picoseconds(Whole())};
    subject.tightest = Coin() ? "bandwidth_in" : "";
  }

  HostResult Host() {
    HostResult host;
    host.id = Text();
    host.type = Text();
    host.limit_model = Coin() ? LimitModel::kCombined : LimitModel::kPerDirection;
    host.limit_bandwidth = Perhaps<BitsPerSecond>();
    host.limit_packet_rate = Perhaps<PacketsPerSecond>();
    host.used_in = Loaded();
    host.used_out = Loaded();
    host.copies_in = Loaded();
    host.copies_out = Loaded();
    FillMargin(host);
    host.crossover = Perhaps<Bytes>();
    host.cpu = {.cores_used = Number(),
                .cores_limit = PerhapsNumber(),
                .table = Text(),
                .poll_mode = Coin()};
    for (OperationUse& use : host.cpu.operations) {
      use = {Number(), Coin() ? Payer::kGuest : Payer::kHost};
    }
    host.memory_peak = Of<Bytes>();
    return host;
  }

  EniResult Eni() {
    return {.id = Text(),
            .host = Text(),
            .address = Address(),
            .vpc = Text(),
            .subnet = Text(),
            .zone = Text(),
            .in = Loaded(),
            .out = Loaded(),
            .mirror_out = Loaded(),
            .offered_in = Loaded(),
            .copies_in = Loaded(),
            .offered_out = Loaded(),
            .dropped = Drops()};
  }

  MirrorResult Mirror() {
    MirrorResult mirror{.id = Text(),
                        .sources = Texts(),
                        .receivers = Texts(),
                        .ledger = {},
                        .lost_after_source = Drops()};
    Ledger& ledger = mirror.ledger;
    ledger.offered = Counted();
    ledger.mirrored = Counted();
    ledger.wire_datagrams = Whole();
    ledger.wire_bytes = Of<Bytes>();
    for (std::size_t i = 1; i < kRefusals; ++i) ledger.rejected[i] = {Whole(58), Bytes(Whole(58))};
    ledger.queued_at_end = Counted();
    for (Count& count : ledger.dropped) count = Counted();
    ledger.truncated = Counted();
    ledger.truncated_away = Of<Bytes>();
    return mirror;
  }

  ReceiverResult Receiver() {
    ReceiverResult receiver;
    receiver.id = Text();
    receiver.host = Text();
    receiver.address = Address();
    receiver.profile = Text();
    receiver.capacity_bandwidth = Perhaps<BitsPerSecond>();
    receiver.capacity_packet_rate = Perhaps<PacketsPerSecond>();
    receiver.in = Loaded();
    receiver.digested = Loaded();
    receiver.queued_at_end = Whole();
    receiver.duplicate_frames = Whole();
    receiver.duplicate_bytes = Of<Bytes>();
    receiver.dropped = Drops();
    if (Coin()) {
      // What a worker's share of nothing is used by is no number.
      receiver.capacity_bandwidth = BitsPerSecond(1'000'000 + Whole());
      receiver.capacity_packet_rate = PacketsPerSecond(1'000 + Whole());
      receiver.workers =
          WorkersUse{1 + Below(64), Loaded(), Loaded(), Of<Bytes>(), Perhaps<Bytes>()};
    }
    FillMargin(receiver);
    return receiver;
  }

  LoadBalancerResult Balancer() {
    LoadBalancerResult balancer;
    balancer.id = Text();
    balancer.kind = Text();
    balancer.title = Text();
    balancer.address = Address();
    balancer.limit_bandwidth = Perhaps<BitsPerSecond>();
    balancer.in = Loaded();
    balancer.zones = Several<LoadBalancerZoneResult>([this] {
      return LoadBalancerZoneResult{Text(), Loaded()};
    });
    balancer.backends = Several<BackendResult>([this] {
      return BackendResult{Text(), Text(), Text(), Coin(), Loaded()};
    });
    balancer.queued_at_end = Whole();
    balancer.may_be_reordered = Whole();
    balancer.dropped = Drops();
    FillMargin(balancer);
    return balancer;
  }

  TcpResult Tcp() {
    return {.id = Text(),
            .variant = Text(),
            .flows = Whole(),
            .connections = Whole(),
            .failed = Whole(),
            .without_port = Whole(),
            .delivered = Of<Bytes>(),
            .goodput = Of<BitsPerSecond>(),
            .segments = Whole(),
            .retransmitted = Whole(),
            .exchange = Delayed()};
  }

  Figure AnyFigure() {
    switch (Below(5)) {
      case 0:
        return {};
      case 1:
        return Coin();
      case 2:
        return Whole();
      case 3:
        return Number();
      default:
        return Text();
    }
  }

  AssertionResult Asserted() {
    AssertionResult assertion{.text = Text(),
                              .value = AnyFigure(),
                              .bound = AnyFigure(),
                              .unit = static_cast<FigureUnit>(Below(9)),
                              .of = Text(),
                              .held = Coin()};
    if (Coin()) {
      assertion.replicated = ReplicatedAssertion{static_cast<AssertionOutcome>(Below(3)), Below(99),
                                                 Below(99), PerhapsNumber(), PerhapsNumber()};
    }
    return assertion;
  }

  TimelineAction Action() {
    TimelineAction action{
        .at = Of<Picoseconds>(), .what = Text(), .subject = Text(), .detail = Text()};
    if (Coin()) action.refusal = ApiRefusal{Text(), Text()};
    return action;
  }

  SeriesObject Traced() {
    SeriesObject object;
    object.kind = static_cast<SeriesKind>(Below(4));
    object.id = Text();
    object.first_bin = Whole(9);
    const std::vector<SeriesFigure>& figures = FiguresOf(object.kind);
    const int bins = Below(4);
    for (int bin = 0; bin < bins; ++bin) {
      for (const SeriesFigure& figure : figures) {
        const double value = figure.unit == kCores ? Number() : static_cast<double>(Whole(50));
        object.values.push_back(Coin() ? value : 0);
      }
      object.dropped["acl"].push_back(Whole());
    }
    return object;
  }

  void FillHead(RunResult& result) {
    result.version = Text();
    result.engine = Text();
    result.scenario_name = Text();
    result.scenario_description = Text();
    result.scenario_file = Text();
    result.scenario_sha256 = Text();
    result.scenario_changes = {Text(), Text()};
    result.seed = random_();
    result.duration = Of<Picoseconds>();
    result.planned_duration = Of<Picoseconds>();
    result.warm_up = Of<Picoseconds>();
    result.complete = Coin();
    result.stopped_by = Text();
    result.events = Whole();
    result.notes = Texts();
    result.assumptions = Several<Assumption>([this] {
      return Assumption{Text(), Text(), Text(), Text(), Coin()};
    });
  }

  void FillLists(RunResult& result) {
    result.hosts = Several<HostResult>([this] { return Host(); });
    result.enis = Several<EniResult>([this] { return Eni(); });
    result.mirrors = Several<MirrorResult>([this] { return Mirror(); });
    result.receivers = Several<ReceiverResult>([this] { return Receiver(); });
    result.load_balancers = Several<LoadBalancerResult>([this] { return Balancer(); });
    result.tcp = Several<TcpResult>([this] { return Tcp(); });
    result.timeline = Several<TimelineAction>([this] { return Action(); });
    result.assertions = Several<AssertionResult>([this] { return Asserted(); });
  }

  void FillRuns(RunResult& result) {
    result.delivered = Loaded();
    result.production_delay = Delayed();
    result.copy_delay = Delayed();
    if (Coin()) {
      result.series = Series{.bin = Of<Picoseconds>(), .bins = Whole(), .objects = {}};
      result.series->objects = Several<SeriesObject>([this] { return Traced(); });
    }
    if (Coin()) {
      result.coverage =
          CoverageSummary{.enis = Whole(), .covered_enis = Whole(), .seen = PerhapsNumber()};
      for (double& share : result.coverage->unseen) share = Number();
    }
    if (Coin()) {
      result.baseline = BaselineResult{Counted(), {Lost(), Loaded(), Delayed()}, {}};
      for (std::size_t i = 0; i < result.tcp.size(); ++i) result.baseline->tcp.push_back(Tcp());
    }
    if (Coin()) FillReplications(result.replications.emplace());
  }

  void FillReplications(Replications& replications) {
    replications.runs = Below(1000);
    replications.confidence = Number();
    for (const Verdict verdict : {Verdict::kFits, Verdict::kAtRisk, Verdict::kDoesNotFit}) {
      if (Coin()) replications.verdicts[verdict] = Below(99);
    }
    replications.figures = Several<ReplicatedFigure>([this] {
      return ReplicatedFigure{Text(), Number(), PerhapsNumber(), Number(), Number()};
    });
  }

  void FillJudgement(RunResult& result) {
    result.copies = Lost();
    result.production = Lost();
    result.mirror_loss = Number();
    result.production_loss = Number();
    result.margin = PerhapsNumber();
    result.margin_of = Text();
    result.margin_goal = Number();
    result.verdict = static_cast<Verdict>(Below(3));
    result.because = Text();
    result.holds = Text();
    result.disciplines = Several<DisciplineResult>([this] {
      return DisciplineResult{Text(), Lost(), Lost(), static_cast<Verdict>(Below(3))};
    });
  }

  std::mt19937_64 random_;
};

}  // namespace vpcmirror::testing_report
