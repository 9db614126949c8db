#include "sim/sweep/mpi_post.h"

#include <stdexcept>

#ifdef VPCMIRROR_MPI_LIBRARY

#include <dlfcn.h>
#include <mpi.h>

#include <list>
#include <memory>
#include <utility>

namespace vpcmirror::sim {
namespace {

constexpr int kTag = 7;  // of all letters: there are no other messages

}  // namespace

bool KnowsMpi() { return true; }

// The functions of libmpi by their names, which is what linking with it would come to.
struct MpiPost::Library {
  Library() : handle(::dlopen(VPCMIRROR_MPI_LIBRARY, RTLD_NOW | RTLD_GLOBAL)) {
    if (handle == nullptr) {
      throw std::runtime_error(std::string("cannot load Open MPI: ") + ::dlerror());
    }
    Find("MPI_Init", init);
    Find("MPI_Finalize", finalize);
    Find("MPI_Comm_set_errhandler", set_errhandler);
    Find("MPI_Comm_rank", comm_rank);
    Find("MPI_Comm_size", comm_size);
    Find("MPI_Isend", isend);
    Find("MPI_Test", test);
    Find("MPI_Iprobe", iprobe);
    Find("MPI_Recv", recv);
    Find("MPI_Get_count", get_count);
    world = Object<MPI_Comm>("ompi_mpi_comm_world");
    byte = Object<MPI_Datatype>("ompi_mpi_byte");
    errors_return = Object<MPI_Errhandler>("ompi_mpi_errors_return");
  }

  template <class Function>
  void Find(const char* name, Function*& function) {
    function = reinterpret_cast<Function*>(Symbol(name));
  }

  template <class Handle>
  Handle Object(const char* name) {
    return static_cast<Handle>(Symbol(name));
  }

  void* Symbol(const char* name) {
    void* symbol = ::dlsym(handle, name);
    if (symbol == nullptr) {
      throw std::runtime_error(std::string("this Open MPI is another than that of the build: ") +
                               ::dlerror());
    }
    return symbol;
  }

  // Sends on their way, whose bytes must not move.
  struct Sending {
    std::string text;
    MPI_Request request = nullptr;
  };

  void ForgetSent() {
    std::erase_if(sending, [this](Sending& each) {
      int is_sent = 0;
      const int error = test(&each.request, &is_sent, MPI_STATUS_IGNORE);
      return error != MPI_SUCCESS || is_sent != 0;
    });
  }

  void* handle;
  decltype(MPI_Init)* init = nullptr;
  decltype(MPI_Finalize)* finalize = nullptr;
  decltype(MPI_Comm_set_errhandler)* set_errhandler = nullptr;
  decltype(MPI_Comm_rank)* comm_rank = nullptr;
  decltype(MPI_Comm_size)* comm_size = nullptr;
  decltype(MPI_Isend)* isend = nullptr;
  decltype(MPI_Test)* test = nullptr;
  decltype(MPI_Iprobe)* iprobe = nullptr;
  decltype(MPI_Recv)* recv = nullptr;
  decltype(MPI_Get_count)* get_count = nullptr;
  MPI_Comm world = nullptr;
  MPI_Datatype byte = nullptr;
  MPI_Errhandler errors_return = nullptr;
  std::list<Sending> sending;
  int rank = 0;
  int size = 1;
};

MpiPost::MpiPost() : library_(std::make_unique<Library>()) {
  if (library_->init(nullptr, nullptr) != MPI_SUCCESS) {
    throw std::runtime_error("Open MPI does not start");
  }
  library_->set_errhandler(library_->world, library_->errors_return);
  library_->comm_rank(library_->world, &library_->rank);
  library_->comm_size(library_->world, &library_->size);
}

MpiPost::~MpiPost() = default;

int MpiPost::rank() const { return library_->rank; }
int MpiPost::size() const { return library_->size; }

void MpiPost::Send(int to, const std::string& text) {
  library_->ForgetSent();
  Library::Sending& sending = library_->sending.emplace_back();
  sending.text = text;
  const int error = library_->isend(sending.text.data(), static_cast<int>(sending.text.size()),
                                    library_->byte, to, kTag, library_->world, &sending.request);
  if (error != MPI_SUCCESS) library_->sending.pop_back();
}

// A letter is short enough to come with its announcement, so that receiving one that was probed
// does not wait for its sender.
std::optional<Letter> MpiPost::Receive() {
  library_->ForgetSent();
  int is_there = 0;
  MPI_Status status;
  const int probed = library_->iprobe(MPI_ANY_SOURCE, kTag, library_->world, &is_there, &status);
  if (probed != MPI_SUCCESS || is_there == 0) return std::nullopt;
  int size = 0;
  library_->get_count(&status, library_->byte, &size);
  Letter letter{status.MPI_SOURCE, std::string(static_cast<std::size_t>(size), '\0')};
  const int received = library_->recv(letter.text.data(), size, library_->byte, status.MPI_SOURCE,
                                      kTag, library_->world, MPI_STATUS_IGNORE);
  if (received != MPI_SUCCESS) return std::nullopt;
  return letter;
}

void MpiPost::SayGoodbye() { library_->finalize(); }

}  // namespace vpcmirror::sim

#else

namespace vpcmirror::sim {

struct MpiPost::Library {};

bool KnowsMpi() { return false; }

MpiPost::MpiPost() { throw std::runtime_error("this program was built without MPI"); }
MpiPost::~MpiPost() = default;
int MpiPost::rank() const { return 0; }
int MpiPost::size() const { return 1; }
void MpiPost::Send(int /*to*/, const std::string& /*text*/) {}
std::optional<Letter> MpiPost::Receive() { return std::nullopt; }
void MpiPost::SayGoodbye() {}

}  // namespace vpcmirror::sim

#endif
