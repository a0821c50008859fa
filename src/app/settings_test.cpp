#include "app/settings.h"

#include <gtest/gtest.h>

namespace tanggap::app {
namespace {

TEST(Endpoint, is_an_address_and_a_port_that_exists)
{
    EXPECT_EQ(parse_endpoint("[::1]:8460")->address, "::1");
    EXPECT_EQ(parse_endpoint("127.0.0.1:65535")->port, 65535);
    for (const std::string text :
         {"", ":1", "x", "x:", "127.0.0.1:65536", "127.0.0.1:99999", "127.0.0.1:-1", "a:1b"}) {
        EXPECT_FALSE(parse_endpoint(text)) << text;
    }
}

TEST(Settings, retention_is_a_time_with_its_unit)
{
    EXPECT_EQ(parse_retention("400d"), std::chrono::hours(24 * 400));
    EXPECT_EQ(parse_retention("90m"), std::chrono::minutes(90));
    EXPECT_EQ(parse_retention("0"), std::chrono::seconds(0));
    for (const char* const text : {"", "400", "-1d", "d", "1w", "1d ", "99999999999d", "0d"}) {
        EXPECT_FALSE(parse_retention(text)) << text;
    }
}

TEST(Settings, plain_http_stays_on_loopback)
{
    Settings settings;
    settings.listen = "0.0.0.0:8460";
    EXPECT_FALSE(check(settings));
    settings.behind_proxy = {"192.0.2.1/32"};
    EXPECT_TRUE(check(settings));
    settings.tls_cert = "a.pem";
    EXPECT_FALSE(check(settings));
}

} // namespace
} // namespace tanggap::app
