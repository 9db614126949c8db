#include "sim/sweep/store.h"

#include <sqlite3.h>

#include <cstdint>
#include <iterator>
#include <type_traits>
#include <variant>

namespace vpcmirror::sim {
namespace {

constexpr int kSchemaVersion = 1;          // PRAGMA user_version
constexpr int kBusyMilliseconds = 10'000;  // that a reader may hold the file

sqlite3* Sqlite(void* database) { return static_cast<sqlite3*>(database); }

// As an SQL identifier.
std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

// Names that no key, which begins with a slash, and no figure has.
constexpr const char* kOwnColumns[] = {"point", "replication", "status", "error", "wall_seconds"};

RunStatus StatusOf(std::string_view text) {
  for (const RunStatus status : {RunStatus::kDone, RunStatus::kFailed}) {
    if (text == ToString(status)) return status;
  }
  return RunStatus::kLost;
}

}  // namespace

void SweepStore::Closer::operator()(void* database) const { sqlite3_close_v2(Sqlite(database)); }

void SweepStore::Fail(std::string_view doing) const {
  const int code = sqlite3_extended_errcode(Sqlite(database_.get()));
  const std::string why = sqlite3_errmsg(Sqlite(database_.get()));
  const std::string what = "cannot " + std::string(doing) + " " + file_ + ": ";
  switch (code & 0xff) {  // without what SQLite knows more exactly
    case SQLITE_FULL:
      throw StoreException(what + "the disk is full: make room there");
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      throw DamagedStoreException(what + "it is damaged or no file of a sweep (" + why +
                                  "): move it away and sweep again without --resume, or give "
                                  "another --out");
    case SQLITE_READONLY:
    case SQLITE_PERM:
      throw StoreException(what + "it may not be written (" + why + "): mend its permissions");
    default:
      throw StoreException(what + why);
  }
}

// Steps through the rows of one SQL statement.
class SweepStore::Statement {
 public:
  Statement(const SweepStore& store, const std::string& sql) : store_(store) {
    if (sqlite3_prepare_v2(Sqlite(store.database_.get()), sql.c_str(), -1, &statement_, nullptr) !=
        SQLITE_OK) {
      store_.Fail("read");
    }
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  void Bind(const Cell& cell) {
    ++bound_;
    std::visit(
        [this](const auto& value) {
          using Value = std::decay_t<decltype(value)>;
          if constexpr (std::is_same_v<Value, std::int64_t>) {
            sqlite3_bind_int64(statement_, bound_, value);
          } else if constexpr (std::is_same_v<Value, double>) {
            sqlite3_bind_double(statement_, bound_, value);
          } else if constexpr (std::is_same_v<Value, std::string>) {
            sqlite3_bind_text(statement_, bound_, value.data(), static_cast<int>(value.size()),
                              SQLITE_TRANSIENT);
          }
        },
        cell);
  }

  // False behind the last row.
  bool Next(std::string_view doing) {
    const int stepped = sqlite3_step(statement_);
    if (stepped != SQLITE_ROW && stepped != SQLITE_DONE) store_.Fail(doing);
    return stepped == SQLITE_ROW;
  }

  Cell At(int column) const {
    switch (sqlite3_column_type(statement_, column)) {
      case SQLITE_INTEGER:
        return std::int64_t{sqlite3_column_int64(statement_, column)};
      case SQLITE_FLOAT:
        return sqlite3_column_double(statement_, column);
      case SQLITE_NULL:
        return std::monostate{};
      default:
        return Text(column);
    }
  }

  std::int64_t Whole(int column) const { return sqlite3_column_int64(statement_, column); }

  std::string Text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
    return text == nullptr ? "" : std::string(text, size);
  }

