#include "sim/packet/network.h"

#include <ns3/boolean.h>
#include <ns3/enum.h>
#include <ns3/uinteger.h>

#include <algorithm>
#include <optional>
#include <set>

#include "models/cloud/firewall.h"
#include "models/cloud/receiver_capacity.h"
#include "models/ns3/clock.h"
#include "models/scenario/taps.h"
#include "models/scenario/visit_changes.h"
#include "models/wire/hash.h"

namespace vpcmirror::sim {
namespace {

// The random stream of whatever has this name: adding one disturbs no other.
std::int64_t StreamOf(const std::string& name) {
  return static_cast<std::int64_t>(HashText(name) >> 2);
}

// CVMs whose bandwidth the timeline changes.
std::set<std::size_t> ChangingHosts(const ValidScenario& scenario) {
  std::set<std::size_t> cvms;
  VisitChanges<BandwidthChange>(scenario.timeline, [&](Picoseconds, const BandwidthChange& change) {
    cvms.insert(change.cvm);
  });
  return cvms;
}

ns3::Ptr<CvmHost> MakeHost(const ValidScenario& scenario, std::size_t index) {
  const Cvm& cvm = scenario.deployment->cvms[index];
  const std::size_t vpc =
      scenario.deployment->subnets[scenario.deployment->enis[cvm.enis.front()].subnet].vpc;
  const ProviderProfile& provider = scenario.providers[scenario.deployment->vpcs[vpc].provider];
  auto host = ns3::CreateObject<CvmHost>();
  if (cvm.limits.packet_rate) {
    host->SetAttribute(
        "PacketRate",
        ns3::UintegerValue(static_cast<std::uint64_t>(cvm.limits.packet_rate->count())));
  }
  host->SetAttribute("LimitModel", ns3::EnumValue(static_cast<int>(cvm.limits.model)));
  host->SetAttribute("Congestion", ns3::EnumValue(static_cast<int>(provider.congestion)));
  host->SetAttribute("CopyOrder", ns3::EnumValue(static_cast<int>(provider.copy_order)));
  const auto set_rate = [&](const char* name, const std::optional<BitsPerSecond>& rate) {
    if (!rate) return;
    const auto bits = static_cast<std::uint64_t>(rate->count());
    host->SetAttribute(name, ns3::DataRateValue(ns3::DataRate(bits)));
  };
  const auto set_bytes = [&](const char* name, Bytes bytes) {
    host->SetAttribute(name, ns3::UintegerValue(static_cast<std::uint64_t>(bytes.count())));
  };
  set_rate("Bandwidth", cvm.limits.bandwidth);
  set_rate("PeakBandwidth", cvm.limits.peak_bandwidth);
  set_rate("FlowBandwidth", cvm.limits.flow_bandwidth);
  set_bytes("Burst", cvm.limits.burst);
  set_bytes("QueueBytes", cvm.queue.bytes.value_or(Bytes(0)));
  host->SetAttribute("TimerDelay", ns3::TimeValue(ToTime(cvm.timer_delay)));
  const auto frames = static_cast<std::uint32_t>(cvm.queue.frames);
  host->SetAttribute("QueueSize",
                     ns3::QueueSizeValue(ns3::QueueSize(ns3::QueueSizeUnit::PACKETS, frames)));
  if (cvm.limits.vcpus) host->SetCpu(scenario.costs[index], *cvm.limits.vcpus);
  host->AssignStreams(StreamOf("host " + cvm.id));
  return host;
}

ns3::Ptr<EniDevice> MakeEni(const ValidScenario& scenario, std::size_t index,
                            const ns3::Ptr<ns3::Node>& node) {
  const Eni& eni = scenario.deployment->enis[index];
  auto device = ns3::CreateObject<EniDevice>();
  device->SetAttribute("Mtu", ns3::UintegerValue(static_cast<std::uint64_t>(eni.mtu.count())));
  device->SetAttribute("PassUp", ns3::BooleanValue(false));  // no stack on top
  ns3::Mac48Address mac;
  mac.CopyFrom(reinterpret_cast<const std::uint8_t*>(eni.mac.octets.data()));
  device->SetAddress(mac);
  for (const IpAddress& address : eni.addresses) device->AddIpAddress(address);
  device->SetFirewall(Firewall(*scenario.deployment, index));
  device->SetTapRules(eni.id, TapRulesOf(scenario, index));
  node->AddDevice(device);
  return device;
}

void AddReceiver(Network& network, std::size_t eni, const Cvm& cvm) {
  if (network.receivers[eni]) return;
  auto receiver = ns3::CreateObject<MirrorReceiver>();
  const ReceiverCapacity capacity = CapacityOf(cvm);
  if (capacity.bandwidth) {
    const auto rate = static_cast<std::uint64_t>(capacity.bandwidth->count());
    receiver->SetAttribute("Bandwidth", ns3::DataRateValue(ns3::DataRate(rate)));
  }
  if (capacity.packet_rate) {
    receiver->SetAttribute(
        "PacketRate",
        ns3::UintegerValue(static_cast<std::uint64_t>(capacity.packet_rate->count())));
  }
  if (cvm.receiver && cvm.receiver->ring_frames > 0) {
    receiver->SetAttribute(
        "RingFrames", ns3::UintegerValue(static_cast<std::uint64_t>(cvm.receiver->ring_frames)));
  }
  receiver->SetAttribute("Workers", ns3::UintegerValue(static_cast<std::uint64_t>(cvm.workers)));
  if (cvm.ring_bytes) {
    receiver->SetAttribute("RingBytes",
                           ns3::UintegerValue(static_cast<std::uint64_t>(cvm.ring_bytes->count())));
  }
  for (const std::size_t other : cvm.enis) {
    if (network.receivers[other]) {
      receiver->ShareRingWith(network.receivers[other]);
      break;
    }
  }
  network.enis[eni]->GetNode()->AddApplication(receiver);
  network.enis[eni]->SetReceiver(receiver);
  network.receivers[eni] = receiver;
}

void AddBalancer(const ValidScenario& scenario, Network& network, const LoadBalancer& balancer) {
  const Deployment& deployment = *scenario.deployment;
  std::vector<ns3::Ptr<EniDevice>> backends;
  for (const Backend& each : balancer.backends) backends.push_back(network.enis[each.eni]);
  auto model = ns3::CreateObject<CopyBalancer>();
  model->SetUp(balancer, network.enis[balancer.eni], std::move(backends));
  const ProviderProfile& provider = scenario.providers[deployment.vpcs[balancer.vpc].provider];
  model->SetReorderWindow(provider.load_balancing.reorders_within);
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    const std::size_t zone = balancer.ZoneFor(deployment.subnets[deployment.enis[i].subnet].zone);
    if (zone != 0) model->SetSourceZone(ns3::PeekPointer(network.enis[i]), zone);
  }
  network.enis[balancer.eni]->SetBalancer(model);
  network.balancers.push_back(model);
}

void AddReceivers(const ValidScenario& scenario, Network& network, const PlacedMirror& placed) {
  const Deployment& deployment = *scenario.deployment;
  const auto add = [&](std::size_t eni) {
    AddReceiver(network, eni, deployment.cvms[deployment.enis[eni].cvm]);
  };
  if (!placed.load_balancer) {
    for (const std::size_t eni : placed.receiver_enis) add(eni);
    return;
  }
  for (const Backend& each : deployment.load_balancers[*placed.load_balancer].backends) {
    add(each.eni);
  }
}

void AddMirrors(const ValidScenario& scenario, const std::function<void()>& step,
                Network& network) {
  const std::vector<std::vector<std::size_t>> watching = MirrorsEverByEni(scenario);
  network.sessions.resize(scenario.mirrors.size());
  for (std::size_t eni = 0; eni < watching.size(); ++eni) {
    for (const std::size_t mirror : watching[eni]) {
      step();
      auto session = ns3::CreateObject<MirrorSession>();
      session->SetMirror(scenario.mirrors[mirror].mirror);
      network.enis[eni]->AddSession(session);
      const auto& sources = scenario.mirrors[mirror].sources;
      if (!std::binary_search(sources.begin(), sources.end(), eni)) session->Withdraw();
      network.sessions[mirror].push_back(session);
    }
  }
  for (const PlacedMirror& placed : scenario.mirrors) AddReceivers(scenario, network, placed);
  VisitChanges<MirrorChange>(scenario.timeline, [&](Picoseconds, const MirrorChange& change) {
    AddReceivers(scenario, network, change.placed);
  });
  for (const LoadBalancer& each : scenario.deployment->load_balancers) {
    AddBalancer(scenario, network, each);
  }
}

ns3::Ptr<EniDevice> DeviceOf(const Network& network, const Endpoint& end) {
  return end.eni ? network.enis[*end.eni] : nullptr;
}

// Linux lets a flow have a millisecond of what it sends in the queues of its host
// (sk_pacing_shift of 10, net/core/sock.c), and never more than tcp_limit_output_bytes.
void LimitSmallQueue(EniDevice& eni) {
  constexpr Picoseconds kOfPacing{kPicosecondsPerSecond / 1024};
  constexpr int kEthernetHeader = 14;
  constexpr Bytes kLimitOutput{4 << 20};  // net.ipv4.tcp_limit_output_bytes
  const auto& host = *eni.GetNode()->GetObject<CvmHost>();
  const Bytes most = std::clamp(
      host.SentWithin(kOfPacing, Bytes(kEthernetHeader + eni.GetMtu())).value_or(kLimitOutput),
      Bytes(1), kLimitOutput);
  eni.SetAttribute("SmallQueue", ns3::UintegerValue(static_cast<std::uint64_t>(most.count())));
}

ns3::Ptr<OutsidePeer> PeerOf(const Workload& workload, const Endpoint& outside,
                             const ns3::Ptr<EniDevice>& eni, Network& network) {
  const auto known = network.fabric->OutsidePeerOf(outside.address, eni->primary_address());
  if (known) return known;
  auto peer = ns3::CreateObject<OutsidePeer>();
  peer->SetAttribute("Delay", ns3::TimeValue(ToTime(workload.tcp->outside_delay)));
  ns3::CreateObject<ns3::Node>()->AddDevice(peer);
  peer->SetUp(outside.address, eni);
  network.outside_peers.push_back(peer);
  return peer;
}

// The device of an end of a TCP stream, of which `other` is the other end.
ns3::Ptr<ns3::NetDevice> TcpDeviceOf(const Workload& workload, const Endpoint& end,
                                     const Endpoint& other, Network& network) {
  if (!end.eni) return PeerOf(workload, end, network.enis[*other.eni], network);
  LimitSmallQueue(*network.enis[*end.eni]);
  return network.enis[*end.eni];
}

void AddTcp(const Workload& workload, const std::function<std::int64_t()>& next_stream,
            const std::function<void()>& step, Network& network) {
  network.tcp_totals.push_back(workload.tcp ? std::make_shared<TcpTotals>() : nullptr);
  for (const TcpStream& stream : workload.tcp_streams) {
    step();
    const auto client = TcpDeviceOf(workload, stream.client, stream.server, network);
    const auto server = TcpDeviceOf(workload, stream.server, stream.client, network);
    auto source = ns3::CreateObject<TcpSource>();
    source->SetStream(workload, stream, client, server, network.tcp_totals.back());
    source->AssignStreams(next_stream());
    client->GetNode()->AddApplication(source);
    network.tcp_sources.push_back(source);
  }
}

void AddWorkload(const Workload& workload, const std::function<void()>& step, Network& network) {
  int place = 0;
  const auto next_stream = [&] {
    return StreamOf("workload " + workload.name + " " + std::to_string(place++));
  };
  for (const Stream& stream : workload.streams) {
    step();
    const auto from = DeviceOf(network, stream.from);
    const auto to = DeviceOf(network, stream.to);
    auto source = ns3::CreateObject<FrameSource>();
    source->SetStream(workload, stream, from, to);
    source->AssignStreams(next_stream());
    (from ? from : to)->GetNode()->AddApplication(source);
    network.frame_sources.push_back(source);
  }
  for (const RequestStream& stream : workload.requests) {
    step();
    const auto client = DeviceOf(network, stream.client);
    const auto server = DeviceOf(network, stream.server);
    auto source = ns3::CreateObject<RequestSource>();
    source->SetStream(workload, stream, client, server);
    source->AssignStreams(next_stream());
    (client ? client : server)->GetNode()->AddApplication(source);
    network.request_sources.push_back(source);
  }
  AddTcp(workload, next_stream, step, network);
  for (const Replay& replay : workload.replays) {
    auto source = ns3::CreateObject<ReplaySource>();
    source->SetReplay(workload, replay, network.enis[replay.eni]);
    network.enis[replay.eni]->GetNode()->AddApplication(source);
    network.replay_sources.push_back(source);
  }
}

}  // namespace

