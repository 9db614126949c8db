#include "analysis/report/mirror_diff_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "analysis/report/flow_set_words.h"
#include "analysis/report/member_groups.h"
#include "analysis/words/counted.h"

namespace vpcmirror {
namespace {

// Of a change of many ranges, so many are told; JSON has all.
constexpr std::size_t kMostPhrases = 6;

using Kind = MirroringChange::Kind;

void AddNew(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

std::vector<std::string> NamesOf(const ValidScenario& scenario,
                                 const std::vector<std::size_t>& mirrors) {
  std::vector<std::string> names;
  for (const std::size_t each : mirrors) {
    names.push_back(scenario.mirrors[each].mirror->settings().id);
  }
  return names;
}

std::string Joined(const std::vector<std::string>& names, std::string_view with) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += with;
    text += name;
  }
  return text;
}

// Changes of one key are told in one entry.
std::string KeyOf(const DiffEntry& entry) {
  const MirroringChange& change = *entry.change;
  std::string key =
      fmt::format("{} {} {} {} {} {}\n", static_cast<int>(change.kind),
                  static_cast<int>(entry.presence), change.is_whole_mirror, change.is_also_altered,
                  change.has_also_other_share, change.is_to_mirror_port);
  for (const TraitChange& trait : change.traits) {
    key += trait.name + "\n" + trait.before + "\n" + trait.after + "\n";
  }
  for (const std::uint16_t type : change.ether_types) key += fmt::format("{:04x} ", type);
  key += "\n" + Joined(entry.packets, "\n");
  // Which mirrors copy all that they copy is said in one breath, but not who takes over from whom.
  const bool is_one_mirror = change.is_whole_mirror && entry.before == entry.after;
  if (!is_one_mirror) key += Joined(entry.before, "\n") + "\n\n" + Joined(entry.after, "\n");
  return key;
}

DiffEntry EntryOf(const DiffReport& report, const MirroringGroup& group,
                  const MirroringChange& change) {
  DiffEntry entry{.change = &change, .presence = group.presence};
  entry.directions = {change.direction};
  entry.enis = group.enis;
  entry.before = NamesOf(*report.scenario_before, change.before);
  entry.after = NamesOf(*report.scenario_after, change.after);
  const bool is_said = !change.flows_and_refused.IsEmpty() && !change.flows_and_refused.gave_up();
  entry.packets = FlowSetPhrases(is_said ? change.flows_and_refused : change.flows);
  entry.ether_types = change.ether_types;
  if (change.witness) {
    entry.witness = Witness{.eni = group.enis.front(),
                            .direction = change.direction,
                            .flow = *change.witness,
                            .frame = WitnessFrame(*change.witness).wire_length,
                            .is_mirrored = !change.after.empty()};
    entry.nat_gateway = change.nat_gateway;
    entry.holds_in_place = change.holds_in_place;
  }
  return entry;
}

void Join(DiffEntry& entry, const DiffEntry& more, std::set<std::string>& enis) {
  for (const Direction direction : more.directions) {
    const bool is_there = std::find(entry.directions.begin(), entry.directions.end(), direction) !=
                          entry.directions.end();
    if (!is_there) entry.directions.push_back(direction);
  }
  for (const std::string& eni : more.enis) {
    if (enis.insert(eni).second) entry.enis.push_back(eni);
  }
  for (const std::string& name : more.before) AddNew(entry.before, name);
  for (const std::string& name : more.after) AddNew(entry.after, name);
  const bool is_better =
      more.witness && (!entry.witness || (more.holds_in_place && !entry.holds_in_place));
  if (!is_better) return;
  entry.witness = more.witness;
  entry.nat_gateway = more.nat_gateway;
  entry.holds_in_place = more.holds_in_place;
}

std::string OthersWords(const std::vector<std::uint16_t>& ether_types) {
  std::vector<std::string> names;
  for (const std::uint16_t type : ether_types) {
    names.push_back(type == kEtherTypeArp        ? "ARP"
                    : type == kAnyOtherEtherType ? "other frames that are not IP"
                                                 : fmt::format("EtherType 0x{:04x}", type));
  }
  std::string words;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) words += i + 1 == names.size() ? " and " : ", ";
    words += names[i];
  }
  return words;
}

