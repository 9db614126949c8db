// What an ns-3 program includes where vpcmirror is a module of its ns-3 tree. It compiles
// as C++20.
#pragma once

#include "models/ns3/vpc_helper.h"
