// A flow as every JSON output has it.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "models/wire/flow_key.h"

namespace vpcmirror {

inline std::string_view PortsWord(Ports ports) {
  switch (ports) {
    case Ports::kKnown:
      return "known";
    case Ports::kNotInProtocol:
      return "not_in_protocol";
    case Ports::kLaterFragment:
      return "later_fragment";
    case Ports::kNotCaptured:
      return "not_captured";
  }
  return "";
}

inline nlohmann::ordered_json FlowJson(const FlowKey& flow) {
  using Json = nlohmann::ordered_json;
  const bool known = flow.ports == Ports::kKnown;
  return {{"source", ToString(flow.source)},
          {"destination", ToString(flow.destination)},
          {"protocol", flow.protocol},
          {"ports", PortsWord(flow.ports)},
          {"source_port", known ? Json(flow.source_port) : Json(nullptr)},
          {"destination_port", known ? Json(flow.destination_port) : Json(nullptr)}};
}

}  // namespace vpcmirror
