#include "codec/evtx/fields.h"

#include <atomic>

#include <fmt/format.h>

#include "codec/evtx/limits.h"

namespace tanggap::codec {

EvtxFieldNames::EvtxFieldNames(std::span<const std::string_view> names)
    : table_(std::make_unique<Table>())
{
    static std::atomic<std::uint64_t> last_id{0};
    table_->id = ++last_id;
    for (std::size_t i = 0; i < names.size(); ++i) {
        table_->index.emplace(names[i], static_cast<std::uint32_t>(i));
    }
}

EvtxFieldNames::~EvtxFieldNames() = default;
EvtxFieldNames::EvtxFieldNames(EvtxFieldNames&&) noexcept = default;
EvtxFieldNames& EvtxFieldNames::operator=(EvtxFieldNames&&) noexcept = default;

namespace evtx {
namespace {

/// Follows the pieces of a template and knows what the value at hand is called.
class PlanMaker {
public:
    PlanMaker(const EvtxFieldNames::Table& names, Plan& plan) : names_(names), plan_(plan) {}

    void take(const Piece& piece)
    {
        switch (piece.kind) {
        case Piece::Kind::Open:
            path_.push_back({.name = piece.text, .data_name = {}});
            break;
        case Piece::Kind::Close:
            path_.pop_back();
            break;
        case Piece::Kind::Attribute:
            attribute_ = piece.text;
            break;
        case Piece::Kind::EndAttribute:
            attribute_ = {};
            break;
        case Piece::Kind::Text:
            take_text(piece);
            break;
        case Piece::Kind::Hole:
            if (attribute_.empty()) {
                plan_.nested.push_back(piece.slot);
            }
            add({.slot = piece.slot, .text = {}});
            break;
        case Piece::Kind::Content:
            break;
        }
    }

private:
    struct Element {
        std::string_view name;
        std::string_view data_name; ///< of <Data Name="…">
        bool has_part = false;
    };

    void take_text(const Piece& piece)
    {
        if (path_.empty()) {
            return;
        }
        if (attribute_ == "Name" && path_.back().name == "Data") {
            path_.back().data_name = piece.text;
            return;
        }
        add({.text = piece.text});
    }

    void add(Plan::Take take)
    {
        if (path_.empty()) {
            return;
        }
        const auto found = names_.index.find(name());
        if (found == names_.index.end()) {
            return;
        }
        take.field = found->second;
        bool& has_part = path_.back().has_part;
        take.joined = attribute_.empty() && has_part;
        has_part = has_part || attribute_.empty();
        plan_.takes.push_back(take);
    }

    std::string name() const
    {
        const Element& element = path_.back();
        const bool in_system = path_.size() >= 2 && path_[path_.size() - 2].name == "System";
        std::string out = in_system ? "System." : "";
        out += element.data_name.empty() ? element.name : element.data_name;
        if (!attribute_.empty()) {
            out += '.';
            out += attribute_;
        }
        return out;
    }

    const EvtxFieldNames::Table& names_;
    Plan& plan_;
    std::vector<Element> path_;
    std::string_view attribute_;
};

/// Reads the values of a record by the plans of its templates.
class Taker {
public:
    Taker(TemplateTable& table, ValueStack& stack, Plans& plans, const EvtxFieldNames::Table& names,
          TextBuffer& text, std::vector<EvtxField>& fields)
        : table_(table), stack_(stack), plans_(plans), names_(names), text_(text), fields_(fields)
    {
    }

    base::Status fragment(std::size_t begin, std::size_t end)
    {
        constexpr std::uint8_t kMoreFlag = 0x40;
        constexpr std::uint8_t kFragmentHead = 0x0F;
        constexpr std::uint8_t kTemplate = 0x0C;
        if (++depth_ > kDepthMax) {
            return base::corrupt(fmt::format("more than {} fragments in each other", kDepthMax));
        }
        ByteCursor cursor(table_.chunk(), begin, end);
        while (cursor.left() > 0) {
            const auto token = static_cast<std::uint8_t>(cursor.peek() & ~kMoreFlag);
            if (token == 0) {
                break;
            }
            if (token == kFragmentHead) {
                cursor.skip(4);
            } else if (token == kTemplate) {
                cursor.skip(1);
                TRY_STATUS(instance(cursor));
            } else {
                TRY(const Template* const elements, table_.inline_elements(cursor));
                TRY_STATUS(take(*elements, {}));
                if ((cursor.peek() & ~kMoreFlag) != kTemplate) {
                    break;
                }
            }
        }
        --depth_;
        return {};
    }

private:
    base::Status instance(ByteCursor& cursor)
    {
        const std::size_t before = stack_.size();
        Values values;
        TRY(const Template* const found, take_instance(cursor, table_, stack_, values));
        auto done = take(*found, values);
        stack_.shrink(before);
        return done;
    }

