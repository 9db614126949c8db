// A packet socket whose frames the kernel lays down in shared memory (TPACKET_V3).
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "models/mirror/direction.h"
#include "models/units/quantity.h"
#include "sim/live/descriptor.h"
#include "sim/live/frame_source.h"
#include "sim/live/prefilter.h"

namespace vpcmirror::sim {

struct Unmap {
  std::size_t bytes = 0;
  void operator()(std::byte* memory) const;
};

struct RingSettings {
  Bytes buffer{};  // of the ring; rounded down to whole blocks
  // Octets that are captured of a frame, at least kHeaderSnapBytes; empty, and those
  // beyond Prefilter::kWholeFrame: all.
  std::optional<Bytes> snap_length;
  bool promiscuous = false;
  bool direction_told = true;  // whether the interface is the ENI's own
  bool complete_checksums = true;
};

// Workers that share an interface's frames. The kernel gives a frame to the worker that it finds
// by a hash of addresses, protocol and ports, the same for both directions of a flow; of tunnels
// over GRE and IP in IP the inner ones count. Fragments of a datagram stay together, by addresses
// and protocol alone, and may be with another worker than the flow's whole packets; frames that
// are not IP go by their Ethernet addresses. The kernel could put datagrams together before
// (PACKET_FANOUT_FLAG_DEFRAG), but then the frame that was on the wire would be gone. May be used
// by several threads.
class FanoutGroup {
 public:
  // Of the rings of one interface, those that come later by that of the first. Throws
  // std::system_error.
  void Join(int socket, int interface_index);

 private:
  std::mutex mutex_;
  int interface_index_ = 0;
  int id_ = -1;  // -1: nobody has joined
};

class PacketRing {
 public:
  static constexpr Bytes kLeastBuffer{std::int64_t{4} << 20};

  // Of an interface that is there; "any": of all. Throws std::runtime_error, with the reason and
  // what to do. Nothing is captured before Start.
  // `number` is CapturedFrame::interface.
  PacketRing(const std::string& interface, std::uint32_t number, const RingSettings& settings);

  // In place of the one before, from one frame to the next; with none all passes. Before Start:
  // no frame comes that it leaves out.
  void SetFilter(std::span<const sock_filter> filter);
  // No frame that the host sends is captured, which costs the kernel less than a filter that
  // leaves them out.
  void IgnoreOutgoing(bool ignored);
  void Start();
  // Shares the frames that pass the filter with others of the group: until all are in it, the
  // filter should pass none. False: the interface is down, and there is nothing to join.
  bool Join(FanoutGroup& group);

  int descriptor() const { return socket_.number(); }
  int index() const { return index_; }  // of the interface; 0: any
  LinkKind link() const { return link_; }

  // The next frames of the oldest block, at most as many as `out` has room for; 0: nothing has
  // come. They are given back by the next call of GiveBack.
  std::size_t Read(std::span<CapturedFrame> out);
  // Gives the block back to the kernel, if all of it was read.
  void GiveBack();

  CaptureCounters counters() const;

 private:
  void MakeRing(Bytes buffer);
  void BePromiscuous();
  tpacket_block_desc* block() const;
  bool NextBlock();
  std::size_t Fill(std::span<CapturedFrame> out);
  bool Amend(tpacket3_hdr* header, CapturedFrame& out) const;

  std::string interface_;
  std::uint32_t number_;
  Descriptor socket_;
  int index_ = 0;
  LinkKind link_;
  RingSettings settings_;
  std::array<std::optional<Direction>, 8> directions_;  // by sll_pkttype
  std::unique_ptr<std::byte, Unmap> memory_;
  std::size_t blocks_ = 0;
  std::size_t current_ = 0;     // block
  std::byte* next_ = nullptr;   // header of the block's next frame
  std::size_t left_ = 0;        // frames of the block from there on
  bool block_is_read_ = false;  // all of it was given out
  CaptureCounters counters_;    // without kernel_dropped
  mutable std::int64_t kernel_dropped_ = 0;
};

}  // namespace vpcmirror::sim
