#include "casework/organisation.h"

#include <gtest/gtest.h>

#include "base/office_limits.h"

namespace tanggap::casework {
namespace {

using Kind = ContactProblem::Kind;

TEST(Organisation, rows_of_one_organisation_are_its_contacts)
{
    std::vector<ContactProblem> problems;
    const auto read = parse_organisations_csv("organisation,contact,role,phone,email\n"
                                              "Dinas A,Rina,Agen siber,+62 811-1,rina@a.example\n"
                                              "Dinas B\n"
                                              "dinas a,Budi,,(021) 555 110,\n",
                                              problems);
    ASSERT_TRUE(read) << read.error().message;
    ASSERT_EQ(read->size(), 2U);
    EXPECT_EQ((*read)[0].name, "Dinas A") << "as first written";
    ASSERT_EQ((*read)[0].contacts.size(), 2U);
    EXPECT_EQ((*read)[0].contacts[1],
              (Contact{.name = "Budi", .role = "", .phone = "(021) 555 110", .email = ""}));
    EXPECT_EQ((*read)[1], Organisation{.name = "Dinas B"});
}

TEST(Organisation, every_wrong_row_is_told_with_its_line)
{
    std::vector<ContactProblem> problems;
    std::string csv = "A,Rina,,110,\n"
                      "A,rina,,112,\n"       // 2: the same person
                      ",Budi,,110,\n"        // 3: of nobody
                      "A,,,0811 1234,\n"     // 4: nobody's number
                      "A,Sari,,,\n"          // 5: cannot be reached
                      "A,Tono,,home,\n"      // 6
                      "A,Tini,,,tini@@a.b\n" // 7
                      "A,b,c,d,e,f\n"        // 8
                      "A\x01,Tini,,110,\n";  // 9
    csv += "A," + std::string(base::limits::kOfficeTextBytesMax + 1, 'x') + ",,110,\n";
    const auto read = parse_organisations_csv(csv, problems);
    EXPECT_FALSE(read);
    const std::vector<Kind> kinds{Kind::Twice,   Kind::Organisation, Kind::Contact,
                                  Kind::Reach,   Kind::Phone,        Kind::Email,
                                  Kind::Columns, Kind::Text,         Kind::Long};
    ASSERT_EQ(problems.size(), kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        EXPECT_EQ(problems[i].kind, kinds[i]) << i;
        EXPECT_EQ(problems[i].line, i + 2);
    }
    EXPECT_EQ(problems[0].other_line, 1U);
}

TEST(Organisation, an_organisation_has_so_many_contacts_and_no_more)
{
    std::string csv;
    for (std::size_t i = 0; i <= base::limits::kOrganisationContactsMax; ++i) {
        csv += "A,p" + std::to_string(i) + ",,110,\n";
    }
    std::vector<ContactProblem> problems;
    EXPECT_FALSE(parse_organisations_csv(csv, problems));
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].kind, Kind::Many);
}

TEST(Organisation, what_a_person_writes_is_trimmed_and_checked)
{
    const auto good = checked(
        {.name = " Dinas A ", .note = "", .contacts = {{.name = " Rina", .phone = "110 "}}});
    ASSERT_TRUE(good);
    EXPECT_EQ(good->name, "Dinas A");
    EXPECT_EQ(good->contacts[0].name, "Rina");
    EXPECT_EQ(good->contacts[0].phone, "110");
    EXPECT_FALSE(checked({.name = " "}));
    EXPECT_FALSE(checked({.name = "A\nB"}));
    EXPECT_FALSE(checked({.name = "A", .note = std::string(2001, 'x')}));
    EXPECT_FALSE(checked({.name = "A", .contacts = {{.name = "Rina"}}}));
    EXPECT_FALSE(checked({.name = "A", .contacts = {{.name = "Rina", .email = "a b@c"}}}));
    EXPECT_FALSE(
        checked({.name = "A", .contacts = {{.name = "Rina\n", .role = "\x01", .phone = "110"}}}));
    EXPECT_FALSE(checked({.name = "A", .contacts = std::vector<Contact>(21)}));
    const auto twice = checked(
        {.name = "A",
         .contacts = {{.name = "Piket", .phone = "110"}, {.name = " piket", .phone = "112"}}});
    ASSERT_FALSE(twice);
    EXPECT_EQ(twice.error().message, "contact 'piket' is there twice; give one another name");
}

} // namespace
} // namespace tanggap::casework
