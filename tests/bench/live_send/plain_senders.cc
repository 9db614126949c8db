#include "tests/bench/live_send/plain_senders.h"

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace vpcmirror {
namespace {

[[noreturn]] void Throw(const char* what, int error) {
  throw std::runtime_error(std::string(what) + ": " + std::generic_category().message(error));
}

iovec PartOf(std::span<const std::byte> octets) {
  return {const_cast<std::byte*>(octets.data()), octets.size()};
}

}  // namespace

PlainSockets::PlainSockets(sim::OuterFlow flow, std::size_t ports) {
  for (std::size_t i = 0; i < ports; ++i, ++flow.source_port) {
    sockets_.push_back(sim::SendSocket::OpenUdp(flow, {}));
    if (!sockets_.back().is_connected()) Throw("a plain socket", sockets_.back().error());
  }
}

void SendOneByOne(const PlainSockets& sockets, std::span<const MadeCopy> copies) {
  for (const MadeCopy& copy : copies) {
    iovec parts[] = {PartOf(copy.header), PartOf(copy.frame)};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    if (sendmsg(sockets.descriptor(copy.port), &message, 0) < 0) Throw("sendmsg", errno);
  }
}

void BatchSender::Send(std::span<const MadeCopy> copies) {
  for (std::size_t port = 0; port < sockets_.size(); ++port) {
    messages_[port].clear();
    parts_[port].clear();
  }
  for (const MadeCopy& copy : copies) {
    parts_[copy.port].push_back(PartOf(copy.header));
    parts_[copy.port].push_back(PartOf(copy.frame));
  }
  for (std::size_t port = 0; port < sockets_.size(); ++port) {
    auto& messages = messages_[port];
    auto& parts = parts_[port];
    messages.resize(parts.size() / 2);
    for (std::size_t i = 0; i < messages.size(); ++i) {
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_iov = &parts[2 * i];
      messages[i].msg_hdr.msg_iovlen = 2;
    }
    for (std::size_t sent = 0; sent < messages.size();) {
      const int now = sendmmsg(sockets_.descriptor(port), &messages[sent],
                               static_cast<unsigned>(messages.size() - sent), 0);
      if (now <= 0) Throw("sendmmsg", errno);
      sent += static_cast<std::size_t>(now);
    }
  }
}

}  // namespace vpcmirror
