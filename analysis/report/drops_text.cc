#include "analysis/report/drops_text.h"

#include "analysis/report/text_layout.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {

void AppendDrops(std::string& out, const DropCounts& drops, std::int64_t of_frames) {
  for (const auto& [reason, count] : drops) {
    if (count.frames == 0) continue;
    const Loss share{count.frames, of_frames};
    AppendLine(out, "  dropped by {}: {} frames ({}), {}", reason, CountText(count.frames),
               PercentText(share.fraction()), SizeText(count.bytes));
  }
}

}  // namespace vpcmirror
