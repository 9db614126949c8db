#include "models/scenario/selectors.h"

#include <charconv>
#include <set>

#include "models/scenario/nearest.h"

namespace vpcmirror {
namespace {

constexpr std::string_view kVpcPrefix = "vpc:";
constexpr std::string_view kSubnetPrefix = "subnet:";

// "web[0-9]/eni1" in its parts.
struct HostPattern {
  std::string host;
  std::optional<std::string> members;  // between the brackets
  std::optional<std::size_t> eni;
};

template <class Number>
std::optional<Number> ParseNumber(std::string_view text) {
  Number number{};
  const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || at != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

// The number behind the last "/eni", with the selector cut before it.
std::optional<std::size_t> TakeEniNumber(std::string& text) {
  const auto slash = text.rfind("/eni");
  if (slash == std::string::npos) return std::nullopt;
  const auto number = ParseNumber<std::size_t>(std::string_view(text).substr(slash + 4));
  if (number) text.resize(slash);
  return number;
}

HostPattern ParseHostPattern(const Draft& draft, const std::string& text) {
  HostPattern pattern{text, std::nullopt, std::nullopt};
  if (draft.hosts.count(text) != 0) return pattern;
  pattern.eni = TakeEniNumber(pattern.host);
  const auto bracket = pattern.host.find('[');
  if (bracket != std::string::npos && pattern.host.back() == ']') {
    pattern.members = pattern.host.substr(bracket + 1, pattern.host.size() - bracket - 2);
    pattern.host.resize(bracket);
  }
  return pattern;
}

struct MemberRange {
  int first = 0;
  int last = 0;
};

std::optional<MemberRange> ParseMembers(const std::string& text, int count) {
  if (text == "*") return MemberRange{0, count - 1};
  const auto dash = text.find('-');
  const auto first = ParseNumber<int>(std::string_view(text).substr(0, dash));
  const auto last =
      dash == std::string::npos ? first : ParseNumber<int>(std::string_view(text).substr(dash + 1));
  if (!first || !last || *first < 0 || *first > *last || *last >= count) return std::nullopt;
  return MemberRange{*first, *last};
}

std::vector<std::string> NamesThatWouldDo(const Draft& draft) {
  std::vector<std::string> names = NamesOf(draft.hosts);
  for (const auto& [id, thing] : draft.ids) {
    if (thing.kind == NamedThing::Kind::kHost || thing.kind == NamedThing::Kind::kLoadBalancer) {
      continue;
    }
    names.push_back(id);
  }
  for (const auto& names_of_vpc : draft.names) {
    for (const auto& subnet : names_of_vpc.subnets) names.push_back("subnet:" + subnet.first);
  }
  for (const auto& vpc : draft.vpcs) names.push_back("vpc:" + vpc.first);
  return names;
}

class Resolver {
 public:
  Resolver(Draft& draft, const SelectorQuestion& question) : draft_(draft), question_(question) {}

  Selection Run() {
    const std::string& text = question_.text;
    if (text.rfind(kVpcPrefix, 0) == 0) return NamedVpc(text.substr(kVpcPrefix.size()));
    if (text.rfind(kSubnetPrefix, 0) == 0) return NamedSubnet(text.substr(kSubnetPrefix.size()));
    if (const auto address = ParseIpAddress(text)) return ByAddress(*address);
    const auto id = draft_.ids.find(text);
    if (id != draft_.ids.end()) {
      if (id->second.kind == NamedThing::Kind::kVpc) return WholeVpc(id->second.index);
      if (id->second.kind == NamedThing::Kind::kSubnet) return WholeSubnet(id->second.index);
      if (id->second.kind == NamedThing::Kind::kEni) return OneEni(id->second.index);
      if (id->second.kind == NamedThing::Kind::kLoadBalancer) return IsLoadBalancer();
    }
    return Hosts(ParseHostPattern(draft_, text));
  }

 private:
  const Deployment& deployment() const { return *draft_.deployment; }

  Selection Fail(const std::string& message, const std::string& accepted) {
    draft_.errors.Add(question_.path, message, accepted);
    return Silent();
  }

  static Selection Silent() {
    Selection selection;
    selection.failed = true;
    return selection;
  }

  // Nobody can watch its ENI or send from it.
  Selection IsLoadBalancer() {
    return Fail("\"" + question_.text + "\" is a load balancer",
                "a host or an ENI; a mirror names a load balancer as a target of that kind");
  }

  Selection NamedVpc(const std::string& name) {
    const auto vpc = draft_.vpcs.find(name);
    if (vpc != draft_.vpcs.end()) return WholeVpc(vpc->second);
    return Fail("there is no VPC \"" + name + "\"", AcceptedNames(name, NamesOf(draft_.vpcs)));
  }

  Selection NamedSubnet(const std::string& name) {
    const auto subnet = ResolveSubnet(draft_, {name, question_.path, question_.vpc});
    return subnet ? WholeSubnet(*subnet) : Silent();
  }

  Selection WholeVpc(std::size_t vpc) {
    Selection selection;
    selection.kind = Selection::Kind::kVpc;
    selection.index = vpc;
    for (std::size_t i = 0; i < deployment().enis.size(); ++i) {
      if (draft_.VpcOf(i) == vpc && !deployment().enis[i].load_balancer) {
        selection.enis.push_back(i);
      }
    }
    return selection;
  }

  Selection WholeSubnet(std::size_t subnet) {
    Selection selection;
    selection.kind = Selection::Kind::kSubnet;
    selection.index = subnet;
    for (std::size_t i = 0; i < deployment().enis.size(); ++i) {
      const Eni& eni = deployment().enis[i];
      if (eni.subnet == subnet && !eni.load_balancer) selection.enis.push_back(i);
    }
    return selection;
  }

  static Selection OneEni(std::size_t eni) {
    Selection selection;
    selection.kind = Selection::Kind::kEnis;
    selection.enis.push_back(eni);
    return selection;
  }

  Selection ByAddress(const IpAddress& address) {
    Selection selection;
    selection.kind = Selection::Kind::kAddress;
    selection.address = address;
    for (std::size_t vpc = 0; vpc < draft_.addresses.size(); ++vpc) {
      if (question_.vpc && *question_.vpc != vpc) continue;
      const auto found = draft_.addresses[vpc].find(address);
      if (found != draft_.addresses[vpc].end()) selection.enis.push_back(found->second);
    }
    if (selection.enis.size() == 1) {
      return deployment().enis[selection.enis.front()].load_balancer ? IsLoadBalancer() : selection;
    }
    if (selection.enis.empty()) {
      return Fail("no ENI has the address " + ToString(address),
                  "the address of an ENI, or the name of a host");
    }
    return Fail("several VPCs have an ENI with the address " + ToString(address),
                "the name of a host or the ID of an ENI");
  }

  Selection Hosts(const HostPattern& pattern) {
    const auto host = draft_.hosts.find(pattern.host);
    if (host == draft_.hosts.end()) {
      return Fail("nothing is called \"" + question_.text + "\"",
                  AcceptedNames(question_.text, NamesThatWouldDo(draft_)));
    }
    const HostMembers& members = host->second;
    if (members.failed) return Silent();
    const auto range = ParseMembers(pattern.members.value_or("*"), members.count);
    if (!range) {
      const std::string last = std::to_string(members.count - 1);
      return Fail(
          "\"" + question_.text + "\" names members that host " + pattern.host + " does not have",
          pattern.host + "[0] to " + pattern.host + "[" + last + "], " + pattern.host + "[0-" +
              last + "] or " + pattern.host + "[*]");
    }
    return Members(members, *range, pattern.eni);
  }

  Selection Members(const HostMembers& members, MemberRange range,
                    std::optional<std::size_t> number) {
    Selection selection;
    selection.kind = number ? Selection::Kind::kEnis : Selection::Kind::kHosts;
    for (int i = range.first; i <= range.last; ++i) {
      const Cvm& cvm = deployment().cvms[members.first_cvm + static_cast<std::size_t>(i)];
      if (!number) {
        selection.enis.insert(selection.enis.end(), cvm.enis.begin(), cvm.enis.end());
      } else if (*number < cvm.enis.size()) {
        selection.enis.push_back(cvm.enis[*number]);
      } else {
        return Fail(cvm.id + " has no eni" + std::to_string(*number),
                    "eni0 to eni" + std::to_string(cvm.enis.size() - 1));
      }
    }
    return selection;
  }

  Draft& draft_;
  const SelectorQuestion& question_;
};

}  // namespace

Selection ResolveEnis(Draft& draft, const SelectorQuestion& question) {
  return Resolver(draft, question).Run();
}

std::vector<std::size_t> OnePerHost(const Draft& draft, const Selection& selection) {
  std::vector<std::size_t> enis;
  std::set<std::size_t> seen;
  for (const std::size_t eni : selection.enis) {
    if (seen.insert(draft.deployment->enis[eni].cvm).second) enis.push_back(eni);
  }
  return enis;
}

std::vector<std::size_t> ResolveSecurityGroups(Draft& draft, std::size_t vpc,
                                               const std::vector<At<std::string>>& names) {
  std::vector<std::size_t> groups;
  const auto& known = draft.names[vpc].security_groups;
  for (const At<std::string>& name : names) {
    const auto group = known.find(name.value);
    if (group != known.end()) {
      groups.push_back(group->second);
      continue;
    }
    draft.errors.Add(name.path,
                     "there is no security group \"" + name.value + "\" in VPC " +
                         draft.deployment->vpcs[vpc].name,
                     AcceptedNames(name.value, NamesOf(known)));
  }
  return groups;
}

std::optional<std::size_t> ResolveSubnet(Draft& draft, const SelectorQuestion& question) {
  std::vector<std::size_t> found;
  std::vector<std::string> known;
  for (std::size_t vpc = 0; vpc < draft.names.size(); ++vpc) {
    if (question.vpc && *question.vpc != vpc) continue;
    const std::string prefix = draft.deployment->vpcs[vpc].name + "/";
    for (const auto& [name, subnet] : draft.names[vpc].subnets) {
      known.push_back(name);
      if (name == question.text || prefix + name == question.text) found.push_back(subnet);
    }
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    draft.errors.Add(question.path, "there is no subnet \"" + question.text + "\"",
                     AcceptedNames(question.text, known));
    return std::nullopt;
  }
  std::string accepted;
  for (const std::size_t subnet : found) {
    const Subnet& each = draft.deployment->subnets[subnet];
    accepted += (accepted.empty() ? "\"" : " or \"") + draft.deployment->vpcs[each.vpc].name + "/" +
                question.text + "\"";
  }
  draft.errors.Add(question.path, "several VPCs have a subnet \"" + question.text + "\"", accepted);
  return std::nullopt;
}

}  // namespace vpcmirror
