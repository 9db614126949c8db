// Copies on their way to one socket.
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <vector>

#include "models/wire/address.h"
#include "sim/live/copy_sink.h"
#include "sim/live/send_socket.h"

namespace vpcmirror::sim {

// Something that went wrong with packets to a receiver.
struct SendTrouble {
  IpAddress receiver;
  int error = 0;  // errno
  // The network's word on packets that were sent before (ICMP), where they were not refused here.
  bool was_reported = false;
  std::int64_t packets = 1;
};

struct ReceiverCounters {
  IpAddress receiver;
  SendCounters send;
  // By errno, what the network said of packets to it (ICMP). They count as sent.
  std::map<int, std::int64_t> reported;
};

// What the lanes of a sink have in common while it flushes.
struct LaneSettings {
  // Runs of at least so many copies of one size go by one system call for one packet of up to
  // 64 KiB, which is segmented late in the kernel or by the device; 0: none do.
  std::size_t shortest_run = 0;
  std::function<void(const SendTrouble&)> on_trouble;  // may be empty
};

// The system call's lists, which all lanes of a sink fill in turn.
class SendBatch {
 public:
  static constexpr std::size_t kMostCopies = 1024;  // UIO_MAXIOV messages of one sendmmsg

  SendBatch();

 private:
  friend class SendLane;
  struct alignas(cmsghdr) SegmentSize {
    std::array<std::byte, CMSG_SPACE(sizeof(std::uint16_t))> octets;
  };
  std::vector<mmsghdr> messages_;
  std::vector<std::uint16_t> copies_;  // of each message
  std::vector<iovec> parts_;
  std::vector<SegmentSize> segment_sizes_;
  std::size_t size_ = 0;  // messages
  std::size_t parts_used_ = 0;
};

// How long a flush may still wait for room in sockets.
class WaitBudget {
 public:
  explicit WaitBudget(std::int64_t nanoseconds) : left_ns_(nanoseconds) {}

  // Waits until the socket takes more or, for want of room behind it (`is_behind`), a
  // millisecond. False: there is no time left.
  bool Wait(int descriptor, bool is_behind);

 private:
  std::int64_t left_ns_;
};

// The copies of one outer flow in the order in which they came. Payloads must hold until
// Flush returns.
class SendLane {
 public:
  // `is_raw`: the socket is one for whole IP packets.
  SendLane(const OuterFlow& flow, SendSocket socket, std::size_t receiver, bool is_raw)
      : flow_(flow), socket_(std::move(socket)), receiver_(receiver), is_raw_(is_raw) {}

  const OuterFlow& flow() const { return flow_; }
  const SendSocket& socket() const { return socket_; }
  std::size_t receiver() const { return receiver_; }  // index into the sink's counters
  bool is_raw() const { return is_raw_; }
  bool is_empty() const { return waiting_.empty(); }
  bool is_full() const { return waiting_.size() == SendBatch::kMostCopies; }

  // Keeps the headers, of which the kernel writes the first `kernel_bytes`; requires !is_full().
  // Returns where the rest of the outer ones is kept, until the next call.
  std::byte* Add(const LiveCopy& copy, std::size_t kernel_bytes);

  // Sends all, or counts what is refused.
  void Flush(const LaneSettings& settings, SendBatch& batch, WaitBudget& budget,
             ReceiverCounters& counters);
  // Counts what the network has said of packets, which otherwise waits for the next one.
  void ReadReports(const LaneSettings& settings, ReceiverCounters& counters);
  // Whether the kernel refused a run whose copies it took one by one.
  bool refuses_runs() const { return refuses_runs_; }

 private:
  struct Waiting {
    const std::byte* payload;
    std::uint32_t payload_bytes;
    std::uint32_t headers_at;  // in headers_
    std::uint16_t header_bytes;
    std::uint16_t kernel_bytes;  // of the outer packet, that are in neither

    std::size_t bytes() const { return header_bytes + payload_bytes; }
  };
  struct Account;
  struct Progress;

  std::size_t RunFrom(std::size_t first, std::size_t end) const;
  void Fill(SendBatch& batch, std::size_t first, std::size_t end, std::size_t shortest_run) const;
  void AddMessage(SendBatch& batch, std::size_t first, std::size_t copies) const;
  void SendAll(Progress& progress, std::size_t first, std::size_t end, std::size_t shortest_run);
  bool Overcome(Progress& progress, int error);
  bool SendSingly(Progress& progress, std::size_t first, std::size_t copies, int error);
  bool TakeReports(const Account& account);
  void CountSent(Progress& progress, std::size_t first, std::size_t copies) const;
  void CountRefused(Progress& progress, std::size_t copies, int error) const;

  OuterFlow flow_;
  SendSocket socket_;
  std::size_t receiver_;
  bool is_raw_;
  bool is_stalled_ = false;  // waiting for room did not help last time
  bool refuses_runs_ = false;
  std::vector<Waiting> waiting_;
  std::vector<std::byte> headers_;
};

}  // namespace vpcmirror::sim
