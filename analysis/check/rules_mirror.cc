// Rules about one mirror by itself.
#include "analysis/check/rules.h"

namespace vpcmirror {

void FindStoppedMirrors(const CheckContext& context, std::vector<Finding>& findings) {
  for (const PlacedMirror& placed : context.valid.mirrors) {
    const MirrorSettings& settings = placed.mirror->settings();
    if (settings.state == MirrorState::kRunning || placed.sources.empty()) continue;
    Finding finding;
    finding.subject = {"mirror", settings.id};
    finding.path = placed.path;
    finding.message = "mirror " + settings.id + " is stopped: it sends no copy";
    finding.fix = "start it, or leave it out";
    findings.push_back(std::move(finding));
  }
}

}  // namespace vpcmirror
