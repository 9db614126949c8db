#include "tests/bench/engine_ratios/ns3_peer.h"

#include <ns3/application.h>
#include <ns3/bulk-send-helper.h>
#include <ns3/config.h>
#include <ns3/data-rate.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-static-routing-helper.h>
#include <ns3/node-container.h>
#include <ns3/nstime.h>
#include <ns3/object-factory.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/packet-sink.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/queue-size.h>
#include <ns3/simulator.h>
#include <ns3/socket.h>
#include <ns3/traffic-control-helper.h>
#include <ns3/uinteger.h>

#include <stdexcept>
#include <string>

namespace vpcmirror::ratios {
namespace {

// RFC 894, 791, 768, 7348.
constexpr std::int64_t kHeaderBytes = 14 + 20 + 8;
constexpr std::int64_t kVxlanBytes = 8;
constexpr std::uint16_t kPort = 9;
constexpr std::uint16_t kVxlanPort = 4789;

ns3::Ptr<ns3::Socket> SocketTo(const ns3::Ptr<ns3::Node>& node, ns3::Ipv4Address to,
                               std::uint16_t port) {
  auto socket = ns3::Socket::CreateSocket(node, ns3::TypeId::LookupByName("ns3::UdpSocketFactory"));
  socket->Bind();
  socket->Connect(ns3::InetSocketAddress(to, port));
  return socket;
}

// Sends a copy of whatever it is told of.
class Mirror {
 public:
  Mirror(ns3::Ptr<ns3::Socket> socket, std::int64_t frame_bytes)
      : socket_(socket), bytes_(static_cast<std::uint32_t>(frame_bytes + kVxlanBytes)) {}

  void Copy() { socket_->Send(ns3::Create<ns3::Packet>(bytes_)); }
  void OnReceived(ns3::Ptr<const ns3::Packet> /*datagram*/, const ns3::Address& /*from*/) {
    Copy();
  }

 private:
  ns3::Ptr<ns3::Socket> socket_;
  std::uint32_t bytes_;
};

// A datagram every so often. A mirror, if there is one, hears of each.
class Sender : public ns3::Application {
 public:
  Sender(ns3::Ptr<ns3::Socket> socket, const UdpTraffic& traffic, Mirror* mirror)
      : socket_(socket),
        bytes_(static_cast<std::uint32_t>(traffic.frame_bytes - kHeaderBytes)),
        gap_(ns3::NanoSeconds(traffic.gap_ns)),
        mirror_(mirror) {}

 private:
  void StartApplication() override { Send(); }

  void Send() {
    socket_->Send(ns3::Create<ns3::Packet>(bytes_));
    if (mirror_ != nullptr) mirror_->Copy();
    ns3::Simulator::Schedule(gap_, &Sender::Send, this);
  }

  ns3::Ptr<ns3::Socket> socket_;
  std::uint32_t bytes_;
  ns3::Time gap_;
  Mirror* mirror_;
};

ns3::Ptr<ns3::PacketSink> SinkAt(const ns3::Ptr<ns3::Node>& node, std::uint16_t port) {
  ns3::PacketSinkHelper helper("ns3::UdpSocketFactory",
                               ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), port));
  return ns3::DynamicCast<ns3::PacketSink>(helper.Install(node).Get(0));
}

// Its first node gets the first address.
ns3::Ipv4InterfaceContainer Link(const ns3::Ptr<ns3::Node>& a, const ns3::Ptr<ns3::Node>& b,
                                 const char* network, QueueDisc queue_disc) {
  ns3::PointToPointHelper links;
  links.SetDeviceAttribute("DataRate", ns3::DataRateValue(ns3::DataRate("10Gbps")));
  links.SetChannelAttribute("Delay", ns3::TimeValue(ns3::MicroSeconds(50)));
  const ns3::NetDeviceContainer devices = links.Install(a, b);
  ns3::Ipv4AddressHelper addresses(network, "255.255.255.0");
  const ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);
  if (queue_disc == QueueDisc::kNone) ns3::TrafficControlHelper().Uninstall(devices);
  return interfaces;
}

void InstallStacks(const ns3::NodeContainer& nodes) {
  ns3::InternetStackHelper stacks;
  const ns3::Ipv4StaticRoutingHelper routes;
  stacks.SetRoutingHelper(routes);
  stacks.SetIpv6StackInstall(false);
  stacks.Install(nodes);
}

