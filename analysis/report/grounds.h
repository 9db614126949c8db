// What headline figures rest on, so that a reader knows which of them to ask about.
#pragma once

#include <string>

#include "models/scenario/run_result.h"

namespace vpcmirror {

// Each is like "documented: limits of instance types; assumed: congestion=shared_random; yours:
// workloads". An assumption that the scenario overrides is the reader's own; one that the result
// does not have is documented of its cloud.
std::string EgressGrounds(const RunResult& result);          // what leaves the sources
std::string ProductionLossGrounds(const RunResult& result);  // and delays
std::string CopyLossGrounds(const RunResult& result);        // and what receivers are needed for
std::string CoverageGrounds(const RunResult& result);
std::string CoreGrounds(const RunResult& result);  // vCPUs of sources

}  // namespace vpcmirror
