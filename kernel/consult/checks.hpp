#pragma once
/// What is wrong with the fields of a request, all at once.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "consult/encoding.hpp"
#include "televisit/sdk/result.hpp"

namespace televisit::consult {

/// In characters.
inline constexpr std::size_t kIdLength = 64;
inline constexpr std::size_t kNameLength = 128;
inline constexpr std::size_t kBrowserLength = 512;

class Checks {
  public:
    void refuse(std::string pointer, std::string code, std::string message) {
        errors_.push_back({std::move(pointer), std::move(code), std::move(message)});
    }
    void text(std::string_view pointer, std::string_view value, std::size_t longest) {
        if (value.size() > longest && characters(value) > longest)
            refuse(std::string(pointer), "too_long", "At most " + std::to_string(longest) + " characters.");
        else if (!is_clean_text(value))
            refuse(std::string(pointer), "bad_characters", "Plain text without control characters.");
    }
    void required_text(std::string_view pointer, std::string_view value, std::size_t longest) {
        if (value.empty())
            refuse(std::string(pointer), "required", "This field is required.");
        else
            text(pointer, value, longest);
    }
    bool ok() const noexcept { return errors_.empty(); }
    Error failure() && {
        auto failure = error(Errc::invalid, "invalid_fields", "Some fields have values that are not allowed.");
        failure.fields = std::move(errors_);
        return failure;
    }

  private:
    std::vector<FieldError> errors_;
};

}  // namespace televisit::consult
