// What every output tells of a MirrorDiff: changes that are alike, said once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analysis/check/finding.h"
#include "analysis/compare/mirror_diff.h"

namespace vpcmirror {

// Two scenarios, as the user named them, and what differs between them.
struct DiffReport {
  std::string version;  // of the program
  std::string before;   // files
  std::string after;
  const ValidScenario* scenario_before = nullptr;
  const ValidScenario* scenario_after = nullptr;
  MirrorDiff diff;
};

// A change of the same kind, for the same reason, of the same packets: of all the groups of
// ENIs, both directions and, where all that mirrors copy changes, of all the mirrors.
struct DiffEntry {
  const MirroringChange* change = nullptr;  // the first of them; its witness may be another's
  MirroringGroup::Presence presence = MirroringGroup::Presence::kBoth;
  std::vector<Direction> directions;
  std::vector<std::string> enis;
  std::vector<std::string> before;  // IDs of mirrors
  std::vector<std::string> after;
  std::vector<std::string> packets;        // phrases; of a whole mirror and of no IP: none
  std::vector<std::uint16_t> ether_types;  // of frames without IP that it is about as well
  std::optional<Witness> witness;          // `is_mirrored`: of the second scenario
  std::optional<std::string> nat_gateway;
  bool holds_in_place = false;
};
std::vector<DiffEntry> DiffEntriesOf(const DiffReport& report);

// "web[0-27]/eni0 (28 ENIs)", "web[0]/eni0".
std::string EniWords(const std::vector<std::string>& enis);

// "tcp to port 443, ingress", "what mirror-1 copies, both directions": one for each phrase.
std::vector<std::string> PacketsWords(const DiffEntry& entry);
std::string DirectionWords(const std::vector<Direction>& directions);
// "starts to be mirrored", "copies are altered".
std::string_view KindWords(MirroringChange::Kind kind);
// Who copies before and after: "by mirror-1", "by mirror-1, then mirror-2; before by mirror-3".
std::string CopierWords(const DiffEntry& entry);
// "; in another form, too": what a change is about besides its kind; may be empty.
std::string AlsoWords(const MirroringChange& change);
// ", which are new": may be empty.
std::string PresenceWords(const DiffEntry& entry);
// "VNI: 7 -> 8".
std::string TraitWords(const TraitChange& trait);
// PacketsWords, of many the first, and how many more there are.
std::vector<std::string> ShownPhrases(const DiffEntry& entry);
// What explain says of the witness: "not mirrored before, mirrored after".
std::string WitnessWords(const DiffEntry& entry);

// What could not be compared, a sentence each.
std::vector<std::string> NotComparedWords(const DiffReport& report);
// "2 changes at 28 ENIs; 12 mirrored ENIs are as they were".
std::string DiffSummaryWords(const DiffReport& report, std::size_t entries);
// Where what security groups drop is mirrored in one of the two only, a sentence each.
std::vector<std::string> DropsWords(const DiffReport& report);

}  // namespace vpcmirror
