// Captures to compare ours with: libpcap, and the least that a program can do.
#pragma once

#include <linux/filter.h>
#include <linux/if_packet.h>
#include <pcap/pcap.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace vpcmirror {

// What every contender does with a frame: reads its length and its EtherType.
struct Seen {
  std::uint64_t frames = 0;
  std::uint64_t sum = 0;

  void Look(const unsigned char* frame, std::uint64_t wire_bytes) {
    ++frames;
    sum += wire_bytes + frame[12] + frame[13];
  }
};

// All have rings of this size, whose blocks the kernel gives out after so long.
inline constexpr std::size_t kRingBytes = std::size_t{64} << 20;
inline constexpr int kRetireMilliseconds = 4;

// pcap_dispatch, non-blocking, as most programs use it.
class PcapCapture {
 public:
  explicit PcapCapture(const std::string& interface);

  // What has come since.
  void Drain(Seen& seen);
  int descriptor() const { return pcap_get_selectable_fd(pcap_.get()); }

 private:
  struct Close {
    void operator()(pcap_t* pcap) const { pcap_close(pcap); }
  };
  std::unique_ptr<pcap_t, Close> pcap_;
};

// A ring, each of whose blocks is walked once.
class BareRing {
 public:
  // With a filter, of what it passes.
  explicit BareRing(const std::string& interface, std::span<const sock_filter> filter = {});
  ~BareRing();
  BareRing(const BareRing&) = delete;
  BareRing& operator=(const BareRing&) = delete;

  void Drain(Seen& seen);
  int descriptor() const { return socket_; }

 private:
  int socket_;
  std::byte* memory_;
  std::size_t current_ = 0;
};

}  // namespace vpcmirror
