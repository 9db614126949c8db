// The ns-3 objects of one scenario.
#pragma once

#include <ns3/application.h>
#include <ns3/node.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "models/ns3/copy_balancer.h"
#include "models/ns3/cvm_host.h"
#include "models/ns3/eni_device.h"
#include "models/ns3/frame_source.h"
#include "models/ns3/mirror_receiver.h"
#include "models/ns3/outside_peer.h"
#include "models/ns3/pcap_sink.h"
#include "models/ns3/replay_source.h"
#include "models/ns3/request_source.h"
#include "models/ns3/tcp_source.h"
#include "models/ns3/vpc_fabric.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror::sim {

// Everything by the index that it has in the deployment or the scenario.
struct Network {
  ns3::Ptr<VpcFabric> fabric;
  std::vector<ns3::Ptr<CvmHost>> hosts;                        // by CVM
  std::vector<ns3::Ptr<EniDevice>> enis;                       // by ENI
  std::vector<ns3::Ptr<MirrorReceiver>> receivers;             // by ENI; null where there is none
  std::vector<ns3::Ptr<CopyBalancer>> balancers;               // by load balancer
  std::vector<std::vector<ns3::Ptr<MirrorSession>>> sessions;  // by mirror, then source
  std::vector<ns3::Ptr<FrameSource>> frame_sources;
  std::vector<ns3::Ptr<RequestSource>> request_sources;
  std::vector<ns3::Ptr<ReplaySource>> replay_sources;
  std::vector<ns3::Ptr<TcpSource>> tcp_sources;
  std::vector<ns3::Ptr<OutsidePeer>> outside_peers;    // that TCP flows have
  std::vector<std::shared_ptr<TcpTotals>> tcp_totals;  // by workload; null without TCP flows
  std::vector<ns3::Ptr<PcapSink>> pcaps;
};

// Makes nodes, devices and applications, ready to run. The scenario must
// outlive them. pcap files go to `output_folder`; none when it is empty. Calls
// `step` before it makes each of them; what that throws ends it.
Network BuildNetwork(const ValidScenario& scenario, const std::string& output_folder,
                     const std::function<void()>& step);

}  // namespace vpcmirror::sim
