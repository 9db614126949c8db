// Where a mirror's copies go, and whether they get there.
#include <algorithm>

#include "models/scenario/expand_mirrors.h"

namespace vpcmirror {
namespace {

void TakeReceivers(MirrorDraft& mirror, const Selection& selection, const std::string& path) {
  for (const std::size_t eni : OnePerHost(mirror.draft, selection)) {
    const auto& addresses = mirror.deployment().enis[eni].addresses;
    if (addresses.empty()) {  // an error was given where the ENI is
      mirror.failed = true;
      continue;
    }
    mirror.receivers.push_back({eni, selection.address.value_or(addresses.front()), path});
  }
}

void ResolveReceiver(MirrorDraft& mirror, const At<std::string>& name) {
  const auto address = ParseIpAddress(name.value);
  const bool takes_ipv6 = mirror.vpc && mirror.profile().receiver_ipv6;
  if (address && !address->is_v4() && !takes_ipv6) {
    mirror.FailAs("ipv6_receiver", name.path, "the receiver " + name.value + " is IPv6",
                  "an IPv4 address, a host or an ENI");
    return;
  }
  const Selection selection =
      ResolveEnis(mirror.draft, {name.value, name.path, VpcHint(mirror, name.value)});
  mirror.failed = mirror.failed || selection.failed;
  if (selection.failed) return;
  if (selection.kind == Selection::Kind::kVpc || selection.kind == Selection::Kind::kSubnet) {
    mirror.Fail(name.path, "\"" + name.value + "\" is a range, not a receiver",
                "a host, an ENI or an IPv4 address");
    return;
  }
  TakeReceivers(mirror, selection, name.path);
}

void CheckNumberOfReceivers(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  std::set<IpAddress> seen;
  for (const ReceiverDraft& receiver : mirror.receivers) {
    if (seen.insert(receiver.address).second) continue;
    mirror.Fail(receiver.path, "the receiver " + ToString(receiver.address) + " is named twice",
                "each receiver once");
  }
  if (!spec.one_target || mirror.receivers.size() < 2) return;
  mirror.FailAs("target_not_supported", spec.targets.front().path,
                "\"" + spec.targets.front().value + "\" is " +
                    std::to_string(mirror.receivers.size()) + " ENIs, and a target is one",
                "one host or ENI, or a load balancer with several behind it");
}

void CheckReceiversVpc(MirrorDraft& mirror) {
  if (!mirror.vpc || !mirror.profile().needs_same_vpc) return;
  for (const ReceiverDraft& receiver : mirror.receivers) {
    const std::size_t vpc = mirror.draft.VpcOf(receiver.eni);
    if (vpc == *mirror.vpc) continue;
    mirror.FailAs("receiver_in_other_vpc", receiver.path,
                  "the receiver " + mirror.deployment().enis[receiver.eni].id + " is in VPC " +
                      mirror.deployment().vpcs[vpc].name + ", the " + mirror.spec.words.mirror +
                      " in VPC " + mirror.vpc_name(),
                  "a receiver in VPC " + mirror.vpc_name());
  }
}

// Copies to a receiver that its own range holds are left out by their port.
void CheckNamedSources(MirrorDraft& mirror) {
  if (!mirror.vpc || mirror.profile().loop != LoopRule::kReceiverExcluded) return;
  for (const ReceiverDraft& receiver : mirror.receivers) {
    const auto source = mirror.named_enis.find(receiver.eni);
    if (source == mirror.named_enis.end()) continue;
    mirror.FailAs("source_is_target", source->second.path,
                  mirror.deployment().enis[receiver.eni].id + " is named as source by \"" +
                      source->second.value + "\" and receives the copies",
                  "sources without the receiver, or its subnet or VPC as source");
  }
}

// Clouds take such a mirror, and lose its copies: a run shows what that comes to.
void NoteLostCopies(MirrorDraft& mirror, std::size_t source, const ReceiverDraft& receiver,
                    const Path& path) {
  const Deployment& deployment = mirror.deployment();
  const Subnet& subnet = deployment.subnets[deployment.enis[source].subnet];
  std::string why(ToString(path.stop));
  if (path.stop == Stop::kNone) {
    why = path.destination ? "its route leads to " + deployment.enis[*path.destination].id
                           : "its route leads to the outside";
  }
  ScenarioError caution;
  caution.rule = "no_route";
  caution.path = receiver.path;
  caution.message = "No route leads from subnet " + subnet.name + " to the receiver " +
                    deployment.enis[receiver.eni].id + " " + ToString(receiver.address) + ": " +
                    why + ". Copies of " + mirror.id + " are lost, and nobody is told.";
  caution.accepted =
      "a route to the receiver in route table " + deployment.route_tables[subnet.route_table].id;
  mirror.draft.Warn(caution);
}

void CheckRoute(MirrorDraft& mirror, std::size_t source, const ReceiverDraft& receiver) {
  const Deployment& deployment = mirror.deployment();
  PathQuestion question;
  question.source_eni = source;
  question.flow.source = AddressTowards(deployment.enis[source].addresses, receiver.address);
  question.flow.destination = receiver.address;
  question.source_security = false;
  question.target_security = false;
  const Path path = mirror.draft.topology->Trace(question);
  const bool arrives = path.stop == Stop::kNone && path.destination == receiver.eni;
  if (!arrives) {
    NoteLostCopies(mirror, source, receiver, path);
  } else if (path.next_hop.kind == NextHop::Kind::kCvm) {
    mirror.Fail(receiver.path,
                "copies to " + ToString(receiver.address) +
                    " would be routed through a CVM, which this version does not simulate",
                "a route to the receiver without a next-hop CVM");
  }
}

bool CanSendTo(MirrorDraft& mirror, std::size_t source, const ReceiverDraft& receiver) {
  const Eni& eni = mirror.deployment().enis[source];
  if (AddressTowards(eni.addresses, receiver.address).family() == receiver.address.family()) {
    return true;
  }
  const std::string family = receiver.address.is_v4() ? "IPv4" : "IPv6";
  mirror.Fail(receiver.path,
              "source " + eni.id + " has no " + family + " address to send from to the receiver " +
                  ToString(receiver.address),
              "a receiver's address of a family that all sources have, or " + family +
                  " addresses for them");
  return false;
}

// Once for each pair of subnet and receiver: an ENI's routes are its subnet's.
void CheckRoutes(MirrorDraft& mirror) {
  if (mirror.failed || mirror.draft.topology == nullptr) return;
  std::set<std::pair<std::size_t, std::size_t>> asked;
  for (const std::size_t source : mirror.sources) {
    for (std::size_t i = 0; i < mirror.receivers.size(); ++i) {
      if (source == mirror.receivers[i].eni) continue;
      if (!CanSendTo(mirror, source, mirror.receivers[i])) return;
      if (!asked.emplace(mirror.deployment().enis[source].subnet, i).second) continue;
      CheckRoute(mirror, source, mirror.receivers[i]);
    }
  }
}

}  // namespace

void ResolveMirrorReceivers(MirrorDraft& mirror) {
  const MirrorSpec& spec = mirror.spec;
  if (spec.targets.empty() && !spec.load_balancer && spec.missing.empty()) {
    mirror.FailAs("no_receiver", spec.path,
                  "a " + spec.words.mirror + " without " + spec.words.targets,
                  "at least one receiver");
  }
  if (spec.load_balancer) ResolveLoadBalancer(mirror);
  for (const At<std::string>& name : spec.targets) ResolveReceiver(mirror, name);
  CheckNumberOfReceivers(mirror);
  CheckReceiversVpc(mirror);
  CheckNamedSources(mirror);
  CheckRoutes(mirror);
}

}  // namespace vpcmirror
