#include "models/scenario/address_book.h"

#include <algorithm>

namespace vpcmirror {
namespace {

std::uint32_t FirstUsable(const IpPrefix& cidr) { return cidr.address().v4() + 2; }

std::uint32_t Broadcast(const IpPrefix& cidr) {
  const std::uint32_t host_bits =
      cidr.length() == 0 ? ~0u : static_cast<std::uint32_t>((1ull << (32 - cidr.length())) - 1);
  return cidr.address().v4() | host_bits;
}

}  // namespace

AddressBook::AddressBook(Draft& draft) : draft_(draft), next_(draft.deployment->subnets.size()) {
  for (std::size_t i = 0; i < next_.size(); ++i) {
    next_[i] = FirstUsable(draft.deployment->subnets[i].cidr);
  }
}

void AddressBook::Reserve(std::size_t eni, const IpAddress& address, const std::string& path) {
  const bool fits =
      address.is_v4() ? CheckInside(eni, address, path) : CheckInsideIpv6(eni, address, path);
  if (!fits) return;
  Deployment& deployment = *draft_.deployment;
  const auto [at, fresh] = draft_.addresses[draft_.VpcOf(eni)].emplace(address, eni);
  if (!fresh) {
    draft_.errors.Add(path,
                      "the address " + ToString(address) + " is already that of " +
                          deployment.enis[at->second].id,
                      "an address that no other ENI of the VPC has");
    return;
  }
  deployment.enis[eni].addresses.push_back(address);
}

void AddressBook::Later(std::size_t eni, const std::string& path) {
  waiting_.push_back({eni, path});
}

void AddressBook::HandOut() {
  for (const Waiting& each : waiting_) Give(each);
}

bool AddressBook::CheckInside(std::size_t eni, const IpAddress& address, const std::string& path) {
  const Subnet& subnet = draft_.deployment->subnets[draft_.deployment->enis[eni].subnet];
  if (!subnet.cidr.address().is_v4()) return false;  // which is refused where it stands
  const std::uint32_t value = address.v4();
  const std::string range = "an address of subnet " + subnet.name + " from " +
                            ToString(IpAddress::V4(FirstUsable(subnet.cidr))) + " to " +
                            ToString(IpAddress::V4(Broadcast(subnet.cidr) - 1));
  if (!subnet.cidr.Contains(address)) {
    draft_.errors.Add(path,
                      "the address " + ToString(address) + " lies outside subnet " + subnet.name +
                          " " + ToString(subnet.cidr),
                      range);
    return false;
  }
  if (const ServiceTraffic* service = ServiceAt(subnet.vpc, address)) {
    draft_.errors.Add(path, "the address " + ToString(address) + " is that of " + service->name,
                      range);
    return false;
  }
  if (value < FirstUsable(subnet.cidr) || value == Broadcast(subnet.cidr)) {
    draft_.errors.Add(path,
                      "the address " + ToString(address) +
                          " is the network's, its gateway's or its broadcast address",
                      range);
    return false;
  }
  return true;
}

// A subnet without an IPv6 range has nothing to hold the address to, and no route to it.
bool AddressBook::CheckInsideIpv6(std::size_t eni, const IpAddress& address,
                                  const std::string& path) {
  const Subnet& subnet = draft_.deployment->subnets[draft_.deployment->enis[eni].subnet];
  if (!subnet.ipv6_cidr || subnet.ipv6_cidr->Contains(address)) return true;
  draft_.errors.Add(path,
                    "the address " + ToString(address) + " lies outside subnet " + subnet.name +
                        " " + ToString(*subnet.ipv6_cidr),
                    "an address of " + ToString(*subnet.ipv6_cidr));
  return false;
}

const ServiceTraffic* AddressBook::ServiceAt(std::size_t vpc, const IpAddress& address) const {
  const Vpc& of = draft_.deployment->vpcs[vpc];
  for (const ServiceTraffic& each : draft_.providers[of.provider].services) {
    if (each.vpc_offset && address.v4() == of.cidr.address().v4() + *each.vpc_offset) return &each;
  }
  return nullptr;
}

void AddressBook::Give(const Waiting& to) {
  Deployment& deployment = *draft_.deployment;
  const std::size_t index = deployment.enis[to.eni].subnet;
  const Subnet& subnet = deployment.subnets[index];
  if (!subnet.cidr.address().is_v4()) return;  // which is refused where it stands
  auto& taken = draft_.addresses[subnet.vpc];
  while (next_[index] < Broadcast(subnet.cidr)) {
    const IpAddress address = IpAddress::V4(next_[index]++);
    if (ServiceAt(subnet.vpc, address) != nullptr) continue;
    if (!taken.emplace(address, to.eni).second) continue;
    auto& addresses = deployment.enis[to.eni].addresses;
    addresses.insert(addresses.begin(), address);
    return;
  }
  if (!full_.insert(index).second) return;
  draft_.errors.Add(to.path,
                    "subnet " + subnet.name + " " + ToString(subnet.cidr) +
                        " has no address left for " + deployment.enis[to.eni].id,
                    "fewer hosts or a larger subnet");
}

void AssignMacs(Draft& draft) {
  auto& enis = draft.deployment->enis;
  for (std::size_t i = 0; i < enis.size(); ++i) {
    if (enis[i].mac != MacAddress{} || enis[i].addresses.empty()) continue;
    auto& mac = enis[i].mac.octets;
    mac[0] = std::byte{0x02};
    mac[1] = static_cast<std::byte>(draft.VpcOf(i));
    const auto octets = enis[i].addresses.front().octets();
    std::copy(octets.begin(), octets.end(), mac.begin() + 2);
  }
}

}  // namespace vpcmirror
