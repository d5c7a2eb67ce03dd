#pragma once
/// Building JSON text from parts, for the kernel's own documents.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/json_text.hpp"

namespace televisit::runtime {

/// Elements or members, in the order in which they are added.
class JsonArray {
  public:
    JsonArray& raw(std::string_view json) {
        if (text_.size() > 1) text_ += ',';
        text_ += json;
        return *this;
    }
    JsonArray& text(std::string_view value) { return raw(json_string(value)); }
    std::string finish() { return std::move(text_ += ']'); }

  private:
    std::string text_ = "[";
};

class JsonObject {
  public:
    /// `json` is JSON text.
    JsonObject& raw(std::string_view name, std::string_view json) {
        if (text_.size() > 1) text_ += ',';
        append_json_string(text_, name);
        text_ += ':';
        text_ += json;
        return *this;
    }
    JsonObject& text(std::string_view name, std::string_view value) { return raw(name, json_string(value)); }
    JsonObject& number(std::string_view name, std::int64_t value) { return raw(name, std::to_string(value)); }
    JsonObject& flag(std::string_view name, bool value) { return raw(name, value ? "true" : "false"); }
    std::string finish() { return std::move(text_ += '}'); }

  private:
    std::string text_ = "{";
};

}  // namespace televisit::runtime
