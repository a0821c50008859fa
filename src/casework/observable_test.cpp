#include "casework/observable.h"

#include <gtest/gtest.h>

namespace tanggap::casework {
namespace {

std::string found(std::string_view text)
{
    std::string out;
    for (const Observable& each : extract_observables(text)) {
        out += (out.empty() ? "" : " | ") + std::string(name_of(each.type)) + " " + each.value;
    }
    return out;
}

struct Row {
    std::string_view text;
    std::string_view found;
};

void check(const std::vector<Row>& rows)
{
    for (const Row& row : rows) {
        EXPECT_EQ(found(row.text), row.found) << row.text;
    }
}

TEST(Observables, addresses_and_networks)
{
    check({
        {"Serangan dari 203.0.113.7.", "ipv4 203.0.113.7"},
        {"203.0.113.7:8080, 203.0.113.7/24", "ipv4 203.0.113.7 | cidr 203.0.113.0/24"},
        {"(198.51.100.4)", "ipv4 198.51.100.4"},
        {"256.1.1.1 dan 1.2.3 dan 1.2.3.4.5 dan 01.2.3.4", ""},
        {"Aplikasi versi 4.2.1.7 rentan", ""},
        {"PHP/7.4.3 Apache v2.4.1.9", ""},
        {"2001:DB8::1 dan [2001:db8::2]:443", "ipv6 2001:db8::1 | ipv6 2001:db8::2"},
        {"2001:0db8:0000:0000:0000:0000:0000:0001", "ipv6 2001:db8::1"},
        {"2001:db8:aa::9/48", "cidr 2001:db8:aa::/48"},
        {"fe80::1%eth0", "ipv6 fe80::1"},
        {"pukul 12:30:45, aa:bb:cc:dd:ee:ff, std::string, a::b", ""},
        {"::ffff:203.0.113.9", "ipv6 ::ffff:203.0.113.9"},
        {"GET /203.0.113.7/24/x", "ipv4 203.0.113.7"},
    });
}

TEST(Observables, hosts_in_indonesian_sentences)
{
    check({
        {"Situs dinkes.kota.go.id diretas.", "domain dinkes.kota.go.id"},
        {"Kunjungi WWW.Slot-Gacor.EXAMPLE, jangan diklik", "domain www.slot-gacor.example"},
        {"Laporan selesai.Kemudian server dimatikan.Di sana", ""},
        {"a.n. Budi Santoso, S.Kom., M.Si., S.T., M.M.", ""},
        {"dibuat dengan ASP.NET", ""},
        {"localhost dan server tanpa titik", ""},
        {"evil.com/login.php?x=1", "domain evil.com | file_name login.php"},
        {"-a.com a-.com a..com .com", ""},
        {"bücher.example und tangerаng.go.id", "domain bücher.example | domain tangerаng.go.id"},
        {"“jahat.example” dan jahat.example…", "domain jahat.example"},
        {"host jahat.example. Lalu", "domain jahat.example"},
        {"10.000.000 akun, Rp1.500.000,00, pukul 14.05 WIB", ""},
    });
}

TEST(Observables, links_with_their_hosts)
{
    check({
        {"https://Jahat.Example/Login?a=1#x",
         "url https://jahat.example/Login?a=1#x | domain jahat.example"},
        {"(lihat http://203.0.113.9:8080/a).", "url http://203.0.113.9:8080/a | ipv4 203.0.113.9"},
        {"<a href=\"https://a.example/b\">", "url https://a.example/b | domain a.example"},
        {"http://[2001:db8::7]:81/x, lalu", "url http://[2001:db8::7]:81/x | ipv6 2001:db8::7"},
        {"https://user:rahasia@a.example/",
         "url https://user:rahasia@a.example/ | domain a.example"},
        {"https://id.example/wiki/Judi_(hukum)",
         "url https://id.example/wiki/Judi_(hukum) | domain id.example"},
        {"[teks](https://a.example/x)", "url https://a.example/x | domain a.example"},
        {"http:// kosong, https://?, javascript://alert", ""},
        {"http://intranet/x", "url http://intranet/x"},
    });
}

TEST(Observables, what_was_made_harmless_is_read)
{
    check({
        {"hxxp://jahat[.]example/x", "url http://jahat.example/x | domain jahat.example"},
        {"hXXps[:]//jahat(.)example", "url https://jahat.example | domain jahat.example"},
        {"hxxps[://]jahat[dot]example", "url https://jahat.example | domain jahat.example"},
        {"203[.]0[.]113[.]5 dan 203.0.113[.]6", "ipv4 203.0.113.5 | ipv4 203.0.113.6"},
        {"jahat [.] example dan jahat(titik)example", "domain jahat.example"},
        {"budi[at]jahat[.]example, budi(at)jahat(dot)example", "email budi@jahat.example"},
        {"evil[.com", "domain evil.com"},
        {"2001:db8[:]:5", "ipv6 2001:db8::5"},
        {"daftar [at] rapat (dot)", ""},
        {"setup[.]py", "domain setup.py"},
    });
}

TEST(Observables, mail_hashes_files_and_vulnerabilities)
{
    check({
        {"Surel: Budi.S+x@Jahat.Example;", "email budi.s+x@jahat.example"},
        {"@jahat.example a@b a@@b.example", "domain jahat.example | domain b.example"},
        {"d41d8cd98f00b204e9800998ecf8427e", "md5 d41d8cd98f00b204e9800998ecf8427e"},
        {"DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
         "sha1 da39a3ee5e6b4b0d3255bfef95601890afd80709"},
        {"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         "sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"00000000000000000000000000000000 12345678901234567890123456789012", ""},
        {"cve-2021-44228, CVE–2024–3094 dan CVE-1998-0001",
         "cve CVE-2021-44228 | cve CVE-2024-3094"},
        {"berkas C:\\xampp\\htdocs\\Shell.PHP dan /var/www/foto.jpg.php",
         "file_name Shell.PHP | file_name foto.jpg.php"},
        {"surat_undangan.pdf.exe, run.sh, arsip.tar.zip, a.b.sh",
         "file_name surat_undangan.pdf.exe | file_name run.sh | file_name arsip.tar.zip | domain "
         "a.b.sh"},
    });
}

TEST(Observables, each_once_with_its_place)
{
    const std::string text = "x 203[.]0[.]113[.]7 y 203.0.113.7";
    const auto all = extract_observables(text);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].times, 2U);
    EXPECT_EQ(text.substr(all[0].begin, all[0].end - all[0].begin), "203[.]0[.]113[.]7");
}

