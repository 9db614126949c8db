#include "sim/live/send_lane.h"

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>

namespace vpcmirror::sim {
namespace {

// UDP_MAX_SEGMENTS of Linux before 6.9, which has 128.
constexpr std::size_t kMostSegments = 64;
// The longest UDP payload over IPv4: 65535 less 20 and 8.
constexpr std::size_t kMostRunBytes = 65507;

std::span<const std::byte> Behind(std::span<const std::byte> octets, std::size_t bytes) {
  return octets.subspan(std::min(bytes, octets.size()));
}

// For these the kernel refuses a run, but may take its copies one by one.
bool MayConcernRun(int error) { return error == EIO || error == EINVAL || error == EMSGSIZE; }

}  // namespace

SendBatch::SendBatch()
    : messages_(kMostCopies),
      copies_(kMostCopies),
      parts_(2 * kMostCopies),
      segment_sizes_(kMostCopies) {}

bool WaitBudget::Wait(int descriptor, bool is_behind) {
  if (left_ns_ <= 0) return false;
  constexpr std::int64_t kMillisecond = 1'000'000;
  const auto left_ms = static_cast<int>((left_ns_ + kMillisecond - 1) / kMillisecond);
  const auto start = std::chrono::steady_clock::now();
  pollfd room{.fd = descriptor, .events = POLLOUT, .revents = 0};
  if (is_behind) {
    poll(nullptr, 0, 1);
  } else {
    poll(&room, 1, left_ms);
  }
  left_ns_ -= std::chrono::nanoseconds(std::chrono::steady_clock::now() - start).count();
  return true;
}

std::byte* SendLane::Add(const LiveCopy& copy, std::size_t kernel_bytes) {
  const auto outer = Behind(copy.outer, kernel_bytes);
  const std::size_t at = headers_.size();
  headers_.resize(at + outer.size() + copy.inner.size());
  std::byte* const headers = headers_.data() + at;
  std::ranges::copy(outer, headers);
  std::ranges::copy(copy.inner, headers + outer.size());
  waiting_.push_back({.payload = copy.payload.data(),
                      .payload_bytes = static_cast<std::uint32_t>(copy.payload.size()),
                      .headers_at = static_cast<std::uint32_t>(at),
                      .header_bytes = static_cast<std::uint16_t>(headers_.size() - at),
                      .kernel_bytes = static_cast<std::uint16_t>(kernel_bytes)});
  return headers;
}

// The number of copies from `first` on that may be segments of one packet: all are as long as
// the first, but the last may be shorter.
std::size_t SendLane::RunFrom(std::size_t first, std::size_t end) const {
  const std::size_t segment = waiting_[first].bytes();
  if (segment == 0) return 1;
  const std::size_t most = std::min({end - first, kMostSegments, kMostRunBytes / segment});
  std::size_t copies = 1;
  while (copies < most && waiting_[first + copies].bytes() == segment) ++copies;
  const bool has_shorter = copies < most && waiting_[first + copies].bytes() < segment &&
                           waiting_[first + copies].bytes() != 0;
  return has_shorter ? copies + 1 : std::max<std::size_t>(copies, 1);
}

void SendLane::AddMessage(SendBatch& batch, std::size_t first, std::size_t copies) const {
  const std::size_t parts_before = batch.parts_used_;
  for (std::size_t i = first; i < first + copies; ++i) {
    const Waiting& copy = waiting_[i];
    auto* const header = const_cast<std::byte*>(headers_.data() + copy.headers_at);
    batch.parts_[batch.parts_used_++] = {header, copy.header_bytes};
    if (copy.payload_bytes == 0) continue;
    batch.parts_[batch.parts_used_++] = {const_cast<std::byte*>(copy.payload), copy.payload_bytes};
  }
  msghdr& message = batch.messages_[batch.size_].msg_hdr;
  message = {};
  message.msg_iov = &batch.parts_[parts_before];
  message.msg_iovlen = batch.parts_used_ - parts_before;
  if (copies > 1) {
    auto& control = batch.segment_sizes_[batch.size_].octets;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_UDP;
    head->cmsg_type = UDP_SEGMENT;
    head->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment = static_cast<std::uint16_t>(waiting_[first].bytes());
    std::memcpy(CMSG_DATA(head), &segment, sizeof segment);
  }
  batch.copies_[batch.size_++] = static_cast<std::uint16_t>(copies);
}

void SendLane::Fill(SendBatch& batch, std::size_t first, std::size_t end,
                    std::size_t shortest_run) const {
  batch.size_ = batch.parts_used_ = 0;
  while (first < end) {
    const std::size_t run = shortest_run == 0 ? 1 : RunFrom(first, end);
    if (run > 1 && run >= shortest_run) {
      AddMessage(batch, first, run);
    } else {
      for (std::size_t i = 0; i < run; ++i) AddMessage(batch, first + i, 1);
    }
    first += run;
  }
}

// Where what becomes of packets is counted and told.
struct SendLane::Account {
  const LaneSettings& settings;
  ReceiverCounters& counters;

