#include "base/metrics.h"

#include <charconv>
#include <memory>
#include <mutex>

namespace tanggap::base {
namespace {

struct Family {
    std::string help;
    std::map<std::string, std::unique_ptr<Counter>> counters;
    std::map<std::string, std::function<double()>> gauges;
};

struct Registry {
    std::mutex mutex;
    std::map<std::string, Family, std::less<>> families;
};

Registry& registry()
{
    static Registry instance;
    return instance;
}

std::string label_text(const Labels& labels)
{
    std::string out;
    for (const auto& [name, value] : labels) {
        out += out.empty() ? "{" : ",";
        out += name + "=\"";
        for (const char c : value) {
            if (c == '\\' || c == '"') {
                out += '\\';
            }
            out += c == '\n' ? ' ' : c;
        }
        out += '"';
    }
    return out.empty() ? out : out + "}";
}

std::string number_text(double value)
{
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

} // namespace

Counter& counter(std::string_view name, std::string_view help, const Labels& labels)
{
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    Family& family = r.families[std::string(name)];
    family.help = help;
    auto& slot = family.counters[label_text(labels)];
    if (!slot) {
        slot = std::make_unique<Counter>();
    }
    return *slot;
}

void gauge(std::string_view name, std::string_view help, const Labels& labels,
           std::function<double()> read)
{
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    Family& family = r.families[std::string(name)];
    family.help = help;
    family.gauges[label_text(labels)] = std::move(read);
}

std::string render_metrics()
{
    Registry& r = registry();
    const std::lock_guard lock(r.mutex);
    std::string out;
    for (const auto& [name, family] : r.families) {
        out += "# HELP " + name + " " + family.help + "\n";
        out += "# TYPE " + name + (family.gauges.empty() ? " counter\n" : " gauge\n");
        for (const auto& [labels, counter] : family.counters) {
            out += name + labels + " " + std::to_string(counter->value()) + "\n";
        }
        for (const auto& [labels, read] : family.gauges) {
            out += name + labels + " " + number_text(read()) + "\n";
        }
    }
    return out;
}

} // namespace tanggap::base
