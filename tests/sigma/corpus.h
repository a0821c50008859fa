// The public rule collection and real logs, read as a server reads them.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/limits.h"
#include "codec/records.h"
#include "codec/yaml.h"
#include "detect/engine.h"
#include "detect/testing/content.h"
#include "generated/source_dir.h"
#include "normalize/normalizer.h"
#include "rules/shipped.h"

namespace tanggap::sigma_check {

/// TANGGAP_CORPORA, where it is set.
inline std::optional<std::string> corpora()
{
    const char* folder = std::getenv("TANGGAP_CORPORA");
    return folder == nullptr ? std::nullopt : std::optional<std::string>(folder);
}

/// Rule files of the collection below one of `folders` ("rules", "deprecated", …).
inline std::vector<detect::RuleFile> collection(const std::string& corpora,
                                                const std::vector<std::string>& folders)
{
    std::vector<detect::RuleFile> out;
    const auto archive = corpora + "/sigma/sigmahq-rules.tar.zst";
    for (auto& file : detect::testing::archived_files(archive, ".yml")) {
        const bool wanted = std::ranges::any_of(folders, [&](const std::string& folder) {
            return file.path.starts_with("sigmahq/" + folder + "/");
        });
        if (wanted) {
            out.push_back({.name = file.path, .yaml = std::move(file.bytes)});
        }
    }
    return out;
}

inline const std::vector<std::string>& current_folders()
{
    static const std::vector<std::string> kFolders{"rules", "rules-emerging-threats",
                                                   "rules-threat-hunting", "rules-compliance",
                                                   "rules-placeholder"};
    return kFolders;
}

/// Our mappings and what a site would say of itself.
inline std::vector<detect::MappingFile> mappings_with_site()
{
    auto out = detect::testing::mapping_files();
    out.push_back({.name = "site.yaml", .yaml = R"(placeholders:
  Administrators: [administrator, 'adm-*']
  Admins_Workstations: ['adminws*']
  ApprovedUserUpn: ['*@kota.example']
  Approved_Inviters: ['*@kota.example']
  DC-MACHINE-NAME: [DC01]
  DomainControllers: ['dc*']
  HomeTenantID: [00000000-0000-0000-0000-000000000001]
  Important_AppIds: [00000000-0000-0000-0000-000000000002]
  JumpServers: ['jump*']
  ClosingTime: ['17']
  KNOWN_LOCATION: [ID]
  LegitCountries: [ID]
  Known_Location: [ID]
  Legitimate_Countries: [ID]
  Legitimate_IP_Ranges: ['10.*']
  ServerSystems: ['srv*']
  Servers: ['srv*']
  UnApprovedDevice: ['guest*']
  UnApprovedIp: ['203.0.113.*']
  UnLegitCountries: [XX]
  Workstations: ['ws*']
  dc_ip_addresses: ['10.0.0.1']
  dc_machine_accounts: ['DC*$']
  domain_controller_hostnames: ['dc*']
  internal_domains: ['*.example']
  known_cdcs: ['cdc*']
  legit_ips: ['10.0.0.*']
  legtimate_identifiers: [x]
  userdomain: [KOTA]
)"});
    return out;
}

inline std::shared_ptr<const normalize::Sources> shipped_sources()
{
    std::vector<normalize::SourceFile> files;
    std::vector<normalize::Diagnostic> problems;
    const std::filesystem::path folder = std::string(TANGGAP_SOURCE_DIR) + "/content/sources";
    for (const auto& path : rules_check::yaml_below(folder, rules_check::Kind::Content)) {
        files.push_back({.name = path.filename().string(), .yaml = rules_check::read_text(path)});
    }
    return normalize::Sources::load(files, problems);
}

/// Events of a file, in batches, whatever kind of log it is. False where it cannot be opened.
inline bool read_events(const normalize::Sources& sources, const std::string& path,
                        const std::function<void(model::EventBatch&)>& take)
{
    auto reader = codec::open_records(path);
    if (!reader) {
        return false;
    }
    const auto received = *base::parse_rfc3339("2026-10-04T00:00:00Z");
    model::StreamContext stream;
    stream.sensor = "corpus";
    stream.origin = path;
    stream.reference_time = received;
    for (bool more = true; more;) {
        std::vector<model::Record> records;
        while (more && records.size() < 2'000) {
            model::Record record;
            more = (*reader)->next(record).value_or(false);
            if (more) {
                records.push_back(std::move(record));
            }
        }
        if (stream.source.empty()) {
            std::vector<std::string_view> first;
            for (const auto& record : records) {
                if (first.size() < base::limits::kSourceProbeRecords && !record.oversize()) {
                    first.push_back(record.bytes);
                }
            }
            stream.source = sources.choose(first);
        }
        model::EventBatch batch;
        normalize::decode(sources, stream, records, received, batch);
        take(batch);
    }
    return true;
}

/// A folder of this process that goes with it.
class ScratchFolder {
public:
    ScratchFolder()
    {
        std::string name = std::filesystem::temp_directory_path() / "tanggap-sigma-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~ScratchFolder()
    {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;

    /// Writes one file, over the last one of that name.
    std::string write(const std::string& name, const std::string& bytes) const
    {
        const auto path = (path_ / std::filesystem::path(name).filename()).string();
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

private:
    std::filesystem::path path_;
};

} // namespace tanggap::sigma_check
