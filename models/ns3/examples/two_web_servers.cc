// Two web servers and one IDS: each server sends a client some megabytes by TCP, and
// the IDS gets a copy of every frame that a server sends or receives.
//
//   two_web_servers [--megabytes=10] [--pcap=prefix] [--ascii=prefix]
#include <ns3/bulk-send-helper.h>
#include <ns3/command-line.h>
#include <ns3/config.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/packet-sink-helper.h>
#include <ns3/simulator.h>
#include <ns3/string.h>
#include <ns3/uinteger.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "models/ns3/vpc_helper.h"

int main(int argc, char** argv) {
  ns3::Time::SetResolution(ns3::Time::PS);
  std::uint64_t megabytes = 10;
  std::string pcap, ascii;
  ns3::CommandLine command_line;
  command_line.AddValue("megabytes", "that each server sends", megabytes);
  command_line.AddValue("pcap", "prefix of captures of every ENI", pcap);
  command_line.AddValue("ascii", "prefix of ASCII traces of every ENI", ascii);
  command_line.Parse(argc, argv);
  // With 12 bytes of options, 1,500 bytes of IP and 1,514 of Ethernet.
  ns3::Config::SetDefault("ns3::TcpSocket::SegmentSize", ns3::UintegerValue(1448));

  ns3::NodeContainer nodes(4);  // web[0], web[1], the client, the IDS
  vpcmirror::VpcHelper vpc;
  vpc.SetHostAttribute("Congestion", ns3::StringValue("Fifo"));
  vpc.SetHostAttribute("Bandwidth", ns3::StringValue("1Gbps"));
  vpc.SetDeviceAttribute("Mtu", ns3::UintegerValue(8500));
  const auto web = vpc.Install(ns3::NodeContainer(nodes.Get(0), nodes.Get(1)), "10.0.0.1");
  vpc.SetHostAttribute("Bandwidth", ns3::StringValue("10Gbps"));
  const auto others = vpc.Install(ns3::NodeContainer(nodes.Get(2), nodes.Get(3)), "10.0.0.3");
  const ns3::NetDeviceContainer enis(web, others);
  vpc.AssignStreams(enis, 1);

  ns3::InternetStackHelper().Install(nodes);
  ns3::Ipv4AddressHelper("10.0.0.0", "255.255.255.0").Assign(enis);
  const ns3::InetSocketAddress http(ns3::Ipv4Address("10.0.0.3"), 80);
  ns3::PacketSinkHelper("ns3::TcpSocketFactory", http).Install(nodes.Get(2));
  ns3::BulkSendHelper page("ns3::TcpSocketFactory", http);
  page.SetAttribute("MaxBytes", ns3::UintegerValue(megabytes * 1'000'000));
  page.Install(ns3::NodeContainer(nodes.Get(0), nodes.Get(1)));

  const auto ids = ns3::DynamicCast<vpcmirror::EniDevice>(others.Get(1));
  const auto mirror = std::make_shared<const vpcmirror::Mirror>(vpcmirror::MirrorSettings{
      .id = "watch-web",
      .receivers = {{.address = ids->primary_address(), .mtu = vpcmirror::Bytes(8500)}},
      .tunnel = {.vni = 42}});
  const auto sessions = vpc.InstallMirror(mirror, web);
  const auto receiver = vpc.InstallReceiver(ids);
  if (!pcap.empty()) vpc.EnablePcap(pcap, enis);
  if (!ascii.empty()) vpc.EnableAscii(ascii, enis);

  ns3::Simulator::Run();
  vpcmirror::Count mirrored;
  for (const auto& session : sessions) mirrored += session->ledger().mirrored;
  const vpcmirror::Count& digested = receiver->counters().digested;
  std::cout << "mirrored " << mirrored.frames << " frames, " << mirrored.bytes.count()
            << " bytes; the IDS got " << digested.frames << " copies, " << digested.bytes.count()
            << " bytes\n";
  ns3::Simulator::Destroy();
}