    base::Status take(const Template& found, const Values& values)
    {
        const Plan& plan = plans_.of(found, names_);
        for (const Plan::Take& one : plan.takes) {
            TRY_STATUS(take_one(one, values));
        }
        for (const std::size_t slot : plan.nested) {
            if (slot >= values.slots.size() || values.slots[slot].type != Type::BinXml ||
                values.slots[slot].bytes.empty()) {
                continue;
            }
            const Bytes bytes = values.slots[slot].bytes;
            const auto begin = static_cast<std::size_t>(bytes.data() - table_.chunk().data());
            TRY_STATUS(count_step());
            TRY_STATUS(fragment(begin, begin + bytes.size()));
        }
        return {};
    }

    base::Status take_one(const Plan::Take& take, const Values& values)
    {
        TRY_STATUS(count_step());
        if (take.slot == Piece::kNoSlot) {
            return add(take, take.text);
        }
        if (take.slot >= values.slots.size()) {
            return {};
        }
        const Value& value = values.slots[take.slot];
        if (value.type == Type::Null || value.type == Type::BinXml) {
            return {};
        }
        if (!value.is_array()) {
            return add(take, written(value));
        }
        ArrayItems items(value);
        for (Value item; items.next(item);) {
            TRY_STATUS(count_step());
            TRY_STATUS(add(take, written(item)));
        }
        return {};
    }

    base::Status count_step()
    {
        if (++steps_ > kStepsMax || text_.size() > kTextBytesMax) {
            return base::corrupt(fmt::format("the record has more than {} bytes or {} values",
                                             kTextBytesMax, kStepsMax));
        }
        return {};
    }

    std::string_view written(const Value& value)
    {
        const std::size_t before = text_.size();
        append_value(text_, value, Escape::None, EvtxStyle::Windows);
        return text_.view().substr(before);
    }

    /// Parts of one value are put together in the order they stand in.
    base::Status add(const Plan::Take& take, std::string_view text)
    {
        if (take.joined && !fields_.empty() && fields_.back().name == take.field) {
            const std::string both = std::string(fields_.back().text) + std::string(text);
            const std::size_t before = text_.size();
            text_.append(both);
            fields_.back().text = text_.view().substr(before);
            return {};
        }
        fields_.push_back({.name = take.field, .text = text});
        return {};
    }

    TemplateTable& table_;
    ValueStack& stack_;
    Plans& plans_;
    const EvtxFieldNames::Table& names_;
    TextBuffer& text_;
    std::vector<EvtxField>& fields_;
    std::size_t depth_ = 0;
    std::size_t steps_ = 0;
};

} // namespace

const Plan& Plans::of(const Template& found, const EvtxFieldNames::Table& names)
{
    if (names_ != names.id) {
        plans_.clear();
        names_ = names.id;
    }
    if (found.serial >= plans_.size()) {
        plans_.resize(found.serial + 1);
    }
    auto& [made, plan] = plans_[found.serial];
    if (!made) {
        made = true;
        PlanMaker maker(names, plan);
        for (const Piece& piece : found.pieces) {
            maker.take(piece);
        }
    }
    return plan;
}

base::Status take_fields(TemplateTable& table, ValueStack& stack, Plans& plans,
                         const EvtxFieldNames::Table& names, std::size_t begin, std::size_t end,
                         TextBuffer& text, std::vector<EvtxField>& fields)
{
    // Views into `text` stay good: it has room for the longest record and one more value, joined.
    constexpr std::size_t kValueBytesMax = kChunkBytes * 8;
    text.clear();
    (void)text.room(2 * (kTextBytesMax + kValueBytesMax));
    fields.clear();
    return Taker(table, stack, plans, names, text, fields).fragment(begin, end);
}

} // namespace evtx
} // namespace tanggap::codec
