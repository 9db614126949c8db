// The client and the server with ns-3's Internet stack, and datagrams between them.
#pragma once

#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/socket.h>
#include <ns3/udp-socket-factory.h>

#include <string>
#include <vector>

#include "tests/unit/ns3/two_hosts.h"

namespace vpcmirror {

class InternetHostsTest : public TwoHostsTest {
 protected:
  // Ethernet, IPv4 and UDP in front of a datagram's payload: IEEE 802.3, RFC 791, 768.
  static constexpr std::uint32_t kFrameOverhead = 14 + 20 + 8;
  // 10 ms at 1 Mbit/s, 10 us at 1 Gbit/s.
  static constexpr std::uint32_t kFrame = 1250;
  static constexpr std::uint16_t kPort = 9;  // RFC 863, discard

  struct Arrival {
    ns3::Time at;
    std::uint32_t payload = 0;
    friend bool operator==(const Arrival&, const Arrival&) = default;
    friend void PrintTo(const Arrival& arrival, std::ostream* os) {
      *os << arrival.payload << " B at " << arrival.at.GetNanoSeconds() << " ns";
    }
  };

  void TearDown() override {
    from_ = to_ = nullptr;
    TwoHostsTest::TearDown();
  }

  // Before addresses, with which ns-3 gives each device its default queue disc.
  void InstallStacks() { stacks_.Install(Nodes()); }

  // The client is 10.0.0.1, the server 10.0.0.2.
  void AssignAddresses() {
    ns3::Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.0");
    ns3::NetDeviceContainer devices(client_);
    devices.Add(server_);
    addresses.Assign(devices);
    const auto socket = [](const ns3::Ptr<EniDevice>& eni) {
      return ns3::Socket::CreateSocket(eni->GetNode(), ns3::UdpSocketFactory::GetTypeId());
    };
    to_ = socket(server_);
    to_->Bind(ns3::InetSocketAddress(ns3::Ipv4Address::GetAny(), kPort));
    to_->SetRecvCallback(
        ns3::Callback<void, ns3::Ptr<ns3::Socket>>([this](const ns3::Ptr<ns3::Socket>& arrived) {
          while (const auto packet = arrived->Recv()) {
            arrivals_.push_back({ns3::Simulator::Now(), packet->GetSize()});
          }
        }));
    from_ = socket(client_);
    from_->Connect(ns3::InetSocketAddress(ns3::Ipv4Address(kServer), kPort));
  }

  // Datagrams in one moment, by an event: before the first one ns-3 has no queue discs.
  // `priority`: ns-3's, by which PrioQueueDisc chooses the band.
  void SendDatagrams(int count, std::uint32_t frame_bytes, std::uint8_t priority = 0) {
    ns3::Simulator::ScheduleNow([=, this] {
      from_->SetPriority(priority);
      for (int i = 0; i < count; ++i) {
        from_->Send(ns3::Create<ns3::Packet>(frame_bytes - kFrameOverhead));
      }
    });
  }

  ns3::NodeContainer Nodes() const {
    ns3::NodeContainer nodes(client_->GetNode());
    nodes.Add(server_->GetNode());
    return nodes;
  }

  std::vector<Arrival> arrivals_;  // at the server

 private:
  ns3::InternetStackHelper stacks_;
  ns3::Ptr<ns3::Socket> from_;
  ns3::Ptr<ns3::Socket> to_;
};

}  // namespace vpcmirror
