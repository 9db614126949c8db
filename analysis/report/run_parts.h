// The sections of a run's report.
#pragma once

#include <vector>

#include "analysis/report/report.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

// Copies from their sources through mirrors to receivers, alike hosts as one box.
Diagram CopiesDiagram(const RunResult& result);

// What happened from bin to bin to all together and to the tightest; empty without a series.
std::vector<ReportPart> SeriesCharts(const RunResult& result);

Table HostTable(const RunResult& result);
Table EniTable(const RunResult& result);
Table ReceiverTable(const RunResult& result);
Table LoadBalancerTable(const RunResult& result);
// Where the copies of each mirror went.
Table MirrorTable(const RunResult& result);
// What was lost, by reason and where.
Table LossTable(const RunResult& result);
Table DelayTable(const RunResult& result);
Table TcpTable(const RunResult& result);
Table TimelineTable(const RunResult& result);
Table AssertionTable(const RunResult& result);
Table AssumptionTable(const std::vector<Assumption>& assumptions);
Table ReplicationTable(const RunResult& result);
Table DisciplineTable(const RunResult& result);

}  // namespace vpcmirror
