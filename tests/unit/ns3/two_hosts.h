// A client, a server and a receiver on one fabric, as most ns-3 tests need them.
#pragma once

#include <gtest/gtest.h>
#include <ns3/data-rate.h>
#include <ns3/node.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/simulator.h>
#include <ns3/uinteger.h>

#include <memory>
#include <string>
#include <vector>

#include "models/ns3/clock.h"
#include "models/ns3/frame_source.h"
#include "models/ns3/vpc_helper.h"

namespace vpcmirror {

class TwoHostsTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kClient = 0x0a000001;
  static constexpr std::uint32_t kServer = 0x0a000002;
  static constexpr std::uint32_t kReceiver = 0x0a000003;

  void SetUp() override {
    ns3::RngSeedManager::SetSeed(1);
    ns3::RngSeedManager::SetRun(1);
    vpc_ = std::make_unique<VpcHelper>();
  }
  void TearDown() override {
    client_ = server_ = receiver_eni_ = nullptr;
    receiver_ = nullptr;
    sessions_.clear();
    vpc_.reset();
    ns3::Simulator::Destroy();
  }

  // `bandwidth`: of each CVM, "1Gbps"; "0bps" is none.
  void Install(const std::string& bandwidth) {
    vpc_->SetHostAttribute("Bandwidth", ns3::DataRateValue(ns3::DataRate(bandwidth)));
    vpc_->SetDeviceAttribute("Mtu", ns3::UintegerValue(8500));
    client_ = InstallHost(kClient);
    server_ = InstallHost(kServer);
    receiver_eni_ = InstallHost(kReceiver);
    receiver_ = vpc_->InstallReceiver(receiver_eni_);
  }

  ns3::Ptr<EniDevice> InstallHost(std::uint32_t address) {
    return vpc_->Install(ns3::CreateObject<ns3::Node>(), IpAddress::V4(address));
  }

  static MirrorSettings ToReceiver() {
    return {.id = "m",
            .receivers = {{.address = IpAddress::V4(kReceiver), .mtu = Bytes(8500)}},
            .tunnel = {.vni = 7}};
  }

  void MirrorAt(const std::vector<ns3::Ptr<EniDevice>>& sources,
                MirrorSettings settings = ToReceiver()) {
    ns3::NetDeviceContainer devices;
    for (const auto& source : sources) devices.Add(source);
    for (const auto& session :
         vpc_->InstallMirror(std::make_shared<const Mirror>(std::move(settings)), devices)) {
      sessions_.push_back(session);
    }
  }

  // `count` frames of `bytes`, back to back, handed over in one moment.
  void SendNow(int count, Bytes bytes) {
    const FrameTemplate flow({.source = IpAddress::V4(kClient),
                              .destination = IpAddress::V4(kServer),
                              .source_port = 40000,
                              .destination_port = 443,
                              .protocol = kProtocolUdp,
                              .ports = Ports::kKnown},
                             client_->mac(), server_->mac());
    FrameSender sender(client_, server_);
    for (int i = 0; i < count; ++i) sender.Send(flow, bytes);
  }

  std::unique_ptr<VpcHelper> vpc_;
  ns3::Ptr<EniDevice> client_;
  ns3::Ptr<EniDevice> server_;
  ns3::Ptr<EniDevice> receiver_eni_;
  ns3::Ptr<MirrorReceiver> receiver_;
  std::vector<ns3::Ptr<MirrorSession>> sessions_;
};

}  // namespace vpcmirror
