#include "sim/live/receiver_probe.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string>
#include <system_error>

#include "models/wire/byte_order.h"
#include "models/wire/checksum.h"
#include "models/wire/header_offsets.h"

namespace vpcmirror::sim {
namespace {

// RFC 792 and RFC 4443, 4: type, code, checksum, identifier, sequence number.
constexpr std::size_t kEchoBytes = 8;
constexpr std::size_t kIdentifierAt = 4;
constexpr std::size_t kSequenceAt = 6;

struct EchoTypes {
  std::uint8_t request;
  std::uint8_t reply;
};

EchoTypes TypesOf(const IpAddress& address) {
  return address.is_v4() ? EchoTypes{8, 0} : EchoTypes{128, 129};
}

// The ICMP message of what a raw socket received: over IPv4 an IP header goes before it.
std::span<const std::byte> MessageOf(std::span<const std::byte> received, bool is_v4) {
  if (!is_v4) return received;
  if (received.empty()) return {};
  const std::size_t words = std::to_integer<std::size_t>(received[0]) & 15;
  return received.subspan(std::min(4 * words, received.size()));
}

}  // namespace

ReceiverProbe::ReceiverProbe(std::vector<IpAddress> receivers, std::int64_t interval_ns,
                             const SendSocketSettings& settings)
    : interval_ns_(interval_ns), identifier_(static_cast<std::uint16_t>(getpid())) {
  for (const IpAddress& address : receivers) {
    SendSocket socket = SendSocket::OpenEcho(address, settings);
    if (!socket.is_open()) {
      throw std::runtime_error("no raw socket to probe " + ToString(address) + ": " +
                               std::generic_category().message(socket.error()) +
                               "; it takes CAP_NET_RAW");
    }
    receivers_.push_back({.address = address, .socket = std::move(socket)});
  }
}

std::vector<int> ReceiverProbe::descriptors() const {
  std::vector<int> result;
  for (const Receiver& receiver : receivers_) result.push_back(receiver.socket.descriptor());
  return result;
}

// Whether the last request was answered.
bool ReceiverProbe::ReadAnswers(const Receiver& receiver) const {
  bool is_answered = false;
  std::array<std::byte, 256> room;
  while (true) {
    const ssize_t bytes = recv(receiver.socket.descriptor(), room.data(), room.size(), 0);
    if (bytes < 0) return is_answered;
    const auto message =
        MessageOf(std::span(room).first(static_cast<std::size_t>(bytes)), receiver.address.is_v4());
    if (message.size() < kEchoBytes) continue;
    is_answered |= std::to_integer<std::uint8_t>(message[0]) == TypesOf(receiver.address).reply &&
                   LoadBe16(&message[kIdentifierAt]) == identifier_ &&
                   LoadBe16(&message[kSequenceAt]) == sequence_;
  }
}

void ReceiverProbe::Ask(Receiver& receiver) const {
  SendSocket& socket = receiver.socket;
  if (!socket.is_connected() && !socket.Connect({.destination = receiver.address})) return;
  std::array<std::byte, kEchoBytes> request{};
  request[0] = std::byte{TypesOf(receiver.address).request};
  StoreBe16(&request[kIdentifierAt], identifier_);
  StoreBe16(&request[kSequenceAt], sequence_);
  // The kernel fills it in over IPv6.
  if (receiver.address.is_v4()) {
    StoreBe16(&request[kIcmpChecksumAt], FoldChecksum(SumWords(request)));
  }
  // One that cannot be sent is one that is not answered; a pending error is taken by the first.
  for (int attempt = 0; attempt < 2; ++attempt) {
    const ssize_t sent = send(socket.descriptor(), request.data(), request.size(), MSG_NOSIGNAL);
    if (sent >= 0) return;
  }
}

void ReceiverProbe::Run(std::int64_t now_ns, ReceiverHealth& health) {
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    Receiver& receiver = receivers_[i];
    if (!receiver.is_asked || receiver.is_answered || !ReadAnswers(receiver)) continue;
    receiver.is_answered = true;
    health.CountAnsweredProbe(i);
  }
  if (is_started_ && now_ns < next_ns_) return;
  is_started_ = true;
  next_ns_ = now_ns + interval_ns_;
  ++sequence_;
  for (std::size_t i = 0; i < receivers_.size(); ++i) {
    Receiver& receiver = receivers_[i];
    if (receiver.is_asked && !receiver.is_answered) health.CountMissedProbe(i);
    receiver.is_asked = true;
    receiver.is_answered = false;
    Ask(receiver);
  }
}

}  // namespace vpcmirror::sim
