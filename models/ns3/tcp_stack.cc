#include "models/ns3/tcp_stack.h"

#include <ns3/boolean.h>
#include <ns3/double.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-interface-address.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/node.h>
#include <ns3/object-factory.h>
#include <ns3/tcp-congestion-ops.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/uinteger.h>

#include <array>
#include <limits>
#include <stdexcept>
#include <string>

#include "models/ns3/clock.h"
#include "models/units/rates.h"

namespace vpcmirror {
namespace {

// Of Linux, include/net/tcp.h, where ns-3 has other ones.
constexpr Picoseconds kLeastTimeout{kPicosecondsPerSecond / 5};  // TCP_RTO_MIN
constexpr Picoseconds kFirstTimeout{kPicosecondsPerSecond};      // TCP_TIMEOUT_INIT
constexpr Picoseconds kDelayedAck{kPicosecondsPerSecond / 25};   // TCP_DELACK_MIN

// In the order of TcpVariant.
constexpr std::array<const char*, kTcpVariants> kCongestionTypes = {
    "ns3::TcpCubic", "ns3::TcpLinuxReno", "ns3::TcpNewReno",  "ns3::TcpBic",    "ns3::TcpHighSpeed",
    "ns3::TcpHtcp",  "ns3::TcpHybla",     "ns3::TcpIllinois", "ns3::TcpLedbat", "ns3::TcpScalable",
    "ns3::TcpVegas", "ns3::TcpVeno",      "ns3::TcpWestwood", "ns3::TcpYeah"};

ns3::Ipv4Address Ns3Address(const IpAddress& address) { return ns3::Ipv4Address(address.v4()); }

ns3::InetSocketAddress SocketAddress(const IpAddress& address, std::uint16_t port) {
  return {Ns3Address(address), port};
}

void SetBuffers(ns3::TcpSocketBase& socket, Bytes buffer) {
  const ns3::UintegerValue bytes(static_cast<std::uint64_t>(buffer.count()));
  socket.SetAttribute("SndBufSize", bytes);
  socket.SetAttribute("RcvBufSize", bytes);
}

void SetCongestionControl(ns3::TcpSocketBase& socket, TcpVariant variant) {
  ns3::ObjectFactory factory(kCongestionTypes[static_cast<std::size_t>(variant)]);
  socket.SetCongestionControlAlgorithm(factory.Create<ns3::TcpCongestionOps>());
}

}  // namespace

NS_OBJECT_ENSURE_REGISTERED(TcpStack);

ns3::TypeId TcpStack::GetTypeId() {
  static const ns3::TypeId tid = ns3::TypeId("vpcmirror::TcpStack")
                                     .SetParent<ns3::Object>()
                                     .SetGroupName("vpcmirror")
                                     .AddConstructor<TcpStack>();
  return tid;
}

ns3::Ptr<TcpStack> TcpStack::Of(const ns3::Ptr<ns3::NetDevice>& device, const IpAddress& address) {
  const ns3::Ptr<ns3::Node> node = device->GetNode();
  ns3::Ptr<TcpStack> stack = node->GetObject<TcpStack>();
  if (!stack) {
    ns3::InternetStackHelper internet;
    internet.SetIpv6StackInstall(false);
    internet.Install(node);
    stack = ns3::CreateObject<TcpStack>();
    stack->ipv4_ = node->GetObject<ns3::Ipv4>();
    node->AggregateObject(stack);
  }
  if (stack->ipv4_->GetInterfaceForDevice(device) == -1) stack->AddInterface(device, address);
  return stack;
}

// The fabric routes, so that all the world is behind each interface.
void TcpStack::AddInterface(const ns3::Ptr<ns3::NetDevice>& device, const IpAddress& address) {
  const std::uint32_t interface = ipv4_->AddInterface(device);
  ipv4_->AddAddress(interface,
                    ns3::Ipv4InterfaceAddress(Ns3Address(address), ns3::Ipv4Mask::GetOnes()));
  ipv4_->SetUp(interface);
  ns3::Ipv4StaticRoutingHelper().GetStaticRouting(ipv4_)->SetDefaultRoute(
      ns3::Ipv4Address::GetZero(), interface);
  device->SetAttributeFailSafe("PassUp", ns3::BooleanValue(true));  // of an ENI
}

ns3::Ptr<ns3::TcpSocketBase> TcpStack::MakeSocket(const ns3::Ptr<ns3::NetDevice>& device,
                                                  const TcpSettings& settings) {
  const auto socket = ns3::DynamicCast<ns3::TcpSocketBase>(
      device->GetNode()->GetObject<ns3::TcpL4Protocol>()->CreateSocket());
  socket->SetAttribute("SegmentSize",
                       ns3::UintegerValue(static_cast<std::uint64_t>(settings.segment.count())));
  SetBuffers(*socket, settings.buffer);
  socket->SetAttribute("ConnTimeout", ns3::TimeValue(ToTime(kFirstTimeout)));
  socket->SetAttribute("DelAckTimeout", ns3::TimeValue(ToTime(kDelayedAck)));
  socket->SetAttribute("MaxSegLifetime", ns3::DoubleValue(Seconds(kTimeWait) / 2));
  socket->SetMinRto(ToTime(kLeastTimeout));
  SetCongestionControl(*socket, settings.variant);
  socket->BindToNetDevice(device);
  return socket;
}

bool TcpStack::TakePort(const IpAddress& address, std::uint16_t port) {
  constexpr Picoseconds kUntilGiven(std::numeric_limits<std::int64_t>::max());
  Picoseconds& until = busy_until_[{address, port}];
  if (until > SimulatedNow()) return false;
  until = kUntilGiven;
  return true;
}

// A little later than ns-3 itself.
void TcpStack::GivePort(const IpAddress& address, std::uint16_t port) {
  busy_until_[{address, port}] = SimulatedNow() + kTimeWait + kTimeWait;
}

void TcpStack::Expect(const ns3::Ptr<ns3::NetDevice>& device, const FlowKey& flow,
                      const TcpSettings& settings, Accepted accepted) {
  expected_[flow] = {settings, std::move(accepted)};
  ns3::Ptr<ns3::Socket>& listening = listening_[{flow.destination, flow.destination_port}];
  if (listening) return;
  listening = MakeSocket(device, settings);
  // Whose connection it will be is not known yet, and a window's scale is settled first.
  SetBuffers(*ns3::DynamicCast<ns3::TcpSocketBase>(listening), kLargestTcpBuffer);
  if (listening->Bind(SocketAddress(flow.destination, flow.destination_port)) != 0 ||
      listening->Listen() != 0) {
    throw std::logic_error("port " + std::to_string(flow.destination_port) + " is taken");
  }
  listening->SetAcceptCallback(
      ns3::MakeNullCallback<bool, ns3::Ptr<ns3::Socket>, const ns3::Address&>(),
      ns3::MakeCallback(&TcpStack::OnAccepted, this));
}

void TcpStack::Forget(const FlowKey& flow) { expected_.erase(flow); }

void TcpStack::OnAccepted(ns3::Ptr<ns3::Socket> socket, const ns3::Address& from) {
  ns3::Address to;
  socket->GetSockName(to);
  const auto client = ns3::InetSocketAddress::ConvertFrom(from);
  const auto server = ns3::InetSocketAddress::ConvertFrom(to);
  const FlowKey flow{.source = IpAddress::V4(client.GetIpv4().Get()),
                     .destination = IpAddress::V4(server.GetIpv4().Get()),
                     .source_port = client.GetPort(),
                     .destination_port = server.GetPort(),
                     .protocol = kProtocolTcp,
                     .ports = Ports::kKnown};
  const auto expected = expected_.find(flow);
  if (expected == expected_.end()) {
    socket->Close();
    return;
  }
  const auto accepted = ns3::DynamicCast<ns3::TcpSocketBase>(socket);
  SetBuffers(*accepted, expected->second.settings.buffer);
  SetCongestionControl(*accepted, expected->second.settings.variant);
  expected->second.accepted(accepted);
}

void TcpStack::DoDispose() {
  expected_.clear();
  listening_.clear();
  ipv4_ = nullptr;
  ns3::Object::DoDispose();
}

}  // namespace vpcmirror
