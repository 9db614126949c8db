// The elements of the lists of result.json that grow with the estate, read one by one.
#pragma once

#include "analysis/report/result_fields.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Each takes all members and throws ResultFault where one is not as the writer has it.
HostResult ReadHost(ResultFields& fields);
EniResult ReadEni(ResultFields& fields);
MirrorResult ReadMirror(ResultFields& fields);
ReceiverResult ReadReceiver(ResultFields& fields);
LoadBalancerResult ReadLoadBalancer(ResultFields& fields);
TcpResult ReadTcp(ResultFields& fields);
ReplicatedFigure ReadReplicatedFigure(ResultFields& fields);
SeriesObject ReadSeriesObject(ResultFields& fields);

// `prefix` is "" or ends with "_", as the writer's.
Load ReadLoad(ResultFields& fields, const std::string& prefix);
Count ReadCount(ResultFields& fields, const std::string& prefix);
DelayResult ReadDelay(ResultFields& parent, std::string_view key);

}  // namespace vpcmirror
