// Adds to events what the tables know about their addresses and names.
#include "normalize/enrich.h"

#include <array>
#include <functional>

#include "base/life.h"

namespace tanggap::normalize {
namespace {

/// What the tables know about one address.
struct Known {
    std::string_view ip;
    std::string_view country;
    GeoTable::Network network;
    const Asset* asset = nullptr;
};

/// Lookups of one batch: few addresses come many times. A slot holds the last one that fell on it.
class Lookups {
public:
    explicit Lookups(const Enrichment& tables) : tables_(tables) {}

    const Known& of(std::string_view ip)
    {
        Known& slot = slots_[std::hash<std::string_view>{}(ip) % slots_.size()];
        if (slot.ip != ip || slot.ip.empty()) {
            slot = {};
            slot.ip = ip;
            if (tables_.geo != nullptr) {
                slot.country = tables_.geo->country(ip);
                slot.network = tables_.geo->network(ip);
            }
            slot.asset = tables_.assets != nullptr ? tables_.assets->find(ip) : nullptr;
        }
        return slot;
    }

private:
    const Enrichment& tables_;
    std::array<Known, 1024> slots_{};
};

class Enricher {
public:
    Enricher(const Enrichment& tables, model::EventBatch& batch)
        : tables_(tables), batch_(batch), lookups_(tables)
    {
    }

    void enrich(model::Event& event)
    {
        std::string_view source;
        std::string_view destination;
        std::string_view host_ip;
        std::string_view host_name;
        std::string_view domain;
        for (const model::Field& field : event.fields) {
            if (field.name == "source.ip") {
                source = field.value.text;
            } else if (field.name == "destination.ip") {
                destination = field.value.text;
            } else if (field.name == "host.ip" && host_ip.empty()) {
                host_ip = field.value.text;
            } else if (field.name == "host.name") {
                host_name = field.value.text;
            } else if (field.name == "url.domain") {
                domain = field.value.text;
            }
        }
        add_place(event, source, "source.geo.country_iso_code");
        add_place(event, destination, "destination.geo.country_iso_code");
        add_network(event, source);
        add_asset(event, find_asset(destination, host_ip, host_name, domain));
    }

private:
    static void add(model::Event& event, std::string_view name, std::string_view text)
    {
        if (!text.empty()) {
            event.fields.push_back({.name = name, .value = model::string_value(text)});
        }
    }

    void add_place(model::Event& event, std::string_view ip, std::string_view name)
    {
        if (!ip.empty() && tables_.geo != nullptr) {
            add(event, name, lookups_.of(ip).country);
        }
    }

    void add_network(model::Event& event, std::string_view ip)
    {
        if (ip.empty() || tables_.geo == nullptr) {
            return;
        }
        const GeoTable::Network& network = lookups_.of(ip).network;
        if (network.number != 0) {
            event.fields.push_back({.name = "source.as.number",
                                    .value = model::integer_value(batch_, network.number)});
        }
        add(event, "source.as.organization.name", network.organisation);
    }

    const Asset* find_asset(std::string_view destination, std::string_view host_ip,
                            std::string_view host_name, std::string_view domain)
    {
        if (tables_.assets == nullptr || tables_.assets->rows().empty()) {
            return nullptr;
        }
        for (const std::string_view ip : {destination, host_ip}) {
            if (const Asset* asset = ip.empty() ? nullptr : lookups_.of(ip).asset) {
                return asset;
            }
        }
        for (const std::string_view name : {host_name, domain}) {
            if (const Asset* asset = name.empty() ? nullptr : tables_.assets->find_name(name)) {
                return asset;
            }
        }
        return nullptr;
    }

    void add_asset(model::Event& event, const Asset* asset)
    {
        if (asset == nullptr) {
            return;
        }
        add(event, "tanggap.asset.id", asset->network);
        add(event, "tanggap.asset.name", asset->name);
        event.fields.push_back(
            {.name = "tanggap.asset.value", .value = model::integer_value(batch_, asset->value)});
        add(event, "organization.name", asset->organisation);
    }

    const Enrichment& tables_;
    model::EventBatch& batch_;
    Lookups lookups_;
};

} // namespace

void enrich(const Enrichment& enrichment, model::EventBatch& batch)
{
    base::life::step();
    if (enrichment.geo == nullptr && enrichment.assets == nullptr) {
        return;
    }
    batch.hold(enrichment.geo);
    batch.hold(enrichment.assets);
    Enricher enricher(enrichment, batch);
    for (model::Event& event : batch.events) {
        enricher.enrich(event);
    }
}

} // namespace tanggap::normalize
