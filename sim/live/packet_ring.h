// A packet socket whose frames the kernel lays down in shared memory (TPACKET_V3).
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "models/mirror/direction.h"
#include "models/units/quantity.h"
#include "sim/live/frame_source.h"

namespace vpcmirror::sim {

// A file descriptor, closed with its owner.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(other.Release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  ~Descriptor();

  int number() const { return number_; }  // -1: none

 private:
  int Release() {
    const int number = number_;
    number_ = -1;
    return number;
  }

  int number_;
};

struct Unmap {
  std::size_t bytes = 0;
  void operator()(std::byte* memory) const;
};

struct RingSettings {
  Bytes buffer{};  // of the ring; rounded down to whole blocks
  bool promiscuous = false;
  bool ignore_outgoing = false;  // the kernel leaves out what the host sends
  bool direction_told = true;    // whether the interface is the ENI's own
  bool complete_checksums = true;
};

class PacketRing {
 public:
  // Of each ring, at the least.
  static constexpr Bytes kLeastBuffer{std::int64_t{4} << 20};

  // Of an interface that is there; "any": of all. Nothing is captured before Start. `filter` is
  // attached before, so that no frame comes that it leaves out; with none all are captured.
  // Throws std::runtime_error, with the reason and what to do.
  PacketRing(const std::string& interface, const RingSettings& settings,
             std::span<const sock_filter> filter);
  ~PacketRing();
  PacketRing(const PacketRing&) = delete;
  PacketRing& operator=(const PacketRing&) = delete;

  void Start();
  // In place of the one before, from one frame to the next.
  void SetFilter(std::span<const sock_filter> filter);

  int descriptor() const { return socket_.number(); }
  int index() const { return index_; }  // of the interface; 0: any

  // The next frames of the oldest block, at most as many as `out` has room for; 0: nothing has
  // come. They are given back by the next call of GiveBack.
  std::size_t Read(std::span<CapturedFrame> out);
  // Gives the block back to the kernel, if all of it was read.
  void GiveBack();

  // Frames that were neither given out nor dropped; and what the kernel dropped.
  std::int64_t unusable() const { return unusable_; }
  std::int64_t kernel_dropped() const;

 private:
  void MakeRing(Bytes buffer);
  void Join(const RingSettings& settings);
  tpacket_block_desc* block() const;
  bool Fill(tpacket3_hdr* header, CapturedFrame& out);
  bool FillOther(tpacket3_hdr* header, CapturedFrame& out);

  std::string interface_;
  Descriptor socket_;
  int index_ = 0;
  bool is_ethernet_ = false;  // every frame that comes
  bool complete_checksums_;
  std::array<std::optional<Direction>, 8> directions_;  // by sll_pkttype
  std::unique_ptr<std::byte, Unmap> memory_;
  std::size_t blocks_ = 0;
  std::size_t current_ = 0;     // block
  std::byte* next_ = nullptr;   // header of the block's next frame
  std::size_t left_ = 0;        // frames of the block from there on
  bool block_is_read_ = false;  // all of it was given out
  std::int64_t unusable_ = 0;
  mutable std::int64_t kernel_dropped_ = 0;
};

}  // namespace vpcmirror::sim
