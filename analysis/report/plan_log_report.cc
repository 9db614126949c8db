#include "analysis/report/plan_log_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "analysis/report/logged_traffic_report.h"
#include "analysis/report/plan_words.h"
#include "analysis/report/text_layout.h"
#include "analysis/report/verdict.h"
#include "analysis/words/counted.h"
#include "analysis/words/quantities.h"

namespace vpcmirror {
namespace {

std::string RateWords(const Flux& flux) {
  return BitRateText(flux.bits_per_second) + ", " + PacketRateText(flux.frames_per_second);
}

std::string CountOf(std::size_t count) { return CountText(static_cast<std::int64_t>(count)); }

std::string WindowWords(const PlannedLog& log) {
  const LoggedTraffic& logged = log.logged;
  const WindowTotals& totals = log.window.totals;
  const std::string rates =
      fmt::format("{} of copies; production at all ENIs: {} in, {} out", RateWords(totals.copies),
                  BitRateText(totals.in.bits_per_second), BitRateText(totals.out.bits_per_second));
  if (logged.is_matrix) {
    return fmt::format(
        "Traffic: of a matrix, which has no times, in the place of the workloads. {}.", rates);
  }
  return fmt::format(
      "Traffic: of {}, in the place of the workloads. The window that sizes the fleet "
      "({}) is that of rank {} among {} by the rate of copies: {} s, from {} to {} UTC. {}.",
      Counted(logged.files.size(), "flow log"), log.window.at, CountOf(log.window.rank),
      CountOf(logged.windows.size()), logged.window_seconds, TimeOfDayText(totals.start),
      TimeOfDayText(totals.start + logged.window_seconds), rates);
}

std::string BurstWords(const PlannedLog& log) {
  constexpr int kRateDigits = 4;
  const double ratio = log.logged.peak_to_mean;
  if (ratio == 1) {
    return "Bursts: assumed to be none. A log does not tell what happens inside a window; --burst "
           "peak-to-mean=N plans for N times its rates.";
  }
  return fmt::format(
      "Bursts, assumed: rates peak at {} times their mean in the window, all at once (--burst). "
      "That is planned for: {} of copies.",
      SignificantText(ratio, kRateDigits), RateWords(log.window.totals.copies * ratio));
}

std::string RecordWords(const PlannedLog& log) {
  const LogTally& tally = log.logged.tally;
  std::string words = fmt::format("Records: {}, {} of traffic at ENIs of the scenario",
                                  CountText(tally.records), CountText(tally.counted.records));
  const auto add = [&](std::int64_t records, std::string_view what) {
    if (records > 0) words += fmt::format("; {} {}", CountText(records), what);
  };
  add(tally.rejected.records, "rejected");
  add(tally.unknown.records, "of what it does not have");
  add(tally.undecided.records, "of interfaces that may be either end");
  add(tally.late.records, "too late");
  add(tally.bad_lines, "lines are no records");
  words += fmt::format(". {} at ENIs in the window", CountedText(log.flows, "flow"));
  if (log.reckoned < log.flows) {
    words += fmt::format(", small ones put together to {}", CountOf(log.reckoned));
  }
  return words + ". vpcmirror traffic tells more.";
}

std::string TriedWords(const TriedWindow& window) {
  const Outline& outline = window.outline;
  std::string words =
      fmt::format("{} UTC ({}", TimeOfDayText(window.totals.start), ToString(outline.verdict));
  if (!outline.because.empty()) words += ": " + outline.because;
  return words + ")";
}

std::string BusiestWords(const TriedWindow& busiest, bool is_matrix) {
  if (is_matrix) return "";  // of no time
  const Outline& outline = busiest.outline;
  return fmt::format(" The most copies ({}) are in that of {} UTC: {}, margin {}.",
                     BitRateText(busiest.totals.copies.bits_per_second),
                     TimeOfDayText(busiest.totals.start), ToString(outline.verdict),
                     MarginText(outline.margin));
}

// Of windows that do not all fit.
std::string FirstAndWorstWords(const LogCourse& course) {
  const TriedWindow& first = course.told.front();
  const TriedWindow& worst = *course.worst;
  if (first.totals.start != worst.totals.start) {
    return fmt::format(" The first begins at {}, the worst at {}.", TriedWords(first),
                       TriedWords(worst));
  }
  const bool is_alone = course.at_risk + course.does_not_fit == 1;
  return fmt::format(" {} begins at {}.", is_alone ? "It" : "The first, which is the worst,",
                     TriedWords(worst));
}

std::string CourseWords(const LogCourse& course, bool is_matrix) {
  const std::string busiest = course.busiest ? BusiestWords(*course.busiest, is_matrix) : "";
  if (course.at_risk + course.does_not_fit == 0) {
    return fmt::format("Every window fits: {}.{}", CountOf(course.windows), busiest);
  }
  std::string words = fmt::format(
      "Of {}, those that do not fit are {} and those at risk {}; production is lost in {}, copies "
      "in {}.",
      CountedText(course.windows, "window"), CountOf(course.does_not_fit), CountOf(course.at_risk),
      CountOf(course.loses_production), CountOf(course.loses_copies));
  if (!is_matrix) words += FirstAndWorstWords(course);
  return words + busiest;
}

std::string FoundWords(const PlannedLog& log) {
  constexpr std::size_t kShown = 5;
  std::string words = "Interfaces found: ";
  for (std::size_t i = 0; i < std::min(kShown, log.found.size()); ++i) {
    const FoundInterface& each = log.found[i];
    words += fmt::format("{}{} is {}, by {}", i == 0 ? "" : "; ", each.id, each.eni,
                         each.by_rule ? "--map" : "its address");
  }
  if (log.found.size() > kShown) {
    words += fmt::format("; and {} more", CountOf(log.found.size() - kShown));
  }
  return words + ".";
}

std::string UnknownWords(const PlannedLog& log) {
  std::string words = "Not in the scenario, and left out: ";
  const std::vector<UnknownInterface>& unknown = log.logged.unknown;
  for (std::size_t i = 0; i < unknown.size(); ++i) {
    const LoggedVolume& volume = unknown[i].volume;
    words += fmt::format("{}{} ({})", i == 0 ? "" : "; ", unknown[i].id,
                         CountedText(volume.records, "record"));
  }
  const std::int64_t more =
      log.logged.unknown_interfaces - static_cast<std::int64_t>(unknown.size());
  if (more > 0) words += fmt::format("; and {} more", CountText(more));
  return words + ". --map ID=HOST says which ENI one is.";
}

nlohmann::ordered_json WindowJson(const WindowTotals& totals, std::int64_t seconds) {
  return {{"start", totals.start},
          {"end", totals.start + seconds},
          {"in_bps", totals.in.bits_per_second},
          {"in_pps", totals.in.frames_per_second},
          {"out_bps", totals.out.bits_per_second},
          {"out_pps", totals.out.frames_per_second},
          {"copies_bps", totals.copies.bits_per_second},
          {"copies_pps", totals.copies.frames_per_second}};
}

nlohmann::ordered_json RankedJson(const RankedWindow& window, std::int64_t seconds) {
  nlohmann::ordered_json json = {{"at", window.at}, {"rank", window.rank}};
  json.update(WindowJson(window.totals, seconds));
  return json;
}

nlohmann::ordered_json CourseJson(const std::optional<LogCourse>& course, std::int64_t seconds,
                                  OutlineToJson outline_json) {
  if (!course) return nullptr;
  const auto tried = [&](const TriedWindow& window) {
    nlohmann::ordered_json json = WindowJson(window.totals, seconds);
    json["then"] = outline_json(window.outline);
    return json;
  };
  nlohmann::ordered_json json = {{"windows", course->windows},
                                 {"does_not_fit", course->does_not_fit},
                                 {"at_risk", course->at_risk},
                                 {"loses_production", course->loses_production},
                                 {"loses_copies", course->loses_copies}};
  json["worst"] = course->worst ? tried(*course->worst) : nlohmann::ordered_json(nullptr);
  json["busiest"] = course->busiest ? tried(*course->busiest) : nlohmann::ordered_json(nullptr);
  json["told"] = nlohmann::ordered_json::array();
  for (const TriedWindow& each : course->told) json["told"].push_back(tried(each));
  json["not_told"] = course->not_told();
  return json;
}

nlohmann::ordered_json LogRecordsJson(const LogTally& tally) {
  return {{"read", tally.records},
          {"counted", tally.counted.records},
          {"rejected", tally.rejected.records},
          {"unknown", tally.unknown.records},
          {"undecided", tally.undecided.records},
          {"late", tally.late.records},
          {"bad_lines", tally.bad_lines}};
}

}  // namespace

std::vector<std::string> LogWords(const PlannedLog& log) {
  std::vector<std::string> all;
  if (const LoggedVolume& late = log.logged.tally.late; late.records > 0) {
    all.push_back(
        fmt::format("Incomplete: {} came too late for their window and are left out of "
                    "this plan; sort "
                    "the logs by time, or give each its own file.",
                    CountedText(late.records, "record")));
  }
  all.insert(all.end(), {WindowWords(log), BurstWords(log), RecordWords(log)});
  if (log.course) all.push_back(CourseWords(*log.course, log.logged.is_matrix));
  if (!log.found.empty()) all.push_back(FoundWords(log));
  if (!log.logged.unknown.empty()) all.push_back(UnknownWords(log));
  return all;
}

std::vector<std::vector<std::string>> LogTable(const PlannedLog& log) {
  std::vector<std::vector<std::string>> rows = {
      {"window", "rank", "from (UTC)", "copies", "verdict", "margin"}};
  for (const WindowOutline& each : log.windows) {
    const WindowTotals& totals = each.window.totals;
    rows.push_back({each.window.at, CountOf(each.window.rank), TimeOfDayText(totals.start),
                    BitRateText(totals.copies.bits_per_second),
                    std::string(ToString(each.outline.verdict)), MarginText(each.outline.margin)});
  }
  return rows;
}

nlohmann::ordered_json LogJson(const std::optional<PlannedLog>& log, OutlineToJson outline_json) {
  using Json = nlohmann::ordered_json;
  if (!log) return nullptr;
  const LoggedTraffic& logged = log->logged;
  Json json = {{"files", logged.files},
               {"matrix", logged.is_matrix},
               {"window_seconds", logged.window_seconds},
               {"windows", logged.windows.size()},
               {"sized_at", RankedJson(log->window, logged.window_seconds)},
               {"peak_to_mean", logged.peak_to_mean},
               {"flows", log->flows},
               {"flows_reckoned", log->reckoned},
               {"records", LogRecordsJson(logged.tally)}};
  json["compared"] = Json::array();
  for (const WindowOutline& each : log->windows) {
    Json window = RankedJson(each.window, logged.window_seconds);
    window["then"] = outline_json(each.outline);
    json["compared"].push_back(std::move(window));
  }
  json["every_window"] = CourseJson(log->course, logged.window_seconds, outline_json);
  json["found"] = Json::array();
  for (const FoundInterface& each : log->found) {
    json["found"].push_back(
        {{"id", each.id}, {"eni", each.eni}, {"by", each.by_rule ? "rule" : "address"}});
  }
  json["unknown_interfaces"] = logged.unknown_interfaces;
  json["unknown"] = Json::array();
  for (const UnknownInterface& each : logged.unknown) {
    json["unknown"].push_back(
        {{"id", each.id}, {"records", each.volume.records}, {"bytes", each.volume.bytes}});
  }
  return json;
}

}  // namespace vpcmirror
