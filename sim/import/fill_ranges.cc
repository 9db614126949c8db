#include "sim/import/fill_ranges.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <utility>

#include "sim/import/ranges.h"

namespace vpcmirror::sim {
namespace {

constexpr int kSubnetBits = 24;
constexpr int kVpcBits = 16;

class RangeFiller {
 public:
  explicit RangeFiller(Inventory& inventory) : all_(inventory) {}

  void Run() {
    FillSubnets();
    FillVpcs();
  }

 private:
  void FillSubnets() {
    std::unordered_map<std::string, std::vector<IpAddress>> addresses;
    for (const FoundEni& each : all_.enis) {
      if (each.is_no_host) continue;
      std::vector<IpAddress>& of = addresses[each.subnet->value];
      if (const auto address = AddressOf(each.address)) of.push_back(*address);
      for (const FoundText& more : each.more_addresses) {
        if (const auto address = AddressOf(more)) of.push_back(*address);
      }
    }
    int number = 0;
    for (FoundSubnet& each : all_.subnets) {
      if (each.cidr) continue;
      const auto range = SubnetRangeFor(addresses[each.id], kSubnetBits);
      each.cidr = FoundText{range ? ToString(*range) : FreeRange(each, number), each.origin};
    }
  }

  // A subnet of which no address is known: within its VPC, beside the others.
  std::string FreeRange(const FoundSubnet& subnet, int& number) {
    const auto vpc = std::find_if(all_.vpcs.begin(), all_.vpcs.end(), [&](const FoundVpc& each) {
      return each.id == subnet.vpc->value;
    });
    const auto within = vpc == all_.vpcs.end() ? std::nullopt : PrefixOf(vpc->cidr);
    const IpPrefix base = within ? *within : IpPrefix(IpAddress::V4(0x0a000000), kVpcBits);
    const int length = std::max(kSubnetBits, base.length());
    const std::uint64_t size = 1ull << (32 - length);
    const std::uint64_t count = 1ull << (length - base.length());
    for (std::uint64_t i = 0; i < count; ++i) {
      const IpPrefix range(
          IpAddress::V4(base.address().v4() + static_cast<std::uint32_t>(i * size)), length);
      const bool taken =
          std::any_of(all_.subnets.begin(), all_.subnets.end(), [&](const FoundSubnet& each) {
            const auto other = PrefixOf(each.cidr);
            return other && each.vpc && each.vpc->value == subnet.vpc->value &&
                   other->Overlaps(range);
          });
      if (!taken) return ToString(range);
    }
    return fmt::format("100.64.{}.0/24", number++ % 256);  // RFC 6598; the VPC is full
  }

  void FillVpcs() {
    std::map<std::string, std::vector<IpPrefix>> ranges;
    for (const FoundSubnet& each : all_.subnets) {
      if (const auto range = PrefixOf(each.cidr)) ranges[each.vpc->value].push_back(*range);
    }
    for (FoundVpc& each : all_.vpcs) {
      const auto& subnets = ranges[each.id];
      if (each.cidr && !PrefixOf(each.cidr)) continue;  // which is told where it stands
      std::vector<IpPrefix> all = subnets;
      if (const auto own = PrefixOf(each.cidr)) all.insert(all.begin(), *own);
      if (all.empty()) all.push_back(IpPrefix(IpAddress::V4(0x0a000000), kVpcBits));
      const int longest = each.cidr ? 32 : kVpcBits;
      const std::string range = ToString(RangeOver(all, longest));
      if (each.cidr && each.cidr->value == range) continue;
      if (each.cidr) NoteSecondRange(each, range);
      each.cidr = FoundText{range, each.cidr ? each.cidr->origin : each.origin};
    }
  }

  void NoteSecondRange(const FoundVpc& vpc, const std::string& range) {
    all_.gaps.push_back(
        {"vpc_ranges",
         fmt::format("VPC {} has subnets outside {}: a scenario's VPC has one range, which is "
                     "assumed to be {}, all of it local.",
                     vpc.id, vpc.cidr->value, range),
         "nothing to do where no route into the difference matters", vpc.cidr->origin});
  }

  Inventory& all_;
};

}  // namespace

void FillRanges(Inventory& inventory) { RangeFiller(inventory).Run(); }

}  // namespace vpcmirror::sim
