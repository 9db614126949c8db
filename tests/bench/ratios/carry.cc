// What a mirrored frame costs: reading it, deciding, its outer headers, its copy.
#include <benchmark/benchmark.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <vector>

#include "models/mirror/mirror_tap.h"
#include "models/mirror/pieces.h"
#include "models/wire/byte_order.h"
#include "models/wire/frame.h"
#include "tests/bench/ratios/cases.h"
#include "tests/bench/ratios/frames.h"
#include "tests/bench/ratios/outer.h"
#include "tests/bench/ratios/race.h"
#include "tests/bench/ratios/table.h"
#include "tests/bench/ratios/tins_peer.h"

namespace vpcmirror::ratios {
namespace {

constexpr std::size_t kFlows = 1000;
constexpr std::size_t kFrames = 1024;
constexpr std::size_t kBatch = 32;
constexpr std::size_t kSlotBytes = 2048;  // of one datagram: 1500 + 50, and a power of two
constexpr std::size_t kCacheBytes = std::size_t{1} << 20;
constexpr std::size_t kCacheLine = 64;
constexpr std::size_t kEthernet = kOuterEthernet.size();
constexpr std::size_t kOuterBytes = kEthernet + 20 + 8 + 8;  // IPv4, UDP, VXLAN
constexpr std::size_t kHeaderRoomBytes = PreparedHeaders::kBytes;
using HeaderRoom = std::span<std::byte, kHeaderRoomBytes>;

constexpr std::array<std::uint16_t, 9> kRejectedPorts = {22,  25,   53,   123, 161,
                                                         445, 3389, 5985, 9100};

// Ten rules as a filter for all but some services has them; the last lets the
// flows of a FrameSet pass, after the others were asked.
Filter TenRules() {
  const auto reject = [](std::int64_t priority, std::uint16_t port) {
    return FilterRule{.label = "rule " + std::to_string(priority),
                      .priority = priority,
                      .action = Action::kReject,
                      .condition = {.destination_ports = {port, port}}};
  };
  std::vector<FilterRule> rules;
  for (const std::uint16_t port : kRejectedPorts) {
    rules.push_back(reject(static_cast<std::int64_t>(rules.size() + 1), port));
  }
  rules.push_back({.label = "rule 10", .priority = 10});
  return Filter::FirstMatch(rules, rules);
}

std::shared_ptr<const Mirror> OneMirror() {
  return std::make_shared<const Mirror>(MirrorSettings{
      .id = "bench",
      .filter = TenRules(),
      .receivers = {{.address = *ParseIpAddress(kOuterDestination), .mtu = Bytes(8500)}},
      .tunnel = {.vni = kVni}});
}

// Reads, decides and wraps a FrameSet, as a driver that has the frames' bytes may.
class Carrier {
 public:
  explicit Carrier(const FrameSet& frames)
      : set_(frames),
        mirror_(OneMirror()),
        tap_({.eni_id = "eni", .mtu = Bytes(8500)}, std::make_shared<const TapRules>(), {mirror_}),
        tunnel_(*mirror_, 0, *ParseIpAddress(kOuterSource)),
        cache_(kCacheBytes),
        slots_(frames.size() * kSlotBytes) {
    for (std::byte* slot = slots_.data(); slot < slots_.data() + slots_.size();
         slot += kSlotBytes) {
      std::copy(kOuterEthernet.begin(), kOuterEthernet.end(), slot);
    }
  }

  std::span<const std::byte> datagram(std::size_t frame) const {
    return {&slots_[frame * kSlotBytes], kOuterBytes + set_.frame_bytes()};
  }
  std::size_t copies() const { return copies_; }

  void ReadAll() {
    for (std::size_t i = 0; i < set_.size(); ++i) {
      // In place: an assignment would copy what ParseFrame has written a moment ago.
      new (&infos_[i % kBatch]) FrameInfo(ParseFrame(set_[i], LengthOf(set_[i])));
    }
    benchmark::ClobberMemory();
  }

