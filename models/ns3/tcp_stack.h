// ns-3's TCP/IP on a CVM, or on somebody outside.
#pragma once

#include <ns3/ipv4.h>
#include <ns3/net-device.h>
#include <ns3/object.h>
#include <ns3/ptr.h>
#include <ns3/tcp-socket-base.h>

#include <cstdint>
#include <functional>
#include <map>
#include <utility>

#include "models/scenario/tcp_settings.h"
#include "models/units/quantity.h"
#include "models/wire/flow_key.h"

namespace vpcmirror {

// Of a connection that is over. Linux has 60 s, or reuses the port when it likes; ns-3 looks
// through all connections, those that are over too, for each packet, and with 60 s of them a
// run of many short connections would not end.
inline constexpr Picoseconds kTimeWait{kPicosecondsPerSecond / 10};

// Aggregated to a Node, beside ns-3's Internet stack, which it installs. Several
// applications may listen on one port of it: each has the connections that it expects.
class TcpStack : public ns3::Object {
 public:
  using Accepted = std::function<void(const ns3::Ptr<ns3::TcpSocketBase>&)>;

  static ns3::TypeId GetTypeId();

  // That of the device's node, with an interface of this IPv4 address for the device: an
  // ENI, or somebody outside. Frames of other protocols than ns-3's own are not its matter.
  static ns3::Ptr<TcpStack> Of(const ns3::Ptr<ns3::NetDevice>& device, const IpAddress& address);

  ns3::Ptr<ns3::TcpSocketBase> MakeSocket(const ns3::Ptr<ns3::NetDevice>& device,
                                          const TcpSettings& settings);

  // A port of an address that no connection has or had within kTimeWait. GivePort when the
  // connection is over.
  bool TakePort(const IpAddress& address, std::uint16_t port);
  void GivePort(const IpAddress& address, std::uint16_t port);

  // Calls `accepted` with this side's socket when the other end of `flow`, whose source
  // is the client, connects. Forget before it is no longer there to be called. All that
  // is expected at a port has the same size of segments.
  void Expect(const ns3::Ptr<ns3::NetDevice>& device, const FlowKey& flow,
              const TcpSettings& settings, Accepted accepted);
  void Forget(const FlowKey& flow);

 protected:
  void DoDispose() override;

 private:
  struct Expected {
    TcpSettings settings;
    Accepted accepted;
  };
  void AddInterface(const ns3::Ptr<ns3::NetDevice>& device, const IpAddress& address);
  void OnAccepted(ns3::Ptr<ns3::Socket> socket, const ns3::Address& from);

  ns3::Ptr<ns3::Ipv4> ipv4_;
  std::map<std::pair<IpAddress, std::uint16_t>, Picoseconds> busy_until_;  // of ports
  std::map<std::pair<IpAddress, std::uint16_t>, ns3::Ptr<ns3::Socket>> listening_;
  std::map<FlowKey, Expected> expected_;
};

}  // namespace vpcmirror
