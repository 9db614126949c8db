#include "../wire/frame.h"      // wrong: not written from the repository root
#include "frame.h"              // wrong: not written from the repository root
#include "models/wire/gone.h"   // wrong: no file of this repository
#include <openssl/md5.h>        // wrong: neither of the standard library nor in the table
  #  include <boost/graph/adjacency_list.hpp>  // wrong: models/mirror may not use Boost.Graph
#include "models/wire/frame.h"
#include <vector>