// What is under way at the end is not lost.
std::int64_t Delivered(const ns3::PacketSink& sink, std::int64_t datagram_bytes,
                       std::int64_t sent) {
  constexpr std::int64_t kUnderWay = 100;
  const std::int64_t delivered = static_cast<std::int64_t>(sink.GetTotalRx()) / datagram_bytes;
  if (delivered > sent || delivered < sent - kUnderWay) {
    throw std::runtime_error("a sink took " + std::to_string(delivered) + " datagrams of " +
                             std::to_string(sent));
  }
  return delivered;
}

}  // namespace

std::int64_t SimulateWithStacks(const UdpTraffic& traffic, QueueDisc queue_disc) {
  ns3::Simulator::SetScheduler(ns3::ObjectFactory("ns3::PriorityQueueScheduler"));
  ns3::NodeContainer nodes(3);
  const auto client = nodes.Get(0), source = nodes.Get(1), receiver = nodes.Get(2);
  InstallStacks(nodes);
  const auto outer = Link(client, source, "10.0.1.0", queue_disc);
  const auto inner = Link(source, receiver, "10.0.2.0", queue_disc);

  const auto client_sink = SinkAt(client, kPort);
  const auto source_sink = SinkAt(source, kPort);
  const auto copies_sink = SinkAt(receiver, kVxlanPort);
  Mirror mirror(SocketTo(source, inner.GetAddress(1), kVxlanPort), traffic.frame_bytes);
  source_sink->TraceConnectWithoutContext("Rx", ns3::MakeCallback(&Mirror::OnReceived, &mirror));
  client->AddApplication(
      ns3::Create<Sender>(SocketTo(client, outer.GetAddress(1), kPort), traffic, nullptr));
  source->AddApplication(
      ns3::Create<Sender>(SocketTo(source, outer.GetAddress(0), kPort), traffic, &mirror));

  ns3::Simulator::Stop(ns3::Seconds(static_cast<double>(traffic.seconds)));
  ns3::Simulator::Run();
  const std::int64_t sent = traffic.seconds * 1'000'000'000 / traffic.gap_ns;
  const std::int64_t datagram = traffic.frame_bytes - kHeaderBytes;
  const std::int64_t delivered =
      Delivered(*client_sink, datagram, sent) + Delivered(*source_sink, datagram, sent) +
      Delivered(*copies_sink, traffic.frame_bytes + kVxlanBytes, 2 * sent);
  ns3::Simulator::Destroy();
  return delivered;
}

std::int64_t SimulateTcpWithStacks(const TcpTraffic& traffic) {
  ns3::Simulator::SetScheduler(ns3::ObjectFactory("ns3::PriorityQueueScheduler"));
  const auto bytes = [](std::int64_t count) {
    return ns3::UintegerValue(static_cast<std::uint64_t>(count));
  };
  ns3::Config::SetDefault("ns3::TcpSocket::SegmentSize", bytes(traffic.segment));
  ns3::Config::SetDefault("ns3::TcpSocket::SndBufSize", bytes(traffic.buffer));
  ns3::Config::SetDefault("ns3::TcpSocket::RcvBufSize", bytes(traffic.buffer));
  ns3::Config::SetDefault("ns3::DropTailQueue<Packet>::MaxSize",
                          ns3::QueueSizeValue(ns3::QueueSize("100000p")));
  ns3::NodeContainer nodes(2);
  InstallStacks(nodes);
  const auto link = Link(nodes.Get(0), nodes.Get(1), "10.0.1.0", QueueDisc::kNone);
  ns3::PacketSinkHelper sinks("ns3::TcpSocketFactory",
                              ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), kPort));
  const auto sink = ns3::DynamicCast<ns3::PacketSink>(sinks.Install(nodes.Get(1)).Get(0));
  ns3::BulkSendHelper senders("ns3::TcpSocketFactory",
                              ns3::InetSocketAddress(link.GetAddress(1), kPort));
  senders.SetAttribute("MaxBytes", bytes(traffic.bytes));
  for (std::int64_t i = 0; i < traffic.flows; ++i) senders.Install(nodes.Get(0));
  ns3::Simulator::Stop(ns3::Seconds(static_cast<double>(traffic.seconds)));
  ns3::Simulator::Run();
  const auto received = static_cast<std::int64_t>(sink->GetTotalRx());
  if (received != traffic.flows * traffic.bytes) {
    throw std::runtime_error("the sink took " + std::to_string(received) + " bytes");
  }
  ns3::Simulator::Destroy();
  return received / traffic.segment;
}

}  // namespace vpcmirror::ratios
