#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>

#include "analysis/report/logged_traffic_report.h"
#include "analysis/report/paragraph.h"
#include "analysis/report/text_layout.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

constexpr int kIndent = 4;
constexpr int kRateDigits = 3;

std::string RateText(double bits_per_second) {
  return bits_per_second == 0
             ? "-"
             : BitRateText(BitsPerSecond(std::llround(bits_per_second)), kRateDigits);
}

std::string WithPackets(const Flux& flux) {
  return fmt::format("{}, {}", BitRateText(flux.bits_per_second),
                     PacketRateText(flux.frames_per_second));
}

std::string BytesText(double bytes) { return SizeText(Bytes(std::llround(bytes)), kRateDigits); }

std::string LengthText(std::int64_t seconds) {
  return TimeText(Picoseconds(seconds * kPicosecondsPerSecond));
}

class LoggedTrafficWriter {
 public:
  LoggedTrafficWriter(const LoggedTrafficReport& report, const TextStyle& style)
      : report_(report),
        logged_(report.logged),
        deployment_(*report.scenario->deployment),
        style_(style) {}

  std::string Write() {
    WriteIncomplete();
    if (logged_.windows.empty()) {
      Put("", "No traffic at the scenario's ENIs is in the logs.");
    } else {
      WriteSize();
      WriteReceivers();
      WriteMirrors();
      WriteEnis();
    }
    out_ += '\n';
    WriteRecords();
    WriteInterfaces();
    for (const std::string& each : LeftOutByLogs(logged_)) Put("", each);
    return std::move(out_);
  }

 private:
  void Put(std::string_view head, std::string_view text) {
    AppendLine(out_, "{}", Paragraph(head, text, style_.width, kIndent));
  }

  std::string WindowText(std::int64_t start) const {
    if (logged_.is_matrix) return "as the matrix says";
    return TimeOfDayText(start);
  }

  double MeanOf(const LoggedRate& rate) const {
    const auto seconds =
        static_cast<double>(logged_.windows.size()) * static_cast<double>(logged_.window_seconds);
    return rate.bytes * kBitsPerByte / seconds;
  }

  void WriteSize() {
    const WindowTotals& window = SizingWindow(logged_, report_.share);
    const WindowTotals& most = SizingWindow(logged_, 1);
    if (logged_.is_matrix) {
      Put("Copies: ",
          fmt::format("{}, of a traffic matrix, which has no times.", WithPackets(window.copies)));
    } else {
      const std::string line = Paragraph(
          "Copies: ",
          fmt::format("{} in the window that sizes the fleet ({}): {} from {} UTC, one of {}.",
                      WithPackets(window.copies), report_.size_at,
                      LengthText(logged_.window_seconds), TimeOfDayText(window.start),
                      CountText(static_cast<std::int64_t>(logged_.windows.size()))),
          style_.width, kIndent);
      AppendLine(out_, "{}", Painted(line, Ink::kBold, style_.color));
      Put("At most: ",
          fmt::format("{}, from {} UTC.", WithPackets(most.copies), TimeOfDayText(most.start)));
    }
    if (logged_.peak_to_mean == 1) return;
    Put("Bursts, assumed: ",
        fmt::format("{} times the mean inside a window (--burst), which is {} of copies there; all "
                    "other figures are means.",
                    SignificantText(logged_.peak_to_mean, kRateDigits),
                    BitRateText(window.copies.bits_per_second * logged_.peak_to_mean)));
  }

  struct Row {
    std::string name;
    const LoggedRate* rate = nullptr;
    std::string more = {};
  };