// Frames without IP that meet the same fate as packets: in the entry of those.
void JoinFrames(std::vector<DiffEntry>& entries) {
  const auto is_of_frames = [](const DiffEntry& entry) {
    return !entry.ether_types.empty() && entry.packets.empty() && !entry.change->is_whole_mirror;
  };
  std::vector<DiffEntry> joined;
  for (const DiffEntry& entry : entries) {
    const auto alike = std::find_if(entries.begin(), entries.end(), [&](const DiffEntry& each) {
      return !each.packets.empty() && each.change->kind == entry.change->kind &&
             !each.change->is_to_mirror_port && each.presence == entry.presence &&
             each.before == entry.before && each.after == entry.after &&
             each.directions == entry.directions && each.enis == entry.enis;
    });
    if (!is_of_frames(entry) || alike == entries.end()) {
      joined.push_back(entry);
      continue;
    }
    // What it was joined to stands in front of it.
    const auto place = std::find_if(joined.begin(), joined.end(), [&](const DiffEntry& each) {
      return each.change == alike->change;
    });
    if (place == joined.end()) {
      joined.push_back(entry);
    } else {
      place->ether_types = entry.ether_types;
    }
  }
  entries = std::move(joined);
}

}  // namespace

std::vector<DiffEntry> DiffEntriesOf(const DiffReport& report) {
  std::vector<DiffEntry> entries;
  std::vector<std::set<std::string>> enis;
  std::map<std::string, std::size_t> known;
  for (const MirroringGroup& group : report.diff.groups) {
    for (const MirroringChange& change : group.changes) {
      DiffEntry entry = EntryOf(report, group, change);
      const auto [place, is_new] = known.try_emplace(KeyOf(entry), entries.size());
      if (is_new) {
        enis.emplace_back(entry.enis.begin(), entry.enis.end());
        entries.push_back(std::move(entry));
      } else {
        Join(entries[place->second], entry, enis[place->second]);
      }
    }
  }
  JoinFrames(entries);
  return entries;
}

std::string EniWords(const std::vector<std::string>& enis) {
  constexpr std::size_t kMostNames = 3;
  std::vector<Member> members;
  for (const std::string& id : enis) members.push_back({id, ""});
  const std::vector<MemberGroup> groups = GroupMembers(members);
  std::string words;
  std::size_t told = 0;
  for (std::size_t i = 0; i < std::min(groups.size(), kMostNames); ++i) {
    words += (i > 0 ? ", " : "") + groups[i].label;
    told += groups[i].members.size();
  }
  if (told < enis.size()) words += fmt::format(" and {} more", enis.size() - told);
  return enis.size() == 1 ? words : fmt::format("{} ({} ENIs)", words, enis.size());
}

std::string DirectionWords(const std::vector<Direction>& directions) {
  if (directions.size() > 1) return "both directions";
  return directions.front() == Direction::kIngress ? "ingress" : "egress";
}

std::vector<std::string> PacketsWords(const DiffEntry& entry) {
  const MirroringChange& change = *entry.change;
  std::vector<std::string> words = entry.packets;
  if (change.is_whole_mirror) {
    words = {"all that " + Joined(entry.before.empty() ? entry.after : entry.before, ", ") +
             (entry.before.size() + entry.after.size() > 2 ? " copy" : " copies")};
  } else if (!entry.ether_types.empty()) {
    words.push_back(OthersWords(entry.ether_types));
  }
  for (std::string& each : words) {
    each += ", " + DirectionWords(entry.directions);
    if (change.is_to_mirror_port) each += " (to the mirror port of a receiver)";
  }
  return words;
}

std::string_view KindWords(Kind kind) {
  switch (kind) {
    case Kind::kStarts:
      return "starts to be mirrored";
    case Kind::kStops:
      return "stops being mirrored";
    case Kind::kOtherReceivers:
      return "goes to other receivers";
    case Kind::kAltered:
      return "is copied in another form";
    case Kind::kOtherShare:
      return "is mirrored of other flows";
  }
  return "";
}

std::string CopierWords(const DiffEntry& entry) {
  if (entry.before == entry.after) return "by " + Joined(entry.after, ", ");
  if (entry.before.empty()) return "by " + Joined(entry.after, ", ");
  if (entry.after.empty()) return "was by " + Joined(entry.before, ", ");
  return fmt::format("by {}, before by {}", Joined(entry.after, ", "), Joined(entry.before, ", "));
}

