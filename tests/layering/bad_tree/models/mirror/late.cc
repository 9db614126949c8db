#include <vector>  // wrong: does not include its own header first ("models/mirror/late.h")

#include "models/mirror/late.h"
