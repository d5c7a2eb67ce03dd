#pragma once
/// The parameters of a statement, bound from records as the plugin binds its own: bytes with their format for libpq,
/// and texts for Poco, which knows no other.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/time.hpp"

namespace televisit::load {

class Values {
  public:
    struct Value {
        std::optional<std::string> bytes;
        int format;
        std::optional<std::string> text;
    };

    Values& text(std::string_view value) { return both(std::string(value)); }
    Values& optional_text(std::string_view value) { return value.empty() ? null() : text(value); }
    Values& integer(std::int64_t value) { return both(std::to_string(value)); }
    Values& flag(bool value) { return both(value ? "t" : "f"); }
    Values& time(Instant value);
    Values& optional_time(const std::optional<Instant>& value) { return value ? time(*value) : null(); }

    const std::vector<Value>& all() const { return values_; }

  private:
    Values& both(std::string value) {
        values_.push_back({value, 0, value});
        return *this;
    }
    Values& null() {
        values_.push_back({std::nullopt, 0, std::nullopt});
        return *this;
    }

    std::vector<Value> values_;
};

}  // namespace televisit::load
