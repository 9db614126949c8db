// A TCP flow that fills its CVM's 50 Mbit/s, alone, with its egress mirrored, and with
// production first: what copies leave of it.
#include <ns3/bulk-send-helper.h>
#include <ns3/config.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/packet-sink.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <cstdint>
#include <iomanip>
#include <iostream>
#include <memory>
#include <string>

#include "models/ns3/clock.h"
#include "models/ns3/vpc_helper.h"

// With 12 bytes of options, 1,500 bytes of IP and 1,514 of Ethernet.
constexpr std::uint32_t kSegment = 1448;
constexpr int kSeconds = 10;

void Run(const std::string& name, bool is_mirrored, const std::string& congestion) {
  ns3::NodeContainer nodes(3);  // the sender, the sink, the receiver of copies
  vpcmirror::VpcHelper vpc;
  vpc.SetHostAttribute("Bandwidth", ns3::StringValue("50Mbps"));
  vpc.SetHostAttribute("LimitModel", ns3::StringValue("PerDirection"));
  vpc.SetHostAttribute("Congestion", ns3::StringValue(congestion));
  vpc.SetDeviceAttribute("Mtu", ns3::UintegerValue(8500));
  const ns3::NetDeviceContainer enis = vpc.Install(nodes, "10.0.0.1");
  vpc.AssignStreams(enis, 1);
  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(enis);  // and default queue discs

  const ns3::InetSocketAddress to(ns3::Ipv4Address("10.0.0.2"), 5001);
  const auto sinks = ns3::PacketSinkHelper("ns3::TcpSocketFactory", to).Install(nodes.Get(1));
  ns3::BulkSendHelper source("ns3::TcpSocketFactory", to);
  source.SetAttribute("SendSize", ns3::UintegerValue(kSegment));
  source.Install(nodes.Get(0));

  std::vector<ns3::Ptr<vpcmirror::MirrorSession>> sessions;
  if (is_mirrored) {
    const auto eni = ns3::DynamicCast<vpcmirror::EniDevice>(enis.Get(2));
    vpcmirror::MirrorSettings egress{.directions = vpcmirror::DirectionSet::kEgress};
    egress.receivers = {{.address = eni->primary_address(), .mtu = vpcmirror::Bytes(8500)}};
    const auto mirror = std::make_shared<const vpcmirror::Mirror>(egress);
    sessions = vpc.InstallMirror(mirror, ns3::NetDeviceContainer(enis.Get(0)));
    vpc.InstallReceiver(eni);
  }
  ns3::Simulator::Stop(ns3::Seconds(kSeconds));
  ns3::Simulator::Run();

  const auto sink = ns3::DynamicCast<ns3::PacketSink>(sinks.Get(0));
  std::cout << std::left << std::setw(17) << name << std::right << std::fixed
            << std::setprecision(2) << static_cast<double>(sink->GetTotalRx()) * 8 / kSeconds / 1e6
            << " Mbit/s goodput";
  for (const auto& session : sessions) {
    const vpcmirror::Ledger ledger = session->LedgerAt(vpcmirror::SimulatedNow());
    double lost = 0;
    for (const auto& dropped : ledger.dropped) lost += static_cast<double>(dropped.frames);
    const double all = lost + static_cast<double>(ledger.mirrored.frames);
    std::cout << ", " << 100 * lost / all << " % of copies lost";
  }
  std::cout << '\n';
  ns3::Simulator::Destroy();
}

int main() {
  ns3::Time::SetResolution(ns3::Time::PS);
  ns3::Config::SetDefault("ns3::TcpSocket::SegmentSize", ns3::UintegerValue(kSegment));
  Run("alone", false, "Fifo");
  Run("mirrored", true, "Fifo");
  Run("production first", true, "ProductionFirst");
}
