// Rules about what copies lose to MTUs on their way.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/check/rules.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// What keeps copies whole, as far as the cloud has it: where the source's own MTU counts, a smaller one does not.
std::string FixOf(const ProviderProfile& profile, MtuBasis basis, Bytes source_mtu, Bytes cut) {
  const std::string fits = std::to_string((source_mtu - cut).count());
  const std::string larger = std::to_string((source_mtu + cut).count());
  const bool is_largest = profile.largest_mtu && source_mtu + cut > *profile.largest_mtu;
  if (basis == MtuBasis::kFixed || (is_largest && basis == MtuBasis::kReceiver)) {
    return "an MTU of " + fits + " at the sources";
  }
  if (basis == MtuBasis::kReceiver) {
    return "an MTU of " + fits + " at the sources, or of " + larger + " at the receivers";
  }
  const std::string smaller =
      "packets of at most " + fits +
      " bytes, by an MTU or MSS inside the guests (`sizes` of a workload tells check)";
  if (is_largest) return smaller;
  return smaller + ", or an MTU of " + larger +
         " on the whole way, with packets left as they are";
}

// Of a full packet, as far as the packet lengths of the directions that are watched go.
Bytes LongestCopied(const MirrorSettings& settings, Bytes mtu) {
  const Bytes whole = mtu + Bytes(kEthernetHeaderBytes);
  Bytes longest{};
  for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
    if (!Contains(settings.directions, direction)) continue;
    const auto& length = settings.packet_length[static_cast<std::size_t>(direction)];
    longest = std::max(longest, length ? std::min(whole, *length) : whole);
  }
  return longest;
}

}  // namespace

// Of each mirror and source MTU once: the longest frame that such a source sends, unless all
// that its workloads send is known to fit.
void FindCutCopies(const CheckContext& context, std::vector<Finding>& findings) {
  // Of mirrors whose loads nobody knows those that say the same, in `findings`, and how many more.
  std::map<std::string, std::pair<std::size_t, std::size_t>> alike;
  for (std::size_t index = 0; index < context.valid.mirrors.size(); ++index) {
    const PlacedMirror& placed = context.valid.mirrors[index];
    const Mirror& mirror = *placed.mirror;
    const MirrorTraffic& traffic = context.traffic.mirrors[index];
    const bool copies_nothing = context.CopiedFlows(index, Direction::kIngress).IsEmpty() &&
                                context.CopiedFlows(index, Direction::kEgress).IsEmpty() &&
                                !mirror.settings().filter.copies_what_no_rule_matches();
    if (copies_nothing) continue;
    const bool is_dropped = mirror.settings().receivers.front().mtu_policy == MtuPolicy::kDrop;
    const double copied =
        traffic.mirrored.frames_per_second + (is_dropped ? traffic.unfit.frames_per_second : 0);
    const bool is_known = copied > 0;
    if (is_known && traffic.unfit.frames_per_second <= 0 && context.traffic.left_out.empty())
      continue;
    std::set<Bytes> told;
    for (const std::size_t source : placed.sources) {
      const Bytes mtu = context.deployment().enis[source].mtu;
      if (!told.insert(mtu).second) continue;
      Bytes room = mirror.RoomAtSource(mtu);
      Bytes least_mtu = mtu;
      MtuPolicy policy = mirror.settings().receivers.front().mtu_policy;
      for (std::uint32_t i = 0; i < mirror.settings().receivers.size(); ++i) {
        if (mirror.RoomAtReceiver(i) >= room) continue;
        room = mirror.RoomAtReceiver(i);
        policy = mirror.settings().receivers[i].mtu_policy;
        least_mtu = mirror.settings().receivers[i].mtu;
      }
      const Bytes longest = LongestCopied(mirror.settings(), mtu);
      if (room >= longest) continue;
      const std::int64_t cut = (longest - room).count();
      const bool is_lost = policy == MtuPolicy::kDrop;
      const std::string sent = policy == MtuPolicy::kSegment || policy == MtuPolicy::kFragment
                                   ? " are sent in several packets"
                               : is_lost ? " are dropped"
                                         : " lose their last " + std::to_string(cut) + " bytes";
      Finding finding =
          About(placed,
                "copies of full frames (MTU " + std::to_string(mtu.count()) + ") of " +
                    context.deployment().enis[source].id + " are longer than the MTU of " +
                    std::to_string(least_mtu.count()) + " on their way, and" + sent,
                FixOf(context.ProfileOf(placed), mirror.settings().mtu.basis, mtu, Bytes(cut)));
      finding.numbers = {{"source_mtu", static_cast<double>(mtu.count()), "B"},
                         {"room", static_cast<double>(room.count()), "B"},
                         {"cut", static_cast<double>(cut), "B"}};
      if (!is_known) {
        const std::string words = std::to_string(mtu.count()) + sent + finding.fix;
        const auto [at, fresh] = alike.try_emplace(words, findings.size(), 0);
        if (!fresh) {
          ++at->second.second;
          continue;
        }
      }
      if (is_known) {
        const double share = traffic.unfit.frames_per_second / copied;
        finding.message += ": " + PercentText(share) + " of the copies of the workloads";
        finding.numbers.push_back({"share", share, "of the copies"});
      }
      findings.push_back(std::move(finding));
    }
  }
  for (const auto& [words, told] : alike) {
    const auto& [at, more] = told;
    if (more == 0) continue;
    findings[at].message += " (and so do those of " + std::to_string(more) + " more mirrors)";
    findings[at].numbers.push_back({"mirrors", static_cast<double>(more + 1), ""});
  }
}

void FindUnusedJumboReceivers(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MtuRule& rule = placed.mirror->settings().mtu;
    if (rule.basis != MtuBasis::kFixed) continue;
    for (const std::size_t receiver : placed.receiver_enis) {
      const Eni& eni = context.deployment().enis[receiver];
      if (eni.mtu <= rule.fixed) continue;
      Finding finding = About(placed,
                              "copies are cut at " + std::to_string(rule.fixed.count()) +
                                  " bytes whatever MTU a receiver has: that of " + eni.id + " is " +
                                  std::to_string(eni.mtu.count()),
                              "nothing at the receiver helps; smaller MTUs of the sources do");
      finding.numbers = {{"cut_at", static_cast<double>(rule.fixed.count()), "B"}};
      findings.push_back(std::move(finding));
      break;
    }
  }
}

}  // namespace vpcmirror
