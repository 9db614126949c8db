// What a reader is shown of one run, plan, sweep, check or diff, in the order of reading. All
// formats are written from this one value, so that no figure is reckoned twice.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "models/scenario/assertion.h"

namespace vpcmirror {

// Outputs say it by a sign or a word, never by colour alone.
enum class Tone : std::uint8_t { kPlain, kGood, kWarning, kBad };

struct Value {
  std::string text;              // as people read it: "3.067 Gbps"
  std::optional<double> number;  // as programs do, in the unit of its key; empty: words, or none
  Tone tone = Tone::kPlain;
};

enum class Role : std::uint8_t {
  kFigure,
  kId,     // tells rows apart; of several, all together
  kWords,  // says more about a row
};

struct Column {
  std::string key;    // "used_bps", its unit at the end, as in result.json
  std::string title;  // "Used"
  Role role = Role::kFigure;
};

struct Table {
  std::string key;      // "hosts"; of all tables of a report, one
  std::string title;    // "Hosts"
  std::string caption;  // may be empty
  std::vector<Column> columns;
  std::vector<std::vector<Value>> rows;  // a value a column
};

// A stretch of a common axis.
struct Bar {
  std::string label;
  std::string detail;  // behind the label, smaller
  double from = 0;
  double to = 0;
  std::string text;  // what the stretch says
  Tone tone = Tone::kPlain;
};

struct Bars {
  std::string title;
  std::string caption;
  std::optional<double> mark;  // a line across all of them: a limit
  std::string mark_text;       // "limit"
  std::vector<Bar> bars;
};

struct ChartLine {
  std::string name;
  bool is_limit = false;
  std::vector<double> values;  // a value an x; not a number: none there
  // Around each value, where it is uncertain; empty otherwise.
  std::vector<double> low;
  std::vector<double> high;
};

struct LineChart {
  std::string key;
  std::string title;
  std::string caption;
  std::string x_title;  // "seconds of the run"
  FigureUnit unit = FigureUnit::kNumber;
  std::vector<double> x;  // ascending
  std::vector<ChartLine> lines;
};

// A box of a diagram.
struct DiagramNode {
  std::string label;
  std::vector<std::string> details;  // a line each
  int column = 0;                    // from the left
  std::string frame;                 // what it lies in: "VPC prod, subnet web"; may be empty
  Tone tone = Tone::kPlain;
};

// From box to box, as wide as its rate.
struct DiagramBand {
  std::size_t from = 0;  // of the diagram's nodes
  std::size_t to = 0;
  double rate = 0;  // bits/s that set out
  double lost = 0;  // of them
  std::string text;
};

struct Diagram {
  std::string key;
  std::string title;
  std::string caption;
  std::vector<std::string> columns;  // their titles
  std::vector<DiagramNode> nodes;
  std::vector<DiagramBand> bands;
};

struct HeatMap {
  bool more_is_worse = true;  // and shaded the more
  std::string title;
  std::string caption;
  std::string x_title;
  std::string y_title;
  std::vector<std::string> x;
  std::vector<std::string> y;
  std::vector<std::vector<Value>> cells;  // by y, then by x
};

struct Remark {
  std::string text;
  Tone tone = Tone::kPlain;
};

// As it stands in a file, spaces and ends of lines kept.
struct Listing {
  std::string text;
};

using ReportPart = std::variant<Remark, Listing, Table, Bars, LineChart, Diagram, HeatMap>;

struct Section {
  std::string key;  // "hosts"; of all sections of a report, one
  std::string title;
  std::vector<ReportPart> blocks;
};

struct Headline {
  std::string key;  // "egress_bps"
  std::string title;
  Value with;                    // the mirror
  std::optional<Value> without;  // it; empty: not known, or no such thing
  std::string difference;        // may be empty
  std::string rests_on;          // empty: on what Report::figures_rest_on says
};

struct Report {
  std::string kind;   // "Run"
  std::string title;  // the scenario's name
  std::string description;
  std::string verdict;  // "DOES NOT FIT"
  Tone tone = Tone::kPlain;
  std::string because;              // the sentence behind the verdict
  std::vector<Remark> remarks;      // that every reader has to know: cut short, notes
  std::optional<Bars> bottlenecks;  // the tightest three
  std::vector<Headline> headlines;
  std::string figures_rest_on;  // "Counted, packet by packet."
  std::vector<Section> sections;
  // What it takes to get the same again.
  std::vector<std::pair<std::string, std::string>> provenance;  // "Seed", "1"
  std::string command;
};

// A table as a section of its own; nothing where it has no rows.
void AddSection(Report& report, Table table);

}  // namespace vpcmirror
