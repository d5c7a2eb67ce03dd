#pragma once
/// A plugin's configuration, already checked against its schema and filled with its defaults.
///
/// **Threads**: any. **Blocks**: never. **Owns**: valid until the plugin's `stop()` returns. Asking for a key that the
/// schema does not name, or as another type, is a programmer's error: it throws `std::logic_error`, which fails the
/// plugin's creation. Keys are dotted paths ("limits.chat_length").

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace televisit {

class ConfigView {
  public:
    virtual ~ConfigView() = default;
    /// Whether the key has a value, given or by default.
    virtual bool has(std::string_view key) const = 0;
    virtual std::string string(std::string_view key) const = 0;  ///< also for `secret`, `url`, `cidr`, `enum`
    virtual std::int64_t integer(std::string_view key) const = 0;
    virtual double number(std::string_view key) const = 0;
    virtual bool boolean(std::string_view key) const = 0;
    virtual std::chrono::milliseconds duration(std::string_view key) const = 0;
    virtual std::size_t bytes(std::string_view key) const = 0;
    virtual std::vector<std::string> strings(std::string_view key) const = 0;  ///< a list of scalars; empty when absent
    virtual std::unique_ptr<ConfigView> section(std::string_view key) const = 0;
    virtual std::vector<std::unique_ptr<ConfigView>> sections(std::string_view key) const = 0;  ///< a list of maps
    /// Where the value stands, for messages: "conf/televisitd.yaml:12:5"; "default" when it is not in the file.
    virtual std::string where(std::string_view key) const = 0;
};

}  // namespace televisit
