#include <cstdint>  // wrong: no #pragma once
