#pragma once
/// Values one after the other as bytes: each is its length, a colon and its text ("6:joined").

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/time.hpp"

namespace televisit::storage_redis {

/// Writes them after what it begins with.
class PackedWriter {
  public:
    explicit PackedWriter(std::string_view beginning = {}) : out_(beginning) {}

    PackedWriter& text(std::string_view value) {
        out_.append(std::to_string(value.size())).append(":").append(value);
        return *this;
    }
    template <std::integral T>
    PackedWriter& number(T value) {
        return text(std::to_string(value));
    }
    PackedWriter& instant(Instant at) { return number(to_micros(at)); }
    PackedWriter& flag(bool value) { return text(value ? "1" : "0"); }
    std::string take() { return std::move(out_); }

  private:
    std::string out_;
};

/// Every function answers something; `complete` says in the end whether all was there.
class PackedReader {
  public:
    explicit PackedReader(std::string_view bytes) : rest_(bytes) {}

    std::string_view text() {
        const auto colon = rest_.find(':');
        std::size_t size = 0;
        if (colon == std::string_view::npos || !parse(rest_.substr(0, colon), size) || size > rest_.size() - colon - 1)
            return fail(), std::string_view{};
        const auto value = rest_.substr(colon + 1, size);
        rest_.remove_prefix(colon + 1 + size);
        return value;
    }
    template <std::integral T>
    T number() {
        T value{};
        if (!parse(text(), value)) fail();
        return value;
    }
    Instant instant() { return from_micros(number<std::int64_t>()); }
    bool flag() {
        const auto value = text();
        if (value != "0" && value != "1") fail();
        return value == "1";
    }
    template <class Value>
    Value known(std::optional<Value> value) {
        if (!value) fail();
        return value.value_or(Value{});
    }
    void fail() { ok_ = false; }
    bool ok() const { return ok_; }
    bool complete() const { return ok_ && rest_.empty(); }

  private:
    template <class T>
    static bool parse(std::string_view digits, T& value) {
        const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        return fault == std::errc() && end == digits.data() + digits.size();
    }

    std::string_view rest_;
    bool ok_ = true;
};

}  // namespace televisit::storage_redis
