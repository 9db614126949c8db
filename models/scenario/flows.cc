#include "models/scenario/flows.h"

namespace vpcmirror {

FlowKey FlowOf(const Workload& workload, const Stream& stream, int index) {
  const int client_ports = workload.client_ports.last - workload.client_ports.first + 1;
  const auto client =
      static_cast<std::uint16_t>(workload.client_ports.first + index % client_ports);
  FlowKey flow{.source = stream.from.address,
               .destination = stream.to.address,
               .source_port = stream.from_is_client ? client : workload.server_port,
               .destination_port = stream.from_is_client ? workload.server_port : client,
               .protocol = workload.protocol,
               .ports = Ports::kKnown};
  if (workload.protocol == kProtocolIcmp) {
    flow.source_port = flow.destination_port = 0;
    flow.ports = Ports::kNotInProtocol;
  }
  return flow;
}

}  // namespace vpcmirror
