#include "app/settings.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <gtest/gtest.h>

namespace tanggap::app {
namespace {

TEST(Settings, __name___is_taken_and_checked)
{
    CLI::App verb;
    Settings settings;
    declare(verb, settings);
    verb.parse("--__name-with-dashes__ some-value");
    EXPECT_EQ(settings.__name__, "some-value");
    ADD_FAILURE() << "say which values are refused (check() in settings.cpp) and where it is used";
}

} // namespace
} // namespace tanggap::app
