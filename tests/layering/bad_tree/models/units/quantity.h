#pragma once
#include "models/wire/frame.h"  // wrong: models/units may not include models/wire
