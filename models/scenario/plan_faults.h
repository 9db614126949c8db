// Internal to models/scenario: what faults and changes of settings do to a deployment.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "models/scenario/draft.h"
#include "models/scenario/plan_mirror_actions.h"

namespace vpcmirror {

// Plans faults in the order of time, and finds those that contradict each other. Changes the
// draft's deployment as it goes along.
class Faults {
 public:
  // Both outlive it.
  Faults(Draft& draft, MirrorActions& mirrors) : draft_(draft), mirrors_(mirrors) {}

  // An ENI that is attached before it is detached is not there at the beginning.
  void NoteFirstAttachments(const std::vector<const TimelineSpec*>& in_order);

  struct Moment {
    Picoseconds at{};
    const std::string& path;  // of the event
  };
  std::vector<Change> Plan(const ReceiverFaultSpec& fault, const Moment& moment);
  std::vector<Change> Plan(const ScaleSpec& fault, const Moment& moment);
  std::vector<Change> Plan(const AttachmentSpec& fault, const Moment& moment);
  std::vector<Change> Plan(const SettingsChangeSpec& fault, const Moment& moment);

  // What health checks of load balancers find out, of all that was planned.
  std::vector<TimelineEvent> HealthEvents() const;
  // That a receiver that fails is one.
  void CheckReceivers(const std::set<std::size_t>& receivers);

 private:
  // False, with an error, when that was set to something else at the same moment; `of` as in
  // "MTU of web[0]".
  bool Claims(const Moment& moment, const std::string& of, const std::string& value);
  std::vector<std::size_t> CvmsNamed(const At<std::string>& name);
  std::vector<std::size_t> EnisNamed(const At<std::string>& name);
  void AssumeUnseen();
  void NoteHealth(std::size_t cvm, Picoseconds now, bool is_up);
  // As the last of the findings that were planned says; without one, as at the beginning.
  bool IsFoundHealthy(std::size_t load_balancer, std::size_t backend) const;
  void ChangeBandwidth(const SettingsChangeSpec& fault, const Moment& moment,
                       std::vector<Change>& changes);
  void ChangeMtu(const SettingsChangeSpec& fault, const Moment& moment,
                 std::vector<Change>& changes);
  // What flows there without a word of the MTU would go on to be sent.
  void CheckFramesFit(const At<Bytes>& mtu, const std::set<std::size_t>& enis);
  void ChangeGroups(const SettingsChangeSpec& fault, const Moment& moment,
                    std::vector<Change>& changes);
  void ChangeRoutes(const SettingsChangeSpec& fault, const Moment& moment,
                    std::vector<Change>& changes);

  Draft& draft_;
  MirrorActions& mirrors_;
  struct Claim {
    std::string value;
    std::string path;
  };
  std::map<std::pair<Picoseconds, std::string>, Claim> claims_;
  std::map<std::size_t, ReceiverChange> receivers_;  // by CVM, where not as at the beginning
  std::map<std::size_t, std::string> failed_paths_;  // by CVM, the first fault
  std::map<std::size_t, bool> attached_;             // by ENI
  std::map<std::pair<Picoseconds, std::size_t>, HealthChange> health_;
  std::size_t next_health_ = 0;
  std::map<std::vector<std::size_t>, RouteChange> routes_;  // by the table of each subnet
};

}  // namespace vpcmirror
