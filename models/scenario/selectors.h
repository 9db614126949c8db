// Internal to models/scenario: what a selector names. One reading for all places.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "models/scenario/draft.h"

namespace vpcmirror {

// The kind is kept because the collection ranges of a cloud differ by it.
struct Selection {
  enum class Kind : std::uint8_t {
    kVpc,      // "vpc:prod", or its ID
    kSubnet,   // "subnet:web", or its ID
    kHosts,    // "web", "web[3]", "web[*]", "web[0-9]": every ENI of each
    kEnis,     // an ENI's ID, "web/eni1", "web[*]/eni1"
    kAddress,  // an IP address
  };
  Kind kind = Kind::kHosts;
  std::size_t index = 0;             // of the VPC or subnet
  std::optional<IpAddress> address;  // of kAddress
  std::vector<std::size_t> enis;     // in the order of hosts and members
  bool failed = false;               // an error was given, here or before
};

struct SelectorQuestion {
  const std::string& text;
  const std::string& path;
  // Where names of subnets and addresses are looked for; empty: in all VPCs, and
  // an error when several have it.
  std::optional<std::size_t> vpc;
};

// Adds an error and returns a failed selection for what names nothing.
Selection ResolveEnis(Draft& draft, const SelectorQuestion& question);

// One ENI of each host: its primary one where hosts are named, else the first
// of the selected ones.
std::vector<std::size_t> OnePerHost(const Draft& draft, const Selection& selection);

// A subnet by name, "vpc/name" or ID; empty, with an error, when there is none.
std::optional<std::size_t> ResolveSubnet(Draft& draft, const SelectorQuestion& question);

// Security groups of a VPC, by index; those that it does not have become errors.
std::vector<std::size_t> ResolveSecurityGroups(Draft& draft, std::size_t vpc,
                                               const std::vector<At<std::string>>& names);

}  // namespace vpcmirror
