#include <gtest/gtest.h>

namespace tanggap::api {
namespace {

TEST(__Name__, answers_whom_it_should_and_nobody_else)
{
    ADD_FAILURE() << "say here what /api/v1/__name-with-dashes__ answers (requests_test.cpp shows how), "
                     "give it a schema in detail/schema.cpp, then run ./dev gen";
}

} // namespace
} // namespace tanggap::api
