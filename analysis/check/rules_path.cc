// Rules about what copies lose to MTUs on their way.
#include <algorithm>
#include <map>
#include <set>

#include "analysis/check/rules.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

// What keeps copies whole, as far as the cloud has it: where the source's own MTU counts, a smaller
// one does not.
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
  return smaller + ", or an MTU of " + larger + " on the whole way, with packets left as they are";
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

// Where copies of a source have the least room, and what becomes of those that are longer.
struct Narrowest {
  Bytes room;  // for the copied frame
  Bytes mtu;
  MtuPolicy policy = MtuPolicy::kTruncate;
};

Narrowest NarrowestOf(const Mirror& mirror, Bytes source_mtu) {
  const auto& receivers = mirror.settings().receivers;
  Narrowest narrowest{mirror.RoomAtSource(source_mtu), source_mtu, receivers.front().mtu_policy};
  for (std::uint32_t i = 0; i < receivers.size(); ++i) {
    if (mirror.RoomAtReceiver(i) >= narrowest.room) continue;
    narrowest = {mirror.RoomAtReceiver(i), receivers[i].mtu, receivers[i].mtu_policy};
  }
  return narrowest;
}

// What happens to copies that are `cut` too long, as the end of a sentence.
std::string OutcomeWords(MtuPolicy policy, Bytes cut) {
  switch (policy) {
    case MtuPolicy::kSegment:
    case MtuPolicy::kFragment:
      return " are sent in several packets";
    case MtuPolicy::kDrop:
      return " are dropped";
    default:
      return " lose their last " + std::to_string(cut.count()) + " bytes";
  }
}

// Of the copies that the workloads make, as far as their loads are known.
struct CopyLoad {
  double copied = 0;  // a second; those too long to be sent among them
  double unfit = 0;

  bool is_known() const { return copied > 0; }
};

CopyLoad CopyLoadOf(const Mirror& mirror, const MirrorTraffic& traffic) {
  const bool is_dropped = mirror.settings().receivers.front().mtu_policy == MtuPolicy::kDrop;
  const double unfit = traffic.unfit.frames_per_second;
  return {traffic.mirrored.frames_per_second + (is_dropped ? unfit : 0), unfit};
}

class CutCopies {
 public:
  CutCopies(const CheckContext& context, std::vector<Finding>& findings)
      : context_(context), findings_(findings) {}

  void Find() {
    for (std::size_t mirror = 0; mirror < context_.valid.mirrors.size(); ++mirror) {
      if (MayBeCut(mirror)) FindOf(mirror);
    }
    CountAlike();
  }

 private:
  CopyLoad LoadOf(std::size_t mirror) const {
    return CopyLoadOf(*context_.valid.mirrors[mirror].mirror, context_.traffic.mirrors[mirror]);
  }

  // Not where nothing is copied, nor where all that the workloads send is known to fit.
  bool MayBeCut(std::size_t index) const {
    const Mirror& mirror = *context_.valid.mirrors[index].mirror;
    const bool copies_nothing = context_.CopiedFlows(index, Direction::kIngress).IsEmpty() &&
                                context_.CopiedFlows(index, Direction::kEgress).IsEmpty() &&
                                !mirror.settings().filter.copies_what_no_rule_matches();
    if (copies_nothing) return false;
    const CopyLoad load = LoadOf(index);
    return !load.is_known() || load.unfit > 0 || !context_.traffic.left_out.empty();
  }

  // Of each MTU of the mirror's sources once.
  void FindOf(std::size_t mirror) {
    std::set<Bytes> told;
    for (const std::size_t source : context_.valid.mirrors[mirror].sources) {
      const Eni& eni = context_.deployment().enis[source];
      if (told.insert(eni.mtu).second) FindAt(mirror, eni);
    }
  }

  void FindAt(std::size_t mirror, const Eni& source) {
    const PlacedMirror& placed = context_.valid.mirrors[mirror];
    const MirrorSettings& settings = placed.mirror->settings();
    const Narrowest narrowest = NarrowestOf(*placed.mirror, source.mtu);
    const Bytes longest = LongestCopied(settings, source.mtu);
    if (narrowest.room >= longest) return;
    const Bytes cut = longest - narrowest.room;
    const std::string outcome = OutcomeWords(narrowest.policy, cut);
    Finding finding =
        About(placed,
              "copies of full frames (MTU " + std::to_string(source.mtu.count()) + ") of " +
                  source.id + " are longer than the MTU of " +
                  std::to_string(narrowest.mtu.count()) + " on their way, and" + outcome,
              FixOf(context_.ProfileOf(placed), settings.mtu.basis, source.mtu, cut));
    finding.numbers = {{"source_mtu", static_cast<double>(source.mtu.count()), "B"},
                       {"room", static_cast<double>(narrowest.room.count()), "B"},
                       {"cut", static_cast<double>(cut.count()), "B"}};
    if (const CopyLoad load = LoadOf(mirror); load.is_known()) {
      AddShare(load, finding);
    } else if (!IsFirst(std::to_string(source.mtu.count()) + outcome + finding.fix)) {
      return;
    }
    findings_.push_back(std::move(finding));
  }

  static void AddShare(const CopyLoad& load, Finding& finding) {
    const double share = load.unfit / load.copied;
    finding.message += ": " + PercentText(share) + " of the copies of the workloads";
    finding.numbers.push_back({"share", share, "of the copies"});
  }

  // Of those that say the same; others are counted.
  bool IsFirst(const std::string& words) {
    const auto [at, is_first] = alike_.try_emplace(words, findings_.size(), 0);
    if (!is_first) ++at->second.second;
    return is_first;
  }

  void CountAlike() {
    for (const auto& [words, told] : alike_) {
      const auto& [at, more] = told;
      if (more == 0) continue;
      findings_[at].message += " (and so do those of " + std::to_string(more) + " more mirrors)";
      findings_[at].numbers.push_back({"mirrors", static_cast<double>(more + 1), ""});
    }
  }

  const CheckContext& context_;
  std::vector<Finding>& findings_;
  // Of mirrors whose loads nobody knows those that say the same, in `findings_`, and how many
  // more.
  std::map<std::string, std::pair<std::size_t, std::size_t>> alike_;
};

}  // namespace

// Of each mirror and source MTU once: the longest frame that such a source sends, unless all
// that its workloads send is known to fit.
void FindCutCopies(const CheckContext& context, std::vector<Finding>& findings) {
  CutCopies(context, findings).Find();
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