  // Datagrams in slots, one a frame.
  void CopyAll() {
    for (std::size_t i = 0; i < set_.size(); ++i) {
      // The link's header is the same for all copies; the slots have it.
      std::byte* const out = &slots_[i * kSlotBytes + kEthernet];
      // Headers and first bytes of the next one, which no hardware foresees.
      __builtin_prefetch(out + kSlotBytes, 1);
      __builtin_prefetch(out + kSlotBytes + kCacheLine, 1);
      const auto payload = Carry(set_[i], HeaderRoom(out, kHeaderRoomBytes));
      std::memcpy(out + kHeaderRoomBytes, payload.data(), payload.size());
    }
    benchmark::ClobberMemory();
  }

  // Scatter-gather lists of each batch: outer headers, then the frame where it lies.
  void GatherAll() {
    for (std::size_t first = 0; first < set_.size(); first += kBatch) {
      for (std::size_t i = 0; i < std::min(kBatch, set_.size() - first); ++i) {
        const auto payload = Carry(set_[first + i], headers_[i]);
        parts_[2 * i] = {headers_[i].data(), kHeaderRoomBytes};
        parts_[2 * i + 1] = {const_cast<std::byte*>(payload.data()), payload.size()};
      }
      benchmark::ClobberMemory();
    }
  }

 private:
  using Octets = std::span<const std::byte>;

  static Bytes LengthOf(Octets frame) { return Bytes(static_cast<std::int64_t>(frame.size())); }

  // Writes the headers of a frame's copy, and returns what goes behind them. One session,
  // whose copies fit and take the short way: at most one piece of each frame.
  Octets Carry(Octets frame, HeaderRoom headers) {
    const WholeDecision known =
        tap_.Recall({.octets = frame, .wire_length = LengthOf(frame)}, cache_);
    if (!known) [[unlikely]]
      return CarryUnknown(frame, headers);
    if (known.refusal(0) != Refusal::kNone || !tunnel_.WriteWhole(known, headers)) return {};
    ++copies_;
    return frame;
  }
  [[gnu::noinline]] Octets CarryUnknown(Octets frame, HeaderRoom headers) {
    const FrameInfo info = ParseFrame(frame, LengthOf(frame));
    const Decision decision = tap_.OnFrame({.info = info}, &cache_);
    const Outcome& outcome = decision.outcomes().front();
    if (outcome.refusal != Refusal::kNone || !tunnel_.WriteWhole(outcome.plan, headers)) return {};
    ++copies_;
    return frame.subspan(static_cast<std::size_t>(outcome.plan.offset.count()));
  }

  const FrameSet& set_;
  std::shared_ptr<const Mirror> mirror_;
  MirrorTap tap_;
  Tunnel tunnel_;
  FlowCache cache_;
  std::array<FrameInfo, kBatch> infos_;
  std::array<std::array<std::byte, kHeaderRoomBytes>, kBatch> headers_{};
  std::array<iovec, 2 * kBatch> parts_{};
  std::vector<std::byte> slots_;
  std::size_t copies_ = 0;
};

class TinsCarrier {
 public:
  explicit TinsCarrier(const FrameSet& frames)
      : set_(frames), slots_(frames.size() * kSlotBytes), lengths_(frames.size()) {}

  std::span<const std::byte> datagram(std::size_t frame) const {
    return {&slots_[frame * kSlotBytes], lengths_[frame]};
  }

  void ReadAll() {
    for (std::size_t i = 0; i < set_.size(); ++i) {
      std::uint32_t ports = TinsPorts(set_[i]);
      benchmark::DoNotOptimize(ports);
    }
  }
  void CopyAll() {
    for (std::size_t i = 0; i < set_.size(); ++i) {
      lengths_[i] = TinsEncapsulate(set_[i], &slots_[i * kSlotBytes]);
    }
    benchmark::ClobberMemory();
  }
  void OnlyCopyAll() {
    for (std::size_t i = 0; i < set_.size(); ++i) {
      std::memcpy(&slots_[i * kSlotBytes + kOuterBytes], set_[i].data(), set_.frame_bytes());
    }
    benchmark::ClobberMemory();
  }

