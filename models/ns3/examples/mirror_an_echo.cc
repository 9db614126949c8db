// The models in a plain ns-3 program, without scenario files: two CVMs with
// ns-3's own Internet stack exchange UDP echoes, and a third receives copies of
// all that the client sends and receives.
//
//   mirror_an_echo [--packets=100] [--pcap=receiver.pcap]
#include <ns3/command-line.h>
#include <ns3/data-rate.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/node-container.h>
#include <ns3/simulator.h>
#include <ns3/udp-echo-helper.h>
#include <ns3/uinteger.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "models/ns3/vpc_helper.h"

int main(int argc, char** argv) {
  ns3::Time::SetResolution(ns3::Time::PS);
  std::uint32_t packets = 100;
  std::string pcap;
  ns3::CommandLine command_line;
  command_line.AddValue("packets", "echo requests to send", packets);
  command_line.AddValue("pcap", "file for what the receiver sees", pcap);
  command_line.Parse(argc, argv);

  ns3::NodeContainer nodes(3);
  vpcmirror::VpcHelper vpc;
  vpc.SetHostAttribute("Bandwidth", ns3::DataRateValue(ns3::DataRate("1Gbps")));
  vpc.SetDeviceAttribute("Mtu", ns3::UintegerValue(8500));
  ns3::NetDeviceContainer devices;
  for (std::uint32_t i = 0; i < 3; ++i) {
    devices.Add(vpc.Install(nodes.Get(i), vpcmirror::IpAddress::V4(0x0a000001 + i)));
  }
  vpc.AssignStreams(devices, 1);
  if (!pcap.empty()) vpc.EnablePcap(pcap, devices.Get(2), true, true);

  // ns-3 numbers the devices 10.0.0.1, 10.0.0.2, 10.0.0.3, as above.
  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
  const ns3::Ipv4InterfaceContainer interfaces = addresses.Assign(devices);

  const auto mirror = std::make_shared<const vpcmirror::Mirror>(
      vpcmirror::MirrorSettings{.id = "to-10.0.0.3",
                                .receivers = {{.address = vpcmirror::IpAddress::V4(0x0a000003),
                                               .mtu = vpcmirror::Bytes(8500)}},
                                .tunnel = {.vni = 42}});
  const auto sessions = vpc.InstallMirror(mirror, ns3::NetDeviceContainer(devices.Get(0)));
  const auto receiver = vpc.InstallReceiver(ns3::DynamicCast<vpcmirror::EniDevice>(devices.Get(2)));

  ns3::UdpEchoServerHelper server(7);  // RFC 862
  server.Install(nodes.Get(1)).Start(ns3::Seconds(0));
  ns3::UdpEchoClientHelper client(interfaces.GetAddress(1), 7);
  client.SetAttribute("MaxPackets", ns3::UintegerValue(packets));
  client.SetAttribute("Interval", ns3::TimeValue(ns3::MilliSeconds(1)));
  client.SetAttribute("PacketSize", ns3::UintegerValue(1000));
  client.Install(nodes.Get(0)).Start(ns3::MilliSeconds(1));

  ns3::Simulator::Run();
  const vpcmirror::Ledger& ledger = sessions.front()->ledger();
  std::cout << "offered " << ledger.offered.frames << ", mirrored " << ledger.mirrored.frames
            << ", received " << receiver->counters().in.frames << " copies of "
            << receiver->counters().in.bytes.count() << " bytes\n";
  ns3::Simulator::Destroy();
}
