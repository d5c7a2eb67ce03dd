#pragma once
/// Tells whether a text is JSON, whole, before any of it is passed on.

#include <cstddef>
#include <memory>
#include <string_view>

namespace televisit::json {

/// A reused parser. **Threads**: one at a time; keep one for each loop. **Blocks**: never.
/// What it accepts, every stock receiver's JSON.parse accepts: UTF-8, one value, and nothing in it within `max_depth`
/// or more arrays and objects.
class Validator {
  public:
    static constexpr std::size_t kMaxDepth = 64;

    explicit Validator(std::size_t max_depth = kMaxDepth);
    ~Validator();
    Validator(const Validator&) = delete;
    Validator& operator=(const Validator&) = delete;

    /// `text` has at least 64 readable bytes behind its end (`kInputPadding` of the SDK); what they hold is of no
    /// matter.
    bool valid(std::string_view text);
    /// How many elements the array has that was found valid last; 0 when that is not known.
    std::size_t elements() const noexcept { return elements_; }

  private:
    struct Parser;
    std::unique_ptr<Parser> parser_;
    std::size_t max_depth_;
    std::size_t elements_ = 0;
};

/// **Threads**: any.
bool valid_utf8(std::string_view text) noexcept;

}  // namespace televisit::json
