// For every test program.
#pragma once

#include "json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