Network BuildNetwork(const ValidScenario& scenario, const std::string& output_folder,
                     const std::function<void()>& step) {
  const Deployment& deployment = *scenario.deployment;
  Network network;
  network.fabric = ns3::CreateObject<VpcFabric>();
  network.fabric->SetTopology(scenario.topology);
  network.fabric->SetAttribute("Delay", ns3::TimeValue(ToTime(scenario.fabric_delay)));
  network.fabric->SetStart(scenario.warm_up);
  network.fabric->SetEnd(scenario.duration);

  std::vector<ns3::Ptr<ns3::Node>> nodes;
  const std::set<std::size_t> changing = ChangingHosts(scenario);
  for (std::size_t i = 0; i < deployment.cvms.size(); ++i) {
    step();
    nodes.push_back(ns3::CreateObject<ns3::Node>());
    network.hosts.push_back(MakeHost(scenario, i));
    if (changing.count(i) != 0) {
      network.hosts.back()->SetAttribute("BandwidthMayChange", ns3::BooleanValue(true));
    }
    nodes.back()->AggregateObject(network.hosts.back());
  }
  // Attached in the order of the deployment, as SetTopology asks.
  for (std::size_t i = 0; i < deployment.enis.size(); ++i) {
    step();
    network.enis.push_back(MakeEni(scenario, i, nodes[deployment.enis[i].cvm]));
    network.enis.back()->SetFabric(network.fabric);
  }
  network.receivers.resize(deployment.enis.size());
  AddMirrors(scenario, step, network);
  for (const Workload& workload : scenario.workloads) AddWorkload(workload, step, network);
  if (!output_folder.empty()) {
    for (const PcapOutput& pcap : scenario.pcaps) {
      network.pcaps.push_back(
          ns3::Create<PcapSink>(output_folder + "/" + pcap.file, network.enis[pcap.eni]));
    }
  }
  return network;
}

}  // namespace vpcmirror::sim
