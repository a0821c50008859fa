#include "app/certificate.h"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace tanggap::app {
namespace {

template <auto Free>
struct Freer {
    template <class T>
    void operator()(T* object) const
    {
        Free(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

constexpr long kValidSeconds = 365L * 24 * 3600;

std::string alternative_names(const std::vector<std::string>& names)
{
    std::string text;
    for (const std::string& name : names) {
        std::array<unsigned char, 16> address{};
        const bool is_address = inet_pton(AF_INET, name.c_str(), address.data()) == 1 ||
                                inet_pton(AF_INET6, name.c_str(), address.data()) == 1;
        text += text.empty() ? "" : ",";
        text += (is_address ? "IP:" : "DNS:") + name;
    }
    return text;
}

bool add_extension(X509* certificate, int nid, const std::string& value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate)
{
    std::array<unsigned char, 16> random{};
    if (RAND_bytes(random.data(), random.size()) != 1) {
        return false;
    }
    random[0] &= 0x7F; // serial numbers are positive (RFC 5280 §4.1.2.2)
    const std::unique_ptr<BIGNUM, Freer<BN_free>> number(
        BN_bin2bn(random.data(), random.size(), nullptr));
    return number &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

Certificate make_certificate(EVP_PKEY* key, const std::vector<std::string>& names)
{
    Certificate certificate(X509_new());
    X509_NAME* subject = certificate ? X509_get_subject_name(certificate.get()) : nullptr;
    const auto* common = reinterpret_cast<const unsigned char*>(names.front().c_str());
    const bool made =
        subject != nullptr && X509_set_version(certificate.get(), 2) == 1 &&
        set_serial(certificate.get()) &&
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0) != nullptr &&
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kValidSeconds) != nullptr &&
        X509_set_pubkey(certificate.get(), key) == 1 &&
        X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_UTF8, common, -1, -1, 0) ==
            1 &&
        X509_set_issuer_name(certificate.get(), subject) == 1 &&
        add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
        add_extension(certificate.get(), NID_subject_alt_name, alternative_names(names)) &&
        X509_sign(certificate.get(), key, EVP_sha256()) > 0;
    return made ? std::move(certificate) : nullptr;
}

/// Creates `path` for this process alone, so that nobody reads the key before its mode is set.
base::Result<Bio> create(const std::string& path, mode_t mode)
{
    const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0) {
        return errno == EEXIST ? base::fail(base::Code::Conflict,
                                            fmt::format("{} exists; name another file", path))
                               : base::system_error("cannot write " + path, errno);
    }
    return Bio(BIO_new_fd(fd, BIO_CLOSE));
}

} // namespace

base::Status make_self_signed(const std::string& cert_file, const std::string& key_file,
                              const std::vector<std::string>& names)
{
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate = key ? make_certificate(key.get(), names) : nullptr;
    if (!certificate) {
        return base::invalid(
            "the certificate could not be made; each --name must be a host name or an address");
    }
    TRY(const Bio key_out, create(key_file, 0600));
    TRY(const Bio cert_out, create(cert_file, 0644));
    const bool written = PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0,
                                                  nullptr, nullptr) == 1 &&
                         PEM_write_bio_X509(cert_out.get(), certificate.get()) == 1;
    return written ? base::Status()
                   : base::Status(
                         base::unavailable("the key or certificate could not be written whole"));
}

} // namespace tanggap::app
