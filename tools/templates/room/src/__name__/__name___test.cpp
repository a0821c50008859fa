#include "__name__/__name__.h"

#include <gtest/gtest.h>

namespace tanggap::__name__ {
namespace {

TEST(__Name__, has_a_purpose)
{
    EXPECT_NE(purpose(), "to be said");
}

} // namespace
} // namespace tanggap::__name__
