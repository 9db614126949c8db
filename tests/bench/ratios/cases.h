// The cases, in the order of the table. Each prints its rows, and throws
// std::runtime_error when a contender's answer is not what it should be.
#pragma once

namespace vpcmirror::ratios {

// 5-tuples whose headers are read, against rte_acl and bpf_filter. Requires StartDpdk.
void RaceClassifiers();
void RaceFlowCaches();
// Frames, against libtins and memcpy.
void RaceFrames();
// Bytes.
void WeighMemory();

}  // namespace vpcmirror::ratios