  void Tell(int error, bool was_reported, std::size_t packets) const {
    if (!settings.on_trouble) return;
    settings.on_trouble({.receiver = counters.receiver,
                         .error = error,
                         .was_reported = was_reported,
                         .packets = static_cast<std::int64_t>(packets)});
  }
};

// What one flush of a lane works on.
struct SendLane::Progress : Account {
  Progress(const LaneSettings& of, ReceiverCounters& count, SendBatch& room, WaitBudget& time)
      : Account{of, count}, batch(room), budget(time) {}

  SendBatch& batch;
  WaitBudget& budget;
};

void SendLane::CountSent(Progress& progress, std::size_t first, std::size_t copies) const {
  SendCounters& send = progress.counters.send;
  std::size_t bytes = 0;
  for (std::size_t i = first; i < first + copies; ++i) {
    bytes += waiting_[i].kernel_bytes + waiting_[i].bytes();
  }
  send.sent += static_cast<std::int64_t>(copies);
  send.waiting -= static_cast<std::int64_t>(copies);
  send.sent_bytes += Bytes(static_cast<std::int64_t>(bytes));
}

void SendLane::CountRefused(Progress& progress, std::size_t copies, int error) const {
  SendCounters& send = progress.counters.send;
  send.refused[error] += static_cast<std::int64_t>(copies);
  send.waiting -= static_cast<std::int64_t>(copies);
  progress.Tell(error, false, copies);
}

// What the network said of earlier packets, which makes the next one fail without being sent.
// True: there was something of that kind.
bool SendLane::TakeReports(const Account& account) {
  bool any = false;
  while (true) {
    alignas(cmsghdr) std::array<std::byte, 512> control;
    msghdr message{};
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    if (recvmsg(socket_.descriptor(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) return any;
    for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr;
         head = CMSG_NXTHDR(&message, head)) {
      const bool is_error = (head->cmsg_level == IPPROTO_IP && head->cmsg_type == IP_RECVERR) ||
                            (head->cmsg_level == IPPROTO_IPV6 && head->cmsg_type == IPV6_RECVERR);
      if (!is_error) continue;
      sock_extended_err report;
      std::memcpy(&report, CMSG_DATA(head), sizeof report);
      if (report.ee_origin == SO_EE_ORIGIN_LOCAL) continue;
      any = true;
      const auto error = static_cast<int>(report.ee_errno);
      ++account.counters.reported[error];
      account.Tell(error, true, 1);
    }
  }
}

// True: the same message is worth another try.
bool SendLane::Overcome(Progress& progress, int error) {
  if (error == EINTR) return true;
  const bool wants_room = error == EAGAIN || error == ENOBUFS;
  if (!wants_room) return TakeReports(progress);
  if (!is_stalled_ && progress.budget.Wait(socket_.descriptor(), error == ENOBUFS)) return true;
  is_stalled_ = true;
  return false;
}

// After the kernel refused a run. False: it was no run.
bool SendLane::SendSingly(Progress& progress, std::size_t first, std::size_t copies, int error) {
  if (copies == 1 || !MayConcernRun(error)) return false;
  const std::int64_t sent_before = progress.counters.send.sent;
  SendAll(progress, first, first + copies, 0);
  if (error != EMSGSIZE && progress.counters.send.sent != sent_before) refuses_runs_ = true;
  return true;
}

void SendLane::SendAll(Progress& progress, std::size_t first, std::size_t end,
                       std::size_t shortest_run) {
  Fill(progress.batch, first, end, shortest_run);
  const SendBatch& batch = progress.batch;
  std::size_t message = 0;
  while (first < end) {
    const int sent =
        sendmmsg(socket_.descriptor(), &progress.batch.messages_[message],
                 static_cast<unsigned>(batch.size_ - message), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent > 0) {
      std::size_t copies = 0;
      for (int i = 0; i < sent; ++i) copies += batch.copies_[message++];
      CountSent(progress, first, copies);
      first += copies;
      is_stalled_ = false;
      continue;
    }
    const int error = errno;
    const std::size_t copies = batch.copies_[message];
    if (Overcome(progress, error)) continue;
    if (SendSingly(progress, first, copies, error)) {
      Fill(progress.batch, first + copies, end, refuses_runs_ ? 0 : shortest_run);
      message = 0;
    } else {
      CountRefused(progress, copies, error);
      ++message;
    }
    first += copies;
  }
}

void SendLane::ReadReports(const LaneSettings& settings, ReceiverCounters& counters) {
  if (socket_.is_open()) TakeReports({settings, counters});
}

void SendLane::Flush(const LaneSettings& settings, SendBatch& batch, WaitBudget& budget,
                     ReceiverCounters& counters) {
  Progress progress(settings, counters, batch, budget);
  if (!socket_.is_connected() && !(socket_.is_open() && socket_.Connect(flow_))) {
    CountRefused(progress, waiting_.size(), socket_.error());
  } else {
    const bool sends_runs = !is_raw_ && !refuses_runs_;
    SendAll(progress, 0, waiting_.size(), sends_runs ? settings.shortest_run : 0);
  }
  waiting_.clear();
  headers_.clear();
}

}  // namespace vpcmirror::sim