std::string WitnessWords(const DiffEntry& entry) {
  std::string words;
  switch (entry.change->kind) {
    case Kind::kStarts:
      words = entry.presence == MirroringGroup::Presence::kOnlyAfter
                  ? "the ENI is new, mirrored"
                  : "not mirrored before, mirrored after";
      break;
    case Kind::kStops:
      words = entry.presence == MirroringGroup::Presence::kOnlyBefore
                  ? "mirrored before, the ENI is gone"
                  : "mirrored before, not mirrored after";
      break;
    case Kind::kOtherReceivers:
      words = "mirrored before and after, not to the same receivers";
      break;
    case Kind::kAltered:
      words = "mirrored before and after, in another form";
      break;
    case Kind::kOtherShare:
      words = "mirrored in one of the two only";
      break;
  }
  if (entry.change->is_whole_mirror && (entry.before.empty() || entry.after.empty())) {
    words = "copied otherwise after than before";
  }
  if (entry.nat_gateway) words += fmt::format(", where its route leads to {}", *entry.nat_gateway);
  if (!entry.holds_in_place) {
    words += "; as security groups and routes are, it may not get that far";
  }
  return words;
}

std::vector<std::string> NotComparedWords(const DiffReport& report) {
  std::vector<std::string> sentences;
  for (const MirroringGroup& group : report.diff.groups) {
    for (const Direction direction : {Direction::kIngress, Direction::kEgress}) {
      const auto at = static_cast<std::size_t>(direction);
      if (!group.gave_up[at]) continue;
      const auto& missing = group.not_compared[at];
      const std::string before = Joined(NamesOf(*report.scenario_before, missing.before), ", ");
      const std::string after = Joined(NamesOf(*report.scenario_after, missing.after), ", ");
      std::string words = fmt::format("{} of {}: their rules overlap in too many ways to follow",
                                      DirectionWords({direction}), EniWords(group.enis));
      if (!before.empty()) {
        words += fmt::format(
            ". {} ask{} otherwise after ({}) than before: which packets that "
            "changes is not told",
            before, missing.before.size() == 1 ? "s" : "", after);
      } else {
        words += ". Of mirrors that are new or gone it is not told what others copy as well";
      }
      sentences.push_back(std::move(words));
    }
  }
  return sentences;
}

std::vector<std::string> DropsWords(const DiffReport& report) {
  std::vector<std::string> sentences;
  for (const MirroringGroup& group : report.diff.groups) {
    std::vector<Direction> directions;
    for (const Direction each : {Direction::kIngress, Direction::kEgress}) {
      if (group.drops_differ[static_cast<std::size_t>(each)]) directions.push_back(each);
    }
    if (directions.empty()) continue;
    sentences.push_back(fmt::format(
        "What security groups and ACLs drop is mirrored in one of the two only: {}, at {}",
        DirectionWords(directions), EniWords(group.enis)));
  }
  return sentences;
}

std::string DiffSummaryWords(const DiffReport& report, std::size_t entries) {
  std::size_t changed = 0;
  for (const MirroringGroup& group : report.diff.groups) changed += group.enis.size();
  const std::size_t unchanged = report.diff.unchanged_enis;
  if (changed == 0) {
    return fmt::format("nothing differs in what is mirrored ({})",
                       Counted(unchanged, "mirrored ENI"));
  }
  std::string words = fmt::format("{} at {}", Counted(entries, "change"), Counted(changed, "ENI"));
  if (unchanged > 0) words += fmt::format("; {} as before", Counted(unchanged, "mirrored ENI"));
  return words;
}

std::string TraitWords(const TraitChange& trait) {
  return fmt::format("{}: {} -> {}", trait.name, trait.before.empty() ? "none" : trait.before,
                     trait.after.empty() ? "none" : trait.after);
}

std::string PresenceWords(const DiffEntry& entry) {
  switch (entry.presence) {
    case MirroringGroup::Presence::kBoth:
      return "";
    case MirroringGroup::Presence::kOnlyBefore:
      return entry.enis.size() == 1 ? ", which is gone" : ", which are gone";
    case MirroringGroup::Presence::kOnlyAfter:
      return entry.enis.size() == 1 ? ", which is new" : ", which are new";
  }
  return "";
}

std::string AlsoWords(const MirroringChange& change) {
  std::string words;
  if (change.is_also_altered) words += "; in another form, too";
  if (change.has_also_other_share) words += "; of other flows, too";
  return words;
}

std::vector<std::string> ShownPhrases(const DiffEntry& entry) {
  std::vector<std::string> phrases = PacketsWords(entry);
  if (phrases.size() <= kMostPhrases) return phrases;
  const std::size_t more = phrases.size() - kMostPhrases + 1;
  phrases.resize(kMostPhrases - 1);
  phrases.push_back(fmt::format("{} more sets of packets (--format json has all)", more));
  return phrases;
}

}  // namespace vpcmirror
