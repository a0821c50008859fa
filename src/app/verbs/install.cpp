// serve and what belongs to an installation: doctor, verify, cert, demo, openapi.
#include <fmt/format.h>

#include "api/api.h"
#include "app/certificate.h"
#include "app/demo.h"
#include "app/doctor.h"
#include "app/serve.h"
#include "app/settings.h"
#include "app/totp.h"
#include "app/verbs/verbs.h"
#include "connect/pdf_printer.h"
#include "store/engine/engine_child.h"

namespace tanggap::app {
namespace {

void add_serve(CommandLine& line)
{
    auto settings = std::make_shared<Settings>();
    CLI::App* serve =
        line.app.add_subcommand("serve", "Take logs in, find attacks, serve console and API");
    declare(*serve, *settings);
    serve->callback([&line, serve, settings] {
        line.chosen = [serve, settings] {
            base::Status fit = apply_config_file(*serve, *settings);
            if (fit) {
                fit = check(*settings);
            }
            if (!fit) {
                exit_code_of(fit.error());
                return kUsageExit;
            }
            return run_serve(*settings);
        };
    });
}

void add_checks(CommandLine& line)
{
    auto doctor = std::make_shared<DoctorOptions>();
    CLI::App* verb_doctor =
        add_verb(line, line.app, "doctor", "Say what is there, what is missing and what to do",
                 doctor, run_doctor);
    verb_doctor->add_option("--data", doctor->data, "Data folder")->capture_default_str();
    verb_doctor->add_option("--content", doctor->content, "Folder whose content overrides ours");
    verb_doctor->add_option("--engine-library", doctor->engine_library, "Path of libchdb.so");
    verb_doctor->add_option("--geo-country", doctor->geo_country, "Country database (MMDB)");
    verb_doctor->add_flag("--salvage", doctor->salvage,
                          "Copy what is readable of a damaged journal");

    auto data = std::make_shared<std::string>("var");
    CLI::App* verify =
        line.app.add_subcommand("verify", "Check every stored byte of a stopped server");
    verify->callback([&line, verify, data] {
        if (verify->get_subcommands().empty()) {
            line.chosen = [data] { return run_verify(*data); };
        }
    });
    auto audit = std::make_shared<VerifyAuditOptions>();
    CLI::App* verify_audit =
        add_verb(line, *verify, "audit", "Check the chain of activity records", audit,
                 [](const VerifyAuditOptions& options) { return run_verify_audit(options); });
    verify_audit->add_option("--data", audit->data, "Data folder")->capture_default_str();
    verify_audit->add_option("--expect-head", audit->expect_head,
                             "A head noted before: it must be in the chain");
    verify->add_option("--data", *data, "Data folder")->capture_default_str();

    auto child = std::make_shared<store::EngineChildOptions>();
    CLI::App* engine = add_verb(line, line.app, "engine-child", "", child, store::run_engine_child);
    engine->group(""); // hidden: serve starts it
    engine->add_option("--socket", child->socket)->required();
    engine->add_option("--data", child->data)->required();
    engine->add_option("--library", child->library)->required();
    engine->add_option("--readers", child->readers);
    engine->add_flag("--no-sandbox{false}", child->sandbox);

    auto printing = std::make_shared<connect::PrintChildOptions>();
    CLI::App* print =
        add_verb(line, line.app, "print-child", "", printing, connect::run_print_child);
    print->group(""); // hidden: serve starts it
    print->add_option("--folder", printing->folder)->required();
    print->add_option("--program", printing->program)->required();

    auto secret = std::make_shared<std::string>();
    add_verb(line, line.app, "totp", "Print the sign-in code of the moment", secret,
             [](const std::string& file) { return run_totp(file); })
        ->add_option("file", *secret, "File with the two-step secret, as `tanggap setup` wrote it")
        ->required();

    line.app.add_subcommand("openapi", "Print the API document")->callback([&line] {
        line.chosen = [] {
            fmt::print("{}", api::openapi_json());
            return 0;
        };
    });
}

struct CertOptions {
    std::string cert = "tanggap-cert.pem";
    std::string key = "tanggap-key.pem";
    std::vector<std::string> names{"localhost", "127.0.0.1"};
};

int run_cert(const CertOptions& options)
{
    const base::Status made = make_self_signed(options.cert, options.key, options.names);
    if (!made) {
        return exit_code_of(made.error());
    }
    fmt::print("{}\n{}\n", options.cert, options.key);
    return 0;
}

struct DemoVerb {
    DemoOptions options;
    std::string kind = "city";
    std::string end;
};

int run_demo(const DemoVerb& verb)
{
    DemoOptions options = verb.options;
    options.kind = verb.kind == "load" ? DemoOptions::Kind::Load : DemoOptions::Kind::City;
    options.end = base::system_clock().now();
    if (!verb.end.empty()) {
        const auto end = base::parse_rfc3339(verb.end);
        if (!end) {
            exit_code_of(end.error());
            return kUsageExit;
        }
        options.end = *end;
    }
    const auto summary = generate_demo(options);
    if (!summary) {
        return exit_code_of(summary.error());
    }
    fmt::print("seed {}: {} lines in {}, {} of them attacks; last attack from {}\n", options.seed,
               summary->lines, options.folder, summary->attacks, summary->last_attack_address);
    return 0;
}

void add_cert_and_demo(CommandLine& line)
{
    auto cert = std::make_shared<CertOptions>();
    CLI::App* certs = line.app.add_subcommand("cert", "Certificates")->require_subcommand(1);
    CLI::App* self_signed = add_verb(line, *certs, "self-signed",
                                     "Make a key and a certificate for a year", cert, run_cert);
    self_signed->add_option("--cert", cert->cert, "File to write")->capture_default_str();
    self_signed->add_option("--key", cert->key, "File to write, readable by you alone")
        ->capture_default_str();
    self_signed->add_option("--name", cert->names, "Host name or address (repeat)")
        ->capture_default_str();

    auto demo = std::make_shared<DemoVerb>();
    CLI::App* demos =
        line.app.add_subcommand("demo", "Made-up logs of a city")->require_subcommand(1);
    CLI::App* generate = add_verb(line, *demos, "generate",
                                  "Write 30 days of logs with one intrusion", demo, run_demo);
    generate->add_option("--out", demo->options.folder, "Folder to write to")->required();
    generate->add_option("--seed", demo->options.seed, "Same seed, same bytes")
        ->capture_default_str();
    generate->add_option("--lines", demo->options.access_lines, "Lines of web access")
        ->capture_default_str();
    generate->add_option("--end", demo->end, "Last moment (RFC 3339; default: now)");
    generate->add_option("--kind", demo->kind, "city or load")
        ->check(CLI::IsMember({"city", "load"}))
        ->capture_default_str();
}

} // namespace

void add_install_verbs(CommandLine& line)
{
    add_serve(line);
    add_checks(line);
    add_cert_and_demo(line);
}

} // namespace tanggap::app
