// Internal to analysis/check: what finds, one function a rule. Each adds its findings
// without code, severity and basis, which the table has.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/reach/failures.h"
#include "analysis/reach/reachability.h"
#include "analysis/reach/written_places.h"
#include "models/mirror/flow_set.h"
#include "models/scenario/steady_traffic.h"
#include "models/scenario/taps.h"

namespace vpcmirror {

inline constexpr double kRisky = 0.8;  // of a limit: what run calls AT RISK above

// What rules look at. Both scenarios must outlive it.
struct CheckContext {
  CheckContext(const Scenario& as_written, const ValidScenario& as_valid, const CheckSettings& how);

  const Scenario& written;
  const ValidScenario& valid;
  const CheckSettings& settings;
  SteadyTraffic traffic;
  std::vector<std::vector<std::size_t>> watching;  // mirrors by ENI
  WrittenPlaces places;
  Reachability reach;
  Failures failures;

  const Deployment& deployment() const { return *valid.deployment; }
  const ProviderProfile& ProfileOf(const PlacedMirror& placed) const {
    return valid.providers[deployment().vpcs[placed.vpc].provider];
  }
  // What a mirror of the scenario was made of; null for one that the timeline creates.
  const MirrorSpec* SpecOf(const PlacedMirror& placed) const;
  // Where a rule or condition of the mirror's filter is written.
  std::string RulePath(const PlacedMirror& placed, Direction direction, std::size_t rule) const;
  // "web[0]/eni0 and 27 more".
  std::string EnisText(const std::vector<std::size_t>& enis) const;
  std::size_t IndexOf(const PlacedMirror& placed) const {
    return static_cast<std::size_t>(&placed - valid.mirrors.data());
  }
  // Null: none of that name is written.
  const HostSpec* HostOf(const std::string& name) const;

  // What a mirror's filter copies in a direction that the mirror watches; else nothing.
  const FlowSet& FilteredFlows(std::size_t mirror, Direction direction) const;
  // The same without what the cloud copies for nobody, and what leads to receivers.
  const FlowSet& CopiedFlows(std::size_t mirror, Direction direction) const;

 private:
  using ByDirection = std::array<std::optional<FlowSet>, 2>;

  std::map<std::string, const MirrorSpec*> specs_;      // by path
  std::map<std::string, const HostSpec*> hosts_;        // by name
  mutable std::vector<ByDirection> filtered_;           // by mirror, once asked for
  mutable std::vector<ByDirection> copied_;             // the same
  mutable std::vector<std::optional<FlowSet>> nobody_;  // by provider, the same
};

Finding About(const PlacedMirror& placed, std::string message, std::string fix);
// Where the mirror's filter is written.
std::string FilterPath(const CheckContext& context, const PlacedMirror& placed);
// Of a scenario's host, for a finding about it.
std::string HostPath(const CheckContext& context, const std::string& host);

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings);
void FindMissingStates(const CheckContext& context, std::vector<Finding>& findings);
void FindReceiversInRange(const CheckContext& context, std::vector<Finding>& findings);
void FindShortDefaultLengths(const CheckContext& context, std::vector<Finding>& findings);
void FindTooManyMirrors(const CheckContext& context, std::vector<Finding>& findings);
void FindCrowdedTargets(const CheckContext& context, std::vector<Finding>& findings);
void FindRefusedActions(const CheckContext& context, std::vector<Finding>& findings);

void FindOverlaps(const CheckContext& context, std::vector<Finding>& findings);
void FindStarvedSessions(const CheckContext& context, std::vector<Finding>& findings);
void FindSharedVnis(const CheckContext& context, std::vector<Finding>& findings);

void FindContradictions(const CheckContext& context, std::vector<Finding>& findings);
void FindSeveralConditions(const CheckContext& context, std::vector<Finding>& findings);
void FindFiltersThatCopyNothing(const CheckContext& context, std::vector<Finding>& findings);
void FindShadowedRules(const CheckContext& context, std::vector<Finding>& findings);
void FindFiltersWithoutIpv6(const CheckContext& context, std::vector<Finding>& findings);

void FindOneSidedFilters(const CheckContext& context, std::vector<Finding>& findings);
void FindOneWayFilters(const CheckContext& context, std::vector<Finding>& findings);
void FindForeignFilters(const CheckContext& context, std::vector<Finding>& findings);
void FindFiltersBesideTheTraffic(const CheckContext& context, std::vector<Finding>& findings);

void FindUnsupportedTypes(const CheckContext& context, std::vector<Finding>& findings);
void FindNeverMirrored(const CheckContext& context, std::vector<Finding>& findings);
void FindCutChecksums(const CheckContext& context, std::vector<Finding>& findings);

void FindCutCopies(const CheckContext& context, std::vector<Finding>& findings);
void FindUnusedJumboReceivers(const CheckContext& context, std::vector<Finding>& findings);

void FindUnroutedCopies(const CheckContext& context, std::vector<Finding>& findings);
void FindClosedGroups(const CheckContext& context, std::vector<Finding>& findings);
void FindClosedAcls(const CheckContext& context, std::vector<Finding>& findings);
void FindCopiesThatNeverFit(const CheckContext& context, std::vector<Finding>& findings);
void FindSinglePoints(const CheckContext& context, std::vector<Finding>& findings);
void FindTooMuchForReceivers(const CheckContext& context, std::vector<Finding>& findings);

void FindHostsOverLimits(const CheckContext& context, std::vector<Finding>& findings);
void FindHostsNearLimits(const CheckContext& context, std::vector<Finding>& findings);
void FindLargeFlows(const CheckContext& context, std::vector<Finding>& findings);
void FindAdmissionOnly(const CheckContext& context, std::vector<Finding>& findings);
void FindDearEncapsulation(const CheckContext& context, std::vector<Finding>& findings);
void FindUnknownLoads(const CheckContext& context, std::vector<Finding>& findings);

void FindReceiversOverCapacity(const CheckContext& context, std::vector<Finding>& findings);
void FindDuplicates(const CheckContext& context, std::vector<Finding>& findings);
void FindUnevenReceivers(const CheckContext& context, std::vector<Finding>& findings);
void FindPartedFlows(const CheckContext& context, std::vector<Finding>& findings);
void FindZoneCrossings(const CheckContext& context, std::vector<Finding>& findings);
void FindReorderingBalancers(const CheckContext& context, std::vector<Finding>& findings);
void FindMemoryTooSmall(const CheckContext& context, std::vector<Finding>& findings);

}  // namespace vpcmirror
