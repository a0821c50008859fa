#include "codec/__name__.h"

#include <gtest/gtest.h>

namespace tanggap::codec {
namespace {

TEST(__Name__, refuses_what_is_no___name__)
{
    EXPECT_FALSE(parse___name__(""));
    ADD_FAILURE() << "say here what is read and what is refused, as a table of cases";
}

} // namespace
} // namespace tanggap::codec
