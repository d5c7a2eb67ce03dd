#pragma once
/// A plugin's configuration from a plain map.
///
///     FakeConfig config{{"path", "/socket.io/"}, {"ping_interval", 10s}, {"max_payload", 1'000'000}, {"echo", true},
///                       {"urls", std::vector<std::string>{"stun:a"}}, {"limits.chat_length", 4000}};
///
/// Keys are dotted paths; a section is also what lies below a prefix. There is no schema: defaults are the test's to
/// give.

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "televisit/sdk/config_view.hpp"

namespace televisit::testkit {

class FakeConfig final : public ConfigView {
  public:
    class Value {
      public:
        Value(const char* text) : held_(std::string(text)) {}
        Value(std::string text) : held_(std::move(text)) {}
        template <std::same_as<bool> B>
        Value(B flag) : held_(flag) {}
        template <std::integral I>
        requires(!std::same_as<I, bool>) Value(I number) : held_(static_cast<std::int64_t>(number)) {}
        Value(double number) : held_(number) {}
        template <class Rep, class Period>
        Value(std::chrono::duration<Rep, Period> span)
            : held_(std::chrono::duration_cast<std::chrono::milliseconds>(span)) {}
        Value(std::vector<std::string> list) : held_(std::move(list)) {}
        Value(std::vector<FakeConfig> sections);

      private:
        friend class FakeConfig;
        std::variant<std::string, std::int64_t, double, bool, std::chrono::milliseconds, std::vector<std::string>,
                     std::shared_ptr<const std::vector<FakeConfig>>>
            held_;
    };

    FakeConfig() = default;
    FakeConfig(std::initializer_list<std::pair<const std::string, Value>> values) : values_(values) {}

    void set(const std::string& key, Value value) { values_.insert_or_assign(key, std::move(value)); }

    bool has(std::string_view key) const override;
    std::string string(std::string_view key) const override;
    std::int64_t integer(std::string_view key) const override;
    double number(std::string_view key) const override;
    bool boolean(std::string_view key) const override;
    std::chrono::milliseconds duration(std::string_view key) const override;
    std::size_t bytes(std::string_view key) const override;
    std::vector<std::string> strings(std::string_view key) const override;
    std::unique_ptr<ConfigView> section(std::string_view key) const override;
    std::vector<std::unique_ptr<ConfigView>> sections(std::string_view key) const override;
    std::string where(std::string_view key) const override;

  private:
    template <class T>
    const T& get(std::string_view key) const;

    std::map<std::string, Value, std::less<>> values_;
};

}  // namespace televisit::testkit
