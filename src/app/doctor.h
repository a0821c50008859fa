// `tanggap doctor` and `tanggap verify`: is everything there, is what is stored sound.
#pragma once

#include <string>

namespace tanggap::app {

struct DoctorOptions {
    std::string data = "var";
    std::string engine_library;
    std::string geo_country;
    std::string content;
    bool salvage = false; ///< copy what is readable of a damaged journal beside it
};

/// Prints one line a check: "ok", "missing" or "bad", what was found and what to do next.
/// Exit codes: 0 when serve can run (a missing engine library is a warning), 1 otherwise.
int run_doctor(const DoctorOptions& options);

/// Reads every byte of a stopped server's journal and case database.
/// Exit codes: 0 sound, 1 damaged, 3 no such folder, 7 a server has it open.
int run_verify(const std::string& data);

struct VerifyAuditOptions {
    std::string data = "var";
    std::string expect_head = {}; ///< 64 hex digits noted before; empty: none
};
/// Exit codes: 0; 6 where a record is not as it was written, or the expected head is not there.
int run_verify_audit(const VerifyAuditOptions& options);

} // namespace tanggap::app