 private:
  const SweepStore& store_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

void* SweepStore::OpenFile() const {
  sqlite3* database = nullptr;
  constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int opened = sqlite3_open_v2(file_.c_str(), &database, kFlags, nullptr);
  if (opened != SQLITE_OK) {
    const std::string why = sqlite3_errstr(opened);
    sqlite3_close_v2(database);
    throw StoreException("cannot open " + file_ + ": " + why);
  }
  return database;
}

SweepStore::SweepStore(std::string file, const Identity& identity, Columns columns)
    : file_(std::move(file)), columns_(std::move(columns)), database_(OpenFile()) {
  sqlite3_busy_timeout(Sqlite(database_.get()), kBusyMilliseconds);
  // In WAL a commit is there for whoever comes after a process that died; syncing at each would
  // guard against a machine that loses power, and cost more than a short run takes.
  Execute("PRAGMA journal_mode=WAL");
  Execute("PRAGMA synchronous=NORMAL");
  Statement version(*this, "PRAGMA user_version");
  version.Next("read");
  if (version.Whole(0) == kSchemaVersion) {
    CheckIdentity(identity);
    return;
  }
  Statement tables(*this, "SELECT count(*) FROM sqlite_master");
  tables.Next("read");
  if (version.Whole(0) != 0 || tables.Whole(0) != 0) {
    throw MixException(file_ + " is no sweep that this vpcmirror wrote");
  }
  Execute("BEGIN");
  CreateTables();
  WriteIdentity(identity);
  Execute("PRAGMA user_version=" + std::to_string(kSchemaVersion));
  Execute("COMMIT");
}

SweepStore::~SweepStore() = default;

void SweepStore::Execute(const std::string& sql) const {
  if (sqlite3_exec(Sqlite(database_.get()), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    Fail("write");
  }
}

void SweepStore::CreateTables() {
  Execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  std::string columns =
      "point INTEGER, replication INTEGER, status TEXT, error TEXT, "
      "wall_seconds REAL";
  for (const std::string& key : columns_.keys) columns += ", " + Quoted(key);
  for (const std::string& figure : columns_.figures) columns += ", " + Quoted(figure);
  Execute("CREATE TABLE runs (" + columns + ", PRIMARY KEY (point, replication)) WITHOUT ROWID");
}

void SweepStore::WriteIdentity(const Identity& identity) {
  for (const auto& [name, value] : identity) {
    Statement insert(*this, "INSERT INTO about VALUES (?, ?)");
    insert.Bind(name);
    insert.Bind(value);
    insert.Next("write");
  }
}

void SweepStore::CheckIdentity(const Identity& identity) const {
  std::map<std::string, std::string> stored;
  Statement rows(*this, "SELECT name, value FROM about");
  while (rows.Next("read")) stored[rows.Text(0)] = rows.Text(1);
  for (const auto& [name, value] : identity) {
    if (stored[name] == value) continue;
    throw MixException(file_ + " holds results of another " + name + " (" + stored[name] +
                       ", and this is " + value + ")");
  }
}

std::set<RunKey> SweepStore::Settled() const {
  std::set<RunKey> settled;
  Statement rows(*this, "SELECT point, replication FROM runs WHERE status IN ('done', 'failed')");
  while (rows.Next("read")) {
    settled.insert({static_cast<std::size_t>(rows.Whole(0)), static_cast<int>(rows.Whole(1))});
  }
  return settled;
}

int SweepStore::MostReplications() const {
  Statement most(*this, "SELECT coalesce(max(replication), 0) FROM runs");
  most.Next("read");
  return static_cast<int>(most.Whole(0));
}

void SweepStore::Put(const RunKey& key, const std::vector<std::string>& values,
                     const Outcome& outcome) {
  std::string places = "?";
  const std::size_t all = std::size(kOwnColumns) + columns_.keys.size() + columns_.figures.size();
  for (std::size_t i = 1; i < all; ++i) places += ", ?";
  Statement insert(*this, "INSERT OR REPLACE INTO runs VALUES (" + places + ")");
  insert.Bind(static_cast<std::int64_t>(key.point));
  insert.Bind(std::int64_t{key.replication});
  insert.Bind(std::string(ToString(outcome.status)));
  insert.Bind(outcome.error);
  insert.Bind(outcome.seconds);
  for (const std::string& value : values) insert.Bind(value);
  for (std::size_t i = 0; i < columns_.figures.size(); ++i) {
    insert.Bind(i < outcome.figures.size() ? outcome.figures[i] : Cell{});
  }
  insert.Next("write");
}

void SweepStore::ForEach(const std::function<void(const StoredRun&)>& look) const {
  Statement rows(*this, "SELECT * FROM runs ORDER BY point, replication");
  const int first_figure = static_cast<int>(std::size(kOwnColumns) + columns_.keys.size());
  while (rows.Next("read")) {
    StoredRun run;
    run.key = {static_cast<std::size_t>(rows.Whole(0)), static_cast<int>(rows.Whole(1))};
    run.outcome.status = StatusOf(rows.Text(2));
    run.outcome.error = rows.Text(3);
    if (const Cell seconds = rows.At(4); std::holds_alternative<double>(seconds)) {
      run.outcome.seconds = std::get<double>(seconds);
    }
    const bool is_done = run.outcome.status == RunStatus::kDone;
    for (std::size_t i = 0; is_done && i < columns_.figures.size(); ++i) {
      run.outcome.figures.push_back(rows.At(first_figure + static_cast<int>(i)));
    }
    look(run);
  }
}

}  // namespace vpcmirror::sim
