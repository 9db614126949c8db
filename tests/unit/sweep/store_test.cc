#include "sim/sweep/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace vpcmirror::sim {
namespace {

using testing::HasSubstr;

const Identity kIdentity = {{"program", "vpcmirror 1"}, {"scenario", "abc"}};

class SweepStoreTest : public testing::Test {
 protected:
  SweepStoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "vpcmirror-sweep-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~SweepStoreTest() override { std::filesystem::remove_all(folder_); }

  std::string file() const { return folder_ + "/sweep.sqlite"; }
  SweepStore Open(const Identity& identity = kIdentity) const {
    return {file(), identity, {{"/a \"quoted\"/*", "/b"}, {"verdict", "margin", "frames"}}};
  }
  std::string WhyNot(const Identity& identity) const {
    try {
      Open(identity);
      return "";
    } catch (const MixException& exception) {
      return exception.what();
    }
  }

  std::string folder_;
};

Outcome Done(double margin) {
  return {.figures = {std::string("FITS"), margin, std::int64_t{7}}, .seconds = 0.5};
}

Outcome Without(RunStatus status) { return {.status = status, .error = "why"}; }

TEST_F(SweepStoreTest, KeepsWhatWasPutThere) {
  {
    SweepStore store = Open();
    store.Put({1, 1}, {"x", "1 Gbps"}, Done(0.1));
    store.Put({0, 2}, {"x", "1 Gbps"}, Without(RunStatus::kFailed));
    store.Put({0, 1}, {"x", "1 Gbps"}, {.figures = {std::string("FITS"), Cell{}, Cell{}}});
  }
  std::vector<StoredRun> runs;
  Open().ForEach([&](const StoredRun& run) { runs.push_back(run); });
  ASSERT_EQ(runs.size(), 3u);
  EXPECT_EQ(runs[0].key, (RunKey{0, 1}));
  EXPECT_EQ(runs[0].outcome.figures, (std::vector<Cell>{std::string("FITS"), Cell{}, Cell{}}));
  EXPECT_EQ(runs[1].key, (RunKey{0, 2}));
  EXPECT_EQ(runs[1].outcome, Without(RunStatus::kFailed));
  EXPECT_EQ(runs[2].key, (RunKey{1, 1}));
  EXPECT_EQ(runs[2].outcome, Done(0.1));
}

// 0.1 + 0.2 is not 0.3: the double next to it has to come back.
TEST_F(SweepStoreTest, KeepsEveryBitOfANumber) {
  SweepStore store = Open();
  store.Put({0, 1}, {"x", "y"}, Done(0.1 + 0.2));
  store.ForEach([](const StoredRun& run) { EXPECT_EQ(run.outcome, Done(0.1 + 0.2)); });
}

TEST_F(SweepStoreTest, CountsALostRunAsOneThatIsMissing) {
  SweepStore store = Open();
  store.Put({0, 1}, {"x", "y"}, Without(RunStatus::kLost));
  store.Put({1, 1}, {"x", "y"}, Without(RunStatus::kFailed));
  store.Put({2, 1}, {"x", "y"}, Done(1));
  EXPECT_EQ(store.Settled(), (std::set<RunKey>{{1, 1}, {2, 1}}));
  store.Put({0, 1}, {"x", "y"}, Done(1));
  EXPECT_EQ(store.Settled(), (std::set<RunKey>{{0, 1}, {1, 1}, {2, 1}}));
}

TEST_F(SweepStoreTest, RefusesToMix) {
  Open();
  EXPECT_EQ(WhyNot(kIdentity), "");
  EXPECT_THAT(WhyNot({{"program", "vpcmirror 2"}, {"scenario", "abc"}}),
              HasSubstr("holds results of another program (vpcmirror 1, and this is vpcmirror 2)"));
  EXPECT_THAT(WhyNot({{"program", "vpcmirror 1"}, {"scenario", "abd"}}),
              HasSubstr("holds results of another scenario (abc, and this is abd)"));
}

TEST_F(SweepStoreTest, RefusesAFileThatIsNoSweep) {
  std::ofstream(file()) << "these are more than a hundred bytes of something else entirely, as "
                           "somebody may have put there, and no database of SQLite at all";
  EXPECT_THROW(Open(), StoreException);
  std::filesystem::remove(file());
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file().c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "CREATE TABLE t (a)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  EXPECT_THAT(WhyNot(kIdentity), HasSubstr("is no sweep that this vpcmirror wrote"));
}

std::string WhyUnreadable(const std::function<void()>& read) {
  try {
    read();
    return "";
  } catch (const DamagedStoreException& exception) {
    return exception.what();
  }
}

// What is overwritten in the middle, and what is cut short.
TEST_F(SweepStoreTest, SaysThatItIsDamagedAndWhatToDo) {
  {
    SweepStore store = Open();
    for (std::size_t i = 0; i < 500; ++i) store.Put({i, 1}, {"x", "y"}, Done(0.1));
  }
  const auto whole = static_cast<std::ptrdiff_t>(std::filesystem::file_size(file()));
  const auto read_all = [&] { Open().ForEach([](const StoredRun&) {}); };
  EXPECT_EQ(WhyUnreadable(read_all), "");
  {
    std::fstream stream(file(), std::ios::in | std::ios::out | std::ios::binary);
    stream.seekp(whole / 2);
    for (std::ptrdiff_t i = 0; i < whole / 2; ++i) stream.put('x');
  }
  EXPECT_THAT(WhyUnreadable(read_all),
              testing::AllOf(HasSubstr("cannot read " + file()), HasSubstr("it is damaged"),
                             HasSubstr("without --resume, or give another --out")));
  std::ofstream(file(), std::ios::trunc) << std::string(200, 'x');
  EXPECT_THAT(WhyUnreadable(read_all), HasSubstr("it is damaged or no file of a sweep"));
}

TEST_F(SweepStoreTest, KnowsTheMostReplications) {
  SweepStore store = Open();
  EXPECT_EQ(store.MostReplications(), 0);
  store.Put({0, 1}, {"x", "y"}, Done(1));
  store.Put({3, 4}, {"x", "y"}, Without(RunStatus::kLost));
  EXPECT_EQ(store.MostReplications(), 4);
}

TEST_F(SweepStoreTest, CanBeReadWhileItIsWritten) {
  SweepStore store = Open();
  store.Put({0, 1}, {"x", "y"}, Done(1));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open_v2(file().c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  ASSERT_EQ(sqlite3_prepare_v2(database, "SELECT \"/b\", verdict, wall_seconds FROM runs", -1,
                               &statement, nullptr),
            SQLITE_OK);
  ASSERT_EQ(sqlite3_step(statement), SQLITE_ROW);
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 0)), "y");
  EXPECT_STREQ(reinterpret_cast<const char*>(sqlite3_column_text(statement, 1)), "FITS");
  EXPECT_EQ(sqlite3_column_double(statement, 2), 0.5);
  store.Put({1, 1}, {"x", "y"}, Done(1));
  sqlite3_finalize(statement);
  sqlite3_close(database);
}

TEST_F(SweepStoreTest, SaysWhereItCannotBe) {
  try {
    SweepStore store("/nowhere/sweep.sqlite", kIdentity, {});
    FAIL();
  } catch (const StoreException& exception) {
    EXPECT_THAT(exception.what(), HasSubstr("cannot open /nowhere/sweep.sqlite: unable to open"));
  }
}

}  // namespace
}  // namespace vpcmirror::sim
