#pragma once
/// Writes one JSON value, member by member.

#include <cstdint>
#include <string>
#include <string_view>

namespace televisit::rest_api {

/// Commas and quotes are its own. **Threads**: one. Opening and closing in pairs is the caller's.
class JsonWriter {
  public:
    JsonWriter& open_object() { return open('{'); }
    JsonWriter& close_object() { return close('}'); }
    JsonWriter& open_array() { return open('['); }
    JsonWriter& close_array() { return close(']'); }

    /// The name of the member whose value comes next.
    JsonWriter& name(std::string_view name);
    JsonWriter& text(std::string_view value);
    JsonWriter& number(std::int64_t value);
    JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
    JsonWriter& null() { return raw("null"); }
    /// JSON text as it is.
    JsonWriter& raw(std::string_view json);
    /// The text, or null when it is empty.
    JsonWriter& text_or_null(std::string_view value) { return value.empty() ? null() : text(value); }

    std::string take() { return std::move(out_); }

  private:
    JsonWriter& open(char bracket);
    JsonWriter& close(char bracket);
    void separate();

    std::string out_;
    bool first_ = true;  ///< nothing stands yet between the bracket or name before and what comes
};

}  // namespace televisit::rest_api