  void WriteRates(std::string_view title, std::vector<Row> rows) {
    constexpr std::size_t kMostRows = 10;
    if (rows.empty()) return;
    std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
      return a.rate->peak.bits_per_second > b.rate->peak.bits_per_second;
    });
    AppendLine(out_, "\n{:<32}{:>12}{:>12}  {}", title, "mean", "peak",
               logged_.is_matrix ? "" : "in the window of, UTC");
    for (std::size_t i = 0; i < std::min(rows.size(), kMostRows); ++i) {
      const Row& row = rows[i];
      constexpr std::size_t kNameColumns = 32;
      if (row.name.size() >= kNameColumns) AppendLine(out_, "{}", row.name);
      AppendLine(out_, "{:<32}{:>12}{:>12}  {}", row.name.size() >= kNameColumns ? "" : row.name,
                 RateText(MeanOf(*row.rate)), RateText(row.rate->peak.bits_per_second),
                 row.rate->peak.bits_per_second == 0 || logged_.is_matrix
                     ? ""
                     : TimeOfDayText(row.rate->peak_start));
    }
    if (rows.size() > kMostRows) {
      AppendLine(out_, "and {} more, in --format json",
                 CountText(static_cast<std::int64_t>(rows.size() - kMostRows)));
    }
  }

  void WriteReceivers() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < logged_.enis.size(); ++i) {
      if (logged_.enis[i].copies_in.bytes == 0) continue;
      rows.push_back({Printable(deployment_.enis[i].id), &logged_.enis[i].copies_in});
    }
    WriteRates("Receivers", std::move(rows));
  }

  void WriteMirrors() {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < logged_.mirrors.size(); ++i) {
      rows.push_back({Printable(report_.scenario->mirrors[i].mirror->settings().id),
                      &logged_.mirrors[i].wire});
    }
    WriteRates("Mirrors, copies on the wire", std::move(rows));
  }

  void WriteEnis() {
    std::vector<Row> out;
    std::vector<Row> in;
    std::vector<Row> copies;
    for (std::size_t i = 0; i < logged_.enis.size(); ++i) {
      const LoggedEni& eni = logged_.enis[i];
      const std::string name = Printable(deployment_.enis[i].id);
      if (eni.in.bytes > 0) in.push_back({name, &eni.in});
      if (eni.out.bytes > 0) out.push_back({name, &eni.out});
      if (eni.copies_out.bytes > 0) copies.push_back({name, &eni.copies_out});
    }
    WriteRates("ENIs, production in", std::move(in));
    WriteRates("ENIs, production out", std::move(out));
    WriteRates("ENIs, copies out", std::move(copies));
  }

  void WriteIncomplete() {
    const LoggedVolume& late = logged_.tally.late;
    if (late.records == 0) return;
    Put("Incomplete: ",
        fmt::format("{} ({}) came over {} after {} ones and {} left out of all figures. Logs "
                    "sorted by time lose none.",
                    CountedText(late.records, "record"), BytesText(late.bytes),
                    LengthText(logged_.open_seconds), logged_.is_newest_first ? "older" : "younger",
                    late.records == 1 ? "is" : "are"));
  }

  void WriteRecords() {
    const LogTally& tally = logged_.tally;
    const std::string of_traffic =
        fmt::format("({}) of traffic at ENIs of the scenario", BytesText(tally.counted.bytes));
    std::string words = tally.counted.records == tally.records
                            ? fmt::format("{} {}", CountText(tally.records), of_traffic)
                            : fmt::format("{} in all: {} {}", CountText(tally.records),
                                          CountText(tally.counted.records), of_traffic);
    const auto count = [&](std::int64_t records, std::string_view what) {
      if (records > 0) words += fmt::format("; {} {}", CountText(records), what);
    };
    const auto volume = [&](const LoggedVolume& each, std::string_view what) {
      if (each.records == 0) return;
      words += fmt::format("; {} ({}) {}", CountText(each.records), BytesText(each.bytes), what);
    };
    volume(tally.rejected, "rejected, which no mirror sees");
    count(tally.no_data, "without data");
    count(tally.skipped, "that the cloud skipped");
    volume(tally.elsewhere, "whose addresses are not the interface's");
    volume(tally.unknown, "of what the scenario does not have");
    volume(tally.undecided, "of interfaces that may be either of two ENIs (--map decides)");
    volume(tally.untimed, "without a time");
    volume(tally.late, "late");
    volume(tally.ahead, logged_.is_newest_first ? "with a clock that is far behind the others"
                                                : "with a clock that is far ahead of the others");
    Put("Records: ", words + ".");
    if (logged_.is_newest_first) Put("Order: ", "The logs are newest first, and were read so.");
    WriteOddities();
  }

  void WriteOddities() {
    const LogTally& tally = logged_.tally;
    if (tally.late_bytes > 0) {
      Put("Left out: ", fmt::format("{} of records that {} the windows that were open, the {} {}.",
                                    BytesText(tally.late_bytes),
                                    logged_.is_newest_first ? "ended after" : "began before",
                                    logged_.is_newest_first ? "first" : "last",
                                    LengthText(logged_.open_seconds)));
    }
    if (tally.backwards > 0) {
      Put("Clocks: ",
          tally.backwards == 1
              ? std::string("1 record ends before it starts; it is taken to pass at its start.")
              : fmt::format("{} end before they start; they are taken to pass at their start.",
                            CountedText(tally.backwards, "record")));
    }
    if (tally.without_packets > 0) {
      Put("Packets: ", fmt::format("{} {} not say how many; packets of {} bytes are assumed.",
                                   CountedText(tally.without_packets, "record"),
                                   tally.without_packets == 1 ? "does" : "do", kAssumedPacket));
    }
    if (tally.bad_lines == 0) return;
    Put("No records: ",
        fmt::format("{}{}", CountedText(tally.bad_lines, "line"),
                    tally.bad_lines > static_cast<std::int64_t>(tally.told_lines.size())
                        ? ", the first of them:"
                        : ":"));
    for (const std::string& line : tally.told_lines) Put("    ", line);
  }

  void WriteInterfaces() {
    constexpr std::size_t kMostMapped = 10;
    for (std::size_t i = 0; i < std::min(logged_.mapped.size(), kMostMapped); ++i) {
      const MappedInterface& each = logged_.mapped[i];
      Put("Interface: ", fmt::format("{} is {}, by {}.", each.id, deployment_.enis[each.eni].id,
                                     each.by_rule ? "--map" : "its address"));
    }
    if (logged_.mapped.size() > kMostMapped) {
      Put("Interface: ",
          fmt::format("{} more found by address or --map (--format json).",
                      CountText(static_cast<std::int64_t>(logged_.mapped.size() - kMostMapped))));
    }
    for (const std::string& each : logged_.unused_rules) {
      Put("Interface: ", fmt::format("--map names {}, and no record is of it.", each));
    }
    if (logged_.unknown.empty()) return;
    std::string words;
    for (const UnknownInterface& each : logged_.unknown) {
      words +=
          fmt::format("{}{} ({}, {})", words.empty() ? "" : "; ", each.id,
                      BytesText(each.volume.bytes), CountedText(each.volume.records, "record"));
    }
    const std::int64_t more =
        logged_.unknown_interfaces - static_cast<std::int64_t>(logged_.unknown.size());
    if (more > 0) words += fmt::format("; and {} more", CountText(more));
    Put("Not in the scenario: ", words + ". --map ID=HOST says which ENI one is.");
  }

  const LoggedTrafficReport& report_;
  const LoggedTraffic& logged_;
  const Deployment& deployment_;
  TextStyle style_;
  std::string out_;
};

}  // namespace

std::string TimeOfDayText(std::int64_t seconds) {
  const std::chrono::sys_seconds time{std::chrono::seconds(seconds)};
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::vector<std::string> LeftOutByLogs(const LoggedTraffic& logged) {
  std::vector<std::string> sentences = {
      "Flow logs leave out what clouds do not log, such as mirrored traffic itself, DHCP, the "
      "metadata and time services and Windows activation: copies are reckoned from the "
      "originals."};
  if (!logged.is_matrix) {
    sentences.push_back(fmt::format(
        "Rates are means over {}{}: bursts inside are not in a log.{}",
        LengthText(logged.window_seconds), logged.is_window_given ? "" : ", the logs' own interval",
        logged.peak_to_mean == 1 ? " --burst peak-to-mean=N assumes some." : ""));
  }
  sentences.push_back(
      "A record has one frame length, its mean: what truncation or an MTU cuts is judged by it.");
  return sentences;
}

std::string LoggedTrafficText(const LoggedTrafficReport& report, const TextStyle& style) {
  return LoggedTrafficWriter(report, style).Write();
}

}  // namespace vpcmirror
