// What the TCP streams of several workloads ask of one host together.
#include <map>
#include <utility>

#include "models/scenario/draft.h"

namespace vpcmirror {
namespace {

// Who has an end of a TCP stream: somebody outside is known by the ENI that he talks to.
using TcpParty = std::pair<std::size_t, IpAddress>;
TcpParty PartyOf(const Endpoint& end, const Endpoint& other) {
  return {end.eni ? *end.eni : *other.eni, end.address};
}

std::string NameOf(const Draft& draft, const Endpoint& end) {
  return end.eni ? draft.deployment->enis[*end.eni].id : "the peer " + ToString(end.address);
}

// A port serves one connection at a time.
void CheckTcpClients(Draft& draft) {
  std::map<TcpParty, std::int64_t> flows;
  for (const Workload& workload : draft.workloads) {
    const int ports = workload.client_ports.last - workload.client_ports.first + 1;
    for (const TcpStream& stream : workload.tcp_streams) {
      std::int64_t& of_client = flows[PartyOf(stream.client, stream.server)];
      of_client += workload.flows;
      if (of_client <= ports) continue;
      draft.errors.Add("/workloads/" + workload.name,
                       std::to_string(of_client) + " TCP flows of " + NameOf(draft, stream.client) +
                           ", which has " + std::to_string(ports) + " client ports",
                       "fewer `flows`, or more `client` ports");
      break;
    }
  }
}

// A socket that listens has one size of segments for all that connect.
void CheckTcpPorts(Draft& draft) {
  struct User {
    std::string workload;
    Bytes segment{};
  };
  std::map<std::pair<TcpParty, std::uint16_t>, User> users;
  for (const Workload& workload : draft.workloads) {
    for (const TcpStream& stream : workload.tcp_streams) {
      const auto [at, is_new] =
          users.try_emplace({PartyOf(stream.server, stream.client), workload.server_port},
                            User{workload.name, workload.tcp->segment});
      if (is_new || at->second.segment == workload.tcp->segment) continue;
      draft.errors.Add("/workloads/" + workload.name,
                       "segments of " + std::to_string(workload.tcp->segment.count()) +
                           " bytes at port " + std::to_string(workload.server_port) +
                           " of a server where workload " + at->second.workload + " has " +
                           std::to_string(at->second.segment.count()),
                       "the same `segment`, or a `server` port of its own");
      break;
    }
  }
}

// What leaves the deployment finds its peer by the two addresses.
void CheckTcpPeers(Draft& draft) {
  struct Known {
    std::string workload;
    std::size_t eni = 0;
    Picoseconds delay{};
  };
  std::map<std::pair<IpAddress, IpAddress>, Known> known;
  for (const Workload& workload : draft.workloads) {
    for (const TcpStream& stream : workload.tcp_streams) {
      if (stream.client.eni && stream.server.eni) continue;
      const Endpoint& host = stream.client.eni ? stream.client : stream.server;
      const Endpoint& outside = stream.client.eni ? stream.server : stream.client;
      const Known here{workload.name, *host.eni, workload.tcp->outside_delay};
      const auto& [at, is_new] = known.try_emplace({outside.address, host.address}, here);
      if (is_new || (at->second.eni == here.eni && at->second.delay == here.delay)) continue;
      const std::string what = at->second.eni == here.eni
                                   ? " at another `delay`"
                                   : " to another ENI of the address " + ToString(host.address);
      draft.errors.Add("/workloads/" + workload.name,
                       "the peer " + ToString(outside.address) + " talks to " +
                           NameOf(draft, host) + " and, in workload " + at->second.workload + "," +
                           what,
                       "a `peer` of its own for each of the two");
      break;
    }
  }
}

}  // namespace

void CheckTcpTogether(Draft& draft) {
  CheckTcpClients(draft);
  CheckTcpPorts(draft);
  CheckTcpPeers(draft);
}

}  // namespace vpcmirror
