// What the core asked and answered, in words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/scenario/explanation.h"
#include "models/scenario/valid_scenario.h"

namespace vpcmirror {

// "tcp", "icmpv6"; "protocol 89" of what has no name here.
std::string ProtocolWord(std::uint8_t protocol);
// "10.0.1.7:51000", "[2001:db8::1]:443"; the address alone where ports are not known.
std::string EndWord(const IpAddress& address, std::uint16_t port, Ports ports);
// "tcp 10.0.1.7:51000 > 10.0.2.9:443", "arp", "EtherType 0x88cc".
std::string FlowWords(const FrameInfo& frame);
// "tcp any > 10.0.2.0/24:443", "any" for what asks nothing.
std::string ConditionWords(const Condition& condition);
// Why `flow` does not meet `condition`: "destination port 444 is not in 443-443".
std::string MismatchWords(const Condition& condition, Mismatch mismatch, const FlowKey& flow);
// "route to NAT gateway nat-1", "no route".
std::string NextHopWords(const ValidScenario& scenario, const NextHop& next_hop);

// What a ruling rests on, without a full stop: "rule 10 accepts it", "no rule
// matches", "it is ARP, which this cloud never mirrors". `mirror` is null where
// the ruling is for all sessions, of ENI `eni`.
std::string ReasonWords(const ValidScenario& scenario, std::size_t eni, const Ruling& ruling,
                        const Mirror* mirror);
// "cut to the MTU", "whole", ...
std::string_view ActionWords(MtuAction action);
// The words of explain's JSON: "whole", "truncate", "repair", "segment", "fragment", "drop".
std::string_view ToString(MtuAction action);

// One step: what was asked, and the answer. A rule's is "does not match: ..." or
// "matches: accept".
struct StepWords {
  std::string subject;  // "rule 10: tcp any > any:443"
  std::string answer;
};
StepWords WordsOf(const ValidScenario& scenario, const Explanation& explanation,
                  const ExplainedSession& session, const TrailStep& step);
// The same of what was asked before all sessions: the never-mirrored list is one
// step, unless one of it holds.
std::vector<StepWords> WordsForAll(const ValidScenario& scenario, const Explanation& explanation);

// One sentence, without the word for the verdict itself: "watch-web sends a copy
// to ids/eni0 (10.0.9.4), since rule 10 accepts it".
std::string VerdictWords(const ValidScenario& scenario, const Explanation& explanation);
// "MIRRORED", "MIRRORED AND LOST", "NOT MIRRORED".
std::string_view VerdictTitle(const Explanation& explanation);

// "to ids[1]/eni0, one of 3 backends of zone a, by a hash of the copy's outer flow", or why the
// load balancer drops the copy.
std::string BalancingWords(const ValidScenario& scenario, const ExplainedBalancing& balancing);

// The scenario's assumptions that the answer rests on, in the scenario's order.
std::vector<Assumption> AssumptionsBehind(const ValidScenario& scenario,
                                          const Explanation& explanation);

const ProviderProfile& ProviderOf(const ValidScenario& scenario, std::size_t eni);

}  // namespace vpcmirror
