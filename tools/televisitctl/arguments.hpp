#pragma once
/// The options and operands of one command.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "televisit/sdk/result.hpp"

namespace televisit::ctl {

/// An option that a command knows, without the dashes: "config", "ttl".
struct Option {
    std::string_view name;
    std::string_view value;  ///< what its value is called in the help; empty: it takes none
    std::string_view help;
};

/// Options as given; each at most once, as `--name value` or `--name=value`. What follows `--` are operands.
class Arguments {
  public:
    /// **Errors**: `invalid`, naming the argument that does not fit.
    static Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> known,
                                   std::size_t operands);

    bool has(std::string_view option) const { return options_.contains(std::string(option)); }
    std::optional<std::string> get(std::string_view option) const;
    std::string get(std::string_view option, std::string_view otherwise) const;
    const std::vector<std::string>& operands() const noexcept { return operands_; }

  private:
    std::map<std::string, std::string> options_;
    std::vector<std::string> operands_;
};

/// A whole decimal number between two bounds, or nothing.
std::optional<long> whole_number(std::string_view text, long least, long most);

}  // namespace televisit::ctl
