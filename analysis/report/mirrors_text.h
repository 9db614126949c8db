// What became of the frames that mirrors were offered, as a table on a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "analysis/report/text_layout.h"
#include "models/mirror/ledger.h"
#include "models/scenario/run_result.h"

namespace vpcmirror {

inline constexpr int kLedgerWordColumns = 36;  // in front of the numbers of a row

// "Mirrors                frames         bytes       share", of that title.
std::string LedgerTitle(std::string_view title, const TextStyle& style);
// Frames and bytes behind words; the share of `of` as well unless that is null. Ends in a newline.
std::string LedgerRow(std::string_view words, const Count& count, const Count* of = nullptr);

// A title, then each mirror with what was offered and what became of it, reasons without a
// frame left out. Ends in a newline.
std::string MirrorsText(const std::vector<MirrorResult>& mirrors, const TextStyle& style);
// Of one mirror, without the title.
std::string MirrorText(const MirrorResult& mirror, const TextStyle& style);

}  // namespace vpcmirror
