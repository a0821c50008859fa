// Collects what is wrong with one rule, all of it in one pass.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/yaml.h"
#include "detect/engine.h"

namespace tanggap::detect {

class Diagnoser {
public:
    Diagnoser(std::string file, std::vector<Diagnostic>& out) : file_(std::move(file)), out_(out) {}

    void set_rule(std::string title) { title_ = std::move(title); }
    void error(const codec::YamlNode& at, std::string message, std::string hint = {});
    void warning(const codec::YamlNode& at, std::string message, std::string hint = {});
    /// At a place inside a scalar: `length` characters, `offset` bytes after its first.
    void error_inside(const codec::YamlNode& at, std::size_t offset, std::string message,
                      std::string hint = {}, std::size_t length = 0);
    std::size_t errors() const { return errors_; }
    const std::string& file() const { return file_; }

private:
    struct Span {
        std::size_t line = 0;
        std::size_t column = 0;
        std::size_t length = 0;
    };
    static Span span_of(const codec::YamlNode& at);
    void add(Diagnostic::Severity severity, const Span& span, std::string message,
             std::string hint);

    std::string file_;
    std::string title_;
    std::vector<Diagnostic>& out_;
    std::size_t errors_ = 0;
};

/// What the YAML reader found wrong in a file, as diagnostics of it.
void report_problems(const codec::YamlStream& stream, const std::string& file,
                     std::vector<Diagnostic>& out);

/// The candidate at most two edits away, for "did you mean"; empty where none is.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);
/// "did you mean 'x'?", or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

} // namespace tanggap::detect
