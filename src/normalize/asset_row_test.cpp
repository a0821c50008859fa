#include "normalize/asset_row.h"

#include <gtest/gtest.h>

namespace tanggap::normalize {
namespace {

Asset good()
{
    return {.network = "192.0.2.0/24", .name = "kantor", .organisation = "Dinas A", .contact = ""};
}

TEST(AssetRow, what_a_person_writes_is_checked_as_a_file_is)
{
    using enum AssetProblem::Kind;
    EXPECT_FALSE(problem_of(good()));
    const auto wrong = [](auto spoil) {
        Asset asset = good();
        spoil(asset);
        const auto problem = problem_of(asset);
        return problem ? std::optional(problem->kind) : std::nullopt;
    };
    EXPECT_EQ(wrong([](Asset& asset) { asset.network = "kantor"; }), Network);
    EXPECT_EQ(wrong([](Asset& asset) { asset.network = "192.0.2.0/33"; }), Network);
    EXPECT_EQ(wrong([](Asset& asset) { asset.name = ""; }), Name);
    EXPECT_EQ(wrong([](Asset& asset) { asset.value = 0; }), Value);
    EXPECT_EQ(wrong([](Asset& asset) { asset.contact = "a\nb"; }), Text);
}

TEST(AssetRow, a_network_is_the_same_however_it_is_written)
{
    EXPECT_TRUE(is_same_network("192.0.2.0/24", "192.0.2.9/24"));
    EXPECT_TRUE(is_same_network("192.0.2.1", "192.0.2.1/32"));
    EXPECT_TRUE(is_same_network("2001:DB8::/32", "2001:db8:0::/32"));
    EXPECT_FALSE(is_same_network("192.0.2.0/24", "192.0.2.0/25"));
    EXPECT_FALSE(is_same_network("kantor", "kantor"));
}

} // namespace
} // namespace tanggap::normalize