TEST(Observables, typed_values_take_their_one_form_or_are_refused)
{
    EXPECT_EQ(canonical_value(ObservableType::Domain, " Jahat[.]Example. ").value(),
              "jahat.example");
    EXPECT_EQ(canonical_value(ObservableType::Cidr, "203.0.113.9/24").value(), "203.0.113.0/24");
    EXPECT_EQ(canonical_value(ObservableType::Url, "hxxp://A[.]example/X").value(),
              "http://a.example/X");
    EXPECT_FALSE(canonical_value(ObservableType::Ipv4, "203.0.113"));
    EXPECT_FALSE(canonical_value(ObservableType::Domain, "tanpa-titik"));
    EXPECT_FALSE(canonical_value(ObservableType::Sha256, "abc"));
    EXPECT_FALSE(canonical_value(ObservableType::Cve, ""));
}

TEST(Observables, screens_show_them_harmless)
{
    EXPECT_EQ(defang(ObservableType::Url, "https://jahat.example/a.b"),
              "hxxps://jahat[.]example/a.b");
    EXPECT_EQ(defang(ObservableType::Ipv4, "203.0.113.7"), "203[.]0[.]113[.]7");
    EXPECT_EQ(defang(ObservableType::Email, "a.b@jahat.example"), "a.b[at]jahat[.]example");
    EXPECT_EQ(defang(ObservableType::FileName, "a.php"), "a.php");
}

} // namespace
} // namespace tanggap::casework
