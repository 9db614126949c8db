// What the program's exit status says; scripts rely on it.
#pragma once

namespace vpcmirror::sim {

inline constexpr int kFine = 0;
inline constexpr int kFindings = 1;  // in what check was asked about
inline constexpr int kBadInput = 2;  // or bad usage, or a file that cannot be written
inline constexpr int kAssertionMissed = 3;
inline constexpr int kOurBug = 70;    // sysexits.h: EX_SOFTWARE
inline constexpr int kStopped = 130;  // as a shell reports a program that Ctrl-C ended

}  // namespace vpcmirror::sim