 private:
  const FrameSet& set_;
  std::vector<std::byte> slots_;
  std::vector<std::size_t> lengths_;
};

// Whether both wrote the same datagram but for the fields that they are free to
// choose: identification, TTL, flags and the checksums, and the outer source port.
bool SameDatagram(std::span<const std::byte> a, std::span<const std::byte> b) {
  constexpr std::array<std::size_t, 11> kFree = {18, 19, 20, 21, 22, 24, 25, 34, 35, 40, 41};
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool free = std::find(kFree.begin(), kFree.end(), i) != kFree.end();
    if (!free && a[i] != b[i]) return false;
  }
  return true;
}

void RequireAgreement(const FrameSet& frames, Carrier& ours, TinsCarrier& tins) {
  constexpr std::size_t kPasses = 3;  // flows unknown, met once, and known
  for (std::size_t pass = 0; pass < kPasses; ++pass) ours.CopyAll();
  tins.CopyAll();
  if (ours.copies() != kPasses * frames.size()) {
    throw std::runtime_error("not every frame became one copy");
  }
  for (std::size_t i = 0; i < frames.size(); ++i) {
    const FrameInfo info =
        ParseFrame(frames[i], Bytes(static_cast<std::int64_t>(frames.frame_bytes())));
    const std::uint32_t ports =
        std::uint32_t{info.flow.source_port} << 16 | info.flow.destination_port;
    if (ports == 0 || ports != TinsPorts(frames[i])) {
      throw std::runtime_error("libtins reads other ports");
    }
    if (!SameDatagram(ours.datagram(i), tins.datagram(i))) {
      throw std::runtime_error("libtins writes another datagram");
    }
  }
}

// Goals for one length of frame.
struct Lengths {
  std::size_t bytes = 0;
  double tins = 0;
  double memcpy = 0;
};

void RaceLength(const Lengths& goals) {
  const FrameSet frames(goals.bytes, kFlows, kFrames);
  auto ours = std::make_unique<Carrier>(frames);
  TinsCarrier tins(frames);
  RequireAgreement(frames, *ours, tins);

  const std::string text = std::to_string(goals.bytes) + " B";
  Race race("frames of " + text);
  const auto reads = race.Enter("ours, read", kFrames, [&] { ours->ReadAll(); });
  const auto copies = race.Enter("ours, read to copy", kFrames, [&] { ours->CopyAll(); });
  const auto gathers = race.Enter("ours, read to iovec", kFrames, [&] { ours->GatherAll(); });
  const auto moves = race.Enter("memcpy", kFrames, [&] { tins.OnlyCopyAll(); });
  const auto tins_reads = race.Enter("libtins, read", kFrames, [&] { tins.ReadAll(); });
  const auto tins_copies = race.Enter("libtins, read to copy", kFrames, [&] { tins.CopyAll(); });
  race.Run();

  const auto print = [&](const std::string& name, std::size_t mine, const char* peer,
                         std::size_t theirs, Goal goal) {
    Print({.name = name + " " + text,
           .ours = race.figure(mine).median,
           .peer = peer,
           .peer_figure = race.figure(theirs).median,
           .goal = goal});
  };
  print("parse", reads, "libtins", tins_reads, Faster(20));
  print("parse, decide, VXLAN, copy", copies, "libtins", tins_copies, Faster(goals.tins));
  print("parse, decide, VXLAN, copy", copies, "memcpy", moves, Within(goals.memcpy));
  Print({.name = "parse, decide, VXLAN, iovec " + text,
         .ours = race.figure(gathers).median,
         .goal = AtMost(20)});
}

void RaceIovecLengths() {
  const FrameSet small(64, kFlows, kFrames);
  const FrameSet large(1500, kFlows, kFrames);
  auto of_small = std::make_unique<Carrier>(small);
  auto of_large = std::make_unique<Carrier>(large);
  const std::string name = "parse, decide, VXLAN, iovec 1500 B against 64 B";
  Race race(name);
  const auto less = race.Enter("ours, 64 B", kFrames, [&] { of_small->GatherAll(); });
  const auto more = race.Enter("ours, 1500 B", kFrames, [&] { of_large->GatherAll(); });
  race.Run();
  Print({.name = name,
         .ours = race.figure(more).median,
         .peer = "ours, 64 B",
         .peer_figure = race.figure(less).median,
         .goal = Within(1.2)});
}

}  // namespace

void RaceFrames() {
  for (const Lengths& goals : {Lengths{64, 45, 3.8}, {512, 28, 1.4}, {1500, 17, 1.25}}) {
    RaceLength(goals);
  }
  RaceIovecLengths();
}

}  // namespace vpcmirror::ratios
