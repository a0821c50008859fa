// For the rooms that read or write JSON as a tree.
#pragma once

#include "usual.h"

#include <nlohmann/json.hpp>
