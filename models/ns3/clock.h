// Simulated time in the models' unit and back.
#pragma once

#include <ns3/nstime.h>
#include <ns3/simulator.h>

#include "models/units/quantity.h"

namespace vpcmirror {

inline Picoseconds FromTime(const ns3::Time& time) { return Picoseconds(time.GetPicoSeconds()); }

// Rounded to the program's time resolution. Requires time >= 0.
inline ns3::Time ToTime(Picoseconds time) {
  return ns3::PicoSeconds(static_cast<std::uint64_t>(time.count()));
}

inline Picoseconds SimulatedNow() { return FromTime(ns3::Simulator::Now()); }

}  // namespace vpcmirror
