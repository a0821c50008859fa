#include "casework/taxonomy.h"

#include "casework/detail/reader.h"

namespace tanggap::casework {
namespace {

using detail::Reader;
using Node = codec::YamlNode;

void read_group(Reader& read, const Node& node, std::vector<IncidentClass>& classes)
{
    read.only(node, {"id", "title", "types"});
    const Node* id = node.is_mapping() ? read.require(node, "id") : nullptr;
    const Node* title = node.is_mapping() ? read.require(node, "title") : nullptr;
    if (id == nullptr || title == nullptr) {
        return;
    }
    const std::string group = read.id(*id);
    const Text group_title = read.both(*title);
    for (const Node& item : read.items(node, "types")) {
        read.only(item, {"id", "title"});
        const Node* type = item.is_mapping() ? read.require(item, "id") : nullptr;
        const Node* name = item.is_mapping() ? read.require(item, "title") : nullptr;
        if (type != nullptr && name != nullptr) {
            detail::keep_last_of_each_id(classes, IncidentClass{.id = group + "/" + read.id(*type),
                                                                .group = group,
                                                                .group_title = group_title,
                                                                .title = read.both(*name)});
        }
    }
}

} // namespace

std::vector<IncidentClass> load_taxonomy(std::span<const ContentFile> files,
                                         std::vector<Diagnostic>& diagnostics)
{
    std::vector<IncidentClass> classes;
    for (const ContentFile& file : files) {
        Reader read(file, diagnostics);
        const auto top = read.document();
        if (!top) {
            continue;
        }
        read.only(*top, {"id", "version", "source", "groups"});
        std::vector<IncidentClass> found;
        for (const Node& item : read.items(*top, "groups")) {
            read_group(read, item, found);
        }
        for (const IncidentClass& each : read.failed() ? std::vector<IncidentClass>() : found) {
            detail::keep_last_of_each_id(classes, each);
        }
    }
    return classes;
}

} // namespace tanggap::casework
