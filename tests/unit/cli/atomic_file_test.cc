#include "sim/cli/atomic_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "sim/cli/result_folder.h"
#include "tests/unit/cli/fake_engine.h"

namespace vpcmirror::sim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(PendingFileTest, IsNotThereBeforeItIsCommitted) {
  const Program folder;
  folder.Write("a", "old");
  PendingFile pending(folder.InFolder("a"), "new");
  EXPECT_EQ(folder.Read("a"), "old");
  pending.Commit(folder.InFolder("before"));
  EXPECT_EQ(folder.Read("a"), "new");
  EXPECT_EQ(folder.Read("before"), "old");
  EXPECT_THAT(folder.List("."), ElementsAre("a", "before"));
}

TEST(PendingFileTest, LeavesNothingWithoutACommit) {
  const Program folder;
  { const PendingFile pending(folder.InFolder("a"), "new"); }
  EXPECT_THAT(folder.List("."), IsEmpty());
}

TEST(PendingFileTest, WritesThroughALinkAndLeavesIt) {
  const Program folder;
  folder.Write("a", "old");
  std::filesystem::create_symlink("a", folder.InFolder("link"));
  PendingFile(folder.InFolder("link"), "new").Commit();
  EXPECT_EQ(folder.Read("a"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.InFolder("link")));
}

// A device stays one: nothing is renamed over it.
TEST(PendingFileTest, WritesIntoADevice) {
  PendingFile("/dev/null", "new").Commit();
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
  EXPECT_THROW(PendingFile("/dev/full", "new"), FileException);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/full"));
}

TEST(PendingFileTest, SaysWhatCannotBeWritten) {
  const Program folder;
  const std::string target = folder.InFolder("none/a");
  try {
    const PendingFile pending(target, "new");
    FAIL() << "it was written";
  } catch (const FileException& exception) {
    EXPECT_EQ(exception.what(), "cannot write " + target + ": No such file or directory");
  }
}

// The target cannot be looked up: a link that leads to itself.
TEST(PendingFileTest, SaysWhatCannotBeKept) {
  const Program folder;
  const std::string target = folder.InFolder("a");
  std::filesystem::create_symlink("a", target);
  PendingFile pending(target, "new");
  EXPECT_THROW(pending.Commit(folder.InFolder("before")), FileException);
}

TEST(ResultFolderTest, SaysThatItsCapturesAreGone) {
  const Program folder;
  ResultFolder results(folder.InFolder("out"));
  std::filesystem::remove_all(results.partial());
  EXPECT_THROW(results.Keep("new", {.captures = true}), FileException);
  EXPECT_FALSE(std::filesystem::exists(folder.InFolder("out/result.json")));
}

// A file system of 64 KiB, when the machine lets us have one.
class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    std::filesystem::create_directory(disk_);
    if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=64k") != 0) {
      GTEST_SKIP() << "no tmpfs of our own: " << std::strerror(errno);
    }
  }
  void TearDown() override { ::umount(disk_.c_str()); }

  Program folder_;
  std::string disk_ = folder_.InFolder("disk");
  std::string large_ = std::string(std::size_t{1} << 20, 'x');
};

TEST_F(FullDiskTest, LeavesTheOldResultAlone) {
  {
    ResultFolder results(disk_ + "/out");
    results.Keep("old", {.captures = true});
  }
  ResultFolder results(disk_ + "/out");
  std::ofstream(results.partial() + "/a.pcap") << "capture";
  try {
    results.Keep(large_, {.captures = true});
    FAIL() << "it was written";
  } catch (const FileException& exception) {
    EXPECT_THAT(exception.what(), HasSubstr("result.json: No space left on device"));
  }
  EXPECT_EQ(folder_.Read("disk/out/result.json"), "old");
  EXPECT_FALSE(std::filesystem::exists(disk_ + "/out/a.pcap"));
  EXPECT_FALSE(std::filesystem::exists(disk_ + "/out/previous.json"));
}

TEST_F(FullDiskTest, LeavesNothingHalfWritten) {
  {
    ResultFolder results(disk_ + "/out");
    EXPECT_THROW(results.Keep(large_, {.captures = true}), FileException);
  }
  EXPECT_THAT(folder_.List("disk"), IsEmpty());
}

TEST(ResultFolderTest, RemovesWhatItMadeWhenNothingIsKept) {
  const Program folder;
  {
    ResultFolder results(folder.InFolder("a/b/c/"));
    EXPECT_TRUE(std::filesystem::is_directory(results.partial()));
  }
  EXPECT_THAT(folder.List("."), IsEmpty());
}

// Linux numbers processes up to 4,194,304 at most (PID_MAX_LIMIT), and process 1
// is always there.
TEST(ResultFolderTest, RemovesWhatAKilledRunLeft) {
  const Program folder;
  for (const char* name : {"out/.partial-4194305", "out/.partial-1", "out/.partial-mine"}) {
    std::filesystem::create_directories(folder.InFolder(name));
  }
  ResultFolder results(folder.InFolder("out"));
  EXPECT_FALSE(std::filesystem::exists(folder.InFolder("out/.partial-4194305")));
  EXPECT_TRUE(std::filesystem::exists(folder.InFolder("out/.partial-1")));
  EXPECT_TRUE(std::filesystem::exists(folder.InFolder("out/.partial-mine")));
}

TEST(ResultFolderTest, IsNamedAfterTheScenario) {
  EXPECT_EQ(DefaultResultFolder("one-in-three-out"), "out/one-in-three-out");
  EXPECT_EQ(DefaultResultFolder("../../etc"), "out/-.-..-etc");
  EXPECT_EQ(DefaultResultFolder("..."), "out/-..");
  EXPECT_EQ(DefaultResultFolder("a b/c"), "out/a-b-c");
  EXPECT_EQ(DefaultResultFolder(""), "out/scenario");
}

}  // namespace
}  // namespace vpcmirror::sim
