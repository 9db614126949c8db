// Whether the interfaces of this host come, go, or change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "models/units/quantity.h"
#include "sim/live/descriptor.h"

namespace vpcmirror::sim {

enum class LinkState : std::uint8_t { kUp, kDown, kGone };

struct Link {
  int index = 0;  // 0: there is none
  LinkState state = LinkState::kGone;
};
// The interface of that name, in this network namespace.
Link FindLink(const std::string& name);
// Of its IP packets; empty: there is none, or it has no MTU.
std::optional<Bytes> MtuOf(const std::string& name);

// The kernel's announcements of changes to any interface of this network namespace.
class LinkWatch {
 public:
  // Throws std::runtime_error.
  LinkWatch();

  int descriptor() const { return socket_.number(); }
  // Takes what has been announced. Never waits.
  void Drain();

 private:
  Descriptor socket_;
};

}  // namespace vpcmirror::sim
