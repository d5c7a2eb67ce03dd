#include "json/placeholders.hpp"

#include <array>
#include <charconv>
#include <cstdint>

#include "json/slice.hpp"

namespace televisit::json {

namespace {

/// Collects the numbers of all placeholders. Depth is bounded by the validator.
class PlaceholderScan {
  public:
    explicit PlaceholderScan(std::size_t count) : count_(count) {}

    bool scan(std::string_view value) {
        if (is_object(value)) return object(value);
        if (!is_array(value)) return true;
        ArrayElements elements(value);
        while (const auto element = elements.next())
            if (!scan(*element)) return false;
        return true;
    }

    bool complete() const {
        return seen_ == (count_ == kMaxAttachments ? ~std::uint64_t{0} : (std::uint64_t{1} << count_) - 1);
    }

  private:
    bool object(std::string_view value) {
        static constexpr std::array<std::string_view, 2> kNames{"_placeholder", "num"};
        const auto [mark, number] = find_members(value, kNames);
        if (mark == "true") return placeholder(number);
        ObjectMembers members(value);
        while (const auto member = members.next())
            if (!scan(member->value)) return false;
        return true;
    }

    bool placeholder(std::string_view number) {
        std::size_t index = 0;
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), index);
        if (error != std::errc() || end != number.data() + number.size() || index >= count_) return false;
        const std::uint64_t bit = std::uint64_t{1} << index;
        if ((seen_ & bit) != 0) return false;
        seen_ |= bit;
        return true;
    }

    std::size_t count_;
    std::uint64_t seen_ = 0;
};

}  // namespace

bool has_exact_placeholders(std::string_view text, std::size_t count) {
    if (count > kMaxAttachments) return false;
    PlaceholderScan scan(count);
    return scan.scan(trimmed(text)) && scan.complete();
}

}  // namespace televisit::json
