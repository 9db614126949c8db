// A tap of your own: the core that decides what a cloud mirrors, asked about the frames
// of a device that is no EniDevice. Two nodes on ns3::CsmaChannel exchange UDP echoes; the
// tap at the first copies the first 128 bytes of each request, in VXLAN, to a third.
#include <ns3/csma-helper.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/packet-sink.h>
#include <ns3/udp-echo-helper.h>
#include <ns3/udp-socket-factory.h>
#include <ns3/uinteger.h>

#include <array>
#include <iostream>
#include <span>

#include "models/mirror/pieces.h"

namespace vm = vpcmirror;

// The copy's bytes. Its outer IP and UDP headers are left out: a socket writes them.
ns3::Ptr<ns3::Packet> CopyOf(std::span<const std::byte> frame, const vm::FrameInfo& info,
                             const vm::Mirror& mirror, const vm::CopyPlan& plan) {
  const vm::Tunnel tunnel(mirror, plan.receiver, {});
  vm::TunnelCounters counters;
  vm::Pieces pieces(tunnel, plan, info, frame, counters);
  vm::Piece piece;
  if (!pieces.Next(piece)) return ns3::Create<ns3::Packet>();
  std::vector<std::byte> copy(&piece.outer[vm::kIpv4HeaderBytes + vm::kUdpHeaderBytes],
                              &piece.outer[piece.outer_bytes]);
  copy.insert(copy.end(), frame.begin(), frame.begin() + piece.payload.count());
  return ns3::Create<ns3::Packet>(reinterpret_cast<std::uint8_t*>(copy.data()),
                                  static_cast<std::uint32_t>(copy.size()));
}

int main() {
  ns3::NodeContainer nodes(3);
  const ns3::NetDeviceContainer devices = ns3::CsmaHelper().Install(nodes);
  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(devices);
  ns3::UdpEchoServerHelper(7).Install(nodes.Get(1));  // RFC 862
  ns3::UdpEchoClientHelper client(ns3::Ipv4Address("10.0.0.2"), 7);
  client.SetAttribute("MaxPackets", ns3::UintegerValue(100));
  client.SetAttribute("PacketSize", ns3::UintegerValue(1000));
  client.Install(nodes.Get(0)).Start(ns3::MilliSeconds(1));
  const ns3::InetSocketAddress receiver(ns3::Ipv4Address("10.0.0.3"), vm::kVxlanPort);
  const auto sinks = ns3::PacketSinkHelper("ns3::UdpSocketFactory", receiver).Install(nodes.Get(2));
  const auto socket = ns3::Socket::CreateSocket(nodes.Get(0), ns3::UdpSocketFactory::GetTypeId());
  socket->Connect(receiver);

  vm::MirrorSettings settings{.id = "own", .packet_length = {vm::Bytes(128), vm::Bytes(128)}};
  settings.receivers = {{.address = vm::IpAddress::V4(0x0a000003), .mtu = vm::Bytes(1500)}};
  settings.filter = vm::Filter::AllOf({{.destination_ports = {7, 7}}});
  const auto mirror = std::make_shared<const vm::Mirror>(settings);
  const auto rules = std::make_shared<vm::TapRules>();
  rules->mirror_ports = mirror->MirrorPorts();  // or copies would be copied again
  const vm::MirrorTap tap({"own", vm::Bytes(1500)}, rules, {mirror});

  std::array<int, vm::kRefusals> decided{};
  const auto on_frame = [&](ns3::Ptr<const ns3::Packet> packet) {
    std::vector<std::byte> frame(packet->GetSize() - 4);  // the models count no FCS
    packet->CopyData(reinterpret_cast<std::uint8_t*>(frame.data()), packet->GetSize() - 4);
    const vm::FrameInfo info = vm::ParseFrame(frame, vm::Bytes(frame.size()));
    const vm::Decision decision = tap.OnFrame({.info = info});  // of what the device sends
    const vm::Outcome& outcome = decision.outcomes().front();
    ++decided[static_cast<std::size_t>(outcome.refusal)];
    if (outcome.refusal != vm::Refusal::kNone) return;
    const auto copy = CopyOf(frame, info, *mirror, outcome.plan);
    ns3::Simulator::ScheduleNow([=] { socket->Send(copy); });
  };
  devices.Get(0)->TraceConnectWithoutContext(
      "PhyTxBegin", ns3::Callback<void, ns3::Ptr<const ns3::Packet>>(on_frame));
  ns3::Simulator::Run();
  const auto decided_so = [&](vm::Refusal why) { return decided[static_cast<std::size_t>(why)]; };
  std::cout << "copied " << decided_so(vm::Refusal::kNone) << ", known as copies "
            << decided_so(vm::Refusal::kMirrorTraffic) << ", received "
            << ns3::DynamicCast<ns3::PacketSink>(sinks.Get(0))->GetTotalRx() << " bytes\n";
  ns3::Simulator::Destroy();
}
