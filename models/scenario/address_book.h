// Internal to models/scenario: which ENI has which address.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "models/scenario/draft.h"

namespace vpcmirror {

// Hands out addresses: those given by hand first, then the rest in order, the
// network's, its gateway's (the first), its broadcast address and those of the
// cloud's own services in a VPC (AWS: the resolver's) left aside.
class AddressBook {
 public:
  explicit AddressBook(Draft& draft);

  // Gives `eni` this address; an error when it lies outside the ENI's subnet or
  // another ENI of the VPC has it.
  void Reserve(std::size_t eni, const IpAddress& address, const std::string& path);
  // Promises `eni` a primary address from HandOut; `path` is for its complaint.
  void Later(std::size_t eni, const std::string& path);
  void HandOut();

 private:
  struct Waiting {
    std::size_t eni;
    std::string path;
  };

  bool CheckInside(std::size_t eni, const IpAddress& address, const std::string& path);
  bool CheckInsideIpv6(std::size_t eni, const IpAddress& address, const std::string& path);
  void Give(const Waiting& to);
  // The provider's service that has this address in a VPC; null: none.
  const ServiceTraffic* ServiceAt(std::size_t vpc, const IpAddress& address) const;

  Draft& draft_;
  std::vector<std::uint32_t> next_;  // by subnet
  std::vector<Waiting> waiting_;
  std::set<std::size_t> full_;  // subnets, each complained about once
};

// Gives each ENI that has an address and no MAC one that follows from them: 02
// (locally administered), the VPC's number, the primary address.
void AssignMacs(Draft& draft);

}  // namespace vpcmirror
