// A load balancer as the target of mirrors: what takes copies and passes each to
// one of several ENIs behind it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/units/quantity.h"
#include "models/wire/frame.h"

namespace vpcmirror {

// What a provider documents of one kind of load balancer: data of its profile.
struct LoadBalancerKind {
  std::string name;             // "nlb"
  std::string title;            // "Network Load Balancer"
  std::string target;           // the kind of target that it is, as the API writes it
  bool needs_listener = true;   // copies to a port without a listener are lost, and nobody is told
  bool cross_zone = false;      // of a load balancer that does not say
  bool internal_only = false;   // one with a public address is no target
  bool has_own_length = false;  // ProviderProfile::load_balancer_length holds for its sessions
  std::optional<Bytes> mtu;     // of IP packets that it takes; empty: not documented
  // Of each zone: with which one starts, and to which it grows. Empty: not documented.
  std::optional<BitsPerSecond> zone_bandwidth;
  std::optional<BitsPerSecond> zone_bandwidth_most;
  // It puts Geneve (RFC 8926) with options of that many bytes around the outer IP
  // packet of a copy; empty: it writes a backend's address into that packet.
  std::optional<Bytes> geneve_options;
  // How long after a backend went down, or came back, it is passed no copies any more, or
  // again; empty: health checks are not documented, and find nothing.
  std::optional<Picoseconds> unhealthy_after;
  std::optional<Picoseconds> healthy_after;
  std::string as_of;  // ISO date
  std::string source;
};

struct Listener {
  std::uint8_t protocol = kProtocolUdp;  // IANA number
  std::uint16_t port = 0;

  friend bool operator==(const Listener&, const Listener&) = default;
};

// An ENI that copies are passed to.
struct Backend {
  std::size_t eni = 0;
  std::string zone;
  bool healthy = true;
};

struct LoadBalancer {
  std::string id;  // the name in the scenario, or the `id` given there
  std::string name;
  LoadBalancerKind kind;
  std::size_t vpc = 0;
  // An ENI of its own: the one address that copies are sent to, in the first of the
  // zones. Its MTU is that of the load balancer.
  std::size_t eni = 0;
  std::vector<std::string> zones;  // in which it takes copies in; at least one
  std::vector<Backend> backends;
  std::optional<Listener> listener;
  bool is_public = false;  // it has a public address
  bool cross_zone = false;
  std::optional<BitsPerSecond> zone_bandwidth;  // of each zone; empty: not limited

  // Where copies from a source in `zone` come in: there if the load balancer is in
  // that zone, else in its first one. An index into zones.
  std::size_t ZoneFor(std::string_view zone) const;
  // Whether a copy with these outer headers finds a listener, where it needs one.
  // A copy without outer headers needs none.
  bool Listens(const FrameInfo& copy, bool has_outer_headers) const;
};

// Which backends a load balancer passes copies to. Immutable.
class BackendChoice {
 public:
  explicit BackendChoice(const LoadBalancer& load_balancer);

  // The healthy backends for what comes in at a zone: all where the load balancer
  // balances across zones, else those of that zone. Indexes into backends.
  const std::vector<std::size_t>& Eligible(std::size_t zone) const { return eligible_[zone]; }

  // That of a copy: SpreadingHash of its outer addresses, protocol and ports, each
  // direction by itself, mod the number of eligible ones. Empty: there is none.
  std::optional<std::size_t> Choose(std::size_t zone, std::uint64_t hash) const;

 private:
  std::vector<std::vector<std::size_t>> eligible_;  // by zone
};

// What spreads a copy: SpreadingHash of its outer flow, each direction by itself. A
// copy without outer headers is spread by `bare`, the symmetry of its own flow.
std::uint64_t BalancingHash(const FrameInfo& copy, bool has_outer_headers, HashSymmetry bare);

// "udp:4789".
std::string ToString(const Listener& listener);

}  // namespace vpcmirror
