// One pass over the tokens of a BinXML fragment, giving pieces.
#pragma once

#include <cstdint>
#include <vector>

#include "base/error.h"
#include "codec/evtx/template.h"

namespace tanggap::codec::evtx {

class Compiler {
public:
    enum class Where : std::uint8_t {
        Template, ///< each element names the substitution it depends on
        Record,   ///< elements without a template: most name none
    };

    Compiler(TemplateTable& table, ByteCursor& cursor, Where where)
        : table_(table), cursor_(cursor), where_(where)
    {
    }

    /// Replaces `pieces` by those of whole elements up to the end of the fragment.
    /// Errors: Corrupt, saying what was found and where.
    base::Status compile(std::vector<Piece>& pieces);

private:
    base::Status token(std::uint8_t token);
    base::Status open(bool with_attributes);
    base::Status attribute();
    base::Status close_start();
    base::Status close();
    base::Status text_value();
    base::Status hole();
    base::Status entity();
    base::Status instruction();
    base::Status add(Piece piece);
    base::Status add_text(std::string_view text);
    base::Result<const TemplateTable::Name*> take_name();
    bool has_dependency();
    void end_attribute();
    std::unexpected<base::Error> broken(std::string_view what) const;

    TemplateTable& table_;
    ByteCursor& cursor_;
    Where where_;
    std::vector<Piece>* pieces_ = nullptr;
    std::vector<std::uint32_t> open_;
    bool in_start_ = false;
    bool in_attribute_ = false;
};

} // namespace tanggap::codec::evtx
