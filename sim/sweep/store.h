// The results of a sweep in one SQLite file, each as soon as it is there.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/sweep/outcome.h"

namespace vpcmirror::sim {

// The file could not be read or written; what() names it and says why.
class StoreException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The file is there, and not as it was written: only a new one helps.
class DamagedStoreException : public StoreException {
 public:
  using StoreException::StoreException;
};

// The results that are there are of another program, scenario or sweep; what() says which.
class MixException : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What all results of one file have in common, by name, in the order in which a difference is
// told: {"program", "vpcmirror 0.1.0"}.
using Identity = std::vector<std::pair<std::string, std::string>>;

// One run: of which point, and which replication of it. From 0 and from 1 on.
struct RunKey {
  std::size_t point = 0;
  int replication = 1;

  friend auto operator<=>(const RunKey&, const RunKey&) = default;
};

struct StoredRun {
  RunKey key;
  Outcome outcome;
};

// A file with a table `runs`, a row a run, and a table `about` with the identity. It may be read
// by others while it is written (WAL). All members throw StoreException.
class SweepStore {
 public:
  struct Columns {
    std::vector<std::string> keys;     // what is varied
    std::vector<std::string> figures;  // of Outcome::figures, in this order
  };

  // Makes the file, or opens it where it is there. Throws MixException when it holds results of
  // another identity.
  SweepStore(std::string file, const Identity& identity, Columns columns);
  ~SweepStore();
  SweepStore(const SweepStore&) = delete;
  SweepStore& operator=(const SweepStore&) = delete;

  // Runs that need not be run again: those that are done, or failed.
  std::set<RunKey> Settled() const;

  // Of any point; 0 without any row.
  int MostReplications() const;

  // In place of what is known of this run. `values` are those of Columns::keys. On disk when it
  // returns as far as the system's word goes; a process that dies loses nothing.
  void Put(const RunKey& key, const std::vector<std::string>& values, const Outcome& outcome);

  // All rows, by point and replication.
  void ForEach(const std::function<void(const StoredRun&)>& look) const;

 private:
  class Statement;
  struct Closer {
    void operator()(void* database) const;
  };

  void* OpenFile() const;
  void Execute(const std::string& sql) const;
  void CreateTables();
  void WriteIdentity(const Identity& identity);
  void CheckIdentity(const Identity& identity) const;
  [[noreturn]] void Fail(std::string_view doing) const;

  std::string file_;
  Columns columns_;
  std::unique_ptr<void, Closer> database_;
};

}  // namespace vpcmirror::sim
