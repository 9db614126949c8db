// Internal to analysis/check: what finds, one function a rule. Each adds its findings
// without code, severity and confidence, which the table has.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "analysis/check/check.h"
#include "analysis/reach/failures.h"
#include "analysis/reach/reachability.h"
#include "analysis/reach/written_places.h"
#include "models/scenario/steady_traffic.h"
#include "models/scenario/taps.h"

namespace vpcmirror {

// What rules look at. Both scenarios must outlive it.
struct CheckContext {
  CheckContext(const Scenario& as_written, const ValidScenario& as_valid);

  const Scenario& written;
  const ValidScenario& valid;
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

 private:
  std::map<std::string, const MirrorSpec*> specs_;  // by path
};

Finding About(const PlacedMirror& placed, std::string message, std::string fix);

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings);
void FindReceiversInRange(const CheckContext& context, std::vector<Finding>& findings);
void FindShortDefaultLengths(const CheckContext& context, std::vector<Finding>& findings);
void FindTooManyMirrors(const CheckContext& context, std::vector<Finding>& findings);
void FindOverlaps(const CheckContext& context, std::vector<Finding>& findings);
void FindSharedVnis(const CheckContext& context, std::vector<Finding>& findings);
void FindRefusedActions(const CheckContext& context, std::vector<Finding>& findings);

void FindContradictions(const CheckContext& context, std::vector<Finding>& findings);
void FindSeveralConditions(const CheckContext& context, std::vector<Finding>& findings);
void FindFiltersThatCopyNothing(const CheckContext& context, std::vector<Finding>& findings);
void FindOneSidedFilters(const CheckContext& context, std::vector<Finding>& findings);
void FindShadowedRules(const CheckContext& context, std::vector<Finding>& findings);
void FindFiltersWithoutIpv6(const CheckContext& context, std::vector<Finding>& findings);

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
void FindReceiversOverCapacity(const CheckContext& context, std::vector<Finding>& findings);
void FindAdmissionOnly(const CheckContext& context, std::vector<Finding>& findings);
void FindDearEncapsulation(const CheckContext& context, std::vector<Finding>& findings);
void FindDuplicates(const CheckContext& context, std::vector<Finding>& findings);
void FindUnknownLoads(const CheckContext& context, std::vector<Finding>& findings);

}  // namespace vpcmirror
