// Rules about what copies lose to MTUs on their way.
#include <algorithm>
#include <set>

#include "analysis/check/rules.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// What keeps copies whole: where the source's own MTU counts, a smaller one does not.
std::string FixOf(MtuBasis basis, Bytes source_mtu, Bytes cut) {
  const std::string fits = std::to_string((source_mtu - cut).count());
  const std::string larger = std::to_string((source_mtu + cut).count());
  if (basis == MtuBasis::kFixed) return "an MTU of " + fits + " at the sources";
  if (basis == MtuBasis::kReceiver) {
    return "an MTU of " + fits + " at the sources, or of " + larger + " at the receivers";
  }
  return "packets of at most " + fits + " bytes, or an MTU of " + larger +
         " on the whole way for packets that stay as they are";
}

}  // namespace

// Of each mirror and source MTU once: the longest frame that such a source sends, unless all
// that its workloads send is known to fit.
void FindCutCopies(const CheckContext& context, std::vector<Finding>& findings) {
  for (std::size_t index = 0; index < context.valid.mirrors.size(); ++index) {
    const PlacedMirror& placed = context.valid.mirrors[index];
    const Mirror& mirror = *placed.mirror;
    const MirrorTraffic& traffic = context.traffic.mirrors[index];
    const bool copies_nothing = context.CopiedFlows(index, Direction::kIngress).IsEmpty() &&
                                context.CopiedFlows(index, Direction::kEgress).IsEmpty() &&
                                !mirror.settings().filter.copies_what_no_rule_matches();
    if (copies_nothing) continue;
    const bool is_known = traffic.mirrored.frames_per_second > 0;
    if (is_known && traffic.cut.frames_per_second <= 0 && context.traffic.left_out.empty())
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
      const Bytes longest = mtu + Bytes(kEthernetHeaderBytes);
      if (room >= longest ||
          (mirror.settings().packet_length[0] && *mirror.settings().packet_length[0] <= room)) {
        continue;
      }
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
                FixOf(mirror.settings().mtu.basis, mtu, Bytes(cut)));
      finding.numbers = {{"source_mtu", static_cast<double>(mtu.count()), "B"},
                         {"room", static_cast<double>(room.count()), "B"},
                         {"cut", static_cast<double>(cut), "B"}};
      if (is_known) {
        const double share = traffic.cut.frames_per_second / traffic.mirrored.frames_per_second;
        finding.message += ": " + PercentText(share) + " of the copies of the workloads";
        finding.numbers.push_back({"share", share, "of the copies"});
      }
      findings.push_back(std::move(finding));
    }
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
